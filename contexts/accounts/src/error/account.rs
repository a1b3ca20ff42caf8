//! Refusals about an account's name, address, password and end.

use super::{FieldFault, ProfileError, joined};
use crate::HashError;
use souk_kernel::{FaultKind, PortError, Refusal};
use thiserror::Error;

/// Why an address is not verified, or no mail that would verify it was sent.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum VerificationError {
    /// A guest has no address to verify.
    #[error("a guest has no email address to confirm: create an account")]
    NoAccount,
    /// There is nothing to do.
    #[error("the email address is confirmed already")]
    AlreadyVerified,
    /// Unknown, used, replaced or past its time: which of these is not told.
    #[error("this link has been used, or it is too old: ask for another one")]
    NoSuchToken,
    /// Somebody else was faster.
    #[error("another account has this email address")]
    EmailTaken,
    /// The store or the courier failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl From<ProfileError> for VerificationError {
    fn from(error: ProfileError) -> Self {
        match error {
            ProfileError::NoSuchUser => Self::NoAccount,
            ProfileError::Port(error) => Self::Port(error),
        }
    }
}

impl Refusal for VerificationError {
    fn code(&self) -> &'static str {
        match self {
            Self::NoAccount => "account_needed",
            Self::AlreadyVerified => "already_verified",
            Self::NoSuchToken => "token_invalid",
            Self::EmailTaken => "email_taken",
            Self::Port(error) => error.code(),
        }
    }

    fn kind(&self) -> FaultKind {
        match self {
            Self::NoAccount => FaultKind::Forbidden,
            Self::NoSuchToken => FaultKind::Invalid,
            Self::AlreadyVerified | Self::EmailTaken => FaultKind::Conflict,
            Self::Port(error) => error.kind(),
        }
    }
}

/// Why no other password was chosen.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ResetError {
    /// The new one can't be one. The token works still.
    #[error("{}", joined(.0))]
    Invalid(Vec<FieldFault>),
    /// Unknown, used, replaced or past its time: which of these is not told.
    #[error("this link has been used, or it is too old: ask for another one")]
    NoSuchToken,
    /// The password could not be hashed.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// The store failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Refusal for ResetError {
    fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "password_invalid",
            Self::NoSuchToken => "token_invalid",
            Self::Hash(error) => error.code(),
            Self::Port(error) => error.code(),
        }
    }

    fn kind(&self) -> FaultKind {
        match self {
            Self::Invalid(_) | Self::NoSuchToken => FaultKind::Invalid,
            Self::Hash(error) => error.kind(),
            Self::Port(error) => error.kind(),
        }
    }
}

/// Why name or address stay as they are.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EmailError {
    /// The new one can't be one.
    #[error("{}", joined(.0))]
    Invalid(Vec<FieldFault>),
    /// The password is another.
    #[error("the present password is wrong")]
    Wrong,
    /// A guest has neither.
    #[error("a guest has no account: create one")]
    NoAccount,
    /// The password could not be checked.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// The store or the courier failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl From<ProfileError> for EmailError {
    fn from(error: ProfileError) -> Self {
        match error {
            ProfileError::NoSuchUser => Self::NoAccount,
            ProfileError::Port(error) => Self::Port(error),
        }
    }
}

impl Refusal for EmailError {
    fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "account_invalid",
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

/// Why a guest was not forgotten.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EraseError {
    /// It is no guest: an account ends by its password.
    #[error("there is an account: sign in and delete it there")]
    HasAccount,
    /// Something must end first; each in words.
    #[error("not yet: {}", .0.join("; "))]
    NotYet(Vec<String>),
    /// A store failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Refusal for EraseError {
    fn code(&self) -> &'static str {
        match self {
            Self::HasAccount => "account_exists",
            Self::NotYet(_) => "account_in_use",
            Self::Port(error) => error.code(),
        }
    }

    fn kind(&self) -> FaultKind {
        match self {
            Self::HasAccount => FaultKind::Forbidden,
            Self::NotYet(_) => FaultKind::Conflict,
            Self::Port(error) => error.kind(),
        }
    }
}

/// Why an account was not deleted.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DeleteError {
    /// The password is another.
    #[error("the present password is wrong")]
    Wrong,
    /// A guest has no account.
    #[error("a guest has no account to delete")]
    NoAccount,
    /// Something must end first; each in words.
    #[error("not yet: {}", .0.join("; "))]
    NotYet(Vec<String>),
    /// The password could not be checked.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// A store failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Refusal for DeleteError {
    fn code(&self) -> &'static str {
        match self {
            Self::Wrong => "password_wrong",
            Self::NoAccount => "account_needed",
            Self::NotYet(_) => "account_in_use",
            Self::Hash(error) => error.code(),
            Self::Port(error) => error.code(),
        }
    }

    fn kind(&self) -> FaultKind {
        match self {
            Self::Wrong | Self::NoAccount => FaultKind::Forbidden,
            Self::NotYet(_) => FaultKind::Conflict,
            Self::Hash(error) => error.kind(),
            Self::Port(error) => error.kind(),
        }
    }
}
