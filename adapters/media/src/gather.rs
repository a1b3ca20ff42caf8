//! The pictures of an import: from a folder, or from addresses.

use crate::fetch::{Fetcher, Reach};
use async_trait::async_trait;
use parking_lot::Mutex;
use sha2::{Digest, Sha256};
use souk_catalog::import::{PictureTaker, Taken};
use souk_catalog::limits::PICTURE_BYTES;
use souk_catalog::{PictureRefused, Pictures, is_photo};
use souk_kernel::PortError;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::task::JoinSet;

/// Pictures that are had at the same time.
const AT_ONCE: usize = 4;

/// Failures in a row after which a host is left alone: it is away, or wants to be.
const FAILURES: u32 = 5;

/// Hosts whose failures are remembered.
const HOSTS: usize = 10_000;

/// Where an import's pictures may come from.
#[derive(Debug, Clone, Default)]
pub struct Origins {
    /// A folder with the files that rows name; an address is looked for there by its last part.
    pub folder: Option<PathBuf>,
    /// Whether addresses are fetched, and how far.
    pub fetch: Option<Reach>,
}

/// Gets pictures for an import, and has them kept.
pub struct Gatherer {
    inner: Arc<Inner>,
}

struct Inner {
    pictures: Arc<dyn Pictures>,
    folder: Option<PathBuf>,
    fetcher: Option<Fetcher>,
    failures: Mutex<HashMap<String, u32>>,
    kept: AtomicU64,
    known: AtomicU64,
}

impl Gatherer {
    /// From these origins.
    ///
    /// # Errors
    /// There is no such folder.
    pub fn new(pictures: Arc<dyn Pictures>, origins: Origins) -> io::Result<Self> {
        let folder = origins.folder.map(|folder| folder.canonicalize()).transpose()?;
        Ok(Self {
            inner: Arc::new(Inner {
                pictures,
                folder,
                fetcher: origins.fetch.map(Fetcher::new),
                failures: Mutex::default(),
                kept: AtomicU64::new(0),
                known: AtomicU64::new(0),
            }),
        })
    }

    /// How many pictures were new, and how many the shop had already.
    #[must_use]
    pub fn counts(&self) -> (u64, u64) {
        let count = |of: &AtomicU64| of.load(Ordering::Relaxed);
        (count(&self.inner.kept), count(&self.inner.known))
    }
}

#[async_trait]
impl PictureTaker for Gatherer {
    async fn take(&self, sources: &[String]) -> Result<Vec<Taken>, PortError> {
        let mut taken = vec![Taken::AsWritten; sources.len()];
        let mut running = JoinSet::new();
        let mut next = 0;
        loop {
            while next < sources.len() && running.len() < AT_ONCE {
                let (inner, source, at) = (Arc::clone(&self.inner), sources[next].clone(), next);
                running.spawn(async move { (at, inner.take(&source).await) });
                next += 1;
            }
            let Some(done) = running.join_next().await else { return Ok(taken) };
            let (at, answer) = done.map_err(crate::away)?;
            taken[at] = answer?;
        }
    }
}

impl Inner {
    async fn take(self: Arc<Self>, source: &str) -> Result<Taken, PortError> {
        let address = source.starts_with("http://") || source.starts_with("https://");
        if let Some(name) = self.own(source).await? {
            return Ok(Taken::Photo(name));
        }
        if let Some(file) = self.file(source, address).await? {
            return match file {
                Ok(bytes) => self.keep_file(bytes).await,
                Err(reason) => Ok(Taken::Missing(reason)),
            };
        }
        if address && self.fetcher.is_some() {
            return self.fetch(source).await;
        }
        Ok(match (&self.folder, address) {
            (Some(_), false) => Taken::Missing("there is no such file in the folder".to_owned()),
            _ => Taken::AsWritten,
        })
    }

