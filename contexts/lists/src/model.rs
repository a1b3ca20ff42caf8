//! The words of this room.

use serde::{Deserialize, Serialize};
use souk_kernel::{Id, Money, Noun, OfferId, ProductId, Timestamp, UserId};

/// What the ids of this room name.
pub mod noun {
    /// An alert.
    #[derive(Debug)]
    pub enum Alert {}
}

impl Noun for noun::Alert {
    const NAME: &'static str = "alert";
}

/// An alert; what it tells is numbered under this id.
pub type AlertId = Id<noun::Alert>;

/// An offer on somebody's wishlist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish {
    /// Which offer.
    pub offer: OfferId,
    /// Of which product.
    pub product: ProductId,
    /// What it cost when it was wished for.
    pub price: Money,
    /// When that was.
    pub added_at: Timestamp,
}

/// What somebody waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Awaited {
    /// That it can be bought again.
    Stock,
    /// That it costs less than this.
    PriceBelow(Money),
}

impl Awaited {
    /// The stable name of what is awaited, whatever the price.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Stock => "stock",
            Self::PriceBelow(_) => "price",
        }
    }
}

/// What somebody wants to be told of an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alert {
    /// Its id.
    pub id: AlertId,
    /// Who is told.
    pub user: UserId,
    /// Of which offer.
    pub offer: OfferId,
    /// Of which product.
    pub product: ProductId,
    /// What they wait for.
    pub awaited: Awaited,
    /// How often it was told.
    pub told: u32,
    /// Since when they wait.
    pub since: Timestamp,
}

/// What became of a guest's wishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Adopted {
    /// Wishes that the account did not have.
    pub moved: u32,
    /// Wishes that found no room.
    pub left_out: u32,
}
