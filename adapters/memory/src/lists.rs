//! Wishes and alerts in memory: the specification of [`Lists`].

use crate::orders::MemoryShop;
use async_trait::async_trait;
use parking_lot::Mutex;
use souk_kernel::{Money, OfferId, PortError, Timestamp, UserId};
use souk_lists::{Adopted, Alert, AlertId, Awaited, Lists, Put, Wish, event, rules};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The store of wishes and alerts, over the shop that keeps its facts.
pub struct MemoryLists {
    rows: Mutex<Rows>,
    shop: Arc<MemoryShop>,
}

#[derive(Default)]
struct Rows {
    wishes: BTreeMap<UserId, List>,
    alerts: BTreeMap<AlertId, Alert>,
}

struct List {
    wishes: BTreeMap<OfferId, Wish>,
    keep_until: Timestamp,
}

impl Default for List {
    fn default() -> Self {
        Self { wishes: BTreeMap::new(), keep_until: Timestamp(i64::MAX) }
    }
}

impl List {
    fn newest(&self) -> Vec<Wish> {
        let mut wishes: Vec<Wish> = self.wishes.values().copied().collect();
        wishes.sort_by_key(|wish| Reverse((wish.added_at, wish.offer)));
        wishes
    }
}

impl Rows {
    fn wishes(&self, user: UserId, now: Timestamp) -> Vec<Wish> {
        let list = self.wishes.get(&user).filter(|list| list.keep_until > now);
        list.map(List::newest).unwrap_or_default()
    }

    /// Alerts of an offer, in the order of their users.
    fn waiting(&self, offer: OfferId, take: impl Fn(&Alert) -> bool, limit: usize) -> Vec<Alert> {
        let of = self.alerts.values().filter(|alert| alert.offer == offer && take(alert));
        let mut found: Vec<Alert> = of.copied().collect();
        found.sort_by_key(|alert| alert.user);
        found.truncate(limit);
        found
    }
}

impl MemoryLists {
    /// An empty store over a shop.
    #[must_use]
    pub fn over(shop: Arc<MemoryShop>) -> Self {
        Self { rows: Mutex::default(), shop }
    }

    fn tell(&self, alert: &Alert, price: Option<Money>, at: Timestamp) {
        let fact = event::told(alert, price, at);
        self.shop.with_rows(|shop, _| shop.outbox.push(fact));
    }
}

#[async_trait]
impl Lists for MemoryLists {
    async fn wish(
        &self,
        user: UserId,
        wish: Wish,
        keep_until: Timestamp,
    ) -> Result<Put, PortError> {
        let mut rows = self.rows.lock();
        let list = rows.wishes.entry(user).or_default();
        if list.keep_until <= wish.added_at {
            list.wishes.clear();
        }
        if list.wishes.contains_key(&wish.offer) {
            return Ok(Put::There);
        }
        if list.wishes.len() >= rules::MAX_WISHES {
            return Ok(Put::Full);
        }
        list.wishes.insert(wish.offer, wish);
        list.keep_until = keep_until;
        Ok(Put::Added)
    }

    async fn unwish(&self, user: UserId, offer: OfferId) -> Result<bool, PortError> {
        let mut rows = self.rows.lock();
        let list = rows.wishes.get_mut(&user);
        Ok(list.is_some_and(|list| list.wishes.remove(&offer).is_some()))
    }

    async fn wishes(&self, user: UserId, now: Timestamp) -> Result<Vec<Wish>, PortError> {
        Ok(self.rows.lock().wishes(user, now))
    }

    async fn adopt(
        &self,
        from: UserId,
        into: UserId,
        now: Timestamp,
    ) -> Result<Adopted, PortError> {
        let mut rows = self.rows.lock();
        let guests = rows.wishes(from, now);
        rows.wishes.remove(&from);
        let own = rows.wishes(into, now);
        let (moved, left_out) = rules::merged(&own, &guests);
        let list = rows.wishes.entry(into).or_default();
        list.keep_until = Timestamp(i64::MAX);
        list.wishes.extend(moved.iter().map(|wish| (wish.offer, *wish)));
        let moved = if from == into { 0 } else { moved.len() as u32 };
        Ok(Adopted { moved, left_out })
    }

    async fn alert(&self, alert: Alert) -> Result<Put, PortError> {
        let mut rows = self.rows.lock();
        let own = || rows.alerts.values().filter(|other| other.user == alert.user);
        let name = alert.awaited.name();
        if own().any(|other| other.offer == alert.offer && other.awaited.name() == name) {
            return Ok(Put::There);
        }
        if own().count() >= rules::MAX_ALERTS {
            return Ok(Put::Full);
        }
        rows.alerts.insert(alert.id, alert);
        Ok(Put::Added)
    }

    async fn withdraw(&self, user: UserId, id: AlertId) -> Result<bool, PortError> {
        let mut rows = self.rows.lock();
        let theirs = rows.alerts.get(&id).is_some_and(|alert| alert.user == user);
        if theirs {
            rows.alerts.remove(&id);
        }
        Ok(theirs)
    }

    async fn alerts(&self, user: UserId) -> Result<Vec<Alert>, PortError> {
        let rows = self.rows.lock();
        let own = rows.alerts.values().filter(|alert| alert.user == user);
        let mut own: Vec<Alert> = own.copied().collect();
        own.sort_by_key(|alert| Reverse((alert.since, alert.id)));
        Ok(own)
    }

    async fn awaited(
        &self,
        after: Option<OfferId>,
        limit: usize,
    ) -> Result<Vec<OfferId>, PortError> {
        let rows = self.rows.lock();
        let stock = rows.alerts.values().filter(|alert| alert.awaited == Awaited::Stock);
        let offers: BTreeSet<OfferId> =
            stock.map(|alert| alert.offer).filter(|offer| Some(*offer) > after).collect();
        Ok(offers.into_iter().take(limit).collect())
    }

    async fn came_back(
        &self,
        offer: OfferId,
        at: Timestamp,
        limit: usize,
    ) -> Result<usize, PortError> {
        let mut rows = self.rows.lock();
        let due = rows.waiting(offer, |alert| alert.awaited == Awaited::Stock, limit);
        for alert in &due {
            rows.alerts.remove(&alert.id);
            self.tell(alert, None, at);
        }
        Ok(due.len())
    }

    async fn price_fell(
        &self,
        offer: OfferId,
        price: Money,
        at: Timestamp,
        limit: usize,
    ) -> Result<usize, PortError> {
        let mut rows = self.rows.lock();
        let due = rows.waiting(offer, |alert| rules::is_awaited(alert, price), limit);
        for alert in &due {
            rows.alerts.insert(alert.id, rules::told(alert, price));
            self.tell(alert, Some(price), at);
        }
        Ok(due.len())
    }

    async fn forget(&self, user: UserId) -> Result<(), PortError> {
        let mut rows = self.rows.lock();
        rows.wishes.remove(&user);
        rows.alerts.retain(|_, alert| alert.user != user);
        Ok(())
    }

    async fn prune(&self, now: Timestamp, limit: usize) -> Result<usize, PortError> {
        let mut rows = self.rows.lock();
        let mut gone = 0;
        for list in rows.wishes.values_mut().filter(|list| list.keep_until <= now) {
            while gone < limit && list.wishes.pop_first().is_some() {
                gone += 1;
            }
        }
        Ok(gone)
    }
}
