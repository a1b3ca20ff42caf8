//! What the catalogue asks of its store. Each method is one atomic intent, or one read.
//!
//! To add an adapter: implement [`Catalog`], decide nothing that [`crate::rules::merge`] decides,
//! and stamp the cases of `contract` onto it.

use crate::error::{ArrangeRefused, PictureRefused, PriceRefused, PutRefused};
use crate::model::{Listing, OfferView, Seller};
use async_trait::async_trait;
use souk_kernel::{Answers, Money, OfferId, PortError, ProductId, SellerId, Timestamp};

/// Writes one listing as a whole.
///
/// A product that the store knows by its external id, or by its id, is updated and keeps its ids;
/// otherwise the ids in `listing` become its own. Variants are recognised by their key, offers by
/// variant and seller. An offer that an update of its seller no longer names stays, not buyable:
/// orders may point at it. Other sellers' offers are left alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PutListing {
    /// The whole product; ids and versions are proposals.
    pub listing: Listing,
    /// Leave a stored product hidden or shown as it is: whoever puts it doesn't know. A new one is as the
    /// listing says.
    pub keep_hidden: bool,
    /// Refuse unless the stored product is at this version (0: unless there is none).
    pub expected_version: Option<u64>,
    /// Pieces to receive for each offer, by the proposed id. Only offers that this put creates get
    /// any: an import can be repeated without filling the shelves twice.
    pub stock: Vec<(OfferId, u32)>,
    /// When it is done.
    pub at: Timestamp,
}

/// Where an import stands; stored in the same transaction as the rows that it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Names the import: a digest of the file, its mapping and the options.
    pub job: String,
    /// How many lines of the file are dealt with.
    pub lines: u64,
    /// Of those, how many were taken: created, changed or equal.
    pub taken: u64,
    /// How many were refused.
    pub refused: u64,
    /// Whether the file was read to its end.
    pub finished: bool,
}

/// What became of a listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PutOutcome {
    /// It is new.
    Created,
    /// Something of it differs from before.
    Changed,
    /// It was there already, just so: nothing was written.
    Unchanged,
}

/// The answer to a put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PutDone {
    /// What happened.
    pub outcome: PutOutcome,
    /// The listing as it now stands, with its true ids and versions.
    pub listing: Listing,
}

/// Changes the price of one offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetPrice {
    /// Which.
    pub offer: OfferId,
    /// The new price, above zero, in the offer's currency.
    pub price: Money,
    /// The offer's version that the caller saw.
    pub expected_version: u64,
    /// When it is done.
    pub at: Timestamp,
}

/// First stock of a new offer that inventory has not confirmed yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StockDue {
    /// The offer, which is the SKU.
    pub sku: OfferId,
    /// Its product: the shard key of stock.
    pub product: ProductId,
    /// Pieces.
    pub quantity: u32,
}

/// Which products a page lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shelf {
    /// All.
    All,
    /// Those in this category or below it; an empty path: those in no category.
    Category(Vec<String>),
    /// Those of this brand, exactly.
    Brand(String),
    /// Those that this seller offers, on sale or not.
    Seller(SellerId),
    /// Those that are hidden.
    Hidden,
}

/// Some listings in the order of their ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// At most as many as asked for.
    pub listings: Vec<Listing>,
    /// Ask again after this one; `None` when that was the end.
    pub next: Option<ProductId>,
}

impl Page {
    /// What all of it is offered as.
    #[must_use]
    pub fn offers(&self) -> Vec<OfferId> {
        let offers = self.listings.iter().flat_map(|listing| &listing.offers);
        offers.map(|offer| offer.id).collect()
    }
}

/// How many products lie in one category or below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CategoryCount {
    /// From the department down; empty: products in no category.
    pub path: Vec<String>,
    /// Products there and below that shoppers see.
    pub products: u64,
    /// Products there and below that are hidden.
    pub hidden: u64,
    /// Where staff put it among its siblings, the first at 0; `None` while nobody arranged them, and for
    /// one that came later.
    pub place: Option<u32>,
}

/// Puts a category directly beside a sibling, past which it moves by one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beside {
    /// The category.
    pub path: Vec<String>,
    /// The name of the sibling, which stands beside it as whoever asks saw them.
    pub sibling: String,
    /// Before it; else behind it.
    pub before: bool,
}

/// Changes in which order categories are listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arrange {
    /// One step of one category, decided by [`crate::rules::arrange`]; all its siblings have their place
    /// from then on.
    Step(Beside),
    /// A category is called `to` from now on: what staff arranged of `from` counts for `to` where it has
    /// no place of its own. That is how its children stand, and theirs, and where it stands itself if
    /// both have one parent.
    Follow {
        /// As it was called.
        from: Vec<String>,
        /// As it is called.
        to: Vec<String>,
    },
}

/// The longest batch of reads or writes that an adapter must take.
pub const BATCH_MAX: usize = 1_000;

