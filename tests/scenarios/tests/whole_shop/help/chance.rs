//! Chance that can be had again: the seed is printed, `SOUK_SEED` sets it.

use souk_kernel::{Clock, SystemClock};
use std::sync::Barrier;
use std::time::Duration;

/// A stream of numbers (SplitMix64).
#[derive(Clone)]
pub struct Chance(u64);

impl Chance {
    /// Prints its seed: the harness shows it when the test fails.
    pub fn new(scenario: &str) -> Self {
        let given = std::env::var("SOUK_SEED").ok().and_then(|seed| seed.parse().ok());
        let seed = given.unwrap_or_else(|| SystemClock.now().0.unsigned_abs());
        println!("{scenario}: SOUK_SEED={seed}");
        Self(seed)
    }

    pub fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % n
    }

    /// A stream of its own for each of several threads.
    pub fn split(&mut self) -> Self {
        Self(self.below(u64::MAX))
    }

    /// Does nothing for up to so long.
    pub fn dawdle(&mut self, most_ms: u64) {
        std::thread::sleep(Duration::from_micros(self.below(most_ms * 1_000 + 1)));
    }
}

/// Runs all at once, as nearly as threads can; gives the answers in order.
pub fn together<T: Send>(many: usize, run: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let start = Barrier::new(many);
    std::thread::scope(|scope| {
        let one = |n| {
            let (start, run) = (&start, &run);
            scope.spawn(move || {
                start.wait();
                run(n)
            })
        };
        let all: Vec<_> = (0..many).map(one).collect();
        all.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}
