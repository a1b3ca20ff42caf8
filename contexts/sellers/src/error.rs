//! Refusals, one enum per use case.

use crate::SellerState;
use souk_accounts::HashError;
use souk_catalog::{CatalogError, FieldProblem, PutRefused};
use souk_kernel::{FaultKind, PortError, Refusal};
use thiserror::Error;

/// Why nobody applied.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ApplyError {
    /// A field can't be right: which, and why.
    #[error("{0}: {1}")]
    Invalid(&'static str, &'static str),
    /// A seller's member has this email address.
    #[error("a seller with this email address exists")]
    EmailTaken,
    /// The password could not be hashed.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// The store failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Refusal for ApplyError {
    fn code(&self) -> &'static str {
        match self {
            Self::Invalid(..) => "seller_invalid",
            Self::EmailTaken => "email_taken",
            Self::Hash(error) => error.code(),
            Self::Port(error) => error.code(),
        }
    }

    fn kind(&self) -> FaultKind {
        match self {
            Self::Invalid(..) => FaultKind::Invalid,
            Self::EmailTaken => FaultKind::Conflict,
            Self::Hash(error) => error.kind(),
            Self::Port(error) => error.kind(),
        }
    }
}

/// Why nobody was signed in.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SignInError {
    /// No such member, or not their password: which of the two is not told.
    #[error("the email address or the password is wrong")]
    BadCredentials,
    /// The password could not be checked.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// The store failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Refusal for SignInError {
    fn code(&self) -> &'static str {
        match self {
            Self::BadCredentials => "bad_credentials",
            Self::Hash(error) => error.code(),
            Self::Port(error) => error.code(),
        }
    }

    fn kind(&self) -> FaultKind {
        match self {
            Self::BadCredentials => FaultKind::Unauthenticated,
            Self::Hash(error) => error.kind(),
            Self::Port(error) => error.kind(),
        }
    }
}

/// Why a seller was not changed; nothing is written.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SellerRefusal {
    /// No such seller, or none with an account.
    #[error("there is no such seller")]
    NotFound,
    /// Somebody changed it meanwhile.
    #[error("the seller is {} now", .0.name())]
    StateChanged(SellerState),
    /// Somebody set another rate meanwhile.
    #[error("the rate is {0} basis points now")]
    RateChanged(u16),
    /// Not a drawn edge.
    #[error("a seller that is {} can't become {}", .0.name(), .1.name())]
    NotDrawn(SellerState, SellerState),
    /// Above the whole.
    #[error("a commission is at most 100 percent")]
    BadRate,
    /// Longer than it may be.
    #[error("the reason is too long")]
    BadReason,
    /// The store failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Refusal for SellerRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "seller_not_found",
            Self::StateChanged(_) => "seller_changed",
            Self::RateChanged(_) => "rate_changed",
            Self::NotDrawn(..) => "seller_state",
            Self::BadRate => "rate_invalid",
            Self::BadReason => "reason_invalid",
            Self::Port(error) => error.code(),
        }
    }

    fn kind(&self) -> FaultKind {
        match self {
            Self::NotFound => FaultKind::NotFound,
            Self::StateChanged(_) | Self::RateChanged(_) => FaultKind::Stale,
            Self::NotDrawn(..) => FaultKind::Conflict,
            Self::BadRate | Self::BadReason => FaultKind::Invalid,
            Self::Port(error) => error.kind(),
        }
    }
}

/// Why a product was not saved.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ProductError {
    /// No such product of this seller.
    #[error("there is no such product")]
    NotFound,
    /// Fields that can't be right, for whoever has to mend them.
    #[error("{} field(s) are not right", .0.len())]
    Invalid(Vec<FieldProblem>),
    /// Somebody changed it meanwhile.
    #[error("the product was changed meanwhile")]
    Stale,
    /// The store failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl From<PutRefused> for ProductError {
    fn from(refused: PutRefused) -> Self {
        match refused {
            PutRefused::Stale { .. } => Self::Stale,
            PutRefused::Invalid(problems) => Self::Invalid(problems),
        }
    }
}

impl From<CatalogError> for ProductError {
    fn from(error: CatalogError) -> Self {
        match error {
            CatalogError::Put(refused) => refused.into(),
            CatalogError::Port(error) => Self::Port(error),
            CatalogError::Price(_) => Self::Stale,
        }
    }
}

impl Refusal for ProductError {
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "product_not_found",
            Self::Invalid(_) => "invalid_product",
            Self::Stale => "product_changed",
            Self::Port(error) => error.code(),
        }
    }

    fn kind(&self) -> FaultKind {
        match self {
            Self::NotFound => FaultKind::NotFound,
            Self::Invalid(_) => FaultKind::Invalid,
            Self::Stale => FaultKind::Stale,
            Self::Port(error) => error.kind(),
        }
    }
}
