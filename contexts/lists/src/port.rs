//! What this room asks of its store, and of who knows shelves. Each method is one atomic intent.

use crate::{Adopted, Alert, AlertId, Wish};
use async_trait::async_trait;
use souk_kernel::{Money, OfferId, PortError, Timestamp, UserId};

/// What became of something that was to be put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// It is new.
    Added,
    /// It was there, and stays as it was.
    There,
    /// There is no room; nothing was done.
    Full,
}

/// The store of wishes and alerts.
#[async_trait]
pub trait Lists: Send + Sync {
    /// Puts an offer on somebody's wishlist, which has room for [`crate::rules::MAX_WISHES`]. The list
    /// is kept until then from now on; one that is past its time when the wish comes is empty.
    async fn wish(&self, user: UserId, wish: Wish, keep_until: Timestamp)
    -> Result<Put, PortError>;

    /// Takes an offer off somebody's wishlist; whether it was there.
    async fn unwish(&self, user: UserId, offer: OfferId) -> Result<bool, PortError>;

    /// Somebody's wishlist, newest first; without what is past its time at `now`.
    async fn wishes(&self, user: UserId, now: Timestamp) -> Result<Vec<Wish>, PortError>;

    /// The wishes of a guest become an account's and are kept for good; an offer that both wish for
    /// stays as the account has it. What finds no room is left out: the guest's newest wishes go first.
    /// The guest's list is empty then, so repeating it changes nothing. A guest who became an account
    /// keeps their id: then `from` is `into`, and the list is kept for good.
    async fn adopt(&self, from: UserId, into: UserId, now: Timestamp)
    -> Result<Adopted, PortError>;

    /// Puts an alert, of which somebody has room for [`crate::rules::MAX_ALERTS`]. There is one for
    /// each user, offer and [name](crate::Awaited::name) of what is awaited.
    async fn alert(&self, alert: Alert) -> Result<Put, PortError>;

    /// Takes one of somebody's alerts out; whether it was theirs.
    async fn withdraw(&self, user: UserId, id: AlertId) -> Result<bool, PortError>;

    /// Somebody's alerts, newest first.
    async fn alerts(&self, user: UserId) -> Result<Vec<Alert>, PortError>;

    /// Offers that somebody waits for to be in stock, by id, after `after`, at most `limit`.
    async fn awaited(
        &self,
        after: Option<OfferId>,
        limit: usize,
    ) -> Result<Vec<OfferId>, PortError>;

    /// An offer is in stock again: alerts that wait for it end, and each is told as a fact, in one
    /// commit; at most `limit` of them. Says how many.
    async fn came_back(
        &self,
        offer: OfferId,
        at: Timestamp,
        limit: usize,
    ) -> Result<usize, PortError>;

    /// An offer costs this now: alerts that wait for less than a higher price, in the same currency,
    /// wait for less than this one from now on, and each is told as a fact, in one commit; at most
    /// `limit` of them. Says how many.
    async fn price_fell(
        &self,
        offer: OfferId,
        price: Money,
        at: Timestamp,
        limit: usize,
    ) -> Result<usize, PortError>;

    /// Forgets somebody's wishes and alerts.
    async fn forget(&self, user: UserId) -> Result<(), PortError>;

    /// Forgets wishes past their time, at most `limit`; says how many.
    async fn prune(&self, now: Timestamp, limit: usize) -> Result<usize, PortError>;
}

/// Who knows whether offers can be bought.
#[async_trait]
pub trait Shelves: Send + Sync {
    /// Whether at least one piece can be bought now, one answer each, in order.
    async fn in_stock(&self, offers: &[OfferId]) -> Result<Vec<bool>, PortError>;
}
