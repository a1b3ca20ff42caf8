//! One history from one seed: a shop at work, its power cut, what the disk kept, the next life, and so on
//! until one life comes to rest.

use crate::buyers::Buyer;
use crate::diary::Diary;
use crate::shop::{Durability, Shop, World};
use crate::verdict;
use souk_powerloss::{Cut, Machine, Report, Rng};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Longer than any life takes; a life that hangs is a failure, not a pass.
const LONG: Duration = Duration::from_secs(60);
/// What opening an empty disk takes, roughly: changes of files.
const OPENING: u64 = 90;
/// What a life at work takes, roughly: changes, writes and syncs.
const WORKING: (u64, u64, u64) = (1_300, 1_100, 150);

/// What a history showed.
#[derive(Debug, Default)]
pub struct Outcome {
    pub seed: u64,
    /// What is wrong, and in which life it was seen.
    pub findings: Vec<String>,
    /// Requests that were answered with an order, over all lives.
    pub answered: usize,
    /// During what each cut happened.
    pub cuts: Vec<String>,
    /// Unsynced writes that the disk lost or tore, over all cuts.
    pub lost_writes: usize,
    pub torn_writes: usize,
    /// Changes, writes and syncs of the first life.
    pub work: (u64, u64, u64),
    /// Where the disk lies, when something was found.
    pub kept: Option<PathBuf>,
}

/// A folder that doesn't exist yet.
fn fresh(seed: u64) -> PathBuf {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let name = format!("souk-power-{}-{number}-seed-{seed}", std::process::id());
    std::env::temp_dir().join(name)
}

/// The disks of a history, removed with it unless something was found.
#[derive(Default)]
struct Disks(Vec<PathBuf>);

impl Disks {
    fn restore(&mut self, machine: &Machine, seed: u64) -> (PathBuf, Report) {
        let dir = fresh(seed);
        let report = machine.restore_into(&dir).unwrap();
        self.0.push(dir.clone());
        (dir, report)
    }

    fn forget(self) {
        for dir in self.0 {
            let _ = std::fs::remove_dir_all(dir);
        }
    }
}

struct History {
    world: Arc<World>,
    diary: Arc<Diary>,
    durability: Durability,
    rng: Rng,
    disks: Disks,
    outcome: Outcome,
}

/// Lives through one history.
pub fn live_through(seed: u64, durability: Durability) -> Outcome {
    let mut history = History {
        world: Arc::new(World::new(seed)),
        diary: Arc::default(),
        durability,
        rng: Rng::new(seed ^ 0x50_0BE4),
        disks: Disks::default(),
        outcome: Outcome { seed, ..Outcome::default() },
    };
    history.runs();
    let History { disks, mut outcome, diary, .. } = history;
    outcome.answered = diary.answered();
    match disks.0.last() {
        Some(dir)
            if !outcome.findings.is_empty() && std::env::var_os("SOUK_POWER_KEEP").is_some() =>
        {
            outcome.kept = Some(dir.clone());
        }
        _ => disks.forget(),
    }
    outcome
}

impl History {
    fn runs(&mut self) {
        let seed = self.outcome.seed;
        let mut machine = Machine::new(seed).unwrap();
        self.arm_for_work(&machine);
        self.life(&machine, 0);
        self.outcome.work = (machine.ops(), machine.writes(), machine.syncs());
        let mut again = 0;
        loop {
            let Some(dir) = self.cut(&machine, again) else { return };
            again += 1;
            machine = Machine::boot(seed.wrapping_mul(31) + again, &dir).unwrap();
            self.world.clock.advance([2_000, 90_000, 3_600_000][self.rng.below(3) as usize]);
            // Recovery is cut too, at times and not for ever.
            if again > 2 || self.rng.chance(60) {
                return self.last_life(&machine, &dir, again);
            }
            machine.arm(Cut::Within(300));
            self.life(&machine, again);
        }
    }

    fn arm_for_work(&mut self, machine: &Machine) {
        let (ops, writes, syncs) = WORKING;
        let rng = &mut self.rng;
        machine.arm(match rng.below(10) {
            0 => Cut::AfterOps(1 + rng.below(OPENING)),
            1..3 => Cut::AtWrite(1 + rng.below(writes)),
            3..6 => Cut::AtSync(1 + rng.below(syncs)),
            _ => Cut::AfterOps(1 + rng.below(ops)),
        });
    }

