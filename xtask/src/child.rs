//! Runs a command quietly: its output goes to a file, its time is limited.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Runs `command` to its end with both outputs in `log`.
///
/// # Errors
/// When it can't be started, exits with a failure, or takes longer than `limit`: then it is ended
/// together with what it started.
pub fn run(command: &mut Command, log: &Path, limit: Duration) -> Result<(), String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let file = File::options()
        .create(true)
        .append(true)
        .open(log)
        .map_err(|error| format!("{}: {error}", log.display()))?;
    let twin = file.try_clone().map_err(|error| format!("{}: {error}", log.display()))?;
    let mut child = command
        .stdin(Stdio::null())
        .stdout(file)
        .stderr(twin)
        .spawn()
        .map_err(|error| format!("{name}: {error}"))?;
    await_end(&mut child, &name, limit)
}

fn await_end(child: &mut Child, name: &str, limit: Duration) -> Result<(), String> {
    let started = Instant::now();
    loop {
        match child.try_wait().map_err(|error| format!("{name}: {error}"))? {
            Some(status) if status.success() => return Ok(()),
            Some(status) => return Err(format!("{name}: {status}")),
            None if started.elapsed() > limit => {
                end(child);
                return Err(format!("{name}: ended after {} s", limit.as_secs()));
            }
            None => thread::sleep(Duration::from_millis(50)),
        }
    }
}

/// Ends a child and everything below it, so that no shop of a hung test stays behind.
fn end(child: &mut Child) {
    let below = descendants(child.id());
    let _ = child.kill();
    let _ = child.wait();
    for pid in below {
        let _ = Command::new("kill").args(["-KILL", &pid.to_string()]).status();
    }
}

fn descendants(pid: u32) -> Vec<u32> {
    let Ok(threads) = fs::read_dir(format!("/proc/{pid}/task")) else { return Vec::new() };
    let lists =
        threads.flatten().filter_map(|t| fs::read_to_string(t.path().join("children")).ok());
    let mut found = Vec::new();
    for list in lists {
        for child in list.split_whitespace().filter_map(|pid| pid.parse().ok()) {
            found.push(child);
            found.extend(descendants(child));
        }
    }
    found
}

/// Whether a program can be found on the path.
pub fn on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|dir| dir.join(program).is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(name: &str) -> std::path::PathBuf {
        let path = std::env::temp_dir().join(format!("xtask-{}-{name}.log", std::process::id()));
        let _ = fs::remove_file(&path);
        path
    }

    #[test]
    fn output_lands_in_the_log_and_a_failure_is_reported() {
        let log = log("fails");
        let limit = Duration::from_secs(60);
        let mut command = Command::new("sh");
        command.args(["-c", "echo out; echo err >&2; exit 3"]);
        let failure = run(&mut command, &log, limit).unwrap_err();
        assert!(failure.contains('3'), "{failure}");
        let text = fs::read_to_string(&log).unwrap();
        assert!(text.contains("out") && text.contains("err"), "{text}");
        fs::remove_file(log).unwrap();
    }

    #[test]
    fn a_command_over_its_time_is_ended_with_its_children() {
        let log = log("hangs");
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 600 & echo $!; wait"]);
        let failure = run(&mut command, &log, Duration::from_millis(300)).unwrap_err();
        assert!(failure.contains("ended after"), "{failure}");
        let pid = fs::read_to_string(&log).unwrap().trim().to_owned();
        let alive = || {
            let state = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            !state.is_empty() && !state.contains(") Z ")
        };
        // The signal is sent; the system takes the process away when it next runs.
        for _ in 0..200 {
            if alive() {
                thread::sleep(Duration::from_millis(50));
            }
        }
        assert!(!alive(), "process {pid} is still there");
        fs::remove_file(log).unwrap();
    }

    #[test]
    fn programs_are_found_on_the_path() {
        assert!(on_path("sh"));
        assert!(!on_path("no-such-program-anywhere"));
    }
}
