//! Insights in memory: the specification of [`Insights`].

use async_trait::async_trait;
use parking_lot::Mutex;
use souk_insights::{
    Deal, History, Insights, Look, Pair, PriceMove, Purchase, Together, Viewed, rules,
};
use souk_kernel::{OfferId, OrderId, PortError, ProductId, Timestamp, UserId};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Insights that are gone with their process.
#[derive(Default)]
pub struct MemoryInsights(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    trails: BTreeMap<UserId, BTreeMap<ProductId, Timestamp>>,
    /// Of each product: warmth, and orders that held it.
    products: BTreeMap<ProductId, (f64, u32)>,
    /// Of each product: orders that held another one too, and when the last of them was.
    pairs: BTreeMap<ProductId, BTreeMap<ProductId, (u32, Timestamp)>>,
    counted: BTreeMap<OrderId, Timestamp>,
    orders: u64,
    histories: BTreeMap<OfferId, History>,
    deals: BTreeMap<OfferId, Deal>,
}

fn newest(trail: &BTreeMap<ProductId, Timestamp>) -> Vec<Viewed> {
    let mut all: Vec<Viewed> =
        trail.iter().map(|(product, at)| Viewed { product: *product, at: *at }).collect();
    all.sort_by_key(|viewed| Reverse((viewed.at, viewed.product)));
    all
}

fn shorten(trail: &mut BTreeMap<ProductId, Timestamp>) {
    for over in newest(trail).into_iter().skip(rules::TRAIL) {
        trail.remove(&over.product);
    }
}

impl Kept {
    fn warm(&mut self, product: ProductId, weight: f64, orders: u32, at: Timestamp) {
        let known = self.products.get(&product).copied();
        let warmth = rules::warmed(known.map(|(warmth, _)| warmth), weight, at);
        let before = known.map_or(0, |(_, orders)| orders);
        self.products.insert(product, (warmth, before.saturating_add(orders)));
    }

    fn look(&mut self, look: Look) {
        let before = look.user.and_then(|user| {
            let trail = self.trails.entry(user).or_default();
            let before = trail.get(&look.product).copied();
            trail.insert(look.product, before.map_or(look.at, |before| before.max(look.at)));
            shorten(trail);
            before
        });
        if rules::is_new_look(before, look.at) {
            self.warm(look.product, rules::LOOK, 0, look.at);
        }
    }

    fn count(&mut self, purchase: &Purchase) -> bool {
        if self.counted.contains_key(&purchase.order) {
            return false;
        }
        self.counted.insert(purchase.order, purchase.at);
        self.orders += 1;
        for product in &purchase.products {
            self.warm(*product, rules::ORDER, 1, purchase.at);
            let others = self.pairs.entry(*product).or_default();
            for other in purchase.products.iter().filter(|other| *other != product) {
                let pair = others.entry(*other).or_insert((0, purchase.at));
                *pair = (pair.0.saturating_add(1), pair.1.max(purchase.at));
            }
            while others.len() > rules::PAIRS {
                let weakest = others.iter().min_by_key(|(other, pair)| (**pair, **other));
                let Some(weakest) = weakest.map(|(other, _)| *other) else { break };
                others.remove(&weakest);
            }
        }
        true
    }

    fn price(&mut self, to: &PriceMove) {
        let known = self.histories.get(&to.offer).cloned();
        let Some(history) = rules::moved(known, to) else { return };
        match rules::deal(to, &history) {
            Some(deal) => self.deals.insert(to.offer, deal),
            None => self.deals.remove(&to.offer),
        };
        self.histories.insert(to.offer, history);
    }

    /// Takes at most `limit` out of each kind; says whether some kind had as many.
    fn prune(&mut self, now: Timestamp, limit: usize) -> bool {
        let old = now.plus_ms(-rules::TRAIL_MS);
        let looks = self.trails.iter().flat_map(|(user, trail)| {
            trail.iter().filter(|(_, at)| **at < old).map(|(product, _)| (*user, *product))
        });
        let looks: Vec<_> = looks.take(limit).collect();
        for (user, product) in &looks {
            self.trails.entry(*user).or_default().remove(product);
        }
        self.trails.retain(|_, trail| !trail.is_empty());
        let cold = rules::cold(now);
        let products = self.products.iter().filter(|(_, (warmth, _))| *warmth < cold);
        let products: Vec<ProductId> = products.map(|(id, _)| *id).take(limit).collect();
        for product in &products {
            self.products.remove(product);
            self.pairs.remove(product);
        }
        let marked = now.plus_ms(-rules::COUNTED_MS);
        let marks = self.counted.iter().filter(|(_, at)| **at < marked);
        let marks: Vec<OrderId> = marks.map(|(id, _)| *id).take(limit).collect();
        for order in &marks {
            self.counted.remove(order);
        }
        let ended = self.deals.iter().filter(|(_, deal)| deal.until() <= now);
        let ended: Vec<OfferId> = ended.map(|(id, _)| *id).take(limit).collect();
        for offer in &ended {
            self.deals.remove(offer);
        }
        let found = [looks.len(), products.len(), marks.len(), ended.len()];
        limit > 0 && found.contains(&limit)
    }
}

