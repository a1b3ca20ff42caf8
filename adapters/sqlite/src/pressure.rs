//! Whether shoppers keep the writer thread busy: what follows a purchase waits then.

use crate::Store;
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// How long the writer thread is watched for one answer.
const WINDOW: Duration = Duration::from_millis(100);
/// From which share of a core on purchases count as many.
const HIGH: f64 = 0.25;

/// Watches the writer thread's CPU time.
pub struct Pressure {
    store: Arc<Store>,
    last: Mutex<Look>,
}

struct Look {
    at: Instant,
    used_ns: u64,
    high: bool,
}

impl Pressure {
    /// Of a store.
    #[must_use]
    pub fn of(store: Arc<Store>) -> Self {
        let used_ns = used_ns(&store);
        Self { store, last: Mutex::new(Look { at: Instant::now(), used_ns, high: false }) }
    }

    /// Whether more than a quarter of a core went into purchases lately. Where the system does not
    /// account the time of threads, it never is.
    #[must_use]
    pub fn is_high(&self) -> bool {
        let mut last = self.last.lock();
        let watched = last.at.elapsed();
        if watched >= WINDOW {
            let used_ns = used_ns(&self.store);
            let used = Duration::from_nanos(used_ns.saturating_sub(last.used_ns));
            let high = used.as_secs_f64() >= HIGH * watched.as_secs_f64();
            *last = Look { at: Instant::now(), used_ns, high };
        }
        last.high
    }
}

fn used_ns(store: &Store) -> u64 {
    store.stats().purchase_cpu_ns.load(Ordering::Relaxed)
}
