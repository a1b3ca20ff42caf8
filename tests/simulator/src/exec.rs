//! A single-threaded executor with simulated time: which ready task goes next comes from the seed, and
//! time moves only when nobody is ready.

use crate::oneshot::{self, Receiver, Sender};
use parking_lot::Mutex;
use souk_kernel::{BoxFuture, Clock, Entropy, SeededEntropy, Timestamp};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::task::{Context, Poll, Wake, Waker};

/// When simulated time begins.
pub const EPOCH: Timestamp = Timestamp(1_790_000_000_000);

/// What tasks belong to: a process that can crash, or the world outside ([`OUTSIDE`]).
pub type Process = usize;

/// Shoppers, the network, the gateway, the harness: never crashes.
pub const OUTSIDE: Process = usize::MAX;

type Timers = BinaryHeap<Reverse<(i64, u64)>>;

#[derive(Default)]
struct State {
    timers: Timers,
    wakers: BTreeMap<u64, Waker>,
    spawned: Vec<(Process, BoxFuture<'static, ()>)>,
    crashed: Vec<Process>,
    watchers: BTreeMap<Process, Vec<Sender<()>>>,
}

/// Time, chance, tasks.
pub struct World {
    /// Milliseconds since the beginning; only grows.
    now: AtomicI64,
    /// What the wall clock is off by.
    offset: AtomicI64,
    timer: AtomicU64,
    polls: AtomicU64,
    chance: SeededEntropy,
    state: Mutex<State>,
    ready: Arc<Mutex<Vec<u64>>>,
    log: Mutex<Option<Vec<String>>>,
}

struct Task {
    process: Process,
    future: BoxFuture<'static, ()>,
}

struct Waking {
    task: u64,
    ready: Arc<Mutex<Vec<u64>>>,
}

impl Wake for Waking {
    fn wake(self: Arc<Self>) {
        let mut ready = self.ready.lock();
        if !ready.contains(&self.task) {
            ready.push(self.task);
        }
    }
}

impl World {
    /// A world from a seed; `traced`: keeps the time axis.
    #[must_use]
    pub fn new(seed: u64, traced: bool) -> Arc<Self> {
        Arc::new(Self {
            now: AtomicI64::new(0),
            offset: AtomicI64::new(0),
            timer: AtomicU64::new(0),
            polls: AtomicU64::new(0),
            chance: SeededEntropy::new(seed),
            state: Mutex::new(State::default()),
            ready: Arc::default(),
            log: Mutex::new(traced.then(Vec::new)),
        })
    }

    /// A number below `n`.
    pub fn below(&self, n: u64) -> u64 {
        self.chance.next_u64() % n.max(1)
    }

    /// A number from `from` up to, not including, `to`.
    pub fn between(&self, from: i64, to: i64) -> i64 {
        from + self.below((to - from).max(1).unsigned_abs()).cast_signed()
    }

    /// True so many times in ten thousand.
    pub fn odds(&self, per_10k: u64) -> bool {
        per_10k > 0 && self.below(10_000) < per_10k
    }

    /// Simulated milliseconds since the beginning; the wall clock may say otherwise.
    pub fn elapsed(&self) -> i64 {
        self.now.load(Ordering::Relaxed)
    }

    /// How often tasks were polled: two equal histories have the same number.
    pub fn polls(&self) -> u64 {
        self.polls.load(Ordering::Relaxed)
    }

    /// Puts the wall clock off by so much.
    pub fn set_offset(&self, ms: i64) {
        self.offset.store(ms, Ordering::Relaxed);
    }

    /// Whether the time axis is kept.
    pub fn traced(&self) -> bool {
        self.log.lock().is_some()
    }

    /// Writes a line of the time axis; `line` is only computed when it is kept.
    pub fn note(&self, who: &str, line: impl FnOnce() -> String) {
        let mut log = self.log.lock();
        let Some(log) = log.as_mut() else { return };
        let ms = self.elapsed();
        let (m, s, ms) = (ms / 60_000, ms / 1_000 % 60, ms % 1_000);
        log.push(format!("{m:>4}:{s:02}.{ms:03}  {who:<9} {}", line()));
    }

    /// The time axis so far.
    pub fn axis(&self) -> Vec<String> {
        self.log.lock().clone().unwrap_or_default()
    }

    /// Waits in simulated time.
    pub fn sleep(self: &Arc<Self>, ms: i64) -> Sleep {
        Sleep { world: Arc::clone(self), until: self.elapsed() + ms.max(0) }
    }

    /// Lets others go first.
    pub fn step_aside(&self) -> StepAside {
        StepAside(false)
    }

