//! Password hashing off the event loop, and never more of it than the machine can bear.

use async_trait::async_trait;
use souk_accounts::{HashError, Hasher, Hashing};
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Runs a [`Hasher`] on blocking threads: so many at once, so many waiting, the rest are told to
/// come back. Each running hash holds 19 MiB and a core: unbounded, a burst of sign-ins would take
/// the machine from the shoppers who pay.
pub struct Offloaded<H> {
    hasher: Arc<H>,
    running: Arc<Semaphore>,
    places: Arc<Semaphore>,
}

impl<H: Hasher> Offloaded<H> {
    /// At most `running` hashes at once, and `waiting` more callers in line.
    #[must_use]
    pub fn new(hasher: H, running: usize, waiting: usize) -> Self {
        Self {
            hasher: Arc::new(hasher),
            running: Arc::new(Semaphore::new(running.max(1))),
            places: Arc::new(Semaphore::new(running.max(1) + waiting)),
        }
    }

    async fn run<T, W>(&self, work: W) -> Result<T, HashError>
    where
        T: Send + 'static,
        W: FnOnce(&H) -> Result<T, HashError> + Send + 'static,
    {
        let held = self.admit().await?;
        let hasher = Arc::clone(&self.hasher);
        let done = tokio::task::spawn_blocking(move || {
            // Held by the work, not by the caller: a caller who leaves frees no core.
            let _held = held;
            work(&hasher)
        });
        done.await.map_err(|error| HashError::Broken(error.to_string()))?
    }

    async fn admit(&self) -> Result<(OwnedSemaphorePermit, OwnedSemaphorePermit), HashError> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| HashError::Busy)?;
        let turn = Arc::clone(&self.running).acquire_owned().await;
        Ok((place, turn.map_err(|_| HashError::Busy)?))
    }
}

#[async_trait]
impl<H: Hasher> Hashing for Offloaded<H> {
    async fn hash(&self, password: String, salt: [u8; 16]) -> Result<String, HashError> {
        self.run(move |hasher| hasher.hash(&password, salt)).await
    }

    async fn verify(&self, password: String, hash: Option<String>) -> Result<bool, HashError> {
        self.run(move |hasher| hasher.verify(&password, hash.as_deref())).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc::{Receiver, Sender, channel};

    /// Waits for a word before it answers, and remembers how many worked at once.
    struct Gate {
        word: Mutex<Receiver<()>>,
        at_once: AtomicUsize,
        most: AtomicUsize,
    }

    impl Hasher for Gate {
        fn hash(&self, _: &str, _: [u8; 16]) -> Result<String, HashError> {
            let at_once = self.at_once.fetch_add(1, Ordering::SeqCst) + 1;
            self.most.fetch_max(at_once, Ordering::SeqCst);
            self.word.lock().unwrap_or_else(|e| e.into_inner()).recv().unwrap_or(());
            self.at_once.fetch_sub(1, Ordering::SeqCst);
            Ok(String::from("hash"))
        }
        fn verify(&self, _: &str, _: Option<&str>) -> Result<bool, HashError> {
            Ok(true)
        }
    }

    fn gate() -> (Sender<()>, Gate) {
        let (send, receive) = channel();
        let (at_once, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        (send, Gate { word: Mutex::new(receive), at_once, most })
    }

    #[tokio::test]
    async fn bounds_how_many_run_and_how_many_wait() {
        let (word, gate) = gate();
        let offloaded = Arc::new(Offloaded::new(gate, 2, 1));
        let call = || {
            let offloaded = Arc::clone(&offloaded);
            tokio::spawn(async move { offloaded.hash("x".into(), [0; 16]).await })
        };
        let admitted = [call(), call(), call()];
        while offloaded.places.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        let refused = offloaded.hash("x".into(), [0; 16]).await;
        assert_eq!(refused, Err(HashError::Busy));
        for _ in 0..3 {
            word.send(()).unwrap();
        }
        for call in admitted {
            assert_eq!(call.await.unwrap(), Ok(String::from("hash")));
        }
        assert!(offloaded.hasher.most.load(Ordering::SeqCst) <= 2);
        assert_eq!(offloaded.verify("x".into(), None).await, Ok(true), "places are given back");
    }
}
