//! Commands that build something and hand over to it: bench, sim, fuzz, openapi.

use crate::{fuzz, workspace};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the API's description is checked in.
pub const OPENAPI: &str = "openapi/souk.json";

/// Builds the shop and the load driver for release and runs the driver with `args`.
///
/// # Errors
/// When a build or the run failed.
pub fn bench(args: &[String]) -> Result<(), String> {
    let build = ["build", "--quiet", "--release", "-p", "souk", "-p", "souk-bench"];
    pass(workspace::cargo().args(build))?;
    let bin = workspace::target_dir()?.join("release");
    pass(Command::new(bin.join("souk-bench")).args(args).env("SOUK_BIN", bin.join("souk")))
}

/// Measures the first hits of a catalogue with judgements, beside a plain BM25.
///
/// # Errors
/// When the build failed or the folder could not be read.
pub fn relevance(args: &[String]) -> Result<(), String> {
    let run = ["run", "--quiet", "--release", "-p", "souk-tantivy", "--example", "relevance", "--"];
    pass(workspace::cargo().args(run).args(args))
}

/// Runs the simulator with `args`.
///
/// # Errors
/// When the build failed or a history broke an invariant.
pub fn sim(args: &[String]) -> Result<(), String> {
    let run = ["run", "--quiet", "-p", "souk-simulator", "--"];
    pass(workspace::cargo().args(run).args(args))
}

/// Asks a shop what its API's description allows and more; `--bin PATH` names another binary than
/// one built for release now. What happened is printed.
///
/// # Errors
/// When the build failed, or an answer was one that nobody described.
pub fn fuzz(args: &[String]) -> Result<(), String> {
    let given = args.iter().position(|arg| arg == "--bin").and_then(|at| args.get(at + 1));
    let souk = match given {
        Some(path) => PathBuf::from(path),
        None => {
            pass(workspace::cargo().args(["build", "--quiet", "--release", "-p", "souk"]))?;
            workspace::target_dir()?.join("release/souk")
        }
    };
    let log = workspace::target_dir()?.join("fuzz.log");
    let _ = fs::remove_file(&log);
    let done = fuzz::run(&workspace::root(), &souk, &log, std::time::Duration::from_secs(900));
    println!("{}", fs::read_to_string(&log).unwrap_or_default());
    done
}

/// Writes the API's description, or compares it with `--check`. `--bin PATH` asks another binary
/// than the one just built.
///
/// # Errors
/// When the shop can't be built or asked, or the description on disk is another one.
pub fn openapi(args: &[String]) -> Result<(), String> {
    let given = args.iter().position(|arg| arg == "--bin").and_then(|at| args.get(at + 1));
    let souk = match given {
        Some(path) => PathBuf::from(path),
        None => {
            pass(workspace::cargo().args(["build", "--quiet", "-p", "souk"]))?;
            workspace::target_dir()?.join("debug/souk")
        }
    };
    if args.iter().any(|arg| arg == "--check") {
        return compare(&souk);
    }
    let path = workspace::root().join(OPENAPI);
    let written = path.parent().map_or(Ok(()), fs::create_dir_all);
    written
        .and_then(|()| fs::write(&path, described(&souk)?))
        .map_err(|error| format!("{OPENAPI}: {error}"))?;
    println!("wrote {OPENAPI}");
    Ok(())
}

/// Compares the description on disk with what this binary writes.
///
/// # Errors
/// When they differ, with the first line that does.
pub fn compare(souk: &Path) -> Result<(), String> {
    let path = workspace::root().join(OPENAPI);
    let stored = fs::read_to_string(&path).map_err(|error| format!("{OPENAPI}: {error}"))?;
    let fresh = described(souk).map_err(|error| format!("{}: {error}", souk.display()))?;
    match difference(&stored, &fresh) {
        None => Ok(()),
        Some(line) => {
            Err(format!("{OPENAPI}:{line} is stale: run `cargo xtask openapi` and look at it"))
        }
    }
}

/// The number of the first line in which two texts differ.
fn difference(stored: &str, fresh: &str) -> Option<usize> {
    if stored == fresh {
        return None;
    }
    let same = stored.lines().zip(fresh.lines()).take_while(|(a, b)| a == b).count();
    Some(same + 1)
}

fn described(souk: &Path) -> std::io::Result<String> {
    let output = Command::new(souk).arg("openapi").output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(std::io::Error::other(format!("souk openapi: {said}")));
    }
    let mut text = String::from_utf8_lossy(&output.stdout).trim_end().to_owned();
    text.push('\n');
    Ok(text)
}

/// Runs a command with our own input and output.
pub fn pass(command: &mut Command) -> Result<(), String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command.status().map_err(|error| format!("{name}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{name}: {status}")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_differs_is_named() {
        assert_eq!(difference("a\nb\n", "a\nb\n"), None);
        assert_eq!(difference("a\nb\n", "a\nc\n"), Some(2));
        assert_eq!(difference("a\n", "a\nb\n"), Some(2));
    }
}
