//! The catalogue as a file that other shops, and this one, can read: listings in, bytes out.
//!
//! A variant is written with the offer that pages show first. Sellers are not in these formats: what is
//! imported from such a file is sold by the shop that imports it.

mod google;
mod shopify;
mod table;

use crate::model::{HOUSE_SELLER, Listing, Offer, Product, Variant};
use crate::rules::is_photo;
use souk_kernel::OfferId;
use std::collections::BTreeMap;
use std::str::FromStr;

/// What the file is to look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    /// Shopify's product CSV.
    Shopify,
    /// A Google Merchant feed, RSS.
    Google,
}

/// Not such a format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is neither shopify nor google")]
pub struct UnknownExport;

impl FromStr for ExportFormat {
    type Err = UnknownExport;

    fn from_str(name: &str) -> Result<Self, UnknownExport> {
        match name {
            "shopify" => Ok(Self::Shopify),
            "google" => Ok(Self::Google),
            _ => Err(UnknownExport),
        }
    }
}

impl ExportFormat {
    /// What such a file is, for whoever downloads it.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Shopify => "text/csv; charset=utf-8",
            Self::Google => "application/xml; charset=utf-8",
        }
    }

    /// The usual name of such a file.
    #[must_use]
    pub const fn file_name(self) -> &'static str {
        match self {
            Self::Shopify => "products.csv",
            Self::Google => "products.xml",
        }
    }
}

/// Writes a catalogue. Give it the heading, then every listing, then the end.
#[derive(Debug, Clone)]
pub struct Exporter {
    /// What the file looks like.
    pub format: ExportFormat,
    /// The shop's name.
    pub shop: String,
    /// The shop's address, without a slash at its end.
    pub base_url: String,
}

/// Pieces that can be sold, by offer; an offer that is not in it has none.
pub type Pieces = BTreeMap<OfferId, u32>;

impl Exporter {
    /// What comes first.
    #[must_use]
    pub fn heading(&self) -> Vec<u8> {
        match self.format {
            ExportFormat::Shopify => shopify::heading(),
            ExportFormat::Google => google::heading(self),
        }
    }

    /// One product.
    #[must_use]
    pub fn listing(&self, listing: &Listing, pieces: &Pieces) -> Vec<u8> {
        let shown = Shown::of(listing, pieces);
        match self.format {
            ExportFormat::Shopify => shopify::listing(self, &shown),
            ExportFormat::Google => google::listing(self, &shown),
        }
    }

    /// What comes last.
    #[must_use]
    pub fn end(&self) -> Vec<u8> {
        match self.format {
            ExportFormat::Shopify => Vec::new(),
            ExportFormat::Google => google::end(),
        }
    }

    /// The addresses of its photos, and of pictures elsewhere as they are.
    fn images<'a>(&'a self, product: &'a Product) -> impl Iterator<Item = String> + 'a {
        product.images.iter().map(|image| {
            if is_photo(image) {
                format!("{}/media/photo/{image}-1280.webp", self.base_url)
            } else {
                image.clone()
            }
        })
    }
}

/// A variant's options in the order in which its title names them.
fn options(variant: &Variant) -> Vec<(&str, &str)> {
    let mut options: Vec<(&str, &str)> =
        variant.options.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    options.sort_by_key(|(_, value)| variant.title.find(value).unwrap_or(usize::MAX));
    options
}

/// What is written of a listing.
struct Shown<'a> {
    listing: &'a Listing,
    /// Every variant that is sold, with its best offer; all of them if none is.
    variants: Vec<(&'a Variant, &'a Offer, u32)>,
    buyable: bool,
}

impl<'a> Shown<'a> {
    fn of(listing: &'a Listing, pieces: &Pieces) -> Self {
        let best = |variant: &'a Variant| {
            let offers = listing.offers.iter().filter(|offer| offer.variant == variant.id);
            let offer = offers.min_by_key(|offer| (!offer.buyable, offer.price.minor, offer.id))?;
            Some((variant, offer, pieces.get(&offer.id).copied().unwrap_or(0)))
        };
        let all: Vec<_> = listing.variants.iter().filter_map(best).collect();
        let sold: Vec<_> = all.iter().filter(|(_, offer, _)| offer.buyable).copied().collect();
        let buyable = !sold.is_empty();
        Self { listing, variants: if buyable { sold } else { all }, buyable }
    }

    /// Whether the shop itself sells it: then importing the file again finds the same product.
    fn is_our_own(&self) -> bool {
        self.variants.iter().any(|(_, offer, _)| offer.seller == HOUSE_SELLER)
    }
}
