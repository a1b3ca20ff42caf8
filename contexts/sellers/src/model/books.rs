//! The seller ledger and a seller's orders.

use super::noun;
use souk_kernel::{Id, Money, OrderId, SellerId, Sku, Timestamp};

/// A line of the ledger; later ones are greater.
pub type LineId = Id<noun::Line>;

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LineKind {
    /// What a shopper paid for a line of an order: to the seller.
    Sale,
    /// What the shop keeps of it: from the seller.
    Commission,
    /// What went back to the shopper: from the seller.
    Refund,
    /// The commission on what went back: to the seller.
    CommissionReversal,
    /// What was paid out: from the seller. Nothing writes it yet.
    Payout,
}

impl LineKind {
    /// Every kind.
    pub const ALL: [Self; 5] =
        [Self::Sale, Self::Commission, Self::Refund, Self::CommissionReversal, Self::Payout];

    /// Its stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sale => "sale",
            Self::Commission => "commission",
            Self::Refund => "refund",
            Self::CommissionReversal => "commission_reversal",
            Self::Payout => "payout",
        }
    }

    /// The kind of a stable name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A line of the seller ledger: appended, never changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its id.
    pub id: LineId,
    /// Whose money; the shop's own seller for what the shop keeps of an order beside commissions.
    pub seller: SellerId,
    /// Of which order; `None` for a payout.
    pub order: Option<OrderId>,
    /// What it is.
    pub kind: LineKind,
    /// What brought it about, by its id: the order that was confirmed or cancelled, or the refund.
    pub cause: Id<()>,
    /// Of which offer; `None` where it is of none: a payout, what the shop keeps.
    pub sku: Option<Sku>,
    /// Pieces that were sold; 0 in lines that are no sale.
    pub quantity: u32,
    /// How much: to the seller where it is above zero, from the seller where it is below.
    pub amount: Money,
    /// The commission rate of the order's placement, in basis points.
    pub basis_points: u16,
    /// The line that it takes from or gives back to.
    pub of: Option<LineId>,
    /// When.
    pub at: Timestamp,
}

/// What was bought of one offer, as the order froze it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sold {
    /// Who sold it.
    pub seller: SellerId,
    /// What.
    pub sku: Sku,
    /// How many.
    pub quantity: u32,
    /// Minor units that the shopper paid for them, tax included.
    pub minor: i64,
}

/// What was charged for an order, and for what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charged {
    /// Which order.
    pub order: OrderId,
    /// When it was placed: by the rates of this moment.
    pub placed: Timestamp,
    /// All of it, shipping included.
    pub total: Money,
    /// Its goods.
    pub lines: Vec<Sold>,
}

/// What a seller sold in one day, by UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DaySales {
    /// The day's beginning.
    pub day: Timestamp,
    /// Orders with goods of the seller.
    pub orders: u64,
    /// Pieces.
    pub pieces: u64,
    /// Minor units that shoppers paid for them.
    pub minor: i64,
}

/// How far a seller is with an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Something is to be packed.
    ToPack,
    /// All is packed, something waits for the carrier.
    ToShip,
    /// All has left.
    Shipped,
    /// All has arrived, or come back.
    Delivered,
    /// Nothing leaves.
    Cancelled,
}

impl Stage {
    /// Every stage.
    pub const ALL: [Self; 5] =
        [Self::ToPack, Self::ToShip, Self::Shipped, Self::Delivered, Self::Cancelled];

    /// Its stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ToPack => "to_pack",
            Self::ToShip => "to_ship",
            Self::Shipped => "shipped",
            Self::Delivered => "delivered",
            Self::Cancelled => "cancelled",
        }
    }

    /// The stage of a stable name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.name() == name)
    }
}

/// A row of a seller's list of orders: a read model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SellerOrder {
    /// Whose.
    pub seller: SellerId,
    /// Which order.
    pub order: OrderId,
    /// When it was placed.
    pub placed: Timestamp,
    /// How far the seller is with it.
    pub stage: Stage,
    /// What the shopper pays for the seller's goods.
    pub total: Money,
    /// Pieces of them.
    pub pieces: u32,
    /// Returns of them that wait for the seller.
    pub returns: u32,
    /// Of what it was computed from; an older one never replaces a newer one.
    pub version: u64,
}
