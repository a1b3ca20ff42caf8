//! Photos on disk: each a file of its own name, whole and synced before anybody hears of it.
//!
//! Unlike a drawing a photo can't be made anew, so nothing here is ever dropped to make room: when the
//! room is used up, the next one is refused.

use parking_lot::Mutex;
use souk_catalog::{PictureRefused, is_photo};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

pub struct Album {
    dir: PathBuf,
    limit: u64,
    held: Mutex<u64>,
    drafts: AtomicU64,
}

impl Album {
    /// Opens the folder. What a killed process left half-written is taken away.
    pub fn open(dir: PathBuf, limit: u64) -> io::Result<Self> {
        fs::create_dir_all(dir.join(ORIGINS))?;
        let mut held = 0;
        for entry in fs::read_dir(&dir)? {
            let entry = entry?;
            if entry.path().extension().is_some_and(|end| end == "draft") {
                fs::remove_file(entry.path())?;
            } else if entry.file_type()?.is_file() {
                held += entry.metadata()?.len();
            }
        }
        Ok(Self { dir, limit, held: Mutex::new(held), drafts: AtomicU64::new(0) })
    }

    /// The photo's bytes, if it is there. A name that isn't a photo's never becomes a path.
    pub fn read(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        if !is_photo(name) {
            return Ok(None);
        }
        found(fs::read(self.path(name)))
    }

    /// Whether it is there.
    pub fn has(&self, name: &str) -> bool {
        is_photo(name) && self.path(name).is_file()
    }

    /// Keeps a photo.
    pub fn keep(&self, name: &str, bytes: &[u8]) -> Result<(), PictureRefused> {
        if self.has(name) {
            return Ok(());
        }
        {
            let mut held = self.held.lock();
            if *held + bytes.len() as u64 > self.limit {
                return Err(PictureRefused::Full);
            }
            *held += bytes.len() as u64;
        }
        self.write(self.path(name), bytes).map_err(|error| {
            *self.held.lock() -= bytes.len() as u64;
            crate::away(error).into()
        })
    }

    /// Remembers where a photo came from; the digest stands for the origin.
    pub fn note_origin(&self, digest: &str, name: &str) -> io::Result<()> {
        self.write(self.dir.join(ORIGINS).join(digest), name.as_bytes())
    }

    /// The photo that came from there, if it is still here.
    pub fn of_origin(&self, digest: &str) -> io::Result<Option<String>> {
        let name = found(fs::read_to_string(self.dir.join(ORIGINS).join(digest)))?;
        Ok(name.filter(|name| self.has(name)))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.join(format!("{name}.webp"))
    }

    fn write(&self, path: PathBuf, bytes: &[u8]) -> io::Result<()> {
        let number = self.drafts.fetch_add(1, Ordering::Relaxed);
        let draft = self.dir.join(format!("{}-{number}.draft", std::process::id()));
        let whole = || {
            let mut file = File::create(&draft)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&draft, &path)?;
            // The name is durable with its folder.
            path.parent().map_or(Ok(()), |dir| File::open(dir)?.sync_all())
        };
        whole().inspect_err(|_| {
            let _ = fs::remove_file(&draft);
        })
    }
}

/// Where photos came from, beside them.
const ORIGINS: &str = "origins";

fn found<T>(read: io::Result<T>) -> io::Result<Option<T>> {
    match read {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use souk_catalog::rules::photo_name;

    #[test]
    fn a_full_album_refuses_and_keeps_what_it_has() {
        let dir = std::env::temp_dir().join(format!("souk-album-{}", std::process::id()));
        let album = Album::open(dir.clone(), 250).unwrap();
        let names = [1, 2, 3].map(|number| photo_name([number; 16]));
        assert_eq!(album.keep(&names[0], &[1; 100]), Ok(()));
        assert_eq!(album.keep(&names[1], &[2; 100]), Ok(()));
        assert_eq!(album.keep(&names[2], &[3; 100]), Err(PictureRefused::Full));
        assert_eq!(album.keep(&names[0], &[1; 100]), Ok(()), "it is there already");
        fs::write(dir.join("1-1.draft"), [0; 40]).unwrap();
        // The next process counts what is there, without what was left half-written.
        let album = Album::open(dir.clone(), 310).unwrap();
        assert_eq!(album.keep(&names[2], &[3; 100]), Ok(()));
        assert_eq!(album.read(&names[0]).unwrap().unwrap(), [1; 100]);
        fs::remove_dir_all(dir).unwrap();
    }
}
