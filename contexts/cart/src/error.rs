//! Why a cart can't be changed as asked.

use crate::Cart;
use souk_kernel::{FaultKind, PortError, Refusal};
use thiserror::Error;

/// Why a change was refused. The cart as it is now comes with it where the page needs it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CartError {
    /// Zero, or beyond the limit.
    #[error("a quantity is between 1 and {}", crate::rules::MAX_QUANTITY)]
    Quantity,
    /// There is no such offer, or it is not for sale.
    #[error("this offer is not for sale")]
    NoOffer,
    /// The cart has no line of this offer.
    #[error("this is not in the cart")]
    NoLine,
    /// As many lines as a cart can have.
    #[error(
        "a cart has at most {} lines, and {} saved for later",
        crate::rules::MAX_LINES,
        crate::rules::MAX_SAVED
    )]
    Full,
    /// The cart has another version than the one that was shown.
    #[error("the cart has changed")]
    Changed(Box<Cart>),
    /// An order is paying for the cart.
    #[error("this cart is being paid for")]
    Frozen(Box<Cart>),
    /// The store, or who knows prices, failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl CartError {
    /// The cart as it is now, where the refusal carries it.
    #[must_use]
    pub const fn cart(&self) -> Option<&Cart> {
        match self {
            Self::Changed(cart) | Self::Frozen(cart) => Some(cart),
            _ => None,
        }
    }
}

impl Refusal for CartError {
    fn code(&self) -> &'static str {
        match self {
            Self::Quantity => "invalid_quantity",
            Self::NoOffer => "offer_not_found",
            Self::NoLine => "line_not_found",
            Self::Full => "cart_full",
            Self::Changed(_) => "cart_changed",
            Self::Frozen(_) => "cart_frozen",
            Self::Port(error) => error.code(),
        }
    }

    fn kind(&self) -> FaultKind {
        match self {
            Self::Quantity | Self::Full => FaultKind::Invalid,
            Self::NoOffer | Self::NoLine => FaultKind::NotFound,
            Self::Changed(_) => FaultKind::Stale,
            Self::Frozen(_) => FaultKind::Conflict,
            Self::Port(error) => error.kind(),
        }
    }
}
