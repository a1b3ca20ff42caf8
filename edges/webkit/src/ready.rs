//! Whether this process can serve.

use async_trait::async_trait;

/// Asked by `/readyz`: can the engines behind this process be reached?
#[async_trait]
pub trait Readiness: Send + Sync {
    /// Answers quickly, and cheaply enough to be asked each second.
    ///
    /// # Errors
    /// What is not there, in words for an operator's log.
    async fn ready(&self) -> Result<(), String>;
}
