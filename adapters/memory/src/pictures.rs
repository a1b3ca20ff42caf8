//! Pictures in memory, for tests of what shows them: it knows PNG files by their ends, decodes
//! nothing, and shows a photo in every width as it came.

use async_trait::async_trait;
use parking_lot::Mutex;
use souk_catalog::limits::PICTURE_BYTES;
use souk_catalog::rules::photo_name;
use souk_catalog::{Photo, PictureRefused, Pictures};
use souk_kernel::PortError;
use std::collections::BTreeMap;

/// A keeper of pictures.
#[derive(Default)]
pub struct MemoryPictures(Mutex<State>);

#[derive(Default)]
struct State {
    photos: BTreeMap<String, Vec<u8>>,
    origins: BTreeMap<String, String>,
}

#[async_trait]
impl Pictures for MemoryPictures {
    async fn webp(&self, _: &str, svg: String, _: u32) -> Result<Vec<u8>, PortError> {
        Ok(svg.into_bytes())
    }

    async fn keep(&self, file: Vec<u8>, origin: Option<&str>) -> Result<Photo, PictureRefused> {
        if file.len() > PICTURE_BYTES {
            return Err(PictureRefused::TooLarge { limit: PICTURE_BYTES });
        }
        let (width, height) = png_size(&file).ok_or(PictureRefused::NotAPicture)?;
        let photo = Photo { name: photo_name(digest(&file)), width, height };
        let mut state = self.0.lock();
        state.photos.insert(photo.name.clone(), file);
        if let Some(origin) = origin {
            state.origins.insert(origin.to_owned(), photo.name.clone());
        }
        Ok(photo)
    }

    async fn kept_from(&self, origin: &str) -> Result<Option<String>, PortError> {
        Ok(self.0.lock().origins.get(origin).cloned())
    }

    async fn photo(&self, name: &str, _: u32) -> Result<Option<Vec<u8>>, PortError> {
        Ok(self.0.lock().photos.get(name).cloned())
    }
}

/// Width and height, if the file begins and ends as a PNG does.
fn png_size(file: &[u8]) -> Option<(u32, u32)> {
    let rest = file.strip_prefix(b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR")?;
    file.ends_with(b"IEND\xae\x42\x60\x82").then_some(())?;
    let number = |at: usize| Some(u32::from_be_bytes(rest.get(at..at + 4)?.try_into().ok()?));
    Some((number(0)?, number(4)?))
}

/// FNV-1a, from both ends: content that differs has another name, and nobody attacks it here.
fn digest(file: &[u8]) -> [u8; 16] {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3);
    let forth = file.iter().fold(0xCBF2_9CE4_8422_2325, step);
    let back = file.iter().rev().fold(0xCBF2_9CE4_8422_2325, step);
    (u128::from(forth) << 64 | u128::from(back)).to_be_bytes()
}
