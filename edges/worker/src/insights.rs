//! Who learns from orders and prices, and tells those who wait for one.

use crate::Consumer;
use async_trait::async_trait;
use souk_catalog::event::{OFFER_PRICE_CHANGED, OfferPriceChanged};
use souk_insights::rules::distinct;
use souk_insights::{InsightsService, PriceMove, Purchase};
use souk_kernel::{Answers, Event, OrderId, PortError};
use souk_lists::ListService;
use souk_orders::{OrderEvent, Orders};
use std::sync::Arc;

/// Orders of one batch that are counted: in a rush a sample says as much, and leaves the processor to
/// the purchase.
const SAMPLE: usize = 128;

/// The same answer for every fact.
fn each(facts: &[Event], answer: &Result<(), PortError>) -> Answers<(), PortError> {
    facts.iter().map(|_| answer.clone()).collect()
}

fn price_of(fact: &Event) -> Option<OfferPriceChanged> {
    let is_price = fact.kind == OFFER_PRICE_CHANGED;
    is_price.then(|| serde_json::from_str(&fact.body).ok()).flatten()
}

/// Counts what is ordered, and notes what prices become.
pub struct Learner {
    insights: InsightsService,
    orders: Arc<dyn Orders>,
}

impl Learner {
    /// Over the insights and the orders.
    #[must_use]
    pub fn new(insights: InsightsService, orders: Arc<dyn Orders>) -> Self {
        Self { insights, orders }
    }

    async fn learn(&self, facts: &[Event]) -> Result<(), PortError> {
        let moves = facts.iter().filter_map(|fact| {
            let OfferPriceChanged { offer, product, from, to } = price_of(fact)?;
            Some(PriceMove { offer, product, from, to, number: fact.number, at: fact.at })
        });
        let moves: Vec<PriceMove> = moves.collect();
        if !moves.is_empty() {
            self.insights.priced(moves).await?;
        }
        let confirmed = |fact: &&Event| {
            matches!(OrderEvent::from_name(&fact.kind), Some(OrderEvent::Confirmed))
        };
        let confirmed: Vec<&Event> = facts.iter().filter(confirmed).take(SAMPLE).collect();
        if confirmed.is_empty() {
            return Ok(());
        }
        let ids: Vec<OrderId> =
            confirmed.iter().map(|fact| OrderId::from_uuid(fact.aggregate.0)).collect();
        let found = self.orders.orders(&ids).await?;
        let purchases = confirmed.iter().zip(&found).filter_map(|(fact, order)| {
            let order = order.as_ref()?;
            let products = distinct(order.quote.lines.iter().map(|line| line.item.product));
            Some(Purchase { order: order.id, products, at: fact.at })
        });
        self.insights.bought(purchases.collect()).await.map(drop)
    }
}

#[async_trait]
impl Consumer for Learner {
    fn name(&self) -> &'static str {
        "insights"
    }

    async fn take(&self, facts: &[Event]) -> Answers<(), PortError> {
        each(facts, &self.learn(facts).await)
    }
}

/// Tells those who wait for a lower price.
pub struct Herald(pub ListService);

#[async_trait]
impl Consumer for Herald {
    fn name(&self) -> &'static str {
        "alerts"
    }

    async fn take(&self, facts: &[Event]) -> Answers<(), PortError> {
        let mut answers = Vec::with_capacity(facts.len());
        for fact in facts {
            answers.push(match price_of(fact) {
                Some(price) => self.0.price_is(price.offer, price.to).await.map(drop),
                None => Ok(()),
            });
        }
        answers
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use souk_kernel::{
        Aggregate, Currency, Id, LANES, ManualClock, Mint, Money, Outbox, SeededEntropy, Timestamp,
    };
    use souk_lists::{Awaited, Shelves};
    use souk_memory::insights::MemoryInsights;
    use souk_memory::lists::MemoryLists;
    use souk_memory::orders::MemoryShop;

    const NOW: Timestamp = Timestamp(1_790_000_000_000);

    struct Empty;

    #[async_trait]
    impl Shelves for Empty {
        async fn in_stock(&self, offers: &[souk_kernel::OfferId]) -> Result<Vec<bool>, PortError> {
            Ok(vec![false; offers.len()])
        }
    }

    fn fact(number: u64, from: i64, to: i64) -> Event {
        let eur = |minor| Money::new(minor, Currency::Eur);
        let offer: souk_kernel::OfferId = Id::from_bytes([7; 16]);
        let product = Id::from_bytes([8; 16]);
        let body = OfferPriceChanged { offer, product, from: eur(from), to: eur(to) };
        Event {
            aggregate: Aggregate(offer.uuid()),
            number,
            kind: OFFER_PRICE_CHANGED.to_owned(),
            body: serde_json::to_string(&body).unwrap(),
            at: NOW,
        }
    }

    #[tokio::test]
    async fn a_lower_price_is_a_deal_and_is_told_once() {
        let clock = Arc::new(ManualClock::at(NOW));
        let shop = Arc::new(MemoryShop::new(clock.clone()));
        let insights = InsightsService::new(Arc::new(MemoryInsights::default()), clock.clone());
        let mint = Mint::new(clock.clone(), Arc::new(SeededEntropy::new(1)));
        let store = Arc::new(MemoryLists::over(shop.clone()));
        let lists = ListService::new(store, Arc::new(Empty), mint, clock);
        let what = (Id::from_bytes([7; 16]), Id::from_bytes([8; 16]));
        let below = Awaited::PriceBelow(Money::new(1_000, Currency::Eur));
        lists.alert((Id::from_bytes([1; 16]), false), what, below).await.unwrap();
        let learner = Learner::new(insights.clone(), shop.clone());
        let herald = Herald(lists);
        let other = Event { kind: "order.cancelled".into(), ..fact(9, 1, 2) };
        // Facts come again.
        for _ in 0..2 {
            let facts = [fact(2, 1_000, 800), other.clone()];
            for consumer in [&learner as &dyn Consumer, &herald] {
                let answers = consumer.take(&facts).await;
                assert!(answers.len() == 2 && answers.iter().all(Result::is_ok));
            }
        }
        let deals = insights.deals(5).await.unwrap();
        assert_eq!(deals.iter().map(|deal| deal.was.minor).collect::<Vec<_>>(), [1_000]);
        let lanes: Vec<u16> = (0..LANES).collect();
        let told = shop.pending(&lanes, 10).await.unwrap();
        assert_eq!(told.iter().filter(|(_, e)| e.kind == "alert.price_fell").count(), 1);
    }
}
