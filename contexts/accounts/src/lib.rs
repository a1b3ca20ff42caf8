//! Who asks: guests, customers, their sessions and their addresses.
//!
//! This room promises:
//! - A guest is a principal with a user id of its own from the first visit on. Signing up links that
//!   id to an email address and a password; no row of any other room moves.
//! - A token is known to its bearer only: the store keeps its SHA-256 digest.
//! - A session ends by itself: a guest's 7 days after its last use, a customer's 30.
//! - After [`Service::sign_out`] answered, this process accepts the token no more; another process
//!   accepts it until its cached copy is [`Settings::cache_ttl_ms`] old.
//! - A one-time token works once and for a while; asking whether somebody has an account by asking for
//!   one tells nothing.
//! - When an account is deleted, the person goes from every [`port::Keeper`], now or as soon as what
//!   still needs them has ended.
//! - An unknown email address and a wrong password cost the same time and get the same answer.
//!
//! It publishes no events yet: nobody listens.

pub mod port;

mod address;
mod cache;
mod country;
mod error;
mod hasher;
mod model;
mod rules;
mod service;
mod token;

#[cfg(feature = "contract")]
pub mod contract;

pub use address::{Address, AddressDraft};
pub use cache::{Cache, CacheKey, Ticket};
pub use country::Country;
pub use error::{
    AddressError, AuthError, DeleteError, EmailError, EraseError, FieldFault, PasswordError,
    ProfileError, RegisterError, ResetError, SignInError, VerificationError,
};
pub use hasher::{Argon2id, Cost, HashError, Hasher, Hashing, Inline};
pub use model::{
    AccountLetter, AccountNews, AddressBook, AddressId, BOOK_MAX, BookChange, BookEntry,
    BookRefusal, Browser, Device, Email, Kind, Password, Principal, Profile, Proof, Purpose,
    Session, System, User, noun,
};
pub use rules::{changed, device};
pub use service::{EntryDraft, Grant, Registration, Service, Settings};
pub use token::{Token, TokenDigest};
