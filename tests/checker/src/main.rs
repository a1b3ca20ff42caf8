//! `souk-checker DATA [--log FILE] [--settled]`: judges a data folder, and a log against it.
//!
//! Prints findings with their ids and a summary. Ends with 0: clean; 1: findings; 2: can't judge.

use souk_checker::{Evidence, Options, judge};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const HELP: &str = "souk-checker DATA [--log FILE] [--settled]

  DATA       the shop's data folder: souk.db and sandbox/record.jsonl; nothing may be writing
  --log      requests and answers as a client saw them, JSON Lines
  --settled  recovery has had its time: nothing may be under way any more";

fn main() -> ExitCode {
    match run() {
        Ok(clean) if clean => ExitCode::SUCCESS,
        Ok(_) => ExitCode::from(1),
        Err(why) => {
            eprintln!("{why}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<bool, String> {
    let mut args = std::env::args().skip(1);
    let (mut data, mut log, mut options) = (None, None, Options::default());
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--log" => log = Some(PathBuf::from(args.next().ok_or("--log needs a file")?)),
            "--settled" => options.settled = true,
            "--help" | "-h" => {
                println!("{HELP}");
                return Ok(true);
            }
            _ if data.is_none() && !arg.starts_with('-') => data = Some(arg),
            other => return Err(format!("no option `{other}`\n\n{HELP}")),
        }
    }
    let data = data.ok_or(HELP)?;
    let report = judge(&Evidence::of_data_folder(Path::new(&data), log), options)?;
    println!("{report}");
    Ok(report.is_clean())
}
