//! A folder of files that can all be made anew, kept within a limit.

use parking_lot::Mutex;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

pub struct Folder {
    dir: PathBuf,
    limit: u64,
    /// Bytes in it, as far as this process knows.
    held: Mutex<u64>,
    /// Names files that are not whole yet.
    drafts: AtomicU64,
}

impl Folder {
    pub fn open(dir: PathBuf, limit: u64) -> io::Result<Self> {
        fs::create_dir_all(&dir)?;
        let held = files(&dir)?.iter().map(|file| file.bytes).sum();
        Ok(Self { dir, limit, held: Mutex::new(held), drafts: AtomicU64::new(0) })
    }

    /// The file's bytes, if it is there.
    pub fn read(&self, name: &str) -> Option<Vec<u8>> {
        fs::read(self.dir.join(name)).ok().filter(|bytes| !bytes.is_empty())
    }

    /// Keeps a file, whole or not at all. A full disk is no fault: the picture was made, and is served.
    pub fn keep(&self, name: &str, bytes: &[u8]) {
        let number = self.drafts.fetch_add(1, Ordering::Relaxed);
        let draft = self.dir.join(format!("{}-{number}.draft", std::process::id()));
        let whole = fs::write(&draft, bytes);
        if whole.and_then(|()| fs::rename(&draft, self.dir.join(name))).is_err() {
            let _ = fs::remove_file(&draft);
            return;
        }
        let mut held = self.held.lock();
        *held += bytes.len() as u64;
        if *held > self.limit {
            *held = self.shrink();
        }
    }

    /// Takes away the oldest until a quarter of the limit is free; says what is left.
    fn shrink(&self) -> u64 {
        let mut files = files(&self.dir).unwrap_or_default();
        files.sort_by_key(|file| file.written);
        let mut held: u64 = files.iter().map(|file| file.bytes).sum();
        for file in files {
            if held <= self.limit / 4 * 3 {
                break;
            }
            if fs::remove_file(&file.path).is_ok() {
                held -= file.bytes;
            }
        }
        held
    }
}

struct Held {
    path: PathBuf,
    bytes: u64,
    written: SystemTime,
}

fn files(dir: &Path) -> io::Result<Vec<Held>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        // A file may go between being listed and being asked.
        let Ok(about) = entry.metadata() else { continue };
        if about.is_file() {
            let written = about.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            found.push(Held { path: entry.path(), bytes: about.len(), written });
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_stays_within_its_limit() {
        let dir = std::env::temp_dir().join(format!("souk-folder-{}", std::process::id()));
        let folder = Folder::open(dir.clone(), 1_000).unwrap();
        for number in 0..50 {
            folder.keep(&number.to_string(), &[7; 100]);
            let held: u64 = files(&dir).unwrap().iter().map(|file| file.bytes).sum();
            assert!(held <= 1_000, "{held} bytes after {number}");
        }
        assert_eq!(folder.read("49").unwrap(), [7; 100]);
        assert_eq!(folder.read("0"), None);
        fs::remove_dir_all(dir).unwrap();
    }
}
