//! Shoppers' acts in memory: the specification of [`Behaviour`].

use async_trait::async_trait;
use parking_lot::Mutex;
use souk_kernel::{PortError, ProductId, Timestamp, UserId};
use souk_search::behaviour::{
    Act, FADES_AFTER_MS, Interest, KEPT_INTERESTS, KEPT_SEARCHES, SUGGESTED_AFTER, Seen, Tally,
};
use souk_search::port::Behaviour;
use std::collections::{BTreeMap, HashMap};

/// Acts that are gone with their process.
#[derive(Default)]
pub struct MemoryBehaviour(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    tallies: BTreeMap<ProductId, (u32, u32)>,
    /// Of each shopper, oldest first.
    interests: HashMap<UserId, Vec<Interest>>,
    searches: BTreeMap<String, u32>,
    faded_at: Option<Timestamp>,
}

impl Kept {
    fn see(&mut self, seen: Seen) {
        let mut interest = seen.interest;
        let (views, orders) = self.tallies.entry(interest.product).or_default();
        match interest.act {
            Act::Looked => *views = views.saturating_add(1),
            Act::Bought => *orders = orders.saturating_add(1),
        }
        let Some(user) = seen.user else { return };
        let own = self.interests.entry(user).or_default();
        if let Some(at) = own.iter().position(|other| other.product == interest.product) {
            interest.act = interest.act.max(own.remove(at).act);
        }
        own.push(interest);
        let over = own.len().saturating_sub(KEPT_INTERESTS);
        own.drain(..over);
    }

    fn fade(&mut self, now: Timestamp) {
        let since = *self.faded_at.get_or_insert(now);
        if now.0 - since.0 < FADES_AFTER_MS {
            return;
        }
        self.faded_at = Some(now);
        for (views, orders) in self.tallies.values_mut() {
            (*views, *orders) = (*views / 2, *orders / 2);
        }
        self.tallies.retain(|_, (views, orders)| *views + *orders > 0);
        self.searches.values_mut().for_each(|times| *times /= 2);
        self.searches.retain(|_, times| *times > 0);
    }
}

#[async_trait]
impl Behaviour for MemoryBehaviour {
    async fn record(
        &self,
        seen: Vec<Seen>,
        searches: Vec<String>,
        _: Timestamp,
    ) -> Result<(), PortError> {
        let mut kept = self.0.lock();
        seen.into_iter().for_each(|seen| kept.see(seen));
        for text in searches {
            if kept.searches.len() < KEPT_SEARCHES || kept.searches.contains_key(&text) {
                let times = kept.searches.entry(text).or_default();
                *times = times.saturating_add(1);
            }
        }
        Ok(())
    }

    async fn recent(&self, user: UserId) -> Result<Vec<Interest>, PortError> {
        let kept = self.0.lock();
        let own = kept.interests.get(&user).into_iter().flatten();
        Ok(own.rev().cloned().collect())
    }

    async fn tallies(
        &self,
        after: Option<ProductId>,
        limit: usize,
    ) -> Result<Vec<Tally>, PortError> {
        let kept = self.0.lock();
        let rest = kept.tallies.iter().filter(|(product, _)| after.is_none_or(|a| **product > a));
        let tally = |(product, (views, orders)): (&ProductId, &(u32, u32))| Tally {
            product: *product,
            views: *views,
            orders: *orders,
        };
        Ok(rest.take(limit).map(tally).collect())
    }

    async fn totals(&self) -> Result<(u64, u64), PortError> {
        let add = |sums: (u64, u64), (views, orders): &(u32, u32)| {
            (sums.0 + u64::from(*views), sums.1 + u64::from(*orders))
        };
        Ok(self.0.lock().tallies.values().fold((0, 0), add))
    }

    async fn searches(&self, prefix: &str, limit: usize) -> Result<Vec<String>, PortError> {
        let kept = self.0.lock();
        let mut found: Vec<(&String, &u32)> = kept
            .searches
            .iter()
            .filter(|(text, times)| text.starts_with(prefix) && **times >= SUGGESTED_AFTER)
            .collect();
        found.sort_by(|a, b| b.1.cmp(a.1).then_with(|| a.0.cmp(b.0)));
        Ok(found.into_iter().take(limit).map(|(text, _)| text.clone()).collect())
    }

    async fn fade(&self, now: Timestamp) -> Result<(), PortError> {
        self.0.lock().fade(now);
        Ok(())
    }

    async fn forget(&self, user: UserId) -> Result<(), PortError> {
        self.0.lock().interests.remove(&user);
        Ok(())
    }
}