    /// Takes the power away and looks at what is left. None: it can't go on from here.
    fn cut(&mut self, machine: &Machine, life: u64) -> Option<PathBuf> {
        machine.cut();
        let seed = self.outcome.seed;
        let during = machine.cut_during().unwrap_or_else(|| "nothing".into());
        self.outcome.cuts.push(during);
        let (seen, report) = self.disks.restore(machine, seed);
        self.outcome.lost_writes += report.lost();
        self.outcome.torn_writes += report.torn();
        let findings = verdict::as_it_lies(&seen, &self.diary);
        let found = !findings.is_empty();
        let told = |what| format!("after life {life} ({report}), as it lies: {what}");
        self.outcome.findings.extend(findings.into_iter().map(told));
        // The judge has recovered what it saw; the next life does so itself.
        (!found).then(|| self.disks.restore(machine, seed).0)
    }

    /// A process's life: buyers and workers until the power goes or all is done.
    fn life(&mut self, machine: &Machine, life: u64) {
        let work = at_work(machine.clone(), self.part(life));
        if let Err(error) = in_a_process(work)
            && !machine.is_off()
        {
            self.outcome.findings.push(format!("life {life}, under power: {error}"));
        }
    }

    /// The life whose power stays on: it comes to rest and is judged.
    fn last_life(&mut self, machine: &Machine, dir: &Path, life: u64) {
        let to_rest = to_rest(machine.clone(), self.part(life), dir.to_owned());
        let findings = in_a_process(to_rest).unwrap_or_else(|error| vec![error]);
        let told = |what| format!("life {life}, at rest: {what}");
        self.outcome.findings.extend(findings.into_iter().map(told));
    }

    fn part(&self, life: u64) -> Part {
        Part {
            world: Arc::clone(&self.world),
            diary: Arc::clone(&self.diary),
            durability: self.durability,
            rng: self.rng.fork(life),
            life,
        }
    }
}

/// What a life is made from.
struct Part {
    world: Arc<World>,
    diary: Arc<Diary>,
    durability: Durability,
    rng: Rng,
    life: u64,
}

/// Runs a life; what it left running ends with it, as in a process.
fn in_a_process<T>(life: impl Future<Output = Result<T, String>>) -> Result<T, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let lived = runtime.block_on(async { tokio::time::timeout(LONG, life).await });
    lived.unwrap_or_else(|_| Err(format!("it hangs: nothing happened for {LONG:?}")))
}

async fn at_work(machine: Machine, part: Part) -> Result<(), String> {
    let Part { world, diary, durability, rng, life } = part;
    let shop = Shop::open(&machine, &world, life, durability)?;
    shop.stock(&world).await?;
    let worker = tokio::spawn(Arc::clone(&shop).works());
    let buyers = world.users.iter().enumerate().map(|(n, user)| {
        let buyer = Buyer {
            shop: Arc::clone(&shop),
            diary: Arc::clone(&diary),
            world: Arc::clone(&world),
            user: *user,
            life,
            rng: rng.fork(n as u64),
            keys: 0,
            bought: Vec::new(),
        };
        tokio::spawn(buyer.shops())
    });
    let buyers: Vec<_> = buyers.collect();
    // Those who got no answer ask again, and so do some who did.
    again(&shop, &diary, &mut rng.fork(99), 50).await;
    for buyer in buyers {
        buyer.await.map_err(|panic| panic.to_string())?;
    }
    shop.end();
    worker.await.map_err(|panic| panic.to_string())
}

async fn to_rest(machine: Machine, part: Part, dir: PathBuf) -> Result<Vec<String>, String> {
    let Part { world, diary, durability, mut rng, life } = part;
    let shop = Shop::open(&machine, &world, life, durability)?;
    shop.stock(&world).await?;
    if rng.chance(50) {
        again(&shop, &diary, &mut rng, 100).await;
    }
    let mut findings = Vec::new();
    for part in ["after recovery", "after every request came again"] {
        if !shop.rests().await {
            findings.push(format!("it does not come to rest {part}"));
        }
        again(&shop, &diary, &mut rng, 100).await;
    }
    if !shop.rests().await {
        findings.push("it does not come to rest in the end".into());
    }
    shop.store.close();
    findings.extend(verdict::at_rest(&dir, &diary, &shop.sandbox).await);
    Ok(findings)
}

/// So many of a hundred requests come again, word for word.
async fn again(shop: &Shop, diary: &Diary, rng: &mut Rng, percent: u64) {
    for ask in diary.asks() {
        if !shop.is_over() && rng.chance(percent) {
            // The diary has the answer.
            let _ = diary.ask(&shop.saga, &ask).await;
        }
    }
}
