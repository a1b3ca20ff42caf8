//! A plain append-only file on a machine that can lose its power.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::disk::Inode;
use crate::plug::{Fault, Kind, Plug};

/// A file for records that are only ever appended, on the same plug as the machine's databases.
///
/// What [`append`](Self::append) wrote is seen at once by [`read_all`](Self::read_all), and is safe
/// only once [`sync`](Self::sync) has returned. After the cut every call fails.
/// Appends from several threads or handles are taken one after another, each at the end.
pub struct ForgettingFile {
    plug: Arc<Plug>,
    path: PathBuf,
    inode: Inode,
    live: File,
}

impl ForgettingFile {
    /// Opens the file or creates it, with its directory.
    pub(crate) fn open(plug: Arc<Plug>, path: &Path) -> Result<Self, Fault> {
        let (path, found) = plug.look(|disk| {
            let path = disk.root().join(path);
            let dir = path.parent().unwrap_or(disk.root());
            std::fs::create_dir_all(dir)?;
            // Names are compared, so every spelling of a directory must become the same.
            let path = dir.canonicalize()?.join(path.file_name().unwrap_or_default());
            if !path.starts_with(disk.root()) {
                return Err(io::Error::other("the file lies outside of the machine"));
            }
            let found = disk.find(&path)?;
            Ok((path, found))
        })?;
        let options =
            || File::options().read(true).write(true).create(true).truncate(false).clone();
        let (inode, live) = match found {
            Some(inode) => (inode, options().open(&path)?),
            None => plug.change(Kind::Other, &path, |disk| {
                let live = options().open(&path)?;
                // Another thread may have been first since the look.
                let inode = match disk.find_live(&path) {
                    Some(inode) => inode,
                    None => disk.create(&path)?,
                };
                Ok((inode, live))
            })?,
        };
        Ok(Self { plug, path, inode, live })
    }

    /// Adds bytes at the end. They aren't safe before a sync.
    ///
    /// # Errors
    /// Without power, or when it fails during the call; some of the bytes may then be there later.
    pub fn append(&self, bytes: &[u8]) -> io::Result<()> {
        Ok(self.plug.change(Kind::Write, &self.path, |disk| {
            let at = self.live.metadata()?.len();
            self.live.write_all_at(bytes, at)?;
            Ok(disk.write(self.inode, at, bytes)?)
        })?)
    }

    /// Cuts the file to `len` bytes, as one does with a torn tail. Not safe before a sync.
    ///
    /// # Errors
    /// Without power.
    pub fn truncate(&self, len: u64) -> io::Result<()> {
        Ok(self.plug.change(Kind::Other, &self.path, |disk| {
            self.live.set_len(len)?;
            Ok(disk.truncate(self.inode, len)?)
        })?)
    }

    /// Makes bytes and name safe: what a careful writer does by syncing a file and its directory.
    ///
    /// # Errors
    /// Without power, or when it fails during the call; what was appended may then be there or not.
    pub fn sync(&self) -> io::Result<()> {
        Ok(self.plug.change(Kind::Sync, &self.path, |disk| {
            disk.sync(self.inode)?;
            Ok(disk.sync_names_beside(&self.path)?)
        })?)
    }

    /// Makes the bytes safe, but not the name: a new file can still vanish whole.
    ///
    /// # Errors
    /// Without power, or when it fails during the call.
    pub fn sync_data(&self) -> io::Result<()> {
        Ok(self.plug.change(Kind::Sync, &self.path, |disk| Ok(disk.sync(self.inode)?))?)
    }

    /// The whole file as the running process sees it, synced or not.
    ///
    /// # Errors
    /// Without power.
    pub fn read_all(&self) -> io::Result<Vec<u8>> {
        Ok(self.plug.look(|_| {
            let mut bytes = vec![0; self.live.metadata()?.len() as usize];
            self.live.read_exact_at(&mut bytes, 0)?;
            Ok(bytes)
        })?)
    }

    /// The length in bytes as the running process sees it.
    ///
    /// # Errors
    /// Without power.
    pub fn len(&self) -> io::Result<u64> {
        Ok(self.plug.look(|_| Ok(self.live.metadata()?.len()))?)
    }

    /// Whether the running process sees no byte in it.
    ///
    /// # Errors
    /// Without power.
    pub fn is_empty(&self) -> io::Result<bool> {
        Ok(self.len()? == 0)
    }

    /// Where it lies in the live directory.
    pub fn path(&self) -> &Path {
        &self.path
    }
}
