//! Why parcels and returns are refused.

use crate::{ParcelState, ReturnState};
use souk_inventory::StockRefusal;
use souk_kernel::{FaultKind, PortError, Refusal, Sku};
use souk_orders::PlaceRefusal;
use thiserror::Error;

/// Why a step was refused; nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StepRefusal {
    /// Somebody else was first.
    #[error("the parcels have moved on")]
    Stale,
    /// The stock can't follow: its order was cancelled, or a count did not find the pieces.
    #[error(transparent)]
    Stock(StockRefusal),
    /// Its key came with a request about another order.
    #[error("this idempotency key was used for another request")]
    KeyReused,
    /// The store failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

/// Why a parcel was not moved, or a return not accepted.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FulfillmentRefusal {
    /// No such order, parcel or return (of this shopper).
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// The parcel can't go there from where it is.
    #[error("the parcel is {}", .0.name())]
    ParcelState(ParcelState),
    /// The return can't go there from where it is.
    #[error("the return is {}", .0.name())]
    ReturnState(ReturnState),
    /// Nothing to send back.
    #[error("nothing was chosen to send back")]
    Empty,
    /// Not part of the order, or named twice.
    #[error("{0} is not a line of this order, or is named twice")]
    NotInOrder(Sku),
    /// Has not arrived.
    #[error("{0} has not arrived yet")]
    NotDelivered(Sku),
    /// More than arrived and is not on its way back already.
    #[error("{left} of {sku} can still be sent back")]
    TooMany {
        /// Of what.
        sku: Sku,
        /// How many can.
        left: u32,
    },
    /// It arrived too long ago.
    #[error("{0} arrived more than 30 days ago")]
    WindowClosed(Sku),
    /// The same key came with another request.
    #[error("this idempotency key was used for another request")]
    KeyReused,
    /// No carrier is called so, or numbers its parcels so.
    #[error("{0}")]
    BadDispatch(&'static str),
    /// More back on the shelf than came back.
    #[error("more of {0} can't go back on the shelf than came back")]
    BadVerdict(Sku),
    /// The stock can't follow.
    #[error(transparent)]
    Stock(StockRefusal),
    /// The store failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl From<StepRefusal> for FulfillmentRefusal {
    fn from(refusal: StepRefusal) -> Self {
        match refusal {
            StepRefusal::Stale => Self::Port(PortError::Conflict("the parcels keep moving".into())),
            StepRefusal::Stock(StockRefusal::Port(error)) | StepRefusal::Port(error) => {
                Self::Port(error)
            }
            StepRefusal::Stock(refusal) => Self::Stock(refusal),
            StepRefusal::KeyReused => Self::KeyReused,
        }
    }
}

impl From<PlaceRefusal> for FulfillmentRefusal {
    fn from(refusal: PlaceRefusal) -> Self {
        match refusal {
            PlaceRefusal::NotFound(what) => Self::NotFound(what),
            PlaceRefusal::Port(error) => Self::Port(error),
            other => Self::Port(PortError::Conflict(other.to_string())),
        }
    }
}

impl Refusal for FulfillmentRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound(_) => "not_found",
            Self::ParcelState(_) => "parcel_state",
            Self::ReturnState(_) => "return_state",
            Self::Empty => "return_empty",
            Self::NotInOrder(_) => "not_in_order",
            Self::NotDelivered(_) => "not_delivered",
            Self::TooMany { .. } => "return_too_many",
            Self::WindowClosed(_) => "return_window_closed",
            Self::KeyReused => "key_reused",
            Self::BadDispatch(_) => "dispatch_invalid",
            Self::BadVerdict(_) => "bad_verdict",
            Self::Stock(refusal) => refusal.code(),
            Self::Port(error) => error.code(),
        }
    }

    fn kind(&self) -> FaultKind {
        match self {
            Self::NotFound(_) => FaultKind::NotFound,
            Self::ParcelState(_)
            | Self::ReturnState(_)
            | Self::NotDelivered(_)
            | Self::TooMany { .. }
            | Self::WindowClosed(_) => FaultKind::Conflict,
            Self::Empty | Self::NotInOrder(_) | Self::BadVerdict(_) | Self::BadDispatch(_) => {
                FaultKind::Invalid
            }
            Self::KeyReused => FaultKind::KeyReused,
            Self::Stock(refusal) => refusal.kind(),
            Self::Port(error) => error.kind(),
        }
    }
}
