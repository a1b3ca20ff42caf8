//! Where addresses are kept.

use crate::{AddressBook, BookChange, BookRefusal};
use async_trait::async_trait;
use souk_kernel::{PortError, UserId};

/// The store of address books.
#[async_trait]
pub trait AddressBooks: Send + Sync {
    /// A user's book; empty for who has none, and for who is unknown.
    ///
    /// # Errors
    /// The store's.
    async fn address_book(&self, user: UserId) -> Result<AddressBook, PortError>;

    /// Changes a user's book as [`crate::changed`] decides, at once, and answers with it. `None`: there
    /// is no such user, and nothing was written.
    ///
    /// # Errors
    /// Inner: the refusal. Outer: the store's.
    async fn change_book(
        &self,
        user: UserId,
        change: BookChange,
    ) -> Result<Option<Result<AddressBook, BookRefusal>>, PortError>;
}
