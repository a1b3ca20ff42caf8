//! Where the workspace is and what Cargo says about it.

use serde_json::Value;
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The root of the repository: the folder above this crate.
pub fn root() -> PathBuf {
    let here = env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    here.parent().map_or_else(|| here.clone(), Path::to_path_buf)
}

/// The Cargo that runs us, or the one on the path.
pub fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

/// Where Cargo builds to.
///
/// # Errors
/// When Cargo can't describe the workspace.
pub fn target_dir() -> Result<PathBuf, String> {
    let metadata = metadata(&root(), &["--no-deps"])?;
    let dir = metadata["target_directory"].as_str().ok_or("no target directory in the metadata")?;
    Ok(PathBuf::from(dir))
}

/// `cargo metadata` with `args`; without the network if that is enough.
///
/// # Errors
/// What Cargo wrote, when it can't describe the workspace.
pub fn metadata(root: &Path, args: &[&str]) -> Result<Value, String> {
    ask(root, args, true).or_else(|_| ask(root, args, false))
}

fn ask(root: &Path, args: &[&str], offline: bool) -> Result<Value, String> {
    let mut command = cargo();
    command.current_dir(root).args(["metadata", "--format-version", "1"]).args(args);
    if offline {
        command.arg("--offline");
    }
    let output = command.output().map_err(|error| format!("cargo metadata: {error}"))?;
    if !output.status.success() {
        return Err(format!("cargo metadata: {}", String::from_utf8_lossy(&output.stderr)));
    }
    serde_json::from_slice(&output.stdout).map_err(|error| format!("cargo metadata: {error}"))
}
