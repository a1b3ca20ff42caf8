//! `souk-simulator`: runs histories; a seed replays one, with its time axis.

use clap::Parser;
use souk_simulator::history::{self, Plan};
use souk_simulator::planted::Bug;
use souk_simulator::stores::Mode;
use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Instant;

/// Simulates purchases with faults from a seed.
#[derive(Parser)]
struct Args {
    /// The first history's seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many histories, each with the next seed. One is printed with its time axis.
    #[arg(long, default_value_t = 1)]
    histories: u64,
    /// On which stores.
    #[arg(long, value_enum, default_value = "colocated")]
    mode: Mode,
    /// With a bug on purpose.
    #[arg(long, value_enum)]
    bug: Option<Bug>,
    /// Nothing runs for longer than the gateway remembers keys.
    #[arg(long)]
    outage: bool,
}

fn main() -> ExitCode {
    let Args { seed, histories, mode, bug, outage } = Args::parse();
    if mode == Mode::Sqlite {
        eprintln!("histories run on stores in memory: a thread of SQLite's is not in our hands");
        return ExitCode::FAILURE;
    }
    let plan = |seed, traced| Plan { seed, mode, bug, outage, traced };
    if histories == 1 {
        let outcome = history::run(plan(seed, true));
        println!("{outcome}");
        return if outcome.clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    let started = Instant::now();
    let (mut crashes, mut pauses, mut documented) = (0, 0, 0);
    let mut ended = BTreeMap::<&str, u32>::new();
    let first = seed;
    for seed in first..first + histories {
        let outcome = history::run(plan(seed, false));
        if !outcome.clean() {
            println!("found after {} histories", seed - first + 1);
            println!("{}", history::run(plan(seed, true)));
            return ExitCode::FAILURE;
        }
        for (state, many) in &outcome.verdict.ended {
            *ended.entry(state).or_default() += many;
        }
        crashes += outcome.crashes;
        pauses += outcome.pauses;
        documented += outcome.verdict.documented;
    }
    println!(
        "{histories} histories, {mode:?}: every promise kept; orders {ended:?}, {crashes} crashes, \
         {pauses} paused owners, {documented} documented leftovers; {:.1} s",
        started.elapsed().as_secs_f64()
    );
    ExitCode::SUCCESS
}
