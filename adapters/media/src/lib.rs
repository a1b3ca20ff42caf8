//! Pictures as pixels.
//!
//! This room promises:
//! - A drawing is rendered when it is first asked for in a width, and kept as a file of its own name:
//!   the same drawing and width give the same bytes.
//! - The folder stays within its limit: the files written longest ago go first. A file that is lost is
//!   made anew, so nothing here is ever synced.
//! - Rendering runs beside the requests, at most [`AT_ONCE`] at a time.
//! - A picture that somebody gave is decoded, within limits of bytes and pixels, and written anew as
//!   WebP: it is synced before it is acknowledged, never dropped, and served in the widths of pages.
//! - Pictures of an import come from one folder and nothing beside it, or from public addresses and none
//!   inside; what was had once is not fetched again.

mod album;
mod decode;
mod fetch;
mod folder;
mod gather;
mod reach;
mod render;

pub use decode::KEPT_SIDE;
pub use fetch::Reach;
pub use gather::{Gatherer, Origins};

use album::Album;
use async_trait::async_trait;
use folder::Folder;
use sha2::{Digest, Sha256};
use souk_catalog::rules::photo_name;
use souk_catalog::{Photo, PictureRefused, Pictures};
use souk_kernel::PortError;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Pictures rendered at the same time: shoppers who buy come first.
pub const AT_ONCE: usize = 2;

/// Bytes of pictures that can be made anew, and are kept so that they need not be.
pub const KEPT: u64 = 512 << 20;

/// Bytes of photos that a shop keeps: some hundred thousand.
pub const PHOTOS: u64 = 32 << 30;

/// Where a shop's pictures lie, and how many bytes of them.
#[derive(Debug, Clone)]
pub struct Room {
    /// Of what can be made anew: it may be emptied at any time.
    pub made: PathBuf,
    /// Bytes of it.
    pub made_limit: u64,
    /// Of what was given: it belongs to the shop's data.
    pub photos: PathBuf,
    /// Bytes of it.
    pub photos_limit: u64,
}

impl Room {
    /// The usual room, in the folder of a shop's data.
    #[must_use]
    pub fn of(data: &Path) -> Self {
        Self {
            made: data.join("media"),
            made_limit: KEPT,
            photos: data.join("photos"),
            photos_limit: PHOTOS,
        }
    }
}

/// The pictures of one shop.
pub struct Studio {
    folder: Arc<Folder>,
    album: Arc<Album>,
    places: Semaphore,
    /// A picture that is decoded takes up to some hundred megabytes: one at a time.
    table: Semaphore,
}

impl Studio {
    /// Keeps pictures in that room.
    ///
    /// # Errors
    /// A folder can't be made or read.
    pub fn open(room: Room) -> Result<Self, PortError> {
        let folder = Folder::open(room.made, room.made_limit).map_err(away)?;
        let album = Album::open(room.photos, room.photos_limit).map_err(away)?;
        Ok(Self {
            folder: Arc::new(folder),
            album: Arc::new(album),
            places: Semaphore::new(AT_ONCE),
            table: Semaphore::new(1),
        })
    }

    /// Does something that blocks beside the requests.
    async fn aside<T: Send + 'static>(
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PortError> {
        tokio::task::spawn_blocking(work).await.map_err(away)
    }
}

/// The first half of a digest: as good as a name can be.
fn digest(bytes: &[u8]) -> [u8; 16] {
    let whole: [u8; 32] = Sha256::digest(bytes).into();
    let mut half = [0; 16];
    half.copy_from_slice(&whole[..16]);
    half
}

