//! What can go wrong, and what a caller can conclude from it.

use crate::record::RecordError;
use souk_kernel::{FaultKind, Refusal};
use thiserror::Error;

/// The rules say no. Kept under the idempotency key: the same request gets the same refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
pub enum Refused {
    /// The reference was voided before: it is never authorized again.
    #[error("the reference was voided")]
    ReferenceVoided,
    /// A capture beyond the authorized amount, or a refund beyond the captured one.
    #[error("the amount is more than what is left")]
    AmountTooLarge,
    /// The authorization is not in a state that allows this.
    #[error("the authorization's state doesn't allow this")]
    WrongState,
    /// A void after a capture: refund instead.
    #[error("already captured")]
    AlreadyCaptured,
}

impl Refused {
    pub(crate) const ALL: [Self; 4] =
        [Self::ReferenceVoided, Self::AmountTooLarge, Self::WrongState, Self::AlreadyCaptured];

    /// Stable, `snake_case`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::ReferenceVoided => "reference_voided",
            Self::AmountTooLarge => "amount_too_large",
            Self::WrongState => "wrong_state",
            Self::AlreadyCaptured => "already_captured",
        }
    }

    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|refused| refused.code() == code)
    }
}

/// Why a call has no answer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum GatewayError {
    /// The request can't be right; nothing was done, the key is still free.
    #[error("invalid request: {0}")]
    Invalid(String),
    /// The key came before with other parameters; nothing was done.
    #[error("the idempotency key was used with other parameters")]
    KeyReused,
    /// No such authorization; nothing was done, the key is still free.
    #[error("no such authorization")]
    NotFound,
    /// The rules say no; nothing was done.
    #[error("{0}")]
    Refused(#[from] Refused),
    /// No answer came. It may or may not have been done: send it again with the same key, or look
    /// the reference up.
    #[error("no answer from the gateway")]
    NoAnswer,
    /// The record can't be written now. It may or may not have been done.
    #[error("the gateway's record is not available")]
    RecordUnavailable,
}

impl Refusal for GatewayError {
    fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "invalid_request",
            Self::KeyReused => "idempotency_key_reused",
            Self::NotFound => "not_found",
            Self::Refused(refused) => refused.code(),
            Self::NoAnswer => "no_answer",
            Self::RecordUnavailable => "record_unavailable",
        }
    }

    fn kind(&self) -> FaultKind {
        match self {
            Self::Invalid(_) => FaultKind::Invalid,
            Self::KeyReused => FaultKind::KeyReused,
            Self::NotFound => FaultKind::NotFound,
            Self::Refused(_) => FaultKind::Conflict,
            Self::NoAnswer | Self::RecordUnavailable => FaultKind::Unavailable,
        }
    }
}

/// Why the gateway can't start.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The record can't be read, is damaged before its end, or tells an impossible story.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// A setting can't be right.
    #[error("configuration: {0}")]
    Config(String),
}
