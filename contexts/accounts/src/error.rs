//! Refusals, one enum per use case.

mod account;

pub use account::{DeleteError, EmailError, EraseError, ResetError, VerificationError};

use crate::HashError;
use souk_kernel::{FaultKind, PortError, Refusal};
use thiserror::Error;

/// A field of a form and what is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldFault {
    /// The field's name, as in the API.
    pub field: &'static str,
    /// Why, in words that continue "postal_code: ".
    pub reason: &'static str,
}

fn joined(faults: &[FieldFault]) -> String {
    let each = |fault: &FieldFault| format!("{}: {}", fault.field, fault.reason);
    faults.iter().map(each).collect::<Vec<_>>().join("; ")
}

/// Why a token opens nothing.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AuthError {
    /// No such session, or it has expired or was ended.
    #[error("the session is unknown or has ended")]
    NoSession,
    /// The store failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Refusal for AuthError {
    fn code(&self) -> &'static str {
        match self {
            Self::NoSession => "unauthenticated",
            Self::Port(error) => error.code(),
        }
    }

    fn kind(&self) -> FaultKind {
        match self {
            Self::NoSession => FaultKind::Unauthenticated,
            Self::Port(error) => error.kind(),
        }
    }
}

/// Why nobody was registered.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RegisterError {
    /// Some fields can't be right.
    #[error("{}", joined(.0))]
    Invalid(Vec<FieldFault>),
    /// A customer has this email address.
    #[error("an account with this email address exists")]
    EmailTaken,
    /// The caller is a customer already.
    #[error("this session belongs to an account already: sign out first")]
    AlreadyRegistered,
    /// The password could not be hashed.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// The store failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Refusal for RegisterError {
    fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "account_invalid",
            Self::EmailTaken => "email_taken",
            Self::AlreadyRegistered => "already_registered",
            Self::Hash(error) => error.code(),
            Self::Port(error) => error.code(),
        }
    }

    fn kind(&self) -> FaultKind {
        match self {
            Self::Invalid(_) => FaultKind::Invalid,
            Self::EmailTaken | Self::AlreadyRegistered => FaultKind::Conflict,
            Self::Hash(error) => error.kind(),
            Self::Port(error) => error.kind(),
        }
    }
}

/// Why nobody was signed in.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SignInError {
    /// No such account, or not its password: which of the two is not told.
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

/// Why there is no profile.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ProfileError {
    /// No such user.
    #[error("no such user")]
    NoSuchUser,
    /// The store failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Refusal for ProfileError {
    fn code(&self) -> &'static str {
        match self {
            Self::NoSuchUser => "user_not_found",
            Self::Port(error) => error.code(),
        }
    }

    fn kind(&self) -> FaultKind {
        match self {
            Self::NoSuchUser => FaultKind::NotFound,
            Self::Port(error) => error.kind(),
        }
    }
}

/// Why an address was not kept.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AddressError {
    /// Some fields can't be right.
    #[error("{}", joined(.0))]
    Invalid(Vec<FieldFault>),
    /// No such user.
    #[error("no such user")]
    NoSuchUser,
    /// The book has no such address.
    #[error("you have no such address")]
    NoSuchAddress,
    /// The book is full.
    #[error("the address book is full: it holds {max} addresses", max = crate::BOOK_MAX)]
    BookFull,
    /// The store failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Refusal for AddressError {
    fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "address_invalid",
            Self::NoSuchUser => "user_not_found",
            Self::NoSuchAddress => "not_found",
            Self::BookFull => "address_book_full",
            Self::Port(error) => error.code(),
        }
    }

    fn kind(&self) -> FaultKind {
        match self {
            Self::Invalid(_) => FaultKind::Invalid,
            Self::NoSuchUser | Self::NoSuchAddress => FaultKind::NotFound,
            Self::BookFull => FaultKind::Conflict,
            Self::Port(error) => error.kind(),
        }
    }
}

/// Why a password was not changed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PasswordError {
    /// The new one can't be one.
    #[error("{}", joined(.0))]
    Invalid(Vec<FieldFault>),
    /// The present one is another.
    #[error("the present password is wrong")]
    Wrong,
    /// A guest has none.
    #[error("a guest has no password: create an account")]
    NoAccount,
    /// The password could not be hashed or checked.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// The store failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Refusal for PasswordError {
    fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "password_invalid",
            Self::Wrong => "password_wrong",
            Self::NoAccount => "account_needed",
            Self::Hash(error) => error.code(),
            Self::Port(error) => error.code(),
        }
    }

    fn kind(&self) -> FaultKind {
        match self {
            Self::Invalid(_) => FaultKind::Invalid,
            Self::Wrong | Self::NoAccount => FaultKind::Forbidden,
            Self::Hash(error) => error.kind(),
            Self::Port(error) => error.kind(),
        }
    }
}

impl Refusal for HashError {
    fn code(&self) -> &'static str {
        match self {
            Self::Busy => "busy",
            Self::Broken(_) => "internal",
        }
    }

    fn kind(&self) -> FaultKind {
        match self {
            Self::Busy => FaultKind::Unavailable,
            Self::Broken(_) => FaultKind::Internal,
        }
    }
}
