//! What a cut cost, told so that a failing seed can be understood.

use std::fmt;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::survive::Rule;

/// What survived of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileReport {
    /// Its path below the machine's root.
    pub path: PathBuf,
    /// Its length after the cut.
    pub bytes: u64,
    /// Writes and truncations that no sync had covered; the sum of the next three.
    pub unsynced: usize,
    /// Those that are there all the same.
    pub kept: usize,
    /// Those that left no byte (a length, or garbage within it, at most).
    pub lost: usize,
    /// Those of which a part is there.
    pub torn: usize,
}

/// What a power cut left of everything that the machine had stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// How much order the disk kept among what wasn't synced.
    pub rule: Rule,
    /// The surviving files, by path.
    pub files: Vec<FileReport>,
    /// Files that the process saw and that are gone.
    pub vanished: Vec<PathBuf>,
    /// Creations, deletions and renames that were undone.
    pub lost_entries: usize,
}

impl Report {
    pub(crate) fn new(rule: Rule, lost_entries: usize) -> Self {
        Self { rule, files: Vec::new(), vanished: Vec::new(), lost_entries }
    }

    /// Unsynced writes and truncations lost whole or in part, over all files.
    pub fn lost(&self) -> usize {
        self.files.iter().map(|file| file.lost + file.torn).sum()
    }

    /// Writes kept in part, over all files.
    pub fn torn(&self) -> usize {
        self.files.iter().map(|file| file.torn).sum()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}, {} directory entries lost", self.rule, self.lost_entries)?;
        for file in &self.files {
            let FileReport { path, bytes, unsynced, kept, lost, torn } = file;
            let path = path.display();
            write!(f, "; {path} {bytes} B: {unsynced} unsynced = {kept} kept + {lost} lost")?;
            write!(f, " + {torn} torn")?;
        }
        for path in &self.vanished {
            write!(f, "; {} vanished", path.display())?;
        }
        Ok(())
    }
}

/// A fingerprint (64-bit FNV-1a) of every file below `dir`: names and bytes.
///
/// Two restored directories with the same fingerprint are the same to whoever opens them.
pub fn fingerprint(dir: &Path) -> io::Result<u64> {
    let mut files = Vec::new();
    list(dir, &mut files)?;
    files.sort();
    let mut hash = 0xCBF2_9CE4_8422_2325;
    for path in files {
        let name = path.strip_prefix(dir).unwrap_or(&path);
        hash = mix(hash, name.as_os_str().as_encoded_bytes());
        let mut bytes = Vec::new();
        fs::File::open(&path)?.read_to_end(&mut bytes)?;
        hash = mix(hash, &(bytes.len() as u64).to_le_bytes());
        hash = mix(hash, &bytes);
    }
    Ok(hash)
}

/// Every file below `dir`.
pub(crate) fn list(dir: &Path, into: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() {
            list(&path, into)?;
        } else {
            into.push(path);
        }
    }
    Ok(())
}

fn mix(hash: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(hash, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01B3))
}