    /// The photo of this shop that an address of its own names, as its exports write them: taking it
    /// anew would only make a worse copy.
    async fn own(&self, source: &str) -> Result<Option<String>, PortError> {
        let Some((_, file)) = source.rsplit_once("/media/photo/") else { return Ok(None) };
        let Some((name, width)) = file.rsplit_once('-') else { return Ok(None) };
        let width = width.strip_suffix(".webp").and_then(|width| width.parse().ok());
        let Some(width) = width.filter(|_| is_photo(name)) else { return Ok(None) };
        if self.pictures.photo(name, width).await?.is_none() {
            return Ok(None);
        }
        self.known.fetch_add(1, Ordering::Relaxed);
        Ok(Some(name.to_owned()))
    }

    /// The file in the folder that a source names, if there is one.
    async fn file(
        self: &Arc<Self>,
        source: &str,
        address: bool,
    ) -> Result<Option<Result<Vec<u8>, String>>, PortError> {
        let Some(folder) = self.folder.clone() else { return Ok(None) };
        let source = source.to_owned();
        let look = move || {
            let name = source.split(['?', '#']).next().unwrap_or_default();
            let last = name.rsplit('/').next().unwrap_or_default();
            let names = if address { vec![last] } else { vec![source.as_str(), last] };
            names.into_iter().find_map(|name| read(&folder, name))
        };
        tokio::task::spawn_blocking(look).await.map_err(crate::away)
    }

    /// A file is known by its content: a repeated import decodes nothing again.
    async fn keep_file(&self, bytes: Vec<u8>) -> Result<Taken, PortError> {
        let digest: String =
            Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        let origin = format!("sha256:{digest}");
        match self.known(&origin).await? {
            Some(name) => Ok(Taken::Photo(name)),
            None => self.keep(bytes, &origin).await,
        }
    }

    async fn fetch(self: Arc<Self>, address: &str) -> Result<Taken, PortError> {
        if let Some(name) = self.known(address).await? {
            return Ok(Taken::Photo(name));
        }
        let host = address.split('/').nth(2).unwrap_or_default().to_owned();
        if self.failures.lock().get(&host).is_some_and(|count| *count >= FAILURES) {
            return Ok(Taken::Missing(format!(
                "{host} failed {FAILURES} times in a row: left alone"
            )));
        }
        let (inner, wanted) = (Arc::clone(&self), address.to_owned());
        let get = move || inner.fetcher.as_ref().map(|fetcher| fetcher.get(&wanted));
        let Some(answer) = tokio::task::spawn_blocking(get).await.map_err(crate::away)? else {
            return Ok(Taken::AsWritten);
        };
        self.note(host, answer.is_ok());
        match answer {
            Ok(bytes) => self.keep(bytes, address).await,
            Err(reason) => Ok(Taken::Missing(reason)),
        }
    }

    fn note(&self, host: String, well: bool) {
        let mut failures = self.failures.lock();
        if well {
            failures.remove(&host);
        } else if failures.len() < HOSTS || failures.contains_key(&host) {
            *failures.entry(host).or_default() += 1;
        }
    }

    async fn known(&self, origin: &str) -> Result<Option<String>, PortError> {
        let name = self.pictures.kept_from(origin).await?;
        self.known.fetch_add(u64::from(name.is_some()), Ordering::Relaxed);
        Ok(name)
    }

    async fn keep(&self, bytes: Vec<u8>, origin: &str) -> Result<Taken, PortError> {
        match self.pictures.keep(bytes, Some(origin)).await {
            Ok(photo) => {
                self.kept.fetch_add(1, Ordering::Relaxed);
                Ok(Taken::Photo(photo.name))
            }
            Err(PictureRefused::Port(error)) => Err(error),
            // It would be the same for every further one.
            Err(full @ PictureRefused::Full) => Err(PortError::Unavailable(full.to_string())),
            Err(refused) => Ok(Taken::Missing(refused.to_string())),
        }
    }
}

