//! The pictures of an import's rows: file names and addresses become photos.

use crate::error::FieldProblem;
use crate::port::PutListing;
use crate::rules::is_photo;
use async_trait::async_trait;
use souk_kernel::PortError;
use std::collections::BTreeMap;

/// What became of a picture that a row names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// The shop keeps it, under this name.
    Photo(String),
    /// Nobody asked for it: the row's own words stay.
    AsWritten,
    /// It could not be had, and why.
    Missing(String),
}

/// Gets pictures from where a file says they are.
#[async_trait]
pub trait PictureTaker: Send + Sync {
    /// One answer for each source, in order. A picture that was had before is not fetched again.
    ///
    /// # Errors
    /// Only what would fail for every picture: the import stops.
    async fn take(&self, sources: &[String]) -> Result<Vec<Taken>, PortError>;
}

/// For imports that leave pictures where they are.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoPictures;

#[async_trait]
impl PictureTaker for NoPictures {
    async fn take(&self, sources: &[String]) -> Result<Vec<Taken>, PortError> {
        Ok(vec![Taken::AsWritten; sources.len()])
    }
}

/// Takes the pictures of some listings and puts the photos in their place; says which could not be
/// had, by the listing's place. A picture that is missing does not stop its product.
pub(crate) async fn take(
    taker: &dyn PictureTaker,
    puts: &mut [PutListing],
) -> Result<Vec<(usize, FieldProblem)>, PortError> {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut sources = Vec::new();
    for image in puts.iter().flat_map(|put| &put.listing.product.images) {
        if !is_photo(image) && !places.contains_key(image) {
            places.insert(image.clone(), sources.len());
            sources.push(image.clone());
        }
    }
    let taken = if sources.is_empty() { Vec::new() } else { taker.take(&sources).await? };
    let mut missing = Vec::new();
    for (at, put) in puts.iter_mut().enumerate() {
        let mut images: Vec<String> = Vec::new();
        for image in std::mem::take(&mut put.listing.product.images) {
            let kept = match places.get(&image).and_then(|place| taken.get(*place)) {
                Some(Taken::Photo(name)) => name.clone(),
                Some(Taken::Missing(reason)) => {
                    let reason = format!("{image:.200}: {reason}");
                    missing.push((at, FieldProblem::new("images", reason)));
                    continue;
                }
                Some(Taken::AsWritten) | None => image,
            };
            if !images.contains(&kept) {
                images.push(kept);
            }
        }
        put.listing.product.images = images;
    }
    Ok(missing)
}
