//! Products, as clients see them.

use serde::Serialize;
use souk_catalog::{Listing, Offer, Product, Variant, attribute_label};
use souk_webkit::MoneyView;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// An attribute and its values.
#[derive(Serialize, ToSchema)]
pub(crate) struct AttributeView {
    /// For `attr.<name>` of the search.
    name: String,
    /// For people.
    label: String,
    values: Vec<String>,
}

/// A seller's terms for one variant.
#[derive(Serialize, ToSchema)]
pub(crate) struct OfferView {
    /// What goes into carts and orders.
    offer_id: String,
    seller_id: String,
    price: MoneyView,
    tax_class: &'static str,
    /// In grams; 0 when not known.
    weight_g: u32,
    /// Whether it may be ordered at all; `GET /offers/{offer_id}/availability` knows how many.
    buyable: bool,
    version: u64,
}

/// One choice of the product's options.
#[derive(Serialize, ToSchema)]
pub(crate) struct VariantView {
    variant_id: String,
    /// Empty for the only one.
    title: String,
    options: BTreeMap<String, String>,
    offers: Vec<OfferView>,
}

/// A product.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProductView {
    product_id: String,
    title: String,
    /// Plain text.
    description: String,
    brand: Option<String>,
    /// From the department down; may be empty.
    category: Vec<String>,
    attributes: Vec<AttributeView>,
    /// A picture, as a path of this shop.
    picture: String,
    gtins: Vec<String>,
    variants: Vec<VariantView>,
    version: u64,
    created_at: String,
    updated_at: String,
}

/// A product in a list.
#[derive(Serialize, ToSchema)]
pub(crate) struct CardView {
    product_id: String,
    title: String,
    brand: Option<String>,
    category: Vec<String>,
    picture: String,
    /// The cheapest offer that may be ordered, or else the first.
    offer_id: Option<String>,
    price: Option<MoneyView>,
    buyable: bool,
}

/// Where a product's picture is.
pub(crate) fn picture(product: souk_kernel::ProductId) -> String {
    format!("/media/{product}.svg")
}

impl From<&Listing> for ProductView {
    fn from(listing: &Listing) -> Self {
        let product = &listing.product;
        Self {
            product_id: product.id.to_string(),
            title: product.title.clone(),
            description: product.description.clone(),
            brand: product.brand.clone(),
            category: product.category_path.clone(),
            attributes: attributes(product),
            picture: picture(product.id),
            gtins: product.gtins.clone(),
            variants: listing.variants.iter().map(|one| variant(one, &listing.offers)).collect(),
            version: product.version,
            created_at: product.created_at.rfc3339(),
            updated_at: product.updated_at.rfc3339(),
        }
    }
}

impl CardView {
    /// The card of one of its offers.
    pub(crate) fn at(listing: &Listing, offer: &Offer) -> Self {
        Self {
            offer_id: Some(offer.id.to_string()),
            price: (offer.price.minor > 0).then(|| offer.price.into()),
            buyable: offer.buyable,
            ..Self::from(listing)
        }
    }
}

impl From<&Listing> for CardView {
    fn from(listing: &Listing) -> Self {
        let (product, lead) = (&listing.product, listing.lead_offer());
        Self {
            product_id: product.id.to_string(),
            title: product.title.clone(),
            brand: product.brand.clone(),
            category: product.category_path.clone(),
            picture: picture(product.id),
            offer_id: lead.map(|offer| offer.id.to_string()),
            price: lead.filter(|offer| offer.price.minor > 0).map(|offer| offer.price.into()),
            buyable: lead.is_some_and(|offer| offer.buyable),
        }
    }
}

fn attributes(product: &Product) -> Vec<AttributeView> {
    let view = |(name, values): (&String, &Vec<String>)| AttributeView {
        name: name.clone(),
        label: attribute_label(name),
        values: values.clone(),
    };
    product.attributes.iter().map(view).collect()
}

fn variant(variant: &Variant, offers: &[Offer]) -> VariantView {
    let offers = offers.iter().filter(|offer| offer.variant == variant.id);
    VariantView {
        variant_id: variant.id.to_string(),
        title: variant.title.clone(),
        options: variant.options.clone(),
        offers: offers.map(offer).collect(),
    }
}

fn offer(offer: &Offer) -> OfferView {
    OfferView {
        offer_id: offer.id.to_string(),
        seller_id: offer.seller.to_string(),
        price: offer.price.into(),
        tax_class: offer.tax_class.name(),
        weight_g: offer.weight_g,
        buyable: offer.buyable,
        version: offer.version,
    }
}
