//! One history from a seed: shoppers, workers, faults; then calm; then the judge.

use crate::check::{self, Evidence, Verdict};
use crate::diary::Diary;
use crate::exec::{OUTSIDE, World};
use crate::fleet::{Fleet, PROCESSES};
use crate::planted::Bug;
use crate::shopper::Shopper;
use crate::stores::{Base, Mode};
use crate::{chaos, drain, waiting};
use parking_lot::Mutex;
use souk_inventory::StockIntent;
use souk_kernel::{Clock, MINUTE_MS, Mint, SECOND_MS, SeededEntropy, Sku, UserId};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// More than any history needs.
const POLLS_MAX: u64 = 2_000_000;

/// Which history.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Everything follows from it.
    pub seed: u64,
    /// On which stores.
    pub mode: Mode,
    /// With which bug, on purpose.
    pub bug: Option<Bug>,
    /// Nothing runs for longer than the gateway remembers keys.
    pub outage: bool,
    /// Keep the time axis.
    pub traced: bool,
}

impl Plan {
    /// A history without a bug, without an outage, without its time axis.
    #[must_use]
    pub const fn plain(seed: u64, mode: Mode) -> Self {
        Self { seed, mode, bug: None, outage: false, traced: false }
    }
}

/// How it went.
pub struct Outcome {
    /// Which history it was.
    pub plan: Plan,
    /// What the judge found.
    pub verdict: Verdict,
    /// The time axis, if it was kept.
    pub axis: Vec<String>,
    /// How many times tasks ran: two equal histories have the same number.
    pub polls: u64,
    /// Processes that ended.
    pub crashes: u32,
    /// Tasks that stood still past their lease.
    pub pauses: u32,
}

impl Outcome {
    /// Whether every promise was kept.
    #[must_use]
    pub fn clean(&self) -> bool {
        self.verdict.violations.is_empty()
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Plan { seed, mode, bug, .. } = self.plan;
        writeln!(
            f,
            "seed {seed}, {mode:?}, bug {bug:?}: {} broken",
            self.verdict.violations.len()
        )?;
        for broken in &self.verdict.violations {
            writeln!(f, "  {}: order {:?}: {}", broken.invariant, broken.order, broken.what)?;
        }
        for line in &self.axis {
            writeln!(f, "{line}")?;
        }
        let mode = format!("{mode:?}").to_lowercase();
        let outage = if self.plan.outage { " --outage" } else { "" };
        write!(f, "again: cargo xtask sim --seed {seed} --mode {mode}{outage}")
    }
}

/// Runs a history and judges it.
#[must_use]
pub fn run(plan: Plan) -> Outcome {
    let world = World::new(plan.seed, plan.traced);
    let clock: Arc<dyn Clock> = world.clone();
    let base = match plan.mode {
        Mode::Split => Base::split(clock.clone()),
        Mode::Colocated | Mode::Sqlite => Base::colocated(clock.clone()),
    };
    let mint = Mint::new(clock, Arc::new(SeededEntropy::new(!plan.seed)));
    let fleet = Fleet::new(&world, base, mint, plan.bug);
    let diary = Arc::new(Diary::default());
    let users: Vec<UserId> = (0..2 + world.below(3)).map(|_| fleet.fresh()).collect();
    let opened = Arc::new(Mutex::new(Vec::new()));
    if plan.outage {
        world.spawn(OUTSIDE, chaos::outage(Arc::clone(&fleet)));
    }
    let main = play(Arc::clone(&fleet), Arc::clone(&diary), users.clone(), Arc::clone(&opened));
    let ended = world.run(main, POLLS_MAX);
    let evidence = Evidence {
        ports: &fleet.base.plain,
        noted: fleet.noted.lock().clone(),
        opened: opened.lock().clone(),
        charges: fleet.gateway.charges(),
        alerts: fleet.gateway.alerts(),
        entries: diary.entries(),
        refunds: diary.refunds(),
        told: Some(fleet.listener.0.lock().clone()),
        money: fleet.base.money(),
        users,
        paused_and_crashed: fleet.rates.pauses.load(Ordering::Relaxed) > 0
            && fleet.rates.crashes.load(Ordering::Relaxed) > 0,
        now: world.now(),
    };
    let mut verdict = waiting::block_on(check::judge(&evidence));
    if let Err(what) = ended {
        let invariant = "comes-to-an-end";
        verdict.violations.push(check::Violation { invariant, order: None, what: what.into() });
    }
    Outcome {
        plan,
        verdict,
        axis: world.axis(),
        polls: world.polls(),
        crashes: fleet.rates.crashes.load(Ordering::Relaxed),
        pauses: fleet.rates.pauses.load(Ordering::Relaxed),
    }
}

async fn open(fleet: &Fleet) -> Vec<(Sku, i64)> {
    let world = &fleet.world;
    let mut opened = Vec::new();
    for _ in 0..1 + world.below(3) {
        let sku: Sku = fleet.fresh();
        let mut all = 0;
        for _ in 0..1 + world.below(2) {
            let quantity = 1 + world.below(6) as u32;
            let warehouse = fleet.fresh();
            let open = StockIntent::Open { sku, warehouse, quantity };
            let done = souk_kernel::one(fleet.base.plain.stock.apply(vec![open]).await);
            all += i64::from(quantity) * i64::from(done.is_ok());
        }
        fleet.offers.0.lock().insert(sku, 500 + world.between(0, 5_000));
        opened.push((sku, all));
    }
    opened
}

async fn play(
    fleet: Arc<Fleet>,
    diary: Arc<Diary>,
    users: Vec<UserId>,
    opened: Arc<Mutex<Vec<(Sku, i64)>>>,
) {
    let world = Arc::clone(&fleet.world);
    let stocked = open(&fleet).await;
    let skus: Arc<Vec<Sku>> = Arc::new(stocked.iter().map(|(sku, _)| *sku).collect());
    *opened.lock() = stocked;
    (0..PROCESSES).for_each(|process| fleet.keep_running(process));
    world.spawn(OUTSIDE, chaos::run(Arc::clone(&fleet)));
    let visits = users.into_iter().map(|user| {
        let (fleet, diary) = (Arc::clone(&fleet), Arc::clone(&diary));
        Shopper { fleet, diary, user, skus: Arc::clone(&skus) }.visit()
    });
    futures_util::future::join_all(visits).await;
    world.sleep(world.between(SECOND_MS, 4 * MINUTE_MS)).await;
    let dark = fleet.dark_until() - world.elapsed();
    if dark > 0 {
        world.sleep(dark + MINUTE_MS).await;
    }
    world.note("world", || "calm".into());
    fleet.rates.be_calm();
    fleet.stop();
    world.set_offset(0);
    drain::run(&fleet).await;
}
