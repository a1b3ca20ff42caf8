//! The store of ways to pay that shoppers keep.

use crate::{SaveRefusal, SavedMethod};
use async_trait::async_trait;
use souk_kernel::{PortError, SavedMethodId, UserId};

/// Most that one shopper keeps.
pub const KEPT_MAX: usize = 10;

/// The store of saved methods.
///
/// # Guarantees
/// - Each change is atomic and durable before it is answered, and touches nobody else's rows.
/// - A shopper keeps a gateway's token once, and at most [`KEPT_MAX`] of them.
/// - Exactly one of a shopper's methods is the default, if there is any: the first one kept, then
///   whichever they chose; when that one goes, the newest that is left.
#[async_trait]
pub trait SavedMethods: Send + Sync {
    /// Keeps one; the same gateway's token of the same shopper again is the one that is there. Whether
    /// it is the default is the store's to say.
    async fn keep(&self, method: SavedMethod) -> Result<SavedMethod, SaveRefusal>;

    /// Takes one out; what it was, `None` if the shopper keeps no such one.
    async fn remove(
        &self,
        user: UserId,
        id: SavedMethodId,
    ) -> Result<Option<SavedMethod>, PortError>;

    /// Makes one the default; whether the shopper keeps it.
    async fn prefer(&self, user: UserId, id: SavedMethodId) -> Result<bool, PortError>;

    /// A shopper's, the default first, then the newest.
    async fn of_user(&self, user: UserId) -> Result<Vec<SavedMethod>, PortError>;
}
