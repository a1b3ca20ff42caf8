//! One batched method: a queue and the flushes that empty it.

use crate::queue::{Batch, Queue};
use futures_util::FutureExt;
use parking_lot::Mutex;
use souk_kernel::{Answers, BoxFuture, PortError, Spawner};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

/// Waits a little, so that more callers gather: told how many intents the batch before had, so that
/// a lone caller need not wait. The runtime's sleep, or a simulation's.
pub type Linger = Arc<dyn Fn(usize) -> BoxFuture<'static, ()> + Send + Sync>;

/// How callers are turned into batches.
#[derive(Clone)]
pub struct Batching {
    /// Batches under way at the same time, at least 1. With 2 the next one is on its way to the engine
    /// while the last is on its way to disk.
    pub max_in_flight: usize,
    /// Intents in a batch; a single caller's larger batch goes as it is.
    pub max_batch: usize,
    /// Intents that may wait; beyond it callers are refused.
    pub max_waiting: usize,
    /// Waited for before each batch is taken; `None`: nothing.
    pub linger: Option<Linger>,
}

impl Default for Batching {
    fn default() -> Self {
        Self { max_in_flight: 2, max_batch: 1_024, max_waiting: 65_536, linger: None }
    }
}

type Run<I, T, E> = Box<dyn Fn(Vec<I>) -> BoxFuture<'static, Answers<T, E>> + Send + Sync>;

/// A batched method. Clones share the queue.
pub(crate) struct Lane<I, T, E>(Arc<Inner<I, T, E>>);

struct Inner<I, T, E> {
    queue: Mutex<Queue<I, Result<T, E>>>,
    run: Run<I, T, E>,
    spawner: Arc<dyn Spawner>,
    batching: Batching,
}

impl<I, T, E> Lane<I, T, E>
where
    I: Send + 'static,
    T: Send + 'static,
    E: From<PortError> + Send + 'static,
{
    pub(crate) fn new<F, R>(spawner: &Arc<dyn Spawner>, batching: &Batching, run: F) -> Self
    where
        F: Fn(Vec<I>) -> R + Send + Sync + 'static,
        R: Future<Output = Answers<T, E>> + Send + 'static,
    {
        let run: Run<I, T, E> = Box::new(move |batch| Box::pin(run(batch)));
        let (spawner, batching) = (Arc::clone(spawner), batching.clone());
        Self(Arc::new(Inner { queue: Mutex::new(Queue::new()), run, spawner, batching }))
    }

    /// Queues intents and waits for their answers.
    pub(crate) async fn call(&self, intents: Vec<I>) -> Answers<T, E> {
        let count = intents.len();
        if count == 0 {
            return Vec::new();
        }
        let inner = &self.0;
        let (pushed, flush) = {
            let mut queue = inner.queue.lock();
            let pushed = queue.push(intents, inner.batching.max_waiting);
            let flush = pushed.is_ok() && queue.in_flight < inner.batching.max_in_flight.max(1);
            queue.in_flight += usize::from(flush);
            (pushed, flush)
        };
        if flush {
            let flight = Flight { lane: Arc::clone(inner), landed: false };
            inner.spawner.spawn(Box::pin(flight.fly()));
        }
        let failed = match pushed {
            Err(error) => error,
            Ok(answers) => match answers.await {
                Ok(answers) => return answers,
                Err(_) => PortError::Timeout("the batch was lost".into()),
            },
        };
        (0..count).map(|_| Err(E::from(failed.clone()))).collect()
    }
}

/// A flush: takes batches until nothing waits. However it ends, its place becomes free.
struct Flight<I, T, E> {
    lane: Arc<Inner<I, T, E>>,
    landed: bool,
}

impl<I, T, E> Flight<I, T, E>
where
    I: Send + 'static,
    T: Send + 'static,
    E: From<PortError> + Send + 'static,
{
    async fn fly(mut self) {
        loop {
            if let Some(linger) = &self.lane.batching.linger {
                let before = self.lane.queue.lock().before;
                linger(before).await;
            }
            let batch = {
                let mut queue = self.lane.queue.lock();
                let batch = queue.take(self.lane.batching.max_batch);
                queue.before = batch.as_ref().map_or(queue.before, |batch| batch.intents.len());
                if batch.is_none() {
                    // Under the same lock as the look: whoever comes later starts a flush.
                    queue.in_flight -= 1;
                    self.landed = true;
                }
                batch
            };
            match batch {
                Some(batch) => self.send(batch).await,
                None => return,
            }
        }
    }

    async fn send(&self, batch: Batch<I, Result<T, E>>) {
        let Batch { intents, callers } = batch;
        let count = intents.len();
        // A panic of the port is its callers' alone: they see their reply dropped.
        match AssertUnwindSafe((self.lane.run)(intents)).catch_unwind().await {
            Ok(answers) if answers.len() == count => Batch::<I, _>::answer(callers, answers),
            Ok(answers) => {
                let wrong = format!("{count} intents got {} answers", answers.len());
                tracing::error!(%wrong, "a port broke its contract");
                let corrupt = || Err(E::from(PortError::Corrupt(wrong.clone())));
                Batch::<I, _>::answer(callers, (0..count).map(|_| corrupt()).collect());
            }
            Err(_) => tracing::error!(intents = count, "a port panicked on a batch"),
        }
    }
}

impl<I, T, E> Drop for Flight<I, T, E> {
    fn drop(&mut self) {
        if self.landed {
            return;
        }
        // The task was dropped midway, as runtimes do when they end. If no other flush will come for
        // those who wait, nobody will.
        let mut queue = self.lane.queue.lock();
        queue.in_flight -= 1;
        if queue.in_flight == 0 {
            queue.abandon();
        }
    }
}
