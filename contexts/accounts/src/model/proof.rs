//! One-time tokens, and the letters that carry them.

use crate::{Email, Token, TokenDigest};
use souk_kernel::{Timestamp, UserId};

/// What a one-time token does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Makes the address that it was sent to the user's, verified.
    VerifyEmail,
    /// Lets its bearer choose a password.
    ResetPassword,
}

impl Purpose {
    /// Its stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verify_email",
            Self::ResetPassword => "reset_password",
        }
    }
}

/// A one-time token, as stores keep it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// Of the token that the mail carries.
    pub token: TokenDigest,
    /// Whose.
    pub user: UserId,
    /// What it does.
    pub purpose: Purpose,
    /// Where it was sent.
    pub email: Email,
    /// From when on it does nothing.
    pub expires: Timestamp,
}

/// What an account has to tell its holder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountNews {
    /// Confirm the address that this goes to.
    Verify {
        /// What the link carries.
        token: Token,
        /// How long it works, in milliseconds.
        for_ms: i64,
    },
    /// Choose another password.
    Reset {
        /// What the link carries.
        token: Token,
        /// How long it works, in milliseconds.
        for_ms: i64,
    },
    /// The address is verified for the first time.
    Welcome,
    /// The password is another one.
    PasswordChanged,
    /// The account has another address: told to the one before.
    EmailChanged,
}

/// A letter to the holder of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountLetter {
    /// Whose account.
    pub user: UserId,
    /// Where it goes.
    pub to: Email,
    /// How to call them.
    pub name: String,
    /// What it says.
    pub news: AccountNews,
    /// When it was asked for: tells it from others of its kind.
    pub at: Timestamp,
}
