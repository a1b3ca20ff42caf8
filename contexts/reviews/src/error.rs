//! Why a review was not written, changed or marked.

use souk_kernel::{FaultKind, PortError, Refusal};
use thiserror::Error;

/// What is wrong with a draft: the field, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DraftFault {
    /// `stars`, `title` or `text`.
    pub field: &'static str,
    /// In words.
    pub reason: &'static str,
}

/// A refusal of this room; nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReviewRefusal {
    /// The draft can't be a review.
    #[error("{}: {}", .0.field, .0.reason)]
    Invalid(DraftFault),
    /// Only accounts write, vote and report.
    #[error("reviews are for those who have an account")]
    AccountNeeded,
    /// Nobody has shown that this account's address is theirs.
    #[error("confirm your email address first")]
    EmailUnverified,
    /// This account has reviewed this product.
    #[error("you have reviewed this already: edit that review")]
    AlreadyWritten,
    /// No such review, or none that this account may see or change.
    #[error("there is no such review")]
    NotFound,
    /// An author's own review.
    #[error("this is your own review")]
    OwnReview,
    /// The store failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Refusal for ReviewRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "review_invalid",
            Self::AccountNeeded => "account_needed",
            Self::EmailUnverified => "email_unverified",
            Self::AlreadyWritten => "already_reviewed",
            Self::NotFound => "review_not_found",
            Self::OwnReview => "own_review",
            Self::Port(error) => error.code(),
        }
    }

    fn kind(&self) -> FaultKind {
        match self {
            Self::Invalid(_) => FaultKind::Invalid,
            Self::AccountNeeded | Self::EmailUnverified => FaultKind::Forbidden,
            Self::AlreadyWritten | Self::OwnReview => FaultKind::Conflict,
            Self::NotFound => FaultKind::NotFound,
            Self::Port(error) => error.kind(),
        }
    }
}
