//! Running work beyond the caller's life, without knowing the runtime.

use crate::BoxFuture;

/// Starts a task that outlives its caller. Production: the async runtime; simulations: their own.
pub trait Spawner: Send + Sync {
    /// Starts `task` and returns at once.
    fn spawn(&self, task: BoxFuture<'static, ()>);
}
