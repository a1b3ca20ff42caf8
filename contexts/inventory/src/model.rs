//! The nouns of stock.

use serde::{Deserialize, Serialize};
use souk_kernel::{CheckoutId, OrderId, Sku, Timestamp, WarehouseId};

/// So many of a SKU are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Want {
    /// What.
    pub sku: Sku,
    /// How many, at least 1.
    pub quantity: u32,
}

/// So many of a SKU, from one warehouse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allocation {
    /// What.
    pub sku: Sku,
    /// From where.
    pub warehouse: WarehouseId,
    /// How many.
    pub quantity: u32,
}

/// How a hold stands.
///
/// ```text
/// held ⇄ paying → committed → restocked | shipped
///   └──┬──┘
/// released | expired
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldState {
    /// Taken; ends at its deadline unless pinned.
    Held,
    /// Pinned by an order that is being paid: no sweep touches it.
    Paying,
    /// Sold, not shipped yet.
    Committed,
    /// Given back by its checkout.
    Released,
    /// Given back by the sweep, after its deadline.
    Expired,
    /// Sold, then cancelled before shipping: back on the shelf.
    Restocked,
    /// A parcel with some of it, or all, has left: it can't be restocked as a whole any more.
    Shipped,
}

impl HoldState {
    /// Every state.
    pub const ALL: [Self; 7] = [
        Self::Held,
        Self::Paying,
        Self::Committed,
        Self::Released,
        Self::Expired,
        Self::Restocked,
        Self::Shipped,
    ];

    /// Its stored name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Paying => "paying",
            Self::Committed => "committed",
            Self::Released => "released",
            Self::Expired => "expired",
            Self::Restocked => "restocked",
            Self::Shipped => "shipped",
        }
    }

    /// The state of a stored name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// Stock set aside for a checkout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// Whose it is.
    pub checkout: CheckoutId,
    /// How it stands.
    pub state: HoldState,
    /// The order that pinned, committed or restocked it.
    pub order: Option<OrderId>,
    /// When the sweep may end it, unless it is pinned.
    pub deadline: Timestamp,
    /// What is set aside, from where.
    pub allocations: Vec<Allocation>,
}

/// The counters of one SKU in one warehouse. `on_hand = available + held + committed - shortage`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Level {
    /// Pieces on the shelf.
    pub on_hand: i64,
    /// Pieces in holds that are held or paying.
    pub held: i64,
    /// Pieces sold and not shipped.
    pub committed: i64,
    /// Pieces promised that a count did not find.
    pub shortage: i64,
}

impl Level {
    /// Pieces that can be promised: never negative.
    #[must_use]
    pub fn available(&self) -> i64 {
        (self.on_hand - self.held - self.committed).max(0)
    }

    /// Pieces that are promised and not there.
    #[must_use]
    pub fn short(&self) -> i64 {
        (self.held + self.committed - self.on_hand).max(0)
    }
}

/// A [`Level`] and where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WarehouseLevel {
    /// Where.
    pub warehouse: WarehouseId,
    /// How many.
    pub level: Level,
}

/// What a ledger entry does to a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EntryKind {
    /// Pieces arrived: on hand grows.
    Receive,
    /// On hand grows or shrinks by a correction.
    Adjust,
    /// Set aside: held grows.
    Hold,
    /// Given back: held shrinks.
    Release,
    /// Sold: held shrinks, committed grows.
    Commit,
    /// Cancelled after the sale: committed shrinks.
    Restock,
    /// Left the house: committed and on hand shrink.
    Ship,
    /// Promised beyond what a count found: shortage grows or shrinks.
    Shortage,
    /// Came back after it had left: on hand grows.
    Return,
    /// Went to another warehouse, or came from one: on hand shrinks or grows.
    Transfer,
}

impl EntryKind {
    /// Every kind.
    pub const ALL: [Self; 10] = [
        Self::Receive,
        Self::Adjust,
        Self::Hold,
        Self::Release,
        Self::Commit,
        Self::Restock,
        Self::Ship,
        Self::Shortage,
        Self::Return,
        Self::Transfer,
    ];

    /// Its stored name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Receive => "receive",
            Self::Adjust => "adjust",
            Self::Hold => "hold",
            Self::Release => "release",
            Self::Commit => "commit",
            Self::Restock => "restock",
            Self::Ship => "ship",
            Self::Shortage => "shortage",
            Self::Return => "return",
            Self::Transfer => "transfer",
        }
    }

    /// The kind of a stored name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// One line of the stock ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Of what.
    pub sku: Sku,
    /// Where.
    pub warehouse: WarehouseId,
    /// What happened.
    pub kind: EntryKind,
    /// How many; negative only in [`EntryKind::Adjust`], [`EntryKind::Transfer`] and
    /// [`EntryKind::Shortage`].
    pub quantity: i64,
    /// The checkout whose hold it was, if one was.
    pub checkout: Option<CheckoutId>,
    /// When.
    pub at: Timestamp,
}
