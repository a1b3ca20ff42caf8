//! Pictures as pixels.
//!
//! This room promises:
//! - A drawing is rendered when it is first asked for in a width, and kept as a file of its own name:
//!   the same drawing and width give the same bytes.
//! - The folder stays within its limit: the files written longest ago go first. A file that is lost is
//!   made anew, so nothing here is ever synced.
//! - Rendering runs beside the requests, at most [`AT_ONCE`] at a time.

mod folder;
mod render;

use async_trait::async_trait;
use folder::Folder;
use souk_catalog::Pictures;
use souk_kernel::PortError;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Pictures rendered at the same time: shoppers who buy come first.
pub const AT_ONCE: usize = 2;

/// Bytes of pictures that are kept.
pub const KEPT: u64 = 512 << 20;

/// The pictures of one shop.
pub struct Studio {
    folder: Arc<Folder>,
    places: Semaphore,
}

impl Studio {
    /// Keeps pictures in `dir`, up to `limit` bytes.
    ///
    /// # Errors
    /// The folder can't be made or read.
    pub fn open(dir: PathBuf, limit: u64) -> Result<Self, PortError> {
        let folder = Folder::open(dir, limit).map_err(away)?;
        Ok(Self { folder: Arc::new(folder), places: Semaphore::new(AT_ONCE) })
    }
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
}

#[cfg(test)]
mod tests {
    use super::*;

    const SVG: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"400\" height=\"400\" \
        viewBox=\"0 0 400 400\"><rect width=\"400\" height=\"400\" fill=\"#c08a3a\"/></svg>";

    #[tokio::test]
    async fn a_picture_is_made_once_and_kept() {
        let dir = std::env::temp_dir().join(format!("souk-media-{}", std::process::id()));
        let studio = Studio::open(dir.clone(), KEPT).unwrap();
        let first = studio.webp("a", SVG.into(), 320).await.unwrap();
        assert_eq!((&first[..4], &first[8..12]), (&b"RIFF"[..], &b"WEBP"[..]));
        // What is kept is served, whatever the drawing has become.
        let kept = studio.webp("a", String::new(), 320).await.unwrap();
        assert_eq!(first, kept);
        // Another process finds it too.
        let again = Studio::open(dir.clone(), KEPT).unwrap();
        assert_eq!(again.webp("a", String::new(), 320).await.unwrap(), first);
        assert_ne!(studio.webp("a", SVG.into(), 640).await.unwrap(), first);
        assert!(matches!(studio.webp("b", "no".into(), 320).await, Err(PortError::Corrupt(_))));
        std::fs::remove_dir_all(dir).unwrap();
    }
}
