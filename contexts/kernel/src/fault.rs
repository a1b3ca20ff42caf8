//! Errors in three tiers: a port's failure, a use case's refusal, the kind a caller can act on.

use thiserror::Error;

/// A port could not do what it was asked. Not-found is never an error: it is `None`.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PortError {
    /// The engine is not there, or is full: nothing was done.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// No answer in time: it may or may not have been done.
    #[error("no answer in time: {0}")]
    Timeout(String),
    /// Somebody else was first: the expected version is gone; nothing was done.
    #[error("conflict: {0}")]
    Conflict(String),
    /// What was read can't be understood. For an operator, never for a shopper.
    #[error("corrupt: {0}")]
    Corrupt(String),
}

impl PortError {
    /// Whether these are the words of an error that ends by itself: nobody was there, or nobody answered.
    #[must_use]
    pub fn says_outage(words: &str) -> bool {
        let outages = [Self::Unavailable(String::new()), Self::Timeout(String::new())];
        outages.iter().any(|outage| words.starts_with(&outage.to_string()))
    }
}

/// What a caller can do about an error; edges map it to their own status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// The request can't be right, whenever it is sent.
    Invalid,
    /// Who asks is not known.
    Unauthenticated,
    /// Who asks may not.
    Forbidden,
    /// There is no such thing (or it is somebody else's).
    NotFound,
    /// The state of things forbids it now.
    Conflict,
    /// A condition that the request carries no longer holds (a version, a total).
    Stale,
    /// The request lacks a condition that it must carry (an idempotency key).
    ConditionRequired,
    /// The same key came with another request.
    KeyReused,
    /// Too much, too often.
    Limited,
    /// Souk can't now; the same request may succeed later.
    Unavailable,
    /// Souk is wrong.
    Internal,
}

/// A use case's refusal: a stable code for machines, a kind for edges, words for people.
pub trait Refusal: std::error::Error {
    /// Stable, documented, `snake_case`.
    fn code(&self) -> &'static str;
    /// What the caller can do about it.
    fn kind(&self) -> FaultKind;
}

impl Refusal for PortError {
    fn code(&self) -> &'static str {
        match self {
            Self::Unavailable(_) => "unavailable",
            Self::Timeout(_) => "timeout",
            Self::Conflict(_) => "conflict",
            Self::Corrupt(_) => "internal",
        }
    }

    fn kind(&self) -> FaultKind {
        match self {
            Self::Unavailable(_) | Self::Timeout(_) => FaultKind::Unavailable,
            Self::Conflict(_) => FaultKind::Conflict,
            Self::Corrupt(_) => FaultKind::Internal,
        }
    }
}
