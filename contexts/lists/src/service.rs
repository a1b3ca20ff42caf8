//! What shoppers do with lists, and what is done for those who wait.

use crate::{Adopted, Alert, AlertId, Awaited, ListError, Lists, Put, Shelves, Wish, rules};
use souk_kernel::{Clock, Mint, Money, OfferId, PortError, ProductId, UserId};
use std::sync::{Arc, Mutex, PoisonError};

/// Alerts told in one commit.
const PIECE: usize = 100;

/// The use cases of lists. Clones share the place of the watch over shelves.
#[derive(Clone)]
pub struct ListService {
    lists: Arc<dyn Lists>,
    shelves: Arc<dyn Shelves>,
    mint: Mint,
    clock: Arc<dyn Clock>,
    /// The last awaited offer that was looked at in this round.
    after: Arc<Mutex<Option<OfferId>>>,
}

impl ListService {
    /// Over a store and who knows shelves.
    #[must_use]
    pub fn new(
        lists: Arc<dyn Lists>,
        shelves: Arc<dyn Shelves>,
        mint: Mint,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { lists, shelves, mint, clock, after: Arc::default() }
    }

    /// Puts an offer on somebody's wishlist at its present price; one that is there stays as it was.
    ///
    /// # Errors
    /// [`ListError::Full`]; the store.
    pub async fn wish(
        &self,
        (user, guest): (UserId, bool),
        (offer, product): (OfferId, ProductId),
        price: Money,
    ) -> Result<Put, ListError> {
        let now = self.clock.now();
        let wish = Wish { offer, product, price, added_at: now };
        match self.lists.wish(user, wish, rules::keep_until(guest, now)).await? {
            Put::Full => Err(ListError::Full),
            put => Ok(put),
        }
    }

    /// Takes an offer off; one that isn't there is off already.
    ///
    /// # Errors
    /// The store.
    pub async fn unwish(&self, user: UserId, offer: OfferId) -> Result<bool, ListError> {
        Ok(self.lists.unwish(user, offer).await?)
    }

    /// Somebody's wishlist, newest first.
    ///
    /// # Errors
    /// The store.
    pub async fn wishes(&self, user: UserId) -> Result<Vec<Wish>, ListError> {
        Ok(self.lists.wishes(user, self.clock.now()).await?)
    }

    /// Brings a guest's wishes into the account that they signed in to, or made. Safe to repeat, also
    /// at the same time.
    ///
    /// # Errors
    /// The store.
    pub async fn adopt(&self, guest: UserId, account: UserId) -> Result<Adopted, ListError> {
        Ok(self.lists.adopt(guest, account, self.clock.now()).await?)
    }

    /// Lets an account wait for something. Asking again for the same changes nothing; a price is that
    /// which the shopper sees now.
    ///
    /// # Errors
    /// [`ListError::NoAccount`] for a guest; [`ListError::TooManyAlerts`]; the store.
    pub async fn alert(
        &self,
        (user, guest): (UserId, bool),
        (offer, product): (OfferId, ProductId),
        awaited: Awaited,
    ) -> Result<Put, ListError> {
        if guest {
            return Err(ListError::NoAccount);
        }
        let (id, since) = (self.mint.mint(user.bucket()), self.clock.now());
        let alert = Alert { id, user, offer, product, awaited, told: 0, since };
        match self.lists.alert(alert).await? {
            Put::Full => Err(ListError::TooManyAlerts),
            put => Ok(put),
        }
    }

    /// Stops waiting.
    ///
    /// # Errors
    /// [`ListError::NoAlert`] for one that is not there, or somebody else's; the store.
    pub async fn withdraw(&self, user: UserId, id: AlertId) -> Result<(), ListError> {
        if self.lists.withdraw(user, id).await? { Ok(()) } else { Err(ListError::NoAlert) }
    }

    /// What somebody waits for, newest first.
    ///
    /// # Errors
    /// The store.
    pub async fn alerts(&self, user: UserId) -> Result<Vec<Alert>, ListError> {
        Ok(self.lists.alerts(user).await?)
    }

    /// An offer costs this now: tells those who wait for it. Safe to repeat.
    ///
    /// # Errors
    /// The store's; those who were not told yet are told by the next call.
    pub async fn price_is(&self, offer: OfferId, price: Money) -> Result<usize, PortError> {
        let mut told = 0;
        loop {
            let piece = self.lists.price_fell(offer, price, self.clock.now(), PIECE).await?;
            told += piece;
            if piece < PIECE {
                return Ok(told);
            }
        }
    }

    /// Looks at the next `limit` offers that somebody waits for, and tells of those that can be bought;
    /// `true` while the round goes on.
    ///
    /// # Errors
    /// The store's, or that of who knows shelves; the next call looks at the same offers again.
    pub async fn look_at_shelves(&self, limit: usize) -> Result<bool, PortError> {
        let after = *self.after.lock().unwrap_or_else(PoisonError::into_inner);
        let offers = self.lists.awaited(after, limit).await?;
        let there = match offers.is_empty() {
            true => Vec::new(),
            false => self.shelves.in_stock(&offers).await?,
        };
        for (offer, _) in offers.iter().zip(there).filter(|(_, there)| *there) {
            while self.lists.came_back(*offer, self.clock.now(), PIECE).await? == PIECE {}
        }
        let next = offers.last().copied().filter(|_| offers.len() == limit);
        *self.after.lock().unwrap_or_else(PoisonError::into_inner) = next;
        Ok(next.is_some())
    }

    /// Forgets somebody's wishes and alerts.
    ///
    /// # Errors
    /// The store's.
    pub async fn forget(&self, user: UserId) -> Result<(), PortError> {
        self.lists.forget(user).await
    }

    /// Forgets wishes past their time, at most `limit`; says how many.
    ///
    /// # Errors
    /// The store's.
    pub async fn prune(&self, limit: usize) -> Result<usize, PortError> {
        self.lists.prune(self.clock.now(), limit).await
    }
}
