//! One run: seed, open, load, drain, reconcile, report.

mod gets;
mod orders;

use crate::args::{Args, Scenario};
use crate::child::{self, Server};
use crate::drive::Outcome;
use crate::process::Usage;
use crate::report::{Cpu, Report};
use crate::seed::{self, Amounts, Seeded};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// How long the reference runs.
const REFERENCE: Duration = Duration::from_secs(4);

/// Runs the scenario and prints what it did.
///
/// # Errors
/// When it can't be run, or when something went wrong in it.
pub fn run(args: &Args) -> Result<(), String> {
    let report = match args.scenario {
        Scenario::BuyNow | Scenario::Funnel => orders::run(args)?,
        _ => gets::run(args)?,
    };
    let text = if args.json { report.json()? + "\n" } else { report.table() };
    print!("{text}");
    if report.is_good() { Ok(()) } else { Err("not everything went well: see above".into()) }
}

/// A shop that is measured.
struct Stage {
    server: Server,
    data: PathBuf,
    seeded: Seeded,
}

impl Stage {
    /// Seeds a fresh folder and opens a shop on it.
    fn set(args: &Args) -> Result<Self, String> {
        let data = data_folder(args.scenario.name())?;
        let began = Instant::now();
        let amounts = Amounts {
            users: args.shoppers,
            sessions: args.sessions.max(1),
            products: args.products.max(4),
            seed: args.seed,
        };
        let seeded = seed::seed(&data, amounts)?;
        say(args, &format!("seeded in {:.1} s", began.elapsed().as_secs_f64()));
        let mut settings = vec![("SOUK_SANDBOX_LATENCY_MS", args.gateway_latency.to_string())];
        settings.extend(args.workers.map(|workers| ("SOUK_WORKERS", workers.to_string())));
        let server = child::open_shop(&data, &settings)?;
        say(args, &format!("the shop is open, process {}", server.pid()));
        std::thread::sleep(Duration::from_secs(args.pause));
        settle(&server, args);
        Ok(Self { server, data, seeded })
    }
}

/// Waits until the shop has nothing to do any more: it indexes its catalogue after opening.
fn settle(server: &Server, args: &Args) {
    let began = Instant::now();
    let mut before = Usage::of(server.pid()).cpu_us;
    let mut quiet = 0;
    while began.elapsed() < Duration::from_secs(120) {
        std::thread::sleep(Duration::from_millis(500));
        let now = Usage::of(server.pid()).cpu_us;
        // Twice in a row: between two steps of the indexing it may pause.
        quiet = if now - before <= 30_000 { quiet + 1 } else { 0 };
        if quiet == 2 {
            break;
        }
        before = now;
    }
    say(args, &format!("at rest after {:.1} s", began.elapsed().as_secs_f64()));
}

/// A fresh folder `target/bench-data/<name>` beside the binaries.
fn data_folder(name: &str) -> Result<PathBuf, String> {
    let own = std::env::current_exe().map_err(|e| e.to_string())?;
    let target = own.ancestors().find(|path| path.file_name().is_some_and(|n| n == "target"));
    let target = target.map_or_else(std::env::temp_dir, Path::to_path_buf);
    let data = target.join("bench-data").join(name);
    if data.exists() {
        std::fs::remove_dir_all(&data).map_err(|e| format!("{}: {e}", data.display()))?;
    }
    std::fs::create_dir_all(&data).map_err(|e| format!("{}: {e}", data.display()))?;
    Ok(data)
}

/// Progress goes to standard error: standard output is the report.
fn say(_: &Args, text: &str) {
    eprintln!("· {text}");
}

/// CPU and bytes of server and driver while something runs.
struct Meter {
    pid: u32,
    server: Usage,
    driver: Usage,
}

impl Meter {
    fn start(pid: u32) -> Self {
        Self { pid, server: Usage::of(pid), driver: Usage::own() }
    }

    /// Of server and driver.
    fn read(&self) -> (Usage, Usage) {
        (Usage::of(self.pid).since(&self.server), Usage::own().since(&self.driver))
    }
}

/// The figures that every scenario has.
fn basics(args: &Args, outcome: &Outcome, used: &(Usage, Usage)) -> Report {
    let per_op = |micros: u64| micros as f64 / outcome.all_ops.max(1) as f64;
    let threads = used.0.threads_us.iter().map(|(name, us)| (name.clone(), per_op(*us)));
    Report {
        scenario: args.scenario.name().into(),
        ops_per_s: outcome.rate(),
        p50_ms: outcome.quantile_ms(0.50),
        p99_ms: outcome.quantile_ms(0.99),
        errors: outcome.failed(),
        errors_by_kind: outcome.errors.clone(),
        cpu_us_per_op: Cpu { server: per_op(used.0.cpu_us), driver: per_op(used.1.cpu_us) },
        reconcile: "no orders".into(),
        seconds: outcome.elapsed.as_secs_f64(),
        connections: args.connections(),
        gateway_ms: args.gateway_latency,
        threads_us_per_op: threads.collect(),
        ..Report::default()
    }
}

/// Asks the shop's own check; `clean`, or what it said.
fn reconcile(data: &Path) -> Result<String, String> {
    let output = Command::new(child::souk()?)
        .arg("reconcile")
        .current_dir(data)
        .env("SOUK_DATA", data)
        .output()
        .map_err(|e| format!("souk reconcile: {e}"))?;
    if output.status.success() {
        return Ok("clean".into());
    }
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    Ok(said.trim().chars().take(2_000).collect())
}
