//! What goes wrong at a process's port calls: each history draws how often, then each call draws.

use crate::exec::{EPOCH, Process, World};
use async_trait::async_trait;
use parking_lot::Mutex;
use souk_faults::{Call, Gate, Noted};
use souk_kernel::{PortError, SECOND_MS};
use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// How often things go wrong, in ten thousand.
#[derive(Debug, Default)]
pub struct Rates {
    /// A port call is refused: nothing is done.
    pub fail: u64,
    /// A port call is done, and its answer lost.
    pub lose: u64,
    /// The process ends before or after the call.
    pub crash: u64,
    /// The task stands still for longer than its lease.
    pub pause: u64,
    /// A request to the gateway is lost, or comes late.
    pub lose_request: u64,
    /// A gateway's answer is lost.
    pub lose_answer: u64,
    /// A request arrives at the gateway again, later.
    pub duplicate: u64,
    /// From now on nothing goes wrong.
    calm: AtomicBool,
    /// How often a process ended, and a task stood still.
    pub crashes: AtomicU32,
    /// See `crashes`.
    pub pauses: AtomicU32,
}

impl Rates {
    /// Draws the rates of a history: most of them are quiet, so that each kind of trouble also comes
    /// alone.
    #[must_use]
    pub fn draw(world: &World) -> Self {
        let pick = |rates: [u64; 4]| rates[world.below(4) as usize];
        Self {
            fail: pick([0, 0, 50, 200]),
            lose: pick([0, 0, 50, 200]),
            crash: pick([0, 20, 60, 150]),
            pause: pick([0, 0, 40, 120]),
            lose_request: pick([0, 0, 300, 1_500]),
            lose_answer: pick([0, 300, 1_000, 2_500]),
            duplicate: pick([0, 0, 500, 2_000]),
            ..Self::default()
        }
    }

    /// Nothing goes wrong from now on.
    pub fn be_calm(&self) {
        self.calm.store(true, Ordering::Relaxed);
    }

    /// Whether nothing goes wrong.
    pub fn calm(&self) -> bool {
        self.calm.load(Ordering::Relaxed)
    }
}

/// The gate of one process.
pub struct SimGate {
    /// Time and chance.
    pub world: Arc<World>,
    /// How often.
    pub rates: Arc<Rates>,
    /// Whose calls.
    pub process: Process,
    /// What all processes tried to write down.
    pub noted: Arc<Mutex<Vec<Noted>>>,
    /// On the time axis.
    pub name: String,
}

impl SimGate {
    async fn trouble(&self, call: Call, side: &str) {
        let world = &self.world;
        // Workers look for work all the time: most of the trouble is for those who found some.
        if quiet(call) && !world.odds(1_000) {
            return;
        }
        if world.odds(self.rates.crash) {
            self.rates.crashes.fetch_add(1, Ordering::Relaxed);
            world.note(&self.name, || format!("CRASH {side} {}.{}", call.port, call.method));
            world.crash(self.process);
            std::future::pending::<()>().await;
        }
        if world.odds(self.rates.pause) {
            self.rates.pauses.fetch_add(1, Ordering::Relaxed);
            let ms = world.between(61 * SECOND_MS, 400 * SECOND_MS);
            world.note(&self.name, || {
                format!("paused for {} s {side} {}.{}", ms / 1_000, call.port, call.method)
            });
            world.sleep(ms).await;
        }
    }
}

/// A line of the time axis stays a line: ids by their last digits, moments since the beginning.
fn short(what: &(dyn Debug + Sync)) -> String {
    const LONGEST: usize = 280;
    let text = format!("{what:?}");
    let mut line = String::with_capacity(LONGEST);
    let mut rest = text.as_str();
    while !rest.is_empty() && line.len() < LONGEST {
        if let Some(id) = rest.get(..36).filter(|id| is_id(id)) {
            line.push('#');
            line.push_str(&id[31..]);
            rest = &rest[36..];
        } else if let Some((ms, after)) =
            rest.strip_prefix("Timestamp(").and_then(|rest| rest.split_once(')'))
        {
            let ms = ms.parse::<i64>().unwrap_or_default() - EPOCH.0;
            line.push_str(&format!("{}.{:03}s", ms / 1_000, ms.abs() % 1_000));
            rest = after;
        } else {
            let mut chars = rest.chars();
            line.extend(chars.next());
            rest = chars.as_str();
        }
    }
    if !rest.is_empty() {
        line.push('…');
    }
    line
}

fn is_id(text: &str) -> bool {
    let shape = |(at, byte): (usize, u8)| match at {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    };
    text.bytes().enumerate().all(shape)
}

/// Reads that say little on the axis.
fn quiet(call: Call) -> bool {
    matches!(call.method, "lease" | "pending" | "due" | "expired" | "all_unfinished" | "levels")
        || call.method == "unfinished_refunds"
}

#[async_trait]
impl Gate for SimGate {
    async fn before(&self, call: Call, asked: &(dyn Debug + Sync)) -> Result<(), PortError> {
        let world = &self.world;
        match world.below(20) {
            0..8 => {}
            8..14 => world.step_aside().await,
            14..19 => world.sleep(world.between(1, 20)).await,
            _ => world.sleep(world.between(20, 2_000)).await,
        }
        if !quiet(call) {
            world.note(&self.name, || format!("{}.{} {}", call.port, call.method, short(asked)));
        }
        if self.rates.calm() {
            return Ok(());
        }
        self.trouble(call, "before").await;
        if world.odds(self.rates.fail) {
            world.note(&self.name, || format!("{}.{} fails", call.port, call.method));
            return Err(PortError::Unavailable("injected".into()));
        }
        Ok(())
    }

    async fn after(&self, call: Call, answered: &(dyn Debug + Sync)) -> Result<(), PortError> {
        let world = &self.world;
        if !quiet(call) {
            world.note(&self.name, || {
                format!("  -> {}.{} {}", call.port, call.method, short(answered))
            });
        }
        if self.rates.calm() {
            return Ok(());
        }
        self.trouble(call, "after").await;
        if world.odds(self.rates.lose) {
            world.note(&self.name, || format!("{}.{}: answer lost", call.port, call.method));
            return Err(PortError::Timeout("injected".into()));
        }
        if world.odds(5_000) {
            world.step_aside().await;
        }
        Ok(())
    }

    fn noted(&self, subject: Noted) {
        self.noted.lock().push(subject);
    }
}
