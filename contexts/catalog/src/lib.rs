//! Products, variants and offers: what is sold, by whom, for how much.
//!
//! A *product* is described once; its *variants* are the choices of its options; an *offer* is one
//! seller's terms for one variant, and its id is the SKU that stock is counted in. Products without
//! a category, a brand or a price are still found and shown; without a price they can't be bought.
//!
//! [`CatalogService`] is what other rooms use. [`import`] turns foreign rows into listings, [`export`] the other way,
//! [`picture`] draws a product that has no photograph, [`demo`] is the catalogue of a first start.

pub mod cache;
#[cfg(feature = "contract")]
pub mod contract;
pub mod demo;
pub mod error;
pub mod event;
pub mod export;
pub mod import;
pub mod limits;
pub mod model;
pub mod picture;
pub mod port;
pub mod rules;
pub mod service;

pub use error::{
    ArrangeRefused, CatalogError, FieldProblem, PictureRefused, PriceRefused, PutRefused,
};
pub use model::{
    Attributes, ExternalId, HOUSE_SELLER, Listing, Offer, OfferView, Product, Seller, TaxClass,
    Variant,
};
pub use port::{
    Arrange, Beside, Catalog, CategoryCount, Page, Photo, Pictures, PutDone, PutListing,
    PutOutcome, SetPrice, Shelf, StockDue,
};
pub use rules::{Category, attribute_label, category_tree, department_bucket, is_photo, slug};
pub use service::{CACHED_OFFERS, CatalogService};
