//! Refusals, one enum per use case.

use souk_accounts::HashError;
use souk_catalog::{ArrangeRefused, PutRefused};
use souk_fulfillment::StepRefusal;
use souk_inventory::StockRefusal;
use souk_kernel::{FaultKind, PortError, Refusal};
use souk_reviews::ReviewRefusal;
use souk_sellers::SellerRefusal;
use thiserror::Error;

/// Why nobody was added.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AddError {
    /// The email address or the password can't be right.
    #[error("{0}: {1}")]
    Invalid(&'static str, &'static str),
    /// A member has this email address.
    #[error("a member with this email address exists")]
    EmailTaken,
    /// The password could not be hashed.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// The store failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Refusal for AddError {
    fn code(&self) -> &'static str {
        match self {
            Self::Invalid(..) => "staff_invalid",
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

/// Why a second factor was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FactorError {
    /// Not the code, or one that was used.
    #[error("this code is not right, or was used already")]
    Wrong,
    /// The member has one already.
    #[error("there is a second factor already")]
    Exists,
    /// Nobody waits for it: the session has ended.
    #[error("sign in again")]
    NoSession,
    /// The store failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Refusal for FactorError {
    fn code(&self) -> &'static str {
        match self {
            Self::Wrong => "code_wrong",
            Self::Exists => "factor_exists",
            Self::NoSession => "unauthenticated",
            Self::Port(error) => error.code(),
        }
    }

    fn kind(&self) -> FaultKind {
        match self {
            Self::Wrong => FaultKind::Invalid,
            Self::Exists => FaultKind::Conflict,
            Self::NoSession => FaultKind::Unauthenticated,
            Self::Port(error) => error.kind(),
        }
    }
}

/// Why a role was not changed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RoleError {
    /// No such member.
    #[error("no such member")]
    NoSuchMember,
    /// Somebody changed it meanwhile.
    #[error("the role was changed by somebody else")]
    Changed,
    /// A shop without an owner could never get one again over its pages.
    #[error("the last owner stays an owner")]
    LastOwner,
    /// The store failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Refusal for RoleError {
    fn code(&self) -> &'static str {
        match self {
            Self::NoSuchMember => "staff_not_found",
            Self::Changed => "role_changed",
            Self::LastOwner => "last_owner",
            Self::Port(error) => error.code(),
        }
    }

    fn kind(&self) -> FaultKind {
        match self {
            Self::NoSuchMember => FaultKind::NotFound,
            Self::Changed => FaultKind::Stale,
            Self::LastOwner => FaultKind::Conflict,
            Self::Port(error) => error.kind(),
        }
    }
}

/// Why a store did not carry out a change; nothing is written, no entry either.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ChangeRefusal {
    /// Stock says no.
    #[error(transparent)]
    Stock(StockRefusal),
    /// The seller can't be changed so.
    #[error(transparent)]
    Seller(SellerRefusal),
    /// The catalogue says no.
    #[error(transparent)]
    Product(PutRefused),
    /// So many products are not changed at once.
    #[error("at most 100 products are changed at once")]
    TooMany,
    /// Reviews say no.
    #[error(transparent)]
    Review(ReviewRefusal),
    /// The parcels have moved on; the stock can't follow.
    #[error(transparent)]
    Parcels(StepRefusal),
    /// The categories can't be arranged so.
    #[error(transparent)]
    Categories(ArrangeRefused),
    /// There is no such synonym.
    #[error("there is no such synonym")]
    NoSynonym,
    /// No more synonyms are kept.
    #[error("no more synonyms are kept")]
    FullOfSynonyms,
    /// Nothing is parked there.
    #[error("nothing is parked there")]
    NotParked,
    /// The store failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Refusal for ChangeRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Stock(refusal) => refusal.code(),
            Self::Seller(refusal) => refusal.code(),
            Self::Product(refusal) => refusal.code(),
            Self::TooMany => "too_many_products",
            Self::Review(refusal) => refusal.code(),
            Self::Parcels(StepRefusal::Stock(refusal)) => refusal.code(),
            Self::Parcels(StepRefusal::Port(error)) => error.code(),
            Self::Parcels(StepRefusal::Stale) => "parcels_moved_on",
            Self::Parcels(StepRefusal::KeyReused) => "key_reused",
            Self::Categories(refused) => refused.code(),
            Self::NoSynonym => "synonym_not_found",
            Self::FullOfSynonyms => "too_many_synonyms",
            Self::NotParked => "not_parked",
            Self::Port(error) => error.code(),
        }
    }

    fn kind(&self) -> FaultKind {
        match self {
            Self::Stock(refusal) => refusal.kind(),
            Self::Seller(refusal) => refusal.kind(),
            Self::Product(refusal) => refusal.kind(),
            Self::TooMany => FaultKind::Invalid,
            Self::Review(refusal) => refusal.kind(),
            Self::Parcels(StepRefusal::Stock(refusal)) => refusal.kind(),
            Self::Parcels(StepRefusal::Port(error)) => error.kind(),
            Self::Parcels(StepRefusal::Stale) => FaultKind::Stale,
            Self::Parcels(StepRefusal::KeyReused) => FaultKind::KeyReused,
            Self::Categories(refused) => refused.kind(),
            Self::FullOfSynonyms => FaultKind::Conflict,
            Self::NoSynonym | Self::NotParked => FaultKind::NotFound,
            Self::Port(error) => error.kind(),
        }
    }
}

/// Why a member's change was not made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ChangeError {
    /// The member's role may not.
    #[error("your role may not do this")]
    Forbidden,
    /// The store said no.
    #[error(transparent)]
    Refused(#[from] ChangeRefusal),
}

impl Refusal for ChangeError {
    fn code(&self) -> &'static str {
        match self {
            Self::Forbidden => "forbidden",
            Self::Refused(refusal) => refusal.code(),
        }
    }

    fn kind(&self) -> FaultKind {
        match self {
            Self::Forbidden => FaultKind::Forbidden,
            Self::Refused(refusal) => refusal.kind(),
        }
    }
}