/// The file's name of an origin, which may be any text.
fn origin_key(origin: &str) -> String {
    digest(origin.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn away(error: impl std::fmt::Display) -> PortError {
    PortError::Unavailable(format!("pictures: {error}"))
}

#[async_trait]
impl Pictures for Studio {
    async fn webp(&self, name: &str, svg: String, width: u32) -> Result<Vec<u8>, PortError> {
        let file = format!("{name}-{width}.webp");
        if let Some(kept) = self.folder.read(&file) {
            return Ok(kept);
        }
        let _place = self.places.acquire().await.map_err(away)?;
        let folder = Arc::clone(&self.folder);
        let made = tokio::task::spawn_blocking(move || {
            // Somebody else may have made it while this one waited.
            if let Some(kept) = folder.read(&file) {
                return Ok(kept);
            }
            let bytes = render::webp(&svg, width)?;
            folder.keep(&file, &bytes);
            Ok(bytes)
        });
        made.await.map_err(away)?.map_err(|fault: String| PortError::Corrupt(fault))
    }

    async fn keep(&self, file: Vec<u8>, origin: Option<&str>) -> Result<Photo, PictureRefused> {
        let _place = self.table.acquire().await.map_err(away)?;
        let (album, origin) = (Arc::clone(&self.album), origin.map(origin_key));
        Self::aside(move || {
            let made = decode::made(&file)?;
            let name = photo_name(digest(&made.webp));
            album.keep(&name, &made.webp)?;
            if let Some(origin) = origin {
                album.note_origin(&origin, &name).map_err(away)?;
            }
            Ok(Photo { name, width: made.width, height: made.height })
        })
        .await?
    }

    async fn kept_from(&self, origin: &str) -> Result<Option<String>, PortError> {
        let (album, origin) = (Arc::clone(&self.album), origin_key(origin));
        Self::aside(move || album.of_origin(&origin).map_err(away)).await?
    }

    async fn photo(&self, name: &str, width: u32) -> Result<Option<Vec<u8>>, PortError> {
        if !self.album.has(name) {
            return Ok(None);
        }
        let file = format!("{name}-{width}.webp");
        if let Some(made) = self.folder.read(&file) {
            return Ok(Some(made));
        }
        let _place = self.places.acquire().await.map_err(away)?;
        let (album, folder, name) =
            (Arc::clone(&self.album), Arc::clone(&self.folder), name.to_owned());
        Self::aside(move || {
            if let Some(made) = folder.read(&file) {
                return Ok(Some(made));
            }
            let Some(kept) = album.read(&name).map_err(away)? else { return Ok(None) };
            let damaged = |_| PortError::Corrupt(format!("{name} can't be decoded"));
            let made = decode::narrowed(&kept, width).map_err(damaged)?.unwrap_or(kept);
            folder.keep(&file, &made);
            Ok(Some(made))
        })
        .await?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SVG: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"400\" height=\"400\" \
        viewBox=\"0 0 400 400\"><rect width=\"400\" height=\"400\" fill=\"#c08a3a\"/></svg>";

    #[tokio::test]
    async fn a_picture_is_made_once_and_kept() {
        let dir = std::env::temp_dir().join(format!("souk-media-{}", std::process::id()));
        let studio = Studio::open(Room::of(&dir)).unwrap();
        let first = studio.webp("a", SVG.into(), 320).await.unwrap();
        assert_eq!((&first[..4], &first[8..12]), (&b"RIFF"[..], &b"WEBP"[..]));
        // What is kept is served, whatever the drawing has become.
        let kept = studio.webp("a", String::new(), 320).await.unwrap();
        assert_eq!(first, kept);
        // Another process finds it too.
        let again = Studio::open(Room::of(&dir)).unwrap();
        assert_eq!(again.webp("a", String::new(), 320).await.unwrap(), first);
        assert_ne!(studio.webp("a", SVG.into(), 640).await.unwrap(), first);
        assert!(matches!(studio.webp("b", "no".into(), 320).await, Err(PortError::Corrupt(_))));
        std::fs::remove_dir_all(dir).unwrap();
    }

    #[tokio::test]
    async fn keeps_the_contract() {
        let dir = std::env::temp_dir().join(format!("souk-photos-{}", std::process::id()));
        let studio = Studio::open(Room::of(&dir)).unwrap();
        souk_catalog::contract::pictures::keeps_the_contract(&studio).await;
        let png = souk_catalog::contract::pictures::PNG.to_vec();
        let name = studio.keep(png, None).await.unwrap().name;
        let shown = studio.photo(&name, 640).await.unwrap().unwrap();
        assert_eq!((&shown[..4], &shown[8..12]), (&b"RIFF"[..], &b"WEBP"[..]));
        // It outlives the process, and the pictures that can be made anew.
        std::fs::remove_dir_all(dir.join("media")).unwrap();
        let again = Studio::open(Room::of(&dir)).unwrap();
        assert_eq!(again.photo(&name, 640).await.unwrap().unwrap(), shown);
        std::fs::remove_dir_all(dir).unwrap();
    }
}