/// Those that save most first.
fn best(deals: &mut [Deal]) {
    deals.sort_by_key(|deal| (Reverse(deal.saved()), deal.offer));
}

#[async_trait]
impl Insights for MemoryInsights {
    async fn look(&self, looks: Vec<Look>) -> Result<(), PortError> {
        let mut kept = self.0.lock();
        looks.into_iter().for_each(|look| kept.look(look));
        Ok(())
    }

    async fn trail(&self, user: UserId, limit: usize) -> Result<Vec<Viewed>, PortError> {
        let kept = self.0.lock();
        let mut trail = kept.trails.get(&user).map(newest).unwrap_or_default();
        trail.truncate(limit);
        Ok(trail)
    }

    async fn adopt(&self, from: UserId, into: UserId) -> Result<(), PortError> {
        let mut kept = self.0.lock();
        let moved = kept.trails.remove(&from).unwrap_or_default();
        let trail = kept.trails.entry(into).or_default();
        for (product, at) in moved {
            let later = trail.get(&product).map_or(at, |own| at.max(*own));
            trail.insert(product, later);
        }
        shorten(trail);
        Ok(())
    }

    async fn forget(&self, user: UserId) -> Result<(), PortError> {
        self.0.lock().trails.remove(&user);
        Ok(())
    }

    async fn count(&self, purchases: Vec<Purchase>) -> Result<usize, PortError> {
        let mut kept = self.0.lock();
        Ok(purchases.iter().filter(|purchase| kept.count(purchase)).count())
    }

    async fn together(&self, product: ProductId) -> Result<Together, PortError> {
        let kept = self.0.lock();
        let Some((_, own)) = kept.products.get(&product).filter(|(_, own)| *own > 0) else {
            return Ok(Together::default());
        };
        let pairs = kept.pairs.get(&product).into_iter().flatten();
        let pairs = pairs.filter_map(|(other, (both, _))| {
            let (_, others) = kept.products.get(other)?;
            Some(Pair { other: *other, both: *both, others: *others })
        });
        Ok(Together { orders: kept.orders, own: *own, pairs: pairs.collect() })
    }

    async fn warmest(&self, limit: usize) -> Result<Vec<ProductId>, PortError> {
        let kept = self.0.lock();
        let mut all: Vec<(f64, ProductId)> =
            kept.products.iter().map(|(product, (warmth, _))| (*warmth, *product)).collect();
        all.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        Ok(all.into_iter().take(limit).map(|(_, product)| product).collect())
    }

    async fn price(&self, moves: Vec<PriceMove>) -> Result<(), PortError> {
        let mut kept = self.0.lock();
        moves.iter().for_each(|to| kept.price(to));
        Ok(())
    }

    async fn deals(&self, now: Timestamp, limit: usize) -> Result<Vec<Deal>, PortError> {
        let kept = self.0.lock();
        let mut deals: Vec<Deal> =
            kept.deals.values().filter(|deal| deal.until() > now).copied().collect();
        best(&mut deals);
        deals.truncate(limit);
        Ok(deals)
    }

    async fn deals_of(
        &self,
        products: &[ProductId],
        now: Timestamp,
    ) -> Result<Vec<Option<Deal>>, PortError> {
        let kept = self.0.lock();
        let of = |product: &ProductId| {
            let own = |deal: &&Deal| deal.product == *product && deal.until() > now;
            let mut deals: Vec<Deal> = kept.deals.values().filter(own).copied().collect();
            best(&mut deals);
            deals.first().copied()
        };
        Ok(products.iter().map(of).collect())
    }

    async fn prune(&self, now: Timestamp, limit: usize) -> Result<bool, PortError> {
        Ok(self.0.lock().prune(now, limit))
    }
}
