//! Waiting for what happens by itself.

use std::time::{Duration, Instant};

/// Longer than anything takes that is going to happen at all.
pub const LONG: Duration = Duration::from_secs(20);

/// Looks again and again until it is so.
pub fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let until = Instant::now() + LONG;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < until, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}