/// The longest stretch of ids that an adapter must answer with.
pub const IDS_MAX: usize = 50_000;

/// The catalogue's store.
#[async_trait]
pub trait Catalog: Send + Sync {
    /// Writes listings, each wholly or not at all, in order, all in one transaction with the
    /// checkpoint: after a crash either the batch and the checkpoint are there, or neither.
    /// A created or changed product is a `product.changed` event, a changed price an
    /// `offer.price_changed` one; an equal listing writes nothing.
    async fn put(
        &self,
        batch: Vec<PutListing>,
        checkpoint: Option<Checkpoint>,
    ) -> Result<Answers<PutDone, PutRefused>, PortError>;

    /// Changes prices, in order; answers with the offer's new version. A price equal to the present
    /// one answers with the present version and writes nothing.
    async fn set_prices(
        &self,
        batch: Vec<SetPrice>,
    ) -> Result<Answers<u64, PriceRefused>, PortError>;

    /// Writes sellers: new ones, or the name of known ones.
    async fn put_sellers(&self, sellers: Vec<Seller>) -> Result<(), PortError>;

    /// The listings of these products, in the order asked; `None` for an id that names nothing.
    async fn listings(&self, ids: &[ProductId]) -> Result<Vec<Option<Listing>>, PortError>;

    /// What pricing needs of these offers, in the order asked.
    async fn offers(&self, ids: &[OfferId]) -> Result<Vec<Option<OfferView>>, PortError>;

    /// These sellers, in the order asked.
    async fn sellers(&self, ids: &[SellerId]) -> Result<Vec<Option<Seller>>, PortError>;

    /// The shelf's products after `after`, at most `limit` (1 to [`BATCH_MAX`]), by id.
    async fn page(
        &self,
        shelf: &Shelf,
        after: Option<ProductId>,
        limit: usize,
    ) -> Result<Page, PortError>;

    /// The same without what is hidden.
    async fn shown(
        &self,
        shelf: &Shelf,
        after: Option<ProductId>,
        limit: usize,
    ) -> Result<Page, PortError>;

    /// The ids of the products after `after` that are not hidden, at most `limit`, with when each was last
    /// changed; by id.
    async fn ids(
        &self,
        after: Option<ProductId>,
        limit: usize,
    ) -> Result<Vec<(ProductId, Timestamp)>, PortError>;

    /// Every category with products, and how many; ordered by path, the empty path first.
    async fn categories(&self) -> Result<Vec<CategoryCount>, PortError>;

    /// Arranges categories; says whether anything was written. An order is kept whatever products come
    /// and go: a category that has none at present finds its place again.
    ///
    /// # Errors
    /// Refused, or the store's: then nothing was written.
    async fn arrange(&self, intent: Arrange) -> Result<bool, ArrangeRefused>;

    /// How many products there are, hidden ones included.
    async fn count(&self) -> Result<u64, PortError>;

    /// Where the import of that name stands.
    async fn checkpoint(&self, job: &str) -> Result<Option<Checkpoint>, PortError>;

    /// First stock that inventory has not confirmed yet, oldest first, at most `limit`.
    async fn stock_due(&self, limit: usize) -> Result<Vec<StockDue>, PortError>;

    /// Inventory has it. Unknown ones are ignored.
    async fn stock_received(&self, skus: &[OfferId]) -> Result<(), PortError>;
}

/// A picture that somebody gave and that the shop keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Photo {
    /// What products call it in their `images`; see [`crate::rules::is_photo`]. It names the content:
    /// the same picture given twice is one photo.
    pub name: String,
    /// In pixels, as kept.
    pub width: u32,
    /// In pixels, as kept.
    pub height: u32,
}

/// Makes pixels of drawings, and keeps what was given as a picture.
#[async_trait]
pub trait Pictures: Send + Sync {
    /// The drawing as WebP, `width` pixels wide. `name` stands for the drawing: whoever asks for the
    /// same name and width again may get what was made before.
    async fn webp(&self, name: &str, svg: String, width: u32) -> Result<Vec<u8>, PortError>;

    /// Keeps a picture that somebody gave: an upload, a file, what an address answered. Nothing that
    /// is said about it counts, only what its bytes decode to: a JPEG, PNG, WebP or GIF, turned
    /// upright, without its metadata. It is on disk before this answers. `origin`, when there is
    /// one, is remembered: see [`Pictures::kept_from`].
    async fn keep(&self, file: Vec<u8>, origin: Option<&str>) -> Result<Photo, PictureRefused>;

    /// The name of the photo that was kept with this origin, if it is still there.
    async fn kept_from(&self, origin: &str) -> Result<Option<String>, PortError>;

    /// The photo as WebP, `width` pixels wide, or as wide as it is if that is less. `None`: there is
    /// no photo of that name.
    async fn photo(&self, name: &str, width: u32) -> Result<Option<Vec<u8>>, PortError>;
}
