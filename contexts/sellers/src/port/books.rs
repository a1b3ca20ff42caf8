//! The store of the seller ledger and of sellers' lists of orders.

use crate::{DaySales, Line, LineId, SellerOrder, Stage};
use async_trait::async_trait;
use souk_kernel::{Answers, Money, OrderId, PortError, SellerId, Timestamp};
use thiserror::Error;

/// Intent: lines of one order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posting {
    /// Of which order.
    pub order: OrderId,
    /// Only if the order has so many lines: what was decided, was decided on them.
    pub expected_lines: usize,
    /// What to append; every line is of this order.
    pub lines: Vec<Line>,
}

/// Why nothing was appended.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PostRefusal {
    /// Somebody else was first: look again.
    #[error("the order has other lines")]
    Stale,
    /// The store failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

/// Which orders of a seller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// All.
    All,
    /// Those at a stage.
    At(Stage),
    /// Those with a return that waits for the seller.
    Returns,
}

/// A page of a seller's orders, the newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FindOrders {
    /// Whose.
    pub seller: SellerId,
    /// Which.
    pub which: Which,
    /// Only those placed before this one.
    pub before: Option<OrderId>,
    /// At most so many.
    pub limit: usize,
}

/// How many orders of a seller wait for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// At [`Stage::ToPack`].
    pub to_pack: u64,
    /// At [`Stage::ToShip`].
    pub to_ship: u64,
    /// With a return that waits.
    pub returns: u64,
}

/// The store of the ledger and the lists.
///
/// Each intent is atomic and durable before it is answered; intents of a batch are independent and apply
/// in order. Lines are appended, and nothing changes one.
#[async_trait]
pub trait Books: Send + Sync {
    /// Appends lines, and adds them to the balances, in the same step.
    async fn post(&self, batch: Vec<Posting>) -> Answers<(), PostRefusal>;

    /// The lines of orders, in the order asked; those of one order as they were appended.
    ///
    /// # Errors
    /// The store's.
    async fn lines_of(&self, orders: &[OrderId]) -> Result<Vec<Vec<Line>>, PortError>;

    /// A seller's lines, the newest first, before `before`, at most `limit`.
    ///
    /// # Errors
    /// The store's.
    async fn lines(
        &self,
        seller: SellerId,
        before: Option<LineId>,
        limit: usize,
    ) -> Result<Vec<Line>, PortError>;

    /// What a seller's lines add up to, one amount a currency.
    ///
    /// # Errors
    /// The store's.
    async fn balance(&self, seller: SellerId) -> Result<Vec<Money>, PortError>;

    /// A seller's sales since a moment, day by day, the oldest first; days without any are left out.
    ///
    /// # Errors
    /// The store's.
    async fn sales(&self, seller: SellerId, since: Timestamp) -> Result<Vec<DaySales>, PortError>;

    /// Puts orders into their sellers' lists, or replaces older rows there.
    ///
    /// # Errors
    /// The store's.
    async fn file(&self, rows: Vec<SellerOrder>) -> Result<(), PortError>;

    /// A page of a seller's orders.
    ///
    /// # Errors
    /// The store's.
    async fn orders(&self, find: FindOrders) -> Result<Vec<SellerOrder>, PortError>;

    /// One order of a seller; `None`: it has no goods of this seller.
    ///
    /// # Errors
    /// The store's.
    async fn order(
        &self,
        seller: SellerId,
        order: OrderId,
    ) -> Result<Option<SellerOrder>, PortError>;

    /// How many orders wait for what.
    ///
    /// # Errors
    /// The store's.
    async fn tally(&self, seller: SellerId) -> Result<Tally, PortError>;
}
