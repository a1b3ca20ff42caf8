//! Carts in memory: the executable specification of the port.

use async_trait::async_trait;
use parking_lot::Mutex;
use souk_cart::{Cart, CartAnswer, CartIntent, Carts, Swept, rules};
use souk_kernel::{Answers, PortError, Timestamp, UserId};
use std::collections::BTreeMap;
use std::ops::Bound;

/// The carts of one store, without a lock: a store that holds other rooms' rows too applies intents
/// to it inside its own.
#[derive(Debug, Clone, Default)]
pub struct CartRows(BTreeMap<UserId, Cart>);

impl CartRows {
    /// Somebody's cart.
    #[must_use]
    pub fn get(&self, user: UserId) -> Option<&Cart> {
        self.0.get(&user)
    }

    /// Every cart.
    pub fn iter(&self) -> impl Iterator<Item = &Cart> {
        self.0.values()
    }

    /// Applies one intent.
    pub fn apply(&mut self, intent: &CartIntent) -> CartAnswer {
        let decision = rules::decide(self.0.get(&intent.user).cloned(), intent);
        if decision.write {
            self.0.insert(intent.user, decision.answer.cart().clone());
        }
        decision.answer
    }

    /// One piece of a sweep.
    pub fn sweep(&mut self, now: Timestamp, after: Option<UserId>, limit: u32) -> Swept {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let (mut expired, mut seen, mut last) = (0, 0, None);
        for (user, cart) in self.0.range_mut((from, Bound::Unbounded)).take(limit as usize) {
            if cart.expired(now) {
                *cart = rules::expire(cart.clone(), now);
                expired += 1;
            }
            seen += 1;
            last = Some(*user);
        }
        Swept { expired, next: last.filter(|_| seen == limit) }
    }
}

/// The store: one lock, so that each intent is atomic.
#[derive(Debug, Default)]
pub struct MemoryCarts(Mutex<CartRows>);

#[async_trait]
impl Carts for MemoryCarts {
    async fn get(&self, user: UserId) -> Result<Option<Cart>, PortError> {
        Ok(self.0.lock().get(user).cloned())
    }

    async fn apply(&self, intents: Vec<CartIntent>) -> Answers<CartAnswer, PortError> {
        let mut rows = self.0.lock();
        intents.iter().map(|intent| Ok(rows.apply(intent))).collect()
    }

    async fn sweep(
        &self,
        now: Timestamp,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Swept, PortError> {
        Ok(self.0.lock().sweep(now, after, limit))
    }
}
