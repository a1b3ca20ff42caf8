//! The queue of events to be delivered: bounded, timed, retried with growing pauses.

use super::{Event, SIGNATURE_HEADER, WebhookSink, sign};
use futures_util::stream::{FuturesUnordered, StreamExt};
use parking_lot::Mutex;
use souk_kernel::{BoxFuture, Clock};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

/// Pauses before the second, third, ... try; after the last one the event is given up.
const PAUSES_S: [u64; 8] = [1, 5, 15, 60, 300, 900, 3_600, 3_600];
/// How many deliveries run at once.
const AT_ONCE: usize = 16;

/// An event on its way.
#[derive(Debug)]
pub struct Delivery {
    /// What to deliver.
    pub event: Event,
    /// When, from now.
    pub delay: Duration,
    /// Told after the first try, however it ended.
    pub tried: Option<oneshot::Sender<()>>,
}

/// Takes events; [`Outbox::run`] delivers them.
pub struct Outbox {
    queue: mpsc::Sender<Delivery>,
    waiting: Mutex<Option<mpsc::Receiver<Delivery>>>,
    capacity: usize,
    dropped: AtomicU64,
}

struct Job {
    event: Event,
    tries: usize,
    tried: Option<oneshot::Sender<()>>,
}

impl Outbox {
    /// An empty queue for so many events.
    pub fn new(capacity: usize) -> Self {
        let (queue, waiting) = mpsc::channel(capacity.max(1));
        let waiting = Mutex::new(Some(waiting));
        Self { queue, waiting, capacity, dropped: AtomicU64::new(0) }
    }

    /// Queues an event; when the queue is full it is dropped and counted.
    pub fn send(&self, delivery: Delivery) {
        if let Err(refused) = self.queue.try_send(delivery) {
            self.dropped.fetch_add(1, Ordering::Relaxed);
            let event = match refused {
                mpsc::error::TrySendError::Full(d) | mpsc::error::TrySendError::Closed(d) => {
                    d.event
                }
            };
            tracing::warn!(event = event.id, "webhook dropped: the queue is full");
        }
    }

    /// How many events were dropped because the queue was full, or given up after the last try.
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// Delivers until the end of the process. Only the first call does; others return at once.
    pub async fn run(&self, post: Post) {
        let Some(mut queue) = self.waiting.lock().take() else { return };
        let mut due: BTreeMap<Reverse<(Instant, u64)>, Job> = BTreeMap::new();
        let mut running: FuturesUnordered<BoxFuture<'_, (Job, bool)>> = FuturesUnordered::new();
        let mut sequence = 0;
        loop {
            let next = due.last_key_value().map(|(Reverse((at, _)), _)| *at);
            let wait = async {
                match next {
                    Some(at) => tokio::time::sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            sequence += 1;
            tokio::select! {
                taken = queue.recv(), if due.len() < self.capacity => {
                    let Some(delivery) = taken else { return };
                    let at = Instant::now() + delivery.delay;
                    let job = Job { event: delivery.event, tries: 0, tried: delivery.tried };
                    due.insert(Reverse((at, sequence)), job);
                }
                () = wait, if running.len() < AT_ONCE => {
                    if let Some((_, job)) = due.pop_last() {
                        running.push(Box::pin(post.once(job)));
                    }
                }
                Some((job, delivered)) = running.next(), if !running.is_empty() => {
                    if delivered {
                        continue;
                    }
                    match PAUSES_S.get(job.tries - 1) {
                        Some(pause) => {
                            let at = Instant::now() + Duration::from_secs(*pause);
                            due.insert(Reverse((at, sequence)), job);
                        }
                        None => {
                            self.dropped.fetch_add(1, Ordering::Relaxed);
                            tracing::warn!(event = job.event.id, "webhook given up");
                        }
                    }
                }
            }
        }
    }
}

/// How events are posted.
pub struct Post {
    /// To whom.
    pub url: String,
    /// Signs them.
    pub secret: String,
    /// By what.
    pub sink: Arc<dyn WebhookSink>,
    /// Dates the signature.
    pub clock: Arc<dyn Clock>,
}

impl Post {
    async fn once(&self, mut job: Job) -> (Job, bool) {
        job.tries += 1;
        let body = serde_json::to_vec(&job.event).unwrap_or_default();
        let signature = sign(&self.secret, &body, self.clock.now());
        let headers =
            [("content-type", String::from("application/json")), (SIGNATURE_HEADER, signature)];
        let answer = self.sink.deliver(&self.url, &headers, body).await;
        let delivered = matches!(answer, Ok(200..=299));
        if !delivered {
            let (event, tries) = (&job.event.id, job.tries);
            tracing::debug!(event, tries, ?answer, "webhook not delivered");
        }
        if let Some(tried) = job.tried.take() {
            // Nobody waits any more: fine.
            let _ = tried.send(());
        }
        (job, delivered)
    }
}
