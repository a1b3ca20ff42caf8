//! `souk reconcile` and `souk rebuild`, without the reading of arguments: that is the binary's.

use crate::{Options, rebuild, reconcile};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What `souk reconcile` was asked.
#[derive(Debug, Clone)]
pub struct ReconcileArgs {
    /// The data folder: holds `souk.db` and `sandbox/record.jsonl`.
    pub data: PathBuf,
    /// One JSON document in place of text.
    pub json: bool,
    /// Findings listed for each invariant; `None` is 20.
    pub list_max: Option<usize>,
}

/// Exit code when something is found.
const FOUND: u8 = 1;
/// Exit code when nothing could be checked or rebuilt.
const FAILED: u8 = 2;

/// Checks every invariant and prints the report. 0: all hold; 1: at least one does not; 2: it could
/// not be checked.
#[must_use]
pub fn run_reconcile(args: &ReconcileArgs) -> ExitCode {
    let mut options = Options::default();
    options.list_max = args.list_max.unwrap_or(options.list_max);
    let record = args.data.join("sandbox").join("record.jsonl");
    // A shop without the sandbox gateway has no folder of its books.
    let record = args.data.join("sandbox").exists().then_some(record);
    match reconcile(&args.data.join("souk.db"), record.as_deref(), &options) {
        Ok(report) => {
            if args.json {
                println!("{}", report.json());
            } else {
                print!("{report}");
            }
            if report.is_clean() { ExitCode::SUCCESS } else { ExitCode::from(FOUND) }
        }
        Err(error) => failed("reconcile", &error),
    }
}

/// Rebuilds counters and lists of the data folder `data` and prints what was corrected. 0: done; 2:
/// nothing was changed. Once it is done, `then` goes on with what is rebuilt by the shop's own rules, and says
/// how that ended.
#[must_use]
pub fn run_rebuild(data: &Path, then: impl FnOnce() -> ExitCode) -> ExitCode {
    match rebuild(&data.join("souk.db")) {
        Ok(rebuilt) => {
            print!("{rebuilt}");
            then()
        }
        Err(error) => failed("rebuild", &error),
    }
}

fn failed(command: &str, error: &crate::Error) -> ExitCode {
    eprintln!("{command}: {error}");
    ExitCode::from(FAILED)
}
