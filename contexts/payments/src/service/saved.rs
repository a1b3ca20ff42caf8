//! Keeping ways to pay.

use crate::{Gateway, SaveRefusal, SavedMethod, SavedMethods};
use souk_kernel::{Clock, Mint, PortError, SavedMethodId, UserId};
use std::sync::Arc;

/// Keeps, lists and forgets the ways to pay of shoppers, each their own only.
#[derive(Clone)]
pub struct SavedMethodService {
    store: Arc<dyn SavedMethods>,
    gateway: Arc<dyn Gateway>,
    mint: Mint,
    clock: Arc<dyn Clock>,
}

impl SavedMethodService {
    /// Over a store and a gateway.
    #[must_use]
    pub fn new(
        store: Arc<dyn SavedMethods>,
        gateway: Arc<dyn Gateway>,
        mint: Mint,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { store, gateway, mint, clock }
    }

    /// Keeps the card behind a token that paid, if its shopper wants that: they said so on the gateway's
    /// page, or here (`asked`). Repeating it keeps it once.
    ///
    /// # Errors
    /// There is nothing to keep; they keep as many as one may; no answer.
    pub async fn keep(
        &self,
        user: UserId,
        token: &str,
        asked: bool,
    ) -> Result<SavedMethod, SaveRefusal> {
        let kept = self.gateway.keep(token, asked).await;
        let kept = kept.map_err(|error| PortError::Unavailable(error.to_string()))?;
        let kept = kept.ok_or(SaveRefusal::NotKept)?;
        self.store
            .keep(SavedMethod {
                id: self.mint.mint(user.bucket()),
                user,
                gateway: self.gateway.name().into(),
                token: kept.token,
                face: kept.face,
                is_default: false,
                created_at: self.clock.now(),
            })
            .await
    }

    /// A shopper's, the default first.
    ///
    /// # Errors
    /// The store's.
    pub async fn of_user(&self, user: UserId) -> Result<Vec<SavedMethod>, PortError> {
        self.store.of_user(user).await
    }

    /// A shopper's own; `None`: they keep no such one.
    ///
    /// # Errors
    /// The store's.
    pub async fn find(
        &self,
        user: UserId,
        id: SavedMethodId,
    ) -> Result<Option<SavedMethod>, PortError> {
        Ok(self.store.of_user(user).await?.into_iter().find(|method| method.id == id))
    }

    /// Forgets one, here and at the gateway; whether the shopper kept it. Whoever takes it out of the store
    /// tells the gateway: if that fails, a token is left there that nobody has.
    ///
    /// # Errors
    /// The store's.
    pub async fn remove(&self, user: UserId, id: SavedMethodId) -> Result<bool, PortError> {
        let Some(method) = self.store.remove(user, id).await? else { return Ok(false) };
        if let Err(error) = self.gateway.forget(&method.token).await {
            tracing::warn!(saved = %id, %error, "forgetting a card at the gateway");
        }
        Ok(true)
    }

    /// Makes one the default; whether the shopper keeps it.
    ///
    /// # Errors
    /// The store's.
    pub async fn prefer(&self, user: UserId, id: SavedMethodId) -> Result<bool, PortError> {
        self.store.prefer(user, id).await
    }
}
