//! Why money is refused.

use crate::PaymentState;
use souk_kernel::{FaultKind, Money, PortError, Refusal};
use thiserror::Error;

/// Why an intent was refused; nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PaymentRefusal {
    /// No such payment or refund.
    #[error("there is no such payment")]
    NoPayment,
    /// The payment is in another state than the move starts from.
    #[error("the payment is {}", .0.name())]
    WrongState(PaymentState),
    /// More than what was taken and not given back yet.
    #[error("at most {left} can be refunded")]
    TooMuch {
        /// What is left.
        left: Money,
    },
    /// Nothing, negative, or another currency.
    #[error("the amount is not possible")]
    BadAmount,
    /// The refund's id is that of another payment's refund.
    #[error("this idempotency key was used for another request")]
    KeyReused,
    /// The store failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Refusal for PaymentRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NoPayment => "no_payment",
            Self::WrongState(_) => "payment_state",
            Self::TooMuch { .. } => "refund_too_much",
            Self::BadAmount => "bad_amount",
            Self::KeyReused => "key_reused",
            Self::Port(error) => error.code(),
        }
    }

    fn kind(&self) -> FaultKind {
        match self {
            Self::NoPayment => FaultKind::NotFound,
            Self::WrongState(_) | Self::TooMuch { .. } => FaultKind::Conflict,
            Self::BadAmount => FaultKind::Invalid,
            Self::KeyReused => FaultKind::KeyReused,
            Self::Port(error) => error.kind(),
        }
    }
}

/// Why a way to pay was not kept; nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SaveRefusal {
    /// The shopper keeps as many as one may.
    #[error("no more than {} ways to pay can be kept: remove one first", crate::KEPT_MAX)]
    Full,
    /// The gateway gives nothing to keep for this token.
    #[error("this card can't be kept")]
    NotKept,
    /// The store failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Refusal for SaveRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Full => "saved_methods_full",
            Self::NotKept => "card_not_kept",
            Self::Port(error) => error.code(),
        }
    }

    fn kind(&self) -> FaultKind {
        match self {
            Self::Full | Self::NotKept => FaultKind::Conflict,
            Self::Port(error) => error.kind(),
        }
    }
}

/// Why a gateway gave no answer that counts.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum GatewayError {
    /// It may or may not have acted: only a look-up or the same key again can tell.
    #[error("the gateway's answer is unknown: {0}")]
    Unknown(String),
    /// It refused, and did nothing.
    #[error("the gateway refused: {0}")]
    Refused(String),
}
