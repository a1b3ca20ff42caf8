//! Where the record's bytes lie.

use parking_lot::Mutex;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A file that is only appended to, and cut back after a failure. The record's one writer calls it.
pub trait Disk: Send {
    /// Writes at the end. After an error any part of `bytes` may be there.
    ///
    /// # Errors
    /// The disk's.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Returns once everything appended is on stable storage.
    ///
    /// # Errors
    /// The disk's; then what was appended since the last success may be lost.
    fn sync(&mut self) -> io::Result<()>;

    /// Cuts the file to its first `bytes`.
    ///
    /// # Errors
    /// The disk's.
    fn truncate(&mut self, bytes: u64) -> io::Result<()>;

    /// Reads from the start, independently of later appends.
    ///
    /// # Errors
    /// The disk's.
    fn reader(&self) -> io::Result<Box<dyn Read + Send>>;
}

/// A file of the system. One process at a time: it holds the file's lock.
#[derive(Debug)]
pub struct FileDisk {
    path: PathBuf,
    file: File,
}

impl FileDisk {
    /// Opens or creates the file, and its folder.
    ///
    /// # Errors
    /// The system's; the file is open elsewhere.
    pub fn open(path: impl AsRef<Path>) -> io::Result<Self> {
        let path = path.as_ref().to_path_buf();
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        std::fs::create_dir_all(folder)?;
        let file = OpenOptions::new().append(true).create(true).open(&path)?;
        file.try_lock().map_err(|_| {
            let message = "the sandbox record is open in another process";
            io::Error::new(io::ErrorKind::ResourceBusy, message)
        })?;
        // The file's name must survive a power loss as well as its bytes, and so must its folder's.
        File::open(folder)?.sync_all()?;
        if let Some(above) = folder.canonicalize()?.parent() {
            File::open(above)?.sync_all()?;
        }
        Ok(Self { path, file })
    }
}

impl Disk for FileDisk {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.file.sync_data()
    }

    fn truncate(&mut self, bytes: u64) -> io::Result<()> {
        self.file.set_len(bytes)
    }

    fn reader(&self) -> io::Result<Box<dyn Read + Send>> {
        Ok(Box::new(File::open(&self.path)?))
    }
}

/// A disk in memory, for tests: clones share it, so that it survives "the machine".
#[derive(Debug, Clone, Default)]
pub struct MemoryDisk(Arc<Mutex<Platter>>);

#[derive(Debug, Default)]
struct Platter {
    bytes: Vec<u8>,
    synced: usize,
    capacity: Option<usize>,
    sync_fails: bool,
    syncs: usize,
}

impl MemoryDisk {
    /// What is there now, synced or not.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        self.0.lock().bytes.clone()
    }

    /// Replaces what is there, as a power loss or a faulty disk would.
    pub fn set(&self, bytes: Vec<u8>) {
        let mut platter = self.0.lock();
        platter.synced = bytes.len();
        platter.bytes = bytes;
    }

    /// How much of it survives a power loss for sure.
    #[must_use]
    pub fn synced(&self) -> usize {
        self.0.lock().synced
    }

    /// How often it was synced.
    #[must_use]
    pub fn syncs(&self) -> usize {
        self.0.lock().syncs
    }

    /// It is full at so many bytes; `None`: never.
    pub fn limit(&self, bytes: Option<usize>) {
        self.0.lock().capacity = bytes;
    }

    /// Syncs fail from now on, or don't.
    pub fn fail_syncs(&self, fails: bool) {
        self.0.lock().sync_fails = fails;
    }
}

impl Disk for MemoryDisk {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut platter = self.0.lock();
        let left = platter.capacity.map_or(usize::MAX, |c| c.saturating_sub(platter.bytes.len()));
        // As a real one: what fits is written.
        let fits = bytes.get(..left.min(bytes.len())).unwrap_or_default();
        platter.bytes.extend_from_slice(fits);
        if fits.len() < bytes.len() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        let mut platter = self.0.lock();
        if platter.sync_fails {
            return Err(io::Error::other("the sync failed"));
        }
        platter.syncs += 1;
        platter.synced = platter.bytes.len();
        Ok(())
    }

    fn truncate(&mut self, bytes: u64) -> io::Result<()> {
        let mut platter = self.0.lock();
        platter.bytes.truncate(usize::try_from(bytes).unwrap_or(usize::MAX));
        Ok(())
    }

    fn reader(&self) -> io::Result<Box<dyn Read + Send>> {
        Ok(Box::new(io::Cursor::new(self.bytes())))
    }
}
