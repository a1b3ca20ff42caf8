//! What this room needs from a store.

use crate::rules::HoldMove;
use crate::{Allocation, Entry, Hold, Level, StockRefusal, Want, WarehouseLevel};
use async_trait::async_trait;
use souk_kernel::{Answers, CheckoutId, OrderId, PortError, Sku, Timestamp, WarehouseId};
use std::collections::BTreeMap;

/// Set stock aside for a checkout: all of it or nothing, several wants of one SKU added up.
///
/// The same checkout twice answers with the hold that it already has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakeHold {
    /// For whom.
    pub checkout: CheckoutId,
    /// What.
    pub wants: Vec<Want>,
    /// Until when, unless pinned.
    pub deadline: Timestamp,
    /// Pin it at once, for this order.
    pub pinned_by: Option<OrderId>,
}

/// Pin a checkout's hold for an order that is about to be paid; refused once the deadline has passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PinHold {
    /// Whose hold.
    pub checkout: CheckoutId,
    /// The order.
    pub order: OrderId,
}

/// One change of stock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StockIntent {
    /// Nothing → held (or paying).
    Take(TakeHold),
    /// Held → paying.
    Pin(PinHold),
    /// Paying (by this order) → held, so that another try can pay.
    Unpin(PinHold),
    /// Paying (by this order) → committed. Can't be refused for want of stock.
    Commit(PinHold),
    /// Paying (by this order) → released.
    ReleasePinned(PinHold),
    /// Committed (by this order) → restocked.
    Restock(PinHold),
    /// Held → released: the shopper left.
    Release(CheckoutId),
    /// Held and past its deadline → expired.
    Expire(CheckoutId),
    /// The first stock of a SKU in a warehouse; changes nothing where there is a level already.
    Open {
        /// What.
        sku: Sku,
        /// Where.
        warehouse: WarehouseId,
        /// How many.
        quantity: u32,
    },
    /// Pieces arrive; a shortage is struck off as far as they fill it. The level begins with it where
    /// there is none.
    Receive {
        /// What.
        sku: Sku,
        /// Where.
        warehouse: WarehouseId,
        /// How many, at least 1.
        quantity: u32,
    },
    /// Pieces go from one warehouse to another, both lines in one step; never what is promised. Answers
    /// with the level where they arrive.
    Transfer {
        /// What.
        sku: Sku,
        /// From where.
        from: WarehouseId,
        /// To where; the level begins with it where there is none.
        to: WarehouseId,
        /// How many, at least 1.
        quantity: u32,
    },
    /// Grow or shrink on hand by a delta; never below what is promised.
    Adjust {
        /// What.
        sku: Sku,
        /// Where.
        warehouse: WarehouseId,
        /// By how much.
        delta: i64,
    },
    /// Compare and set: on hand is `counted`, and nobody changed it since it was `expected`.
    /// A count below the promises records the shortage.
    Count {
        /// What.
        sku: Sku,
        /// Where.
        warehouse: WarehouseId,
        /// What the counter saw before.
        expected: i64,
        /// What lies there.
        counted: i64,
    },
}

impl StockIntent {
    /// The hold that this moves, and how; `None` where it takes one, or changes a level.
    #[must_use]
    pub const fn hold_move(&self) -> Option<(CheckoutId, HoldMove)> {
        Some(match self {
            Self::Pin(p) => (p.checkout, HoldMove::Pin(p.order)),
            Self::Unpin(p) => (p.checkout, HoldMove::Unpin(p.order)),
            Self::Commit(p) => (p.checkout, HoldMove::Commit(p.order)),
            Self::ReleasePinned(p) => (p.checkout, HoldMove::ReleasePinned(p.order)),
            Self::Restock(p) => (p.checkout, HoldMove::Restock(p.order)),
            Self::Release(checkout) => (*checkout, HoldMove::Release),
            Self::Expire(checkout) => (*checkout, HoldMove::Expire),
            Self::Take(_)
            | Self::Open { .. }
            | Self::Receive { .. }
            | Self::Transfer { .. }
            | Self::Adjust { .. }
            | Self::Count { .. } => return None,
        })
    }
}

/// What a parcel does to stock: part of the step that moves the parcel, and conditional with it, so no
/// intent of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParcelStock {
    /// Whose hold has it.
    pub checkout: CheckoutId,
    /// It leaves, for this order: committed and on hand shrink, the hold is shipped. `None`: it came
    /// back, and on hand grows.
    pub order: Option<OrderId>,
    /// What, from or to where; each within the hold's allocations.
    pub lines: Vec<Allocation>,
}

/// What an intent did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StockAnswer {
    /// The hold as it stands now.
    Hold(Hold),
    /// The level as it stands now.
    Level(Level),
}

/// The store of stock.
///
/// Each intent is atomic and durable before it is answered; intents of a batch are independent and
/// apply in order. Repeating an intent that has been done answers as it did and changes nothing.
#[async_trait]
pub trait Stock: Send + Sync {
    /// Applies intents in order; deadlines are compared with the store's clock.
    async fn apply(&self, batch: Vec<StockIntent>) -> Answers<StockAnswer, StockRefusal>;

    /// A checkout's hold.
    async fn hold(&self, checkout: CheckoutId) -> Result<Option<Hold>, PortError>;

    /// A SKU's levels, ordered by warehouse; empty when it was never stocked.
    async fn levels(&self, sku: Sku) -> Result<Vec<WarehouseLevel>, PortError>;

    /// The same of several SKUs, one answer each, in order: one question of the store, however many.
    async fn levels_of(&self, skus: &[Sku]) -> Result<Vec<Vec<WarehouseLevel>>, PortError> {
        let mut levels = Vec::with_capacity(skus.len());
        for sku in skus {
            levels.push(self.levels(*sku).await?);
        }
        Ok(levels)
    }

    /// Checkouts whose unpinned hold is past its deadline, oldest first, at most `limit`.
    async fn expired(&self, limit: usize) -> Result<Vec<CheckoutId>, PortError>;

    /// A SKU's newest ledger entries, newest first, at most `limit`. For people: it may scan.
    async fn ledger(&self, sku: Sku, limit: usize) -> Result<Vec<Entry>, PortError>;
}

/// SKUs that the store is asked about at a time.
const PIECE: usize = 200;

/// Pieces of each SKU that can be sold now; of a SKU that was never stocked, none.
///
/// # Errors
/// The store's.
pub async fn available(stock: &dyn Stock, skus: &[Sku]) -> Result<BTreeMap<Sku, u32>, PortError> {
    let mut pieces = BTreeMap::new();
    for some in skus.chunks(PIECE) {
        for (sku, levels) in some.iter().zip(stock.levels_of(some).await?) {
            let left: i64 = levels.iter().map(|level| level.level.available()).sum();
            pieces.insert(*sku, u32::try_from(left.max(0)).unwrap_or(u32::MAX));
        }
    }
    Ok(pieces)
}
