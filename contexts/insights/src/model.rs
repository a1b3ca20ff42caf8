//! The words of this room.

use serde::{Deserialize, Serialize};
use souk_kernel::{Money, OfferId, OrderId, ProductId, Timestamp, UserId};

/// Somebody opened a product's page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Who; `None` counts for the product alone.
    pub user: Option<UserId>,
    /// Which product.
    pub product: ProductId,
    /// When.
    pub at: Timestamp,
}

/// A product on somebody's trail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Viewed {
    /// Which product.
    pub product: ProductId,
    /// When it was looked at last.
    pub at: Timestamp,
}

/// What one confirmed order held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purchase {
    /// The order: it counts once.
    pub order: OrderId,
    /// Its products, each once, at most [`crate::rules::MOST_PRODUCTS`]: see [`crate::rules::distinct`].
    pub products: Vec<ProductId>,
    /// When it was confirmed.
    pub at: Timestamp,
}

/// How often a product was ordered with another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// The other one.
    pub other: ProductId,
    /// Orders that held both.
    pub both: u32,
    /// Orders that held the other one.
    pub others: u32,
}

/// Everything that was counted about one product's orders.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Together {
    /// All orders.
    pub orders: u64,
    /// Orders that held the product.
    pub own: u32,
    /// The products that it was ordered with, by id.
    pub pairs: Vec<Pair>,
}

/// A product that goes with another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Companion {
    /// Which.
    pub product: ProductId,
    /// Orders that held both.
    pub both: u32,
    /// How many times more often than by chance, times a hundred.
    pub lift_percent: u64,
}

/// The price of an offer became another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PriceMove {
    /// Which offer.
    pub offer: OfferId,
    /// Of which product.
    pub product: ProductId,
    /// The price before.
    pub from: Money,
    /// The price from now on.
    pub to: Money,
    /// The offer's version: a move that is not newer than the last one is passed over.
    pub number: u64,
    /// When.
    pub at: Timestamp,
}

/// A price, and since when it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// For one piece.
    pub price: Money,
    /// From when on; [`i64::MIN`] when nobody knows.
    pub at: Timestamp,
}

/// What an offer cost lately. Stored as its serde form, which belongs to this room.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct History {
    /// The number of the last move.
    pub number: u64,
    /// Oldest first; the last one holds now. At most [`crate::rules::STEPS`].
    pub steps: Vec<Step>,
}

/// An offer that has become cheaper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deal {
    /// Which offer.
    pub offer: OfferId,
    /// Of which product.
    pub product: ProductId,
    /// What it costs now.
    pub price: Money,
    /// The lowest price of the days before it became cheaper.
    pub was: Money,
    /// Since when it costs that.
    pub since: Timestamp,
}

impl Deal {
    /// What is saved, in thousandths of the old price.
    #[must_use]
    pub fn saved(&self) -> u32 {
        let saved = i128::from(self.was.minor) - i128::from(self.price.minor);
        let share = saved * 1_000 / i128::from(self.was.minor.max(1));
        u32::try_from(share).unwrap_or(0)
    }

    /// From when on the price is no news any more.
    #[must_use]
    pub const fn until(&self) -> Timestamp {
        self.since.plus_ms(crate::rules::WINDOW_MS)
    }
}
