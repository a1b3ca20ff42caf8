//! `souk-bench`: drives the release binary over HTTP and says what it did, with a reference beside it.
//!
//! Everything runs on loopback, bounded in count and time, on a fresh data folder; it ends only the
//! processes that it started. `cargo xtask bench <scenario>` builds both binaries and runs this one.

mod args;
mod child;
mod drive;
mod echo;
mod http;
mod load;
mod log;
mod process;
mod report;
mod rows;
mod run;
mod seed;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let args = args::Args::parse();
    let done = match args.scenario {
        args::Scenario::Echo => echo::serve(),
        _ => run::run(&args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("souk-bench: {why}");
            ExitCode::FAILURE
        }
    }
}
