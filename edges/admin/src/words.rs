//! Moments as staff read them.

use souk_kernel::Timestamp;

/// `2026-11-23 21:14:59`, UTC.
pub fn moment(at: Timestamp) -> String {
    let text = at.rfc3339();
    match text.get(..19) {
        Some(upto_seconds) => upto_seconds.replace('T', " "),
        None => text,
    }
}
