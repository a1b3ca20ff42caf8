//! One machine with one plug: what is registered with it loses its power at the same instant.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::disk::Disk;
use crate::file::ForgettingFile;
use crate::plug::{Cut, Kind, Plug};
use crate::report::Report;
use crate::vfs::Registration;

/// Tells machines of one process apart.
static NEXT: AtomicU64 = AtomicU64::new(1);

/// A running computer: a live directory, a disk that forgets what wasn't synced, and a plug.
///
/// Clones are handles of the same machine. Databases opened with [`vfs_name`](Self::vfs_name) and
/// files from [`file`](Self::file) share the plug. Everything must lie below
/// [`root`](Self::root). Given the seed and the same calls, [`restore_into`](Self::restore_into)
/// writes the same bytes.
#[derive(Clone)]
pub struct Machine {
    plug: Arc<Plug>,
    registration: Arc<Registration>,
    root: PathBuf,
    /// Held for its `Drop`.
    _scratch: Arc<Scratch>,
}

/// Directories of a machine's own, removed with its last handle.
struct Scratch(Vec<PathBuf>);

impl Drop for Scratch {
    fn drop(&mut self) {
        for dir in &self.0 {
            // Nothing depends on it, and a destructor has nobody to tell.
            let _ = std::fs::remove_dir_all(dir);
        }
    }
}

impl Machine {
    /// A new machine with an empty disk in a directory of its own, removed with the last handle.
    ///
    /// # Errors
    /// If the directory can't be created.
    pub fn new(seed: u64) -> io::Result<Self> {
        let root = scratch_path("live");
        std::fs::create_dir_all(&root)?;
        let scratch = Scratch(vec![root.clone()]);
        Self::start(seed, &root, scratch)
    }

    /// Switches a machine on over what is in `root`, which counts as synced: the next life after
    /// [`restore_into`](Self::restore_into), or a directory of the caller's choice. It isn't
    /// removed.
    ///
    /// No other machine or process may use `root` meanwhile.
    ///
    /// # Errors
    /// If the directory can't be created.
    pub fn boot(seed: u64, root: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(root)?;
        let machine = Self::start(seed, root, Scratch(Vec::new()))?;
        // All of it is on the disk, also what this life doesn't get around to opening.
        let mut files = Vec::new();
        crate::report::list(&machine.root, &mut files)?;
        machine.plug.look(|disk| files.iter().try_for_each(|file| disk.find(file).map(drop)))?;
        Ok(machine)
    }

    fn start(seed: u64, root: &Path, mut scratch: Scratch) -> io::Result<Self> {
        let images = scratch_path("synced");
        std::fs::create_dir_all(&images)?;
        scratch.0.push(images.clone());
        let root = root.canonicalize()?;
        let plug = Arc::new(Plug::new(seed, Disk::new(root.clone(), images)));
        let name = format!("powerloss-{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let registration = Arc::new(Registration::new(name, &plug)?);
        Ok(Self { plug, registration, root, _scratch: Arc::new(scratch) })
    }

    /// The directory that the running processes see.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The VFS to name in `Connection::open_with_flags_and_vfs`; valid while a handle lives.
    pub fn vfs_name(&self) -> &str {
        self.registration.name()
    }

    /// Opens or creates an append-only file; a relative path is below the root.
    ///
    /// # Errors
    /// Without power, or for a path outside of the root.
    pub fn file(&self, path: impl AsRef<Path>) -> io::Result<ForgettingFile> {
        Ok(ForgettingFile::open(Arc::clone(&self.plug), path.as_ref())?)
    }

    /// Renames a file within its directory; not safe before [`sync_dir_of`](Self::sync_dir_of).
    /// Paths are below the root, in the spelling in which they were opened.
    ///
    /// # Errors
    /// Without power, or if the real rename fails.
    pub fn rename(&self, from: impl AsRef<Path>, to: impl AsRef<Path>) -> io::Result<()> {
        let (from, to) = (self.root.join(from), self.root.join(to));
        Ok(self.plug.change(Kind::Other, &to, |disk| {
            std::fs::rename(&from, &to)?;
            disk.rename(&from, &to);
            Ok(())
        })?)
    }

    /// Makes all names in the directory of `path` safe.
    ///
    /// # Errors
    /// Without power, or when it fails during the call.
    pub fn sync_dir_of(&self, path: impl AsRef<Path>) -> io::Result<()> {
        let path = self.root.join(path);
        Ok(self.plug.change(Kind::Sync, &path, |disk| Ok(disk.sync_names_beside(&path)?))?)
    }

    /// Gives the machine a disk that answers syncs of files whose name ends so and doesn't do them:
    /// a planted fault, with which a test shows that it would notice a missing sync.
    ///
    /// # Errors
    /// Without power.
    pub fn lie_about_syncs_of(&self, ending: &str) -> io::Result<()> {
        Ok(self.plug.look(|disk| {
            disk.lie_about(ending);
            Ok(())
        })?)
    }

    /// Sets when the power will go; replaces an earlier setting.
    pub fn arm(&self, cut: Cut) {
        self.plug.arm(cut);
    }

    /// Takes [`arm`](Self::arm) back.
    pub fn disarm(&self) {
        self.plug.disarm();
    }

    /// Pulls the plug now, from any thread. When it returns, no change is in progress and
    /// none will begin: every later call on any file of the machine fails.
    pub fn cut(&self) {
        self.plug.cut();
    }

    /// Whether the power is gone.
    pub fn is_off(&self) -> bool {
        self.plug.is_off()
    }

    /// What was in flight when an armed cut happened: `Write souk.db-wal`, `Sync record.jsonl`, `Other`
    /// for what creates, truncates, renames or deletes. None: the plug was pulled by [`cut`](Self::cut).
    pub fn cut_during(&self) -> Option<String> {
        self.plug.cut_during().map(|(kind, path)| format!("{kind:?} {}", path.display()))
    }

    /// Changes that passed the plug so far: writes, truncations, syncs, creations, deletions,
    /// renames.
    pub fn ops(&self) -> u64 {
        self.plug.counts().0
    }

    /// Writes that passed the plug so far.
    pub fn writes(&self) -> u64 {
        self.plug.counts().1
    }

    /// Syncs that passed the plug so far.
    pub fn syncs(&self) -> u64 {
        self.plug.counts().2
    }

    /// Writes what is on the disk after the cut into `dir`, under the paths relative to the root.
    /// What neither the VFS nor [`file`](Self::file) opened isn't there, unless the machine was
    /// [booted](Self::boot) over it; nor are shared-memory files.
    ///
    /// # Errors
    /// While the power is on, and if the host's own disk failed at any time.
    pub fn restore_into(&self, dir: impl AsRef<Path>) -> io::Result<Report> {
        self.plug.autopsy(|disk, seed| disk.restore(seed, dir.as_ref()))
    }
}

fn scratch_path(what: &str) -> PathBuf {
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let name = format!("souk-powerloss-{}-{number}-{what}", std::process::id());
    std::env::temp_dir().join(name)
}
