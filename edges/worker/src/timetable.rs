//! Running a use case again and again.

use souk_kernel::PortError;
use std::future::Future;
use std::time::Duration;
use tokio::sync::{Notify, watch};

/// Runs `job` every `pause`, until `stop` says so. A job that found as much as it may take at a time
/// (`Ok(true)`) runs again at once. A failure is logged, and the next round tries again.
pub async fn every<F, J>(name: &'static str, pause: Duration, stop: watch::Receiver<bool>, job: F)
where
    F: FnMut() -> J,
    J: Future<Output = Result<bool, PortError>>,
{
    every_and_when(name, pause, &Notify::new(), stop, job).await;
}

/// The same, and at once whenever `woken` is notified.
pub async fn every_and_when<F, J>(
    name: &'static str,
    pause: Duration,
    woken: &Notify,
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
                () = woken.notified() => {}
                _ = stop.changed() => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// A long pause ends when somebody notifies, also while the job was running.
    #[tokio::test]
    async fn a_notified_job_runs_at_once() {
        let woken = Arc::new(Notify::new());
        let (stop, stopped) = watch::channel(false);
        let runs = AtomicUsize::new(0);
        let job = || {
            let (woken, stop, run) = (&woken, &stop, runs.fetch_add(1, Ordering::SeqCst));
            async move {
                match run {
                    0..3 => woken.notify_one(),
                    _ => {
                        stop.send_replace(true);
                    }
                }
                Ok(false)
            }
        };
        every_and_when("test", Duration::from_secs(3_600), &woken, stopped, job).await;
        assert_eq!(runs.load(Ordering::SeqCst), 4);
    }
}
