//! Running a use case again and again.

use souk_kernel::PortError;
use std::future::Future;
use std::time::Duration;
use tokio::sync::watch;

/// Runs `job` every `pause`, until `stop` says so. A job that found as much as it may take at a time
/// (`Ok(true)`) runs again at once. A failure is logged, and the next round tries again.
pub async fn every<F, J>(
    name: &'static str,
    pause: Duration,
    mut stop: watch::Receiver<bool>,
    mut job: F,
) where
    F: FnMut() -> J,
    J: Future<Output = Result<bool, PortError>>,
{
    while !*stop.borrow() {
        let more = match job().await {
            Ok(more) => more,
            Err(error) => {
                tracing::warn!(job = name, %error, "a job failed; it runs again");
                false
            }
        };
        if !more {
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                _ = stop.changed() => {}
            }
        }
    }
}
