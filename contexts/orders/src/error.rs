//! Why a purchase is refused.

use souk_inventory::{OutOfStock, StockRefusal};
use souk_kernel::{CheckoutId, FaultKind, Money, OrderId, PortError, Refusal, Sku};
use souk_payments::PaymentRefusal;
use souk_pricing::PricingError;
use thiserror::Error;

/// Why a purchase did not begin; nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BeginRefusal {
    /// The same key came with another request.
    #[error("this idempotency key was used for another request")]
    KeyReused,
    /// The stock can't be held or pinned.
    #[error(transparent)]
    Stock(#[from] StockRefusal),
    /// The cart is not the one that was shown, or another order is paying for it.
    #[error("the cart has changed")]
    CartChanged,
    /// So many of the shopper's orders wait for a transfer already.
    #[error("{0} orders wait for a transfer already")]
    TooManyTransfers(u32),
    /// Another order of this checkout is open or confirmed.
    #[error("this checkout is being paid or has been paid")]
    CheckoutTaken(OrderId),
    /// The store failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

/// Why a step of a saga was refused; nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SettleRefusal {
    /// Somebody else moved the order meanwhile.
    #[error("the order has moved on")]
    Stale,
    /// The step is not on the state machine.
    #[error("the order can't move so")]
    NotDrawn,
    /// The payment is in another state than the step starts from.
    #[error(transparent)]
    Payment(PaymentRefusal),
    /// The hold is in another state than the step starts from.
    #[error(transparent)]
    Stock(StockRefusal),
    /// The store failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

/// Why an order was not placed, checked out, cancelled or refunded.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PlaceRefusal {
    /// Nothing to buy.
    #[error("there is nothing to buy")]
    Empty,
    /// An offer is not for sale.
    #[error("{0} can't be bought")]
    NotBuyable(Sku),
    /// Not enough is left.
    #[error(transparent)]
    OutOfStock(OutOfStock),
    /// It can't be priced.
    #[error(transparent)]
    Pricing(#[from] PricingError),
    /// The shopper saw another total than would be charged.
    #[error("the total has changed to {total}")]
    TotalChanged {
        /// What would be charged.
        total: Money,
    },
    /// The same key came with another request.
    #[error("this idempotency key was used for another request")]
    KeyReused,
    /// The first request with this key has not been answered yet.
    #[error("the first request with this key is still being worked on")]
    InFlight(OrderId),
    /// The cart is not the one that was shown.
    #[error("the cart has changed")]
    CartChanged,
    /// The checkout's hold has run out or was given back.
    #[error("the checkout has run out")]
    CheckoutExpired,
    /// The checkout is being paid, or has been.
    #[error("this checkout is being paid or has been paid")]
    CheckoutTaken(OrderId),
    /// So many of the shopper's orders wait for a transfer already; each keeps stock for days.
    #[error(
        "{0} of your orders wait for a transfer: pay or cancel one of them first, or pay in another way"
    )]
    TooManyTransfers(u32),
    /// No such checkout or order of this shopper.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// The order is past the point where this is possible.
    #[error("the order is {}", .0.name())]
    TooLate(crate::OrderState),
    /// A part of the order has left already: it can't be cancelled any more.
    #[error("a parcel of the order has left already")]
    HasLeft,
    /// Money refuses.
    #[error(transparent)]
    Payment(PaymentRefusal),
    /// The gateway refused the try; another card may do.
    #[error("the payment was declined: {reason}")]
    Declined {
        /// The order of this try.
        order: OrderId,
        /// The checkout, which can be tried again until its deadline.
        checkout: CheckoutId,
        /// The gateway's code.
        reason: String,
    },
    /// The store failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl From<BeginRefusal> for PlaceRefusal {
    fn from(refusal: BeginRefusal) -> Self {
        match refusal {
            BeginRefusal::KeyReused => Self::KeyReused,
            BeginRefusal::Stock(StockRefusal::OutOfStock(short)) => Self::OutOfStock(short),
            BeginRefusal::Stock(StockRefusal::Port(error)) => Self::Port(error),
            BeginRefusal::Stock(_) => Self::CheckoutExpired,
            BeginRefusal::CartChanged => Self::CartChanged,
            BeginRefusal::CheckoutTaken(order) => Self::CheckoutTaken(order),
            BeginRefusal::TooManyTransfers(most) => Self::TooManyTransfers(most),
            BeginRefusal::Port(error) => Self::Port(error),
        }
    }
}

impl Refusal for PlaceRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::NotBuyable(_) => "not_buyable",
            Self::OutOfStock(_) => "out_of_stock",
            Self::Pricing(error) => error.code(),
            Self::TotalChanged { .. } => "total_changed",
            Self::KeyReused => "key_reused",
            Self::InFlight(_) => "request_in_flight",
            Self::CartChanged => "cart_changed",
            Self::CheckoutExpired => "checkout_expired",
            Self::CheckoutTaken(_) => "checkout_taken",
            Self::TooManyTransfers(_) => "too_many_transfers",
            Self::NotFound(_) => "not_found",
            Self::TooLate(_) | Self::HasLeft => "too_late",
            Self::Payment(refusal) => refusal.code(),
            Self::Declined { .. } => "payment_declined",
            Self::Port(error) => error.code(),
        }
    }

    fn kind(&self) -> FaultKind {
        match self {
            Self::Empty => FaultKind::Invalid,
            Self::Pricing(error) => error.kind(),
            Self::NotBuyable(_)
            | Self::OutOfStock(_)
            | Self::TotalChanged { .. }
            | Self::InFlight(_)
            | Self::CartChanged
            | Self::CheckoutExpired
            | Self::CheckoutTaken(_)
            | Self::TooManyTransfers(_)
            | Self::TooLate(_)
            | Self::HasLeft
            | Self::Declined { .. } => FaultKind::Conflict,
            Self::KeyReused => FaultKind::KeyReused,
            Self::NotFound(_) => FaultKind::NotFound,
            Self::Payment(refusal) => refusal.kind(),
            Self::Port(error) => error.kind(),
        }
    }
}
