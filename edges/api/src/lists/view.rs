//! What this context shows.

use serde::Serialize;
use souk_cart::Offering;
use souk_catalog::OfferView;
use souk_lists::{Alert, Awaited, Wish};
use souk_webkit::MoneyView;
use utoipa::ToSchema;

/// An offer on the wishlist.
#[derive(Serialize, ToSchema)]
#[schema(as = Wish)]
pub(crate) struct WishView {
    #[schema(format = "uuid")]
    offer_id: String,
    #[schema(format = "uuid")]
    product_id: String,
    /// Missing when the offer is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    /// What it cost when it was wished for.
    wished_price: MoneyView,
    /// What it costs now; missing when it is not for sale.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit_price: Option<MoneyView>,
    /// Whether a piece can be bought now.
    in_stock: bool,
    added_at: String,
}

impl WishView {
    pub(super) fn of(wish: &Wish, about: Option<&OfferView>, now: Option<&Offering>) -> Self {
        Self {
            offer_id: wish.offer.to_string(),
            product_id: wish.product.to_string(),
            title: about.map(|about| about.title.to_string()),
            wished_price: wish.price.into(),
            unit_price: now.map(|now| now.price.into()),
            in_stock: now.is_some_and(|now| now.available > 0),
            added_at: wish.added_at.rfc3339(),
        }
    }
}

/// The wishlist.
#[derive(Serialize, ToSchema)]
#[schema(as = Wishlist)]
pub(crate) struct WishlistView {
    /// Newest first.
    pub(super) items: Vec<WishView>,
}

/// Something to be told.
#[derive(Serialize, ToSchema)]
#[schema(as = Alert)]
pub(crate) struct AlertView {
    #[schema(format = "uuid")]
    alert_id: String,
    #[schema(format = "uuid")]
    offer_id: String,
    #[schema(format = "uuid")]
    product_id: String,
    /// `stock` (it can be bought again; told once) or `price` (it costs less than `below`; told for each
    /// price lower than the one told before).
    #[schema(example = "price")]
    awaits: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    below: Option<MoneyView>,
    /// How often it was told.
    told: u32,
    since: String,
}

impl From<&Alert> for AlertView {
    fn from(alert: &Alert) -> Self {
        Self {
            alert_id: alert.id.to_string(),
            offer_id: alert.offer.to_string(),
            product_id: alert.product.to_string(),
            awaits: alert.awaited.name(),
            below: match alert.awaited {
                Awaited::Stock => None,
                Awaited::PriceBelow(below) => Some(below.into()),
            },
            told: alert.told,
            since: alert.since.rfc3339(),
        }
    }
}

/// Everything that somebody waits for.
#[derive(Serialize, ToSchema)]
#[schema(as = Alerts)]
pub(crate) struct AlertsView {
    /// Newest first.
    pub(super) items: Vec<AlertView>,
}