    /// Waits for a future, but not longer than `ms`.
    pub async fn within<F: Future + Unpin>(
        self: &Arc<Self>,
        ms: i64,
        future: F,
    ) -> Option<F::Output> {
        match futures_util::future::select(future, self.sleep(ms)).await {
            futures_util::future::Either::Left((output, _)) => Some(output),
            futures_util::future::Either::Right(_) => None,
        }
    }

    /// Starts a task of a process.
    pub fn spawn(&self, process: Process, task: impl Future<Output = ()> + Send + 'static) {
        self.state.lock().spawned.push((process, Box::pin(task)));
    }

    /// Ends a process: its tasks are dropped where they stand.
    pub fn crash(&self, process: Process) {
        let mut state = self.state.lock();
        if process != OUTSIDE && !state.crashed.contains(&process) {
            state.crashed.push(process);
        }
    }

    /// Hears of the next crash of a process.
    pub fn watch(&self, process: Process) -> Receiver<()> {
        let (tell, hear) = oneshot::channel();
        self.state.lock().watchers.entry(process).or_default().push(tell);
        hear
    }

    /// Runs `main` and everything that it starts, until `main` ends.
    ///
    /// # Errors
    /// Nobody is ready and nobody waits for time, or more than `limit` polls: somebody waits for ever.
    pub fn run(
        self: &Arc<Self>,
        main: impl Future<Output = ()> + Send + 'static,
        limit: u64,
    ) -> Result<(), &'static str> {
        self.state.lock().spawned.insert(0, (OUTSIDE, Box::pin(main)));
        let mut tasks: BTreeMap<u64, Task> = BTreeMap::new();
        let mut last = 0;
        loop {
            let spawned = std::mem::take(&mut self.state.lock().spawned);
            for (process, future) in spawned {
                last += 1;
                tasks.insert(last, Task { process, future });
                self.ready.lock().push(last);
            }
            let Some(id) = self.pick() else {
                if self.advance() {
                    continue;
                }
                return Err("everybody waits, and nobody for time");
            };
            let Some(mut task) = tasks.remove(&id) else { continue };
            if self.polls.fetch_add(1, Ordering::Relaxed) >= limit {
                return Err("it does not come to an end");
            }
            let waker = Waker::from(Arc::new(Waking { task: id, ready: Arc::clone(&self.ready) }));
            let done = task.future.as_mut().poll(&mut Context::from_waker(&waker)).is_ready();
            if done && id == 1 {
                return Ok(());
            }
            if !done {
                tasks.insert(id, task);
            }
            self.bury(&mut tasks);
        }
    }

    fn pick(&self) -> Option<u64> {
        let mut ready = self.ready.lock();
        let many = ready.len() as u64;
        (many > 0).then(|| ready.swap_remove(self.below(many) as usize))
    }

    /// Moves time to whoever waits for it next.
    fn advance(&self) -> bool {
        let mut due = Vec::new();
        {
            let mut state = self.state.lock();
            let Some(Reverse((at, _))) = state.timers.peek().copied() else { return false };
            self.now.store(at, Ordering::Relaxed);
            while let Some(Reverse((when, timer))) = state.timers.peek().copied() {
                if when > at {
                    break;
                }
                state.timers.pop();
                due.extend(state.wakers.remove(&timer));
            }
        }
        due.into_iter().for_each(Waker::wake);
        true
    }

    fn bury(&self, tasks: &mut BTreeMap<u64, Task>) {
        let crashed = std::mem::take(&mut self.state.lock().crashed);
        for process in crashed {
            // Dropped outside of any lock: what ends with a task may wake others.
            let dead: Vec<u64> =
                tasks.iter().filter(|(_, t)| t.process == process).map(|(id, _)| *id).collect();
            for id in dead {
                tasks.remove(&id);
            }
            // What it had just started is gone too.
            let (unborn, others): (Vec<_>, Vec<_>) = {
                let mut state = self.state.lock();
                std::mem::take(&mut state.spawned).into_iter().partition(|(p, _)| *p == process)
            };
            self.state.lock().spawned.extend(others);
            drop(unborn);
            let watchers = self.state.lock().watchers.remove(&process);
            drop(watchers);
        }
    }
}

impl Clock for World {
    fn now(&self) -> Timestamp {
        EPOCH.plus_ms(self.elapsed() + self.offset.load(Ordering::Relaxed))
    }
}

/// See [`World::sleep`].
pub struct Sleep {
    world: Arc<World>,
    until: i64,
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.world.elapsed() >= self.until {
            return Poll::Ready(());
        }
        let timer = self.world.timer.fetch_add(1, Ordering::Relaxed);
        let mut state = self.world.state.lock();
        state.timers.push(Reverse((self.until, timer)));
        state.wakers.insert(timer, cx.waker().clone());
        Poll::Pending
    }
}

/// See [`World::step_aside`].
pub struct StepAside(bool);

impl Future for StepAside {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.0 {
            return Poll::Ready(());
        }
        self.0 = true;
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}
