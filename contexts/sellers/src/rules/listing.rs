//! What a seller may write of a product: its own offers always, the product itself where nobody else
//! sells it.

use souk_catalog::{Attributes, Listing, Offer, Product, TaxClass, Variant, department_bucket};
use souk_kernel::{Bucket, Currency, Mint, Money, ProductId, SellerId, Timestamp};
use std::collections::BTreeMap;

/// A product as a seller wants it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProductDraft {
    /// The id that a new product's form came with: sent twice, it is one product. Its department's bucket
    /// is put in when the product is made.
    pub id: Option<ProductId>,
    /// One line.
    pub title: String,
    /// Paragraphs.
    pub description: String,
    /// Who makes it.
    pub brand: Option<String>,
    /// From the department down.
    pub category_path: Vec<String>,
    /// Everything else that is known.
    pub attributes: Attributes,
    /// Names in the media store, in order.
    pub images: Vec<String>,
    /// Its variants with this seller's terms, at least one.
    pub variants: Vec<VariantDraft>,
}

/// A variant with a seller's terms for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VariantDraft {
    /// Names it within its product; empty for the only one.
    pub key: String,
    /// What to write after the product's title.
    pub title: String,
    /// The options chosen.
    pub options: BTreeMap<String, String>,
    /// Minor units for one piece; 0: not known yet.
    pub price: i64,
    /// How it is taxed.
    pub tax_class: TaxClass,
    /// Grams; 0: not known.
    pub weight_g: u32,
    /// Whether the seller wants it on sale.
    pub on_sale: bool,
    /// Pieces of first stock; counts only where the offer is new.
    pub first_stock: u32,
}

/// Whether a seller offers anything of a product.
#[must_use]
pub fn sells(listing: &Listing, seller: SellerId) -> bool {
    listing.offers.iter().any(|offer| offer.seller == seller)
}

/// Whether a seller may write the product itself: nobody else sells it.
#[must_use]
pub fn may_describe(listing: &Listing, seller: SellerId) -> bool {
    listing.offers.iter().all(|offer| offer.seller == seller)
}

/// The key of a variant's choice: `black-64`; empty for a product without options.
#[must_use]
pub fn variant_key(options: &BTreeMap<String, String>) -> String {
    let chosen: Vec<String> = options.values().map(|value| souk_catalog::slug(value)).collect();
    chosen.join("-")
}

/// An id with another bucket inside.
#[must_use]
pub fn moved_to(id: ProductId, bucket: Bucket) -> ProductId {
    const BUCKET: u64 = 0xFFF << 50;
    let mut bytes = *id.bytes();
    let mut low = [0; 8];
    low.copy_from_slice(&bytes[8..]);
    let low = (u64::from_be_bytes(low) & !BUCKET) | (u64::from(bucket.number()) << 50);
    bytes[8..].copy_from_slice(&low.to_be_bytes());
    ProductId::from_bytes(bytes)
}

/// The product itself changed, in a seller's name: its variants and offers as they are known.
#[must_use]
pub fn redescribed(known: &Listing, seller: SellerId, product: Product) -> Listing {
    let offers = known.offers.iter().filter(|offer| offer.seller == seller);
    Listing { product, variants: known.variants.clone(), offers: offers.cloned().collect() }
}

/// The listing to put: the draft in a seller's name over what is known. Other sellers' offers are not
/// in it, and stay as they are.
#[must_use]
pub fn compose(
    known: Option<&Listing>,
    seller: SellerId,
    draft: ProductDraft,
    currency: Currency,
    (mint, at): (&Mint, Timestamp),
) -> Listing {
    let bucket = department_bucket(draft.category_path.first().map(String::as_str));
    let fresh = || draft.id.map_or_else(|| mint.mint(bucket), |id| moved_to(id, bucket));
    let id = known.map_or_else(fresh, |known| known.product.id);
    let product = Product {
        id,
        external: None,
        title: draft.title,
        description: draft.description,
        brand: draft.brand,
        category_path: draft.category_path,
        attributes: draft.attributes,
        images: draft.images,
        gtins: known.map_or_else(Vec::new, |k| k.product.gtins.clone()),
        hidden: known.is_some_and(|k| k.product.hidden),
        created_at: at,
        updated_at: at,
        version: 0,
    };
    let described = known.is_none_or(|k| may_describe(k, seller));
    let product = match known {
        Some(known) if !described => known.product.clone(),
        Some(known) => Product { external: known.product.external.clone(), ..product },
        None => product,
    };
    let mut listing = Listing { product, variants: Vec::new(), offers: Vec::new() };
    for draft in draft.variants {
        let stored = known.and_then(|k| k.variants.iter().find(|v| v.key == draft.key));
        let variant = match stored {
            Some(stored) if !described => stored.clone(),
            // A choice that does not exist is not this seller's to add.
            None if !described => continue,
            _ => Variant {
                id: stored.map_or_else(|| mint.mint(id.bucket()), |stored| stored.id),
                product: id,
                key: draft.key,
                title: draft.title,
                options: draft.options,
            },
        };
        let of = |k: &Listing| {
            let own = |o: &&Offer| o.variant == variant.id && o.seller == seller;
            k.offers.iter().find(own).map(|offer| offer.id)
        };
        listing.offers.push(Offer {
            id: known.and_then(of).unwrap_or_else(|| mint.mint(id.bucket())),
            variant: variant.id,
            product: id,
            seller,
            price: Money::new(draft.price, currency),
            tax_class: draft.tax_class,
            weight_g: draft.weight_g,
            buyable: draft.on_sale && draft.price > 0,
            version: 0,
        });
        listing.variants.push(variant);
    }
    listing
}
