//! The browser lane: `tests/browser/*.mjs` under Node's test runner, with Debian's Chromium.
//!
//! It installs what is missing: Node and Chromium with the system's package manager, the scripts'
//! packages with npm into `tests/browser/node_modules`, which is never committed. The scripts get
//!
//! - `SOUK_BIN`: the shop to start, built for release;
//! - `SOUK_CHROMIUM`: the browser to start;
//! - `SOUK_SHOTS`: a folder for screenshots.

use crate::{child, forward, workspace};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// The browser's names on the systems we know.
const BROWSERS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// The test scripts, in order of name; what is in folders is help for them.
pub fn scripts(root: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(root.join("tests/browser")) else { return Vec::new() };
    let paths = entries.flatten().map(|entry| entry.path());
    let mut found: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|e| e == "mjs")).collect();
    found.sort();
    found
}

/// Installs what is missing and runs the scripts.
///
/// # Errors
/// When something can't be installed or a test failed; the log tells more.
pub fn run(
    root: &Path,
    scripts: &[PathBuf],
    souk: &Path,
    log: &Path,
    limit: Duration,
) -> Result<(), String> {
    let chromium = install(&root.join("tests/browser"), log, limit)?;
    let shots = root.join("target/browser-shots");
    fs::create_dir_all(&shots).map_err(|error| format!("{}: {error}", shots.display()))?;
    let mut node = Command::new("node");
    node.current_dir(root).args(["--test", "--test-reporter=tap"]).args(scripts);
    node.env("SOUK_BIN", souk).env("SOUK_CHROMIUM", chromium).env("SOUK_SHOTS", shots);
    child::run(&mut node, log, limit)
}

/// Scores the most visited pages of a shop in a folder of its own and prints a table; `args` are the
/// script's. The shop is the one built for release, else the one built for debugging, whose performance
/// says little.
///
/// # Errors
/// When no shop is built, something can't be installed, or a score is below its mark.
pub fn lighthouse(args: &[String]) -> Result<(), String> {
    visit("tests/lighthouse", &["lighthouse.mjs"], args)
}

/// Looks at every page of every door with axe, at two widths, in light and dark; `args` are those of
/// Node's test runner.
///
/// # Errors
/// When no shop is built, something can't be installed, or a page has a fault.
pub fn glance(args: &[String]) -> Result<(), String> {
    visit("tests/browser", &["--test", "long/glance.mjs"], args)
}

/// Runs a script of a folder with the shop that is built.
fn visit(dir: &str, script: &[&str], args: &[String]) -> Result<(), String> {
    let (target, root) = (workspace::target_dir()?, workspace::root());
    let built = ["release/souk", "debug/souk"].map(|path| target.join(path));
    let souk =
        built.iter().find(|path| path.exists()).ok_or("build the shop first: cargo build -r")?;
    let dir = root.join(dir);
    let log = target.join("browser-install.log");
    let _ = fs::remove_file(&log);
    let chromium = install(&dir, &log, Duration::from_secs(600))?;
    println!("{}", souk.display());
    let mut node = Command::new("node");
    node.current_dir(&dir).args(script).args(args);
    forward::pass(node.env("SOUK_BIN", souk).env("SOUK_CHROMIUM", chromium))
}

/// Installs Node, a browser and the packages of a folder where they are missing; answers with the browser.
fn install(dir: &Path, log: &Path, limit: Duration) -> Result<&'static str, String> {
    if !child::on_path("node") || !child::on_path("npm") {
        apt(&["nodejs", "npm"], log, limit)?;
    }
    if browser().is_none() {
        apt(&["chromium"], log, limit)?;
    }
    packages(dir, log, limit)?;
    browser().ok_or_else(|| "no browser on the path, even after installing one".into())
}

fn browser() -> Option<&'static str> {
    BROWSERS.into_iter().find(|name| child::on_path(name))
}

/// Installs packages of the system.
///
/// # Errors
/// There is no package manager that we know, or it fails.
pub fn apt(packages: &[&str], log: &Path, limit: Duration) -> Result<(), String> {
    if !child::on_path("apt-get") {
        return Err(format!("missing: {}; install them", packages.join(", ")));
    }
    let root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n");
    let apt = |args: &[&str]| {
        let mut command = Command::new(if root { "apt-get" } else { "sudo" });
        if !root {
            command.args(["-n", "apt-get"]);
        }
        command.env("DEBIAN_FRONTEND", "noninteractive").args(args);
        child::run(&mut command, log, limit)
    };
    apt(&["update"])?;
    let mut install = vec!["install", "--yes", "--no-install-recommends"];
    install.extend(packages);
    apt(&install)
}

/// `npm ci`, unless the lock file is the one installed last.
fn packages(dir: &Path, log: &Path, limit: Duration) -> Result<(), String> {
    let lock = dir.join("package-lock.json");
    let text = fs::read(&lock).map_err(|error| format!("{}: {error}", lock.display()))?;
    let wanted: String = Sha256::digest(&text).iter().map(|byte| format!("{byte:02x}")).collect();
    let stamp = dir.join("node_modules/.installed-from");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    let mut npm = Command::new("npm");
    npm.current_dir(dir).args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]);
    child::run(&mut npm, log, limit)?;
    fs::write(&stamp, wanted).map_err(|error| format!("{}: {error}", stamp.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_are_the_modules_of_the_folder_itself() {
        let root = std::env::temp_dir().join(format!("xtask-browser-{}", std::process::id()));
        let dir = root.join("tests/browser");
        fs::create_dir_all(dir.join("help")).unwrap();
        for file in ["phone.mjs", "desktop.mjs", "help/shop.mjs", "package.json"] {
            fs::write(dir.join(file), "").unwrap();
        }
        let names: Vec<String> = scripts(&root)
            .iter()
            .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
            .collect();
        assert_eq!(names, ["desktop.mjs", "phone.mjs"]);
        fs::remove_dir_all(root).unwrap();
    }
}
