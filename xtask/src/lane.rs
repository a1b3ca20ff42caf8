//! `cargo xtask test`: every check and every test, one quiet line a step.

use crate::tally::{self, Tally};
use crate::{browser, child, forward, fuzz, tidy, workspace};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// The longest a step may take before it is ended.
const LIMIT: Duration = Duration::from_secs(25 * 60);

/// How much of a failed step's log is shown.
const TAIL_LINES: usize = 60;

/// How a step ended.
enum End {
    Passed,
    Failed(String),
    /// What it would run is not in the repository, or what it needs failed before.
    NotRun,
}

struct Step {
    name: &'static str,
    end: End,
    tally: Tally,
    log: PathBuf,
}

/// The steps so far and where their logs lie.
struct Lane {
    logs: PathBuf,
    target: PathBuf,
    steps: Vec<Step>,
}

/// Runs the lane.
///
/// # Errors
/// When any step failed; everything has been printed by then.
pub fn run(args: &[String]) -> Result<(), String> {
    let quick = args.iter().any(|arg| arg == "--quick");
    if let Some(odd) = args.iter().find(|arg| *arg != "--quick") {
        return Err(format!("test: no option `{odd}`"));
    }
    let target = workspace::target_dir()?;
    let logs = target.join("xtask-logs");
    fs::create_dir_all(&logs).map_err(|error| format!("{}: {error}", logs.display()))?;
    let started = Instant::now();
    let mut lane = Lane { logs, target, steps: Vec::new() };
    lane.early();
    if !quick {
        lane.late();
    }
    lane.close(started)
}

impl Lane {
    /// What needs no release build.
    fn early(&mut self) {
        self.step("tools", tools);
        self.step("fmt", |log| cargo(&["fmt", "--all", "--check", "--", "--color", "never"], log));
        self.step("tidy", |log| {
            tidy::run().or_else(|findings| {
                fs::write(log, &findings).map_err(|error| error.to_string())?;
                Err("the walls".into())
            })
        });
        let clippy = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
        self.step("clippy", |log| cargo(&clippy, log));
        let tests = ["test", "--workspace", "--exclude", "souk-scenarios", "--no-fail-fast"];
        self.step("tests", |log| cargo(&tests, log));
    }

    /// What drives the binary that ships.
    fn late(&mut self) {
        let built = self.step("release", |log| cargo(&["build", "--release", "-p", "souk"], log));
        let souk = self.target.join("release").join("souk");
        let root = workspace::root();
        if !built {
            for name in ["openapi", "fuzz", "scenarios", "browser"] {
                self.not_run(name, "the release build failed");
            }
            return;
        }
        if root.join(forward::OPENAPI).exists() {
            self.step("openapi", |_| forward::compare(&souk));
        } else {
            self.not_run("openapi", "openapi/souk.json is not there yet");
        }
        if fuzz::is_there(&root) {
            self.step("fuzz", |log| fuzz::run(&root, &souk, log, LIMIT));
        } else {
            self.not_run("fuzz", "tests/fuzz holds nothing yet");
        }
        let targets = scenario_targets(&root.join("tests/scenarios"));
        if targets.is_empty() {
            self.not_run("scenarios", "tests/scenarios holds no test target yet");
        } else {
            self.step("scenarios", |log| scenarios(&targets, &souk, log));
        }
        let scripts = browser::scripts(&root);
        if scripts.is_empty() {
            self.not_run("browser", "tests/browser holds no *.mjs yet");
        } else {
            self.step("browser", |log| browser::run(&root, &scripts, &souk, log, LIMIT));
        }
    }

    /// Runs one step and prints its line; answers whether it passed.
    fn step(&mut self, name: &'static str, run: impl FnOnce(&Path) -> Result<(), String>) -> bool {
        let log = self.logs.join(format!("{name}.log"));
        let _ = fs::remove_file(&log);
        print!("{name:<10} ");
        let _ = io::stdout().flush();
        let started = Instant::now();
        let result = run(&log);
        let seconds = started.elapsed().as_secs_f64();
        let tally = fs::read_to_string(&log).map(|text| tally::read(&text)).unwrap_or_default();
        let word = if result.is_ok() { "ok" } else { "FAILED" };
        let counts = match tally {
            Tally { passed: 0, failed: 0 } => String::new(),
            Tally { passed, failed } => format!("  {passed} passed, {failed} failed"),
        };
        println!("{word:<6} {seconds:>7.1} s{counts}");
        let passed = result.is_ok();
        let end = result.map_or_else(End::Failed, |()| End::Passed);
        self.steps.push(Step { name, end, tally, log });
        passed
    }

    fn not_run(&mut self, name: &'static str, why: &'static str) {
        println!("{name:<10} not run: {why}");
        let log = self.logs.join(format!("{name}.log"));
        self.steps.push(Step { name, end: End::NotRun, tally: Tally::default(), log });
    }

