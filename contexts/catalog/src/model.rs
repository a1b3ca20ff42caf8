//! What the catalogue holds: products, their variants, sellers' offers of them.

use serde::{Deserialize, Serialize};
use souk_kernel::{Money, OfferId, ProductId, SellerId, Timestamp, VariantId};
use std::collections::BTreeMap;
use std::sync::Arc;

pub use souk_pricing::TaxClass;

/// Attributes by name (`screen_size`), each with one or more values in the order given.
pub type Attributes = BTreeMap<String, Vec<String>>;

/// Where a product came from: with it, importing the same file again finds the same product.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ExternalId {
    /// The source's name: `icecat`.
    pub source: String,
    /// The product's id there.
    pub id: String,
}

/// What is described, whoever sells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// Carries the department's bucket, fixed at creation; see [`crate::rules::department_bucket`].
    pub id: ProductId,
    /// Where it came from, if it was imported.
    pub external: Option<ExternalId>,
    /// One line of plain text, never empty.
    pub title: String,
    /// Plain text, paragraphs separated by line breaks; may be empty.
    pub description: String,
    /// Who makes it.
    pub brand: Option<String>,
    /// From the department down; empty when nobody sorted it yet (it can still be found).
    pub category_path: Vec<String>,
    /// Everything else that is known about it.
    pub attributes: Attributes,
    /// Names in the media store, or addresses elsewhere; the first is the main picture.
    pub images: Vec<String>,
    /// Global trade item numbers, digits only.
    pub gtins: Vec<String>,
    /// Whether only its sellers and the staff see it: a draft, or taken down. Shoppers find it nowhere.
    pub hidden: bool,
    /// When it was first put.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Grows by one with each change; 1 when new. Set by the store.
    pub version: u64,
}

/// One choice of a product's options. A product without options has one variant with an empty key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    /// Its id.
    pub id: VariantId,
    /// Of which product.
    pub product: ProductId,
    /// Names it within its product, stable over imports: `black-64`; empty for the only one.
    pub key: String,
    /// What to write after the product's title: "Black, 64 GB"; empty for the only one.
    pub title: String,
    /// The options chosen: `colour` is `Black`.
    pub options: BTreeMap<String, String>,
}

/// A seller's offer of a variant: price, stock and buyability hang on it. Its id is the SKU.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Its id, and the SKU that stock is counted in.
    pub id: OfferId,
    /// What is offered.
    pub variant: VariantId,
    /// The variant's product.
    pub product: ProductId,
    /// Who sells it.
    pub seller: SellerId,
    /// For one piece. Zero only while not buyable (the price is not known).
    pub price: Money,
    /// How it is taxed.
    pub tax_class: TaxClass,
    /// What a packed piece weighs, in grams; 0 when not known.
    pub weight_g: u32,
    /// Whether it may be ordered at all; stock decides the rest.
    pub buyable: bool,
    /// Grows by one with each change; 1 when new. Set by the store.
    pub version: u64,
}

/// Who sells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seller {
    /// Its id.
    pub id: SellerId,
    /// What shoppers see.
    pub name: String,
}

/// The shop's own seller: imported and demo products are sold by it.
pub const HOUSE_SELLER: SellerId = {
    // A version-7 UUID of the first millisecond: no minted id can equal it.
    SellerId::from_bytes([0, 0, 0, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 1])
};

/// Colours that a card names.
const COLOURS: usize = 12;

/// A product with all its variants and offers: what is written and read as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// The product.
    pub product: Product,
    /// Its variants, at least one, by id.
    pub variants: Vec<Variant>,
    /// Every seller's offers of the variants, by id.
    pub offers: Vec<Offer>,
}

impl Listing {
    /// The offer to show first: the cheapest buyable one, else the first.
    #[must_use]
    pub fn lead_offer(&self) -> Option<&Offer> {
        let buyable = self.offers.iter().filter(|offer| offer.buyable);
        buyable.min_by_key(|offer| (offer.price.minor, offer.id)).or(self.offers.first())
    }

    /// The variant of that id.
    #[must_use]
    pub fn variant(&self, id: VariantId) -> Option<&Variant> {
        self.variants.iter().find(|variant| variant.id == id)
    }

    /// The colours that a shopper can choose among, as its variants name them; none when all have one.
    #[must_use]
    pub fn colours(&self) -> Vec<String> {
        let mut colours: Vec<String> = Vec::new();
        for colour in self.variants.iter().filter_map(|variant| variant.options.get("colour")) {
            if !colours.contains(colour) && colours.len() < COLOURS {
                colours.push(colour.clone());
            }
        }
        if colours.len() < 2 { Vec::new() } else { colours }
    }

    /// What pricing needs to know of each offer.
    #[must_use]
    pub fn views(&self) -> Vec<OfferView> {
        self.offers.iter().map(|offer| OfferView::of(self, offer)).collect()
    }
}

/// What a cart line, a quote and an order need to know of an offer: small, immutable, cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferView {
    /// The offer, which is the SKU.
    pub offer: OfferId,
    /// The offer's version when read.
    pub offer_version: u64,
    /// Its product.
    pub product: ProductId,
    /// The product's version when read.
    pub product_version: u64,
    /// Its variant.
    pub variant: VariantId,
    /// Who sells it.
    pub seller: SellerId,
    /// The product's title, and the variant's if there is a choice: "Kettle – Black".
    pub title: Arc<str>,
    /// For one piece.
    pub unit_price: Money,
    /// How it is taxed.
    pub tax_class: TaxClass,
    /// In grams; 0 when not known.
    pub weight_g: u32,
    /// Whether it may be ordered at all; never while it is hidden.
    pub buyable: bool,
    /// Whether its product is hidden.
    pub hidden: bool,
    /// The main picture, if there is one.
    pub image: Option<Arc<str>>,
}

impl OfferView {
    /// The view of one of the listing's offers.
    #[must_use]
    pub fn of(listing: &Listing, offer: &Offer) -> Self {
        let variant = listing.variant(offer.variant).map_or("", |variant| &variant.title);
        let product = &listing.product;
        Self {
            offer: offer.id,
            offer_version: offer.version,
            product: product.id,
            product_version: product.version,
            variant: offer.variant,
            seller: offer.seller,
            title: full_title(&product.title, variant).into(),
            unit_price: offer.price,
            tax_class: offer.tax_class,
            weight_g: offer.weight_g,
            buyable: offer.buyable && !product.hidden,
            hidden: product.hidden,
            image: product.images.first().map(|image| image.as_str().into()),
        }
    }
}

/// A product's title with its variant's, as every page, mail and order line writes it.
#[must_use]
pub fn full_title(product: &str, variant: &str) -> String {
    if variant.is_empty() { product.to_owned() } else { format!("{product} – {variant}") }
}
