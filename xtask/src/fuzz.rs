//! The fuzz lane: `tests/fuzz/fuzz.py`, which asks the API what its own description allows and more.
//!
//! It runs in a Python environment of its own under the target folder, made when it isn't there yet and
//! whenever `requirements.txt` has changed; Python itself comes with the system's package manager.

use crate::{browser, child, workspace};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Where it lies.
const FOLDER: &str = "tests/fuzz";

/// Whether there is anything to run.
pub fn is_there(root: &Path) -> bool {
    root.join(FOLDER).join("fuzz.py").exists()
}

/// Installs what is missing and asks this shop.
///
/// # Errors
/// When something can't be installed, or an answer was one that nobody described; the log tells more.
pub fn run(root: &Path, souk: &Path, log: &Path, limit: Duration) -> Result<(), String> {
    let python = environment(root, log, limit)?;
    let mut command = Command::new(python);
    command.current_dir(root).arg(root.join(FOLDER).join("fuzz.py"));
    command.env("SOUK_BIN", souk).env("PYTHONDONTWRITEBYTECODE", "1");
    child::run(&mut command, log, limit)
}

/// The Python of an environment with what the lock file names.
fn environment(root: &Path, log: &Path, limit: Duration) -> Result<PathBuf, String> {
    let folder = workspace::target_dir()?.join("fuzz-python");
    let (python, stamp) = (folder.join("bin/python"), folder.join("installed-from"));
    let list = root.join(FOLDER).join("requirements.txt");
    let text = fs::read(&list).map_err(|error| format!("{}: {error}", list.display()))?;
    let wanted: String = Sha256::digest(&text).iter().map(|byte| format!("{byte:02x}")).collect();
    if python.exists() && fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(python);
    }
    let make = |log: &Path| {
        let mut venv = Command::new("python3");
        venv.args(["-m", "venv", "--clear"]).arg(&folder);
        child::run(&mut venv, log, limit)
    };
    // Some systems ship Python without what makes environments.
    if !child::on_path("python3") || make(log).is_err() {
        browser::apt(&["python3", "python3-venv"], log, limit)?;
        make(log)?;
    }
    let mut pip = Command::new(&python);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]).arg(&list);
    child::run(&mut pip, log, limit)?;
    fs::write(&stamp, wanted).map_err(|error| format!("{}: {error}", stamp.display()))?;
    Ok(python)
}
