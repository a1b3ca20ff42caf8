//! The nouns: users, sessions, principals.

mod book;
mod device;
mod proof;

pub use book::{AddressBook, AddressId, BOOK_MAX, BookChange, BookEntry, BookRefusal, noun};
pub use device::{Browser, Device, System};
pub use proof::{AccountLetter, AccountNews, Proof, Purpose};

use crate::Address;
use serde::{Deserialize, Serialize};
use souk_kernel::{SessionId, Timestamp, UserId};
use std::fmt;

/// What a user is to the shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Known by a session only.
    Guest,
    /// Has an email address and a password.
    Customer,
}

impl Kind {
    /// Its stable name, for stores and views.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Guest => "guest",
            Self::Customer => "customer",
        }
    }
}

/// An email address, checked and in lower case: two spellings of one mailbox are equal.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Email(String);

impl Email {
    /// Checks and normalises what somebody typed.
    ///
    /// # Errors
    /// The reason, in words for people.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        crate::rules::check_email(text).map(Self)
    }

    /// What a store kept: it was checked on its way in.
    #[must_use]
    pub const fn stored(text: String) -> Self {
        Self(text)
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A password in clear, on its way to the hasher. Never printed, never stored.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// Wraps what somebody typed, unchecked.
    #[must_use]
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// The clear text, for the hasher and the rules only.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}

/// A user, guest or customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Stays the same when a guest signs up.
    pub id: UserId,
    /// What the user is now.
    pub kind: Kind,
    /// A customer's address; a guest has none here (see [`Address::email`]).
    pub email: Option<Email>,
    /// Whether somebody has shown that mail to that address reaches them.
    pub verified: bool,
    /// How a customer wants to be called.
    pub name: Option<String>,
    /// When the user was first seen.
    pub created: Timestamp,
}

/// A signed-in device, as the store keeps it. Whether it still counts is decided by
/// [`crate::Service::authenticate`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Session {
    /// Its id: names the session without opening it.
    pub id: SessionId,
    /// Whose.
    pub user: UserId,
    /// What that user is.
    pub kind: Kind,
    /// When it was opened.
    pub created: Timestamp,
    /// From when on it no longer counts.
    pub expires: Timestamp,
    /// On what, if that is known.
    pub device: Option<Device>,
}

/// Who asks, proven by a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Principal {
    /// The user; scopes carts, orders and idempotency keys.
    pub user: UserId,
    /// Guest or customer.
    pub kind: Kind,
    /// By which session.
    pub session: SessionId,
}

/// A user with what checkout needs to know of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// The user.
    pub user: User,
    /// Where parcels go unless told otherwise.
    pub address: Option<Address>,
}

impl Profile {
    /// Where mail about an order goes: the address's own email, else the account's.
    #[must_use]
    pub fn contact(&self) -> Option<&Email> {
        let own = self.address.as_ref().and_then(|address| address.email.as_ref());
        own.or(self.user.email.as_ref())
    }
}
