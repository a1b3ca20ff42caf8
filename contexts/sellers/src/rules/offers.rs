//! Whether an offer can be bought and found, and what is to be fixed.

use crate::SellerState;
use souk_catalog::{Offer, Product};

/// Something that a seller can fix, the gravest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fix {
    /// The shop suspended the seller.
    Suspended,
    /// The shop has not approved the seller yet.
    NotApproved,
    /// The product is hidden from shoppers.
    Hidden,
    /// It has no price.
    NoPrice,
    /// The seller took it off sale.
    OffSale,
    /// Nothing is left.
    NoStock,
    /// It stands in no category.
    NoCategory,
    /// It is shown with a drawing.
    NoPicture,
    /// Nothing is said of it.
    NoDescription,
    /// Nobody knows what it weighs, so it can't come by express.
    NoWeight,
}

impl Fix {
    /// Every fix.
    pub const ALL: [Self; 10] = [
        Self::Suspended,
        Self::NotApproved,
        Self::Hidden,
        Self::NoPrice,
        Self::OffSale,
        Self::NoStock,
        Self::NoCategory,
        Self::NoPicture,
        Self::NoDescription,
        Self::NoWeight,
    ];

    /// Its stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Suspended => "suspended",
            Self::NotApproved => "not_approved",
            Self::Hidden => "hidden",
            Self::NoPrice => "no_price",
            Self::OffSale => "off_sale",
            Self::NoStock => "no_stock",
            Self::NoCategory => "no_category",
            Self::NoPicture => "no_picture",
            Self::NoDescription => "no_description",
            Self::NoWeight => "no_weight",
        }
    }

    /// Whether nobody can buy the offer until it is fixed.
    #[must_use]
    pub const fn stops_buying(self) -> bool {
        matches!(
            self,
            Self::Suspended
                | Self::NotApproved
                | Self::Hidden
                | Self::NoPrice
                | Self::OffSale
                | Self::NoStock
        )
    }

    /// Whether shoppers who browse don't find the product until it is fixed.
    #[must_use]
    pub const fn stops_finding(self) -> bool {
        matches!(self, Self::Suspended | Self::NotApproved | Self::Hidden | Self::NoCategory)
    }
}

/// How an offer stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// Whether it can be bought now.
    pub buyable: bool,
    /// Whether shoppers find it: by searching, and by browsing categories.
    pub discoverable: bool,
    /// What is to be fixed, the gravest first.
    pub fixes: Vec<Fix>,
}

/// Judges an offer as it is stored; `available`: pieces in all warehouses.
#[must_use]
pub fn judge(product: &Product, offer: &Offer, available: i64, state: SellerState) -> Health {
    let has = |fix: Fix| match fix {
        Fix::Suspended => state == SellerState::Suspended,
        Fix::NotApproved => state == SellerState::Applied,
        Fix::Hidden => product.hidden,
        Fix::NoPrice => offer.price.minor <= 0,
        // Without a price it can't be on sale: one thing to fix, not two.
        Fix::OffSale => !offer.buyable && offer.price.minor > 0,
        Fix::NoStock => available <= 0,
        Fix::NoCategory => product.category_path.is_empty(),
        Fix::NoPicture => product.images.is_empty(),
        Fix::NoDescription => product.description.trim().is_empty(),
        Fix::NoWeight => offer.weight_g == 0,
    };
    let fixes: Vec<Fix> = Fix::ALL.into_iter().filter(|fix| has(*fix)).collect();
    Health {
        buyable: !fixes.iter().any(|fix| fix.stops_buying()),
        discoverable: !fixes.iter().any(|fix| fix.stops_finding()),
        fixes,
    }
}
