//! How patient the inbox is.

use crate::Outcome;
use souk_kernel::{DAY_MS, HOUR_MS, Timestamp};

/// Pause after the first try in vain; doubles with each further one, up to [`PAUSE_MAX_MS`].
pub const PAUSE_MS: i64 = 500;
/// The longest pause between two tries.
pub const PAUSE_MAX_MS: i64 = HOUR_MS;
/// Tries in vain after which a message waits for an operator: about twelve hours.
pub const TRIES_MAX: u32 = 24;
/// How long a message is remembered after it is done: longer than any gateway repeats one.
pub const KEEP_MS: i64 = 30 * DAY_MS;

/// A try in vain, after `tries` earlier ones.
#[must_use]
pub fn in_vain(tries: u32, why: impl Into<String>, now: Timestamp) -> Outcome {
    let why = why.into();
    if tries + 1 >= TRIES_MAX {
        return Outcome::Parked { why };
    }
    let pause = PAUSE_MS << tries.min(16);
    Outcome::Again { at: now.plus_ms(pause.min(PAUSE_MAX_MS)), why }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end() {
        let now = Timestamp(1_000);
        let pause = |tries| match in_vain(tries, "why", now) {
            Outcome::Again { at, .. } => at.since(now),
            _ => -1,
        };
        assert_eq!([0, 1, 5].map(pause), [500, 1_000, 16_000]);
        assert_eq!([12, 13, TRIES_MAX - 2].map(pause), [2_048_000, HOUR_MS, HOUR_MS]);
        assert_eq!(in_vain(TRIES_MAX - 1, "why", now), Outcome::Parked { why: "why".into() });
        let hours = (0..TRIES_MAX - 1).map(pause).sum::<i64>() / HOUR_MS;
        assert!((9..=13).contains(&hours), "{hours}");
    }
}
