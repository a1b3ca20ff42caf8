//! Why stock is refused.

use crate::HoldState;
use souk_kernel::{FaultKind, PortError, Refusal, Sku};
use thiserror::Error;

/// Not enough is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("only {left} left of {sku}, {wanted} wanted")]
pub struct OutOfStock {
    /// Of what.
    pub sku: Sku,
    /// How many were asked for.
    pub wanted: u32,
    /// How many can be had, over all warehouses.
    pub left: u32,
}

/// Why an intent was refused; nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StockRefusal {
    /// Not enough is left.
    #[error(transparent)]
    OutOfStock(#[from] OutOfStock),
    /// The checkout holds nothing.
    #[error("there is no such hold")]
    NoHold,
    /// The hold has ended, or another order has it.
    #[error("the hold is {}", .0.name())]
    HoldGone(HoldState),
    /// The hold's deadline has passed.
    #[error("the hold has run out")]
    DeadlinePassed,
    /// The shelf was not as expected: compare-and-set failed.
    #[error("{on_hand} on hand now")]
    CountChanged {
        /// What is on hand.
        on_hand: i64,
    },
    /// The change would make stock negative, or the quantity makes no sense.
    #[error("the quantity is not possible")]
    BadQuantity,
    /// The store failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Refusal for StockRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::OutOfStock(_) => "out_of_stock",
            Self::NoHold => "no_hold",
            Self::HoldGone(_) => "hold_gone",
            Self::DeadlinePassed => "hold_expired",
            Self::CountChanged { .. } => "count_changed",
            Self::BadQuantity => "bad_quantity",
            Self::Port(error) => error.code(),
        }
    }

    fn kind(&self) -> FaultKind {
        match self {
            Self::OutOfStock(_) | Self::HoldGone(_) | Self::DeadlinePassed => FaultKind::Conflict,
            Self::NoHold => FaultKind::NotFound,
            Self::CountChanged { .. } => FaultKind::Stale,
            Self::BadQuantity => FaultKind::Invalid,
            Self::Port(error) => error.kind(),
        }
    }
}
