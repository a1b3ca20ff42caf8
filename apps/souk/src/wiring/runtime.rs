//! Randomness and tasks, as production has them.

use rand::RngCore;
use souk_kernel::{BoxFuture, Entropy, Spawner};

/// The thread's generator, a ChaCha seeded and reseeded by the operating system: fit for secrets.
pub struct OsEntropy;

impl Entropy for OsEntropy {
    fn next_u64(&self) -> u64 {
        rand::rng().next_u64()
    }
}

/// The async runtime.
pub struct Tokio;

impl Spawner for Tokio {
    fn spawn(&self, task: BoxFuture<'static, ()>) {
        tokio::spawn(task);
    }
}