/// Reads a file that really lies in the folder, wherever its name seems to lead.
fn read(folder: &Path, name: &str) -> Option<Result<Vec<u8>, String>> {
    let path = folder.join(name.trim_start_matches('/')).canonicalize().ok()?;
    if !path.starts_with(folder) || !path.is_file() {
        return None;
    }
    let mut bytes = Vec::new();
    let read = File::open(path)
        .and_then(|file| file.take(PICTURE_BYTES as u64 + 1).read_to_end(&mut bytes));
    Some(read.map(|_| bytes).map_err(|error| error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Room, Studio};
    use souk_catalog::contract::pictures::{OTHER_PNG, PNG};
    use std::fs;

    fn photo(taken: &Taken) -> &str {
        match taken {
            Taken::Photo(name) => name,
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn a_folders_pictures_are_taken_once_and_nothing_beside_it() {
        let dir = std::env::temp_dir().join(format!("souk-gather-{}", std::process::id()));
        fs::create_dir_all(dir.join("shop/images")).unwrap();
        fs::write(dir.join("shop/images/1.png"), PNG).unwrap();
        fs::write(dir.join("shop/2.png"), OTHER_PNG).unwrap();
        fs::write(dir.join("shop/bad.png"), b"<svg/>").unwrap();
        fs::write(dir.join("secret.png"), PNG).unwrap();
        std::os::unix::fs::symlink(dir.join("secret.png"), dir.join("shop/link.png")).unwrap();
        let gatherer = || {
            let studio = Arc::new(Studio::open(Room::of(&dir.join("data"))).unwrap());
            let origins = Origins { folder: Some(dir.join("shop")), fetch: None };
            Gatherer::new(studio, origins).unwrap()
        };
        let sources = [
            "images/1.png",
            "elsewhere/2.png",
            "https://a.example/x/2.png?width=3",
            "https://a.example/x/3.png",
            "bad.png",
            "../secret.png",
            "link.png",
            "/etc/passwd",
        ]
        .map(String::from);
        let first = gatherer();
        let taken = first.take(&sources).await.unwrap();
        assert_ne!(photo(&taken[0]), photo(&taken[1]));
        assert_eq!(photo(&taken[1]), photo(&taken[2]), "an address's last part names a file");
        assert_eq!(taken[3], Taken::AsWritten, "addresses are not fetched unless asked");
        for missing in &taken[4..] {
            assert!(matches!(missing, Taken::Missing(_)), "{missing:?}");
        }
        assert!(first.counts().0 >= 2);
        let again = gatherer();
        assert_eq!(again.take(&sources).await.unwrap(), taken);
        assert_eq!(again.counts(), (0, 3), "nothing is decoded twice");
        let ours = format!("http://shop.example/media/photo/{}-1280.webp", photo(&taken[0]));
        let theirs = format!("http://shop.example/media/photo/photo-{}-1280.webp", "0".repeat(32));
        let own = again.take(&[ours, theirs]).await.unwrap();
        assert_eq!(own, [taken[0].clone(), Taken::AsWritten], "what the shop has is not copied");
        fs::remove_dir_all(dir).unwrap();
    }

    #[tokio::test]
    async fn a_host_that_keeps_failing_is_left_alone() {
        let dir = std::env::temp_dir().join(format!("souk-hosts-{}", std::process::id()));
        let studio = Arc::new(Studio::open(Room::of(&dir)).unwrap());
        // Nobody listens there: every one of them fails at once.
        let origins = Origins { folder: None, fetch: Some(Reach::Everywhere) };
        let gatherer = Gatherer::new(studio, origins).unwrap();
        let sources: Vec<String> = (0..30).map(|n| format!("http://127.0.0.1:1/{n}.png")).collect();
        let taken = gatherer.take(&sources).await.unwrap();
        let alone =
            |taken: &&Taken| matches!(taken, Taken::Missing(why) if why.contains("left alone"));
        assert!(taken.iter().filter(alone).count() >= 30 - FAILURES as usize - AT_ONCE);
        fs::remove_dir_all(dir).unwrap();
    }
}