    /// Prints what failed and the sum.
    fn close(&self, started: Instant) -> Result<(), String> {
        for step in &self.steps {
            if let End::Failed(why) = &step.end {
                println!("\n--- {} failed: {why} ({})", step.name, step.log.display());
                println!("{}", tail(&fs::read_to_string(&step.log).unwrap_or_default()));
            }
        }
        let absent = self.steps.iter().filter(|step| matches!(step.end, End::NotRun)).count();
        let absent = if absent > 0 { format!(", {absent} steps not run") } else { String::new() };
        println!(
            "\n{} steps in {:.0} s{absent}",
            self.steps.len(),
            started.elapsed().as_secs_f64()
        );
        let sum = sum(&self.steps);
        println!("{} passed, {} failed", sum.passed, sum.failed);
        if sum.failed > 0 { Err(String::new()) } else { Ok(()) }
    }
}

/// All tests; a step that failed without naming a failed test counts as one.
fn sum(steps: &[Step]) -> Tally {
    let mut sum = Tally::default();
    for step in steps {
        sum += step.tally;
        if matches!(step.end, End::Failed(_)) && step.tally.failed == 0 {
            sum.failed += 1;
        }
    }
    sum
}

/// What a log says failed, then its end.
fn tail(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let from = lines.len().saturating_sub(TAIL_LINES);
    let mut shown: Vec<&str> = Vec::new();
    for (at, line) in lines[..from].iter().enumerate() {
        let panicked = line.starts_with("thread '") && line.contains("panicked at");
        let compiling = line.starts_with("error") || line.starts_with("not ok ");
        if (panicked || compiling) && shown.len() < TAIL_LINES {
            shown.extend(lines[at..].iter().take(3));
        }
    }
    if !shown.is_empty() {
        shown.push("..");
    }
    shown.extend(&lines[from..]);
    shown.join("\n")
}

fn cargo(args: &[&str], log: &Path) -> Result<(), String> {
    child::run(workspace::cargo().args(args), log, LIMIT)
}

/// Formatter and linter come with the pinned toolchain; a minimal one is completed.
fn tools(log: &Path) -> Result<(), String> {
    let probe = |tool: &str| cargo(&[tool, "--version"], log).is_ok();
    if probe("fmt") && probe("clippy") {
        return Ok(());
    }
    if !child::on_path("rustup") {
        return Err("rustfmt or clippy is missing, and there is no rustup to add them".into());
    }
    let mut rustup = Command::new("rustup");
    rustup.current_dir(workspace::root()).args(["component", "add", "rustfmt", "clippy"]);
    child::run(&mut rustup, log, LIMIT)
}

/// The scenario suite against the binary that ships. The whole workspace is selected, so that its
/// dependencies are those already built for the other tests.
fn scenarios(targets: &[String], souk: &Path, log: &Path) -> Result<(), String> {
    let mut command = workspace::cargo();
    command.args(["test", "--workspace", "--no-fail-fast"]);
    for target in targets {
        command.args(["--test", target]);
    }
    child::run(command.env("SOUK_BIN", souk), log, LIMIT)
}

/// The names of a package's integration tests: `tests/x.rs` and `tests/x/main.rs`.
fn scenario_targets(package: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(package.join("tests")) else { return Vec::new() };
    let mut names: Vec<String> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == "rs") || path.join("main.rs").exists())
        .filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned()))
        .collect();
    names.sort();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(end: End, passed: u64, failed: u64) -> Step {
        Step { name: "x", end, tally: Tally { passed, failed }, log: PathBuf::new() }
    }

    #[test]
    fn a_failed_step_never_sums_to_no_failure() {
        let steps = [
            step(End::Passed, 5, 0),
            step(End::Failed("does not compile".into()), 0, 0),
            step(End::Failed("tests".into()), 3, 2),
            step(End::NotRun, 0, 0),
        ];
        assert_eq!(sum(&steps), Tally { passed: 8, failed: 3 });
    }

    #[test]
    fn only_the_end_of_a_long_log_is_shown() {
        let log: String = (0..1_000).map(|n| format!("line {n}\n")).collect();
        let shown = tail(&log);
        assert_eq!(shown.lines().count(), TAIL_LINES);
        assert!(shown.ends_with("line 999"));
        let early = format!("thread 'x' panicked at y.rs:1:1:\nleft: 1\nright: 2\n{log}");
        assert!(tail(&early).contains("left: 1\nright: 2"), "what failed early is shown too");
    }

    #[test]
    fn test_targets_are_files_and_folders_with_a_main() {
        let dir = std::env::temp_dir().join(format!("xtask-targets-{}", std::process::id()));
        fs::create_dir_all(dir.join("tests/shop")).unwrap();
        fs::create_dir_all(dir.join("tests/data")).unwrap();
        fs::write(dir.join("tests/shop/main.rs"), "").unwrap();
        fs::write(dir.join("tests/races.rs"), "").unwrap();
        assert_eq!(scenario_targets(&dir), ["races", "shop"]);
        fs::remove_dir_all(dir).unwrap();
    }
}
