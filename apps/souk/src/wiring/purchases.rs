//! What reviews ask of orders and parcels, and what they are told of them.

use async_trait::async_trait;
use souk_fulfillment::event::{
    PARCEL_DELIVERED, PARCEL_LOST, PARCEL_RETURNED, PARCEL_SHIPPED, order_of,
};
use souk_fulfillment::{Fulfillments, Parcel, ParcelState};
use souk_kernel::{Answers, Event, PortError, ProductId, Sku, UserId};
use souk_orders::{Order, OrderState, Orders};
use souk_reviews::{Purchases, Service as Reviews};
use souk_worker::Consumer;
use std::sync::Arc;

/// Orders that are read together.
const PAGE: usize = 50;
/// Pages that are read: a shopper's last thousand orders.
const PAGES: usize = 20;

/// Who was sent what, as the shop's own orders and parcels say.
pub struct Bought {
    /// The orders.
    pub orders: Arc<dyn Orders>,
    /// Their parcels.
    pub parcels: Arc<dyn Fulfillments>,
}

/// What of an order could be a purchase of this product: its SKUs, unless the order came to nothing.
fn skus(order: &Order, product: ProductId) -> Vec<Sku> {
    let live =
        matches!(order.state, OrderState::Confirmed | OrderState::Shipped | OrderState::Delivered);
    let lines = order.quote.lines.iter().filter(|line| live && line.item.product == product);
    lines.map(|line| line.item.sku).collect()
}

/// Whether a parcel has one of them and left with it, and neither got lost nor went back: from then on
/// an order can't be cancelled, so the mark can't be had for nothing.
fn was_sent(parcels: &[Parcel], skus: &[Sku]) -> bool {
    let ended = |parcel: &Parcel| {
        use ParcelState::{Cancelled, Lost, ReturnedToSender};
        matches!(parcel.state(), Cancelled | Lost | ReturnedToSender)
    };
    let mut sent = parcels.iter().filter(|parcel| parcel.has_left() && !ended(parcel));
    sent.any(|parcel| skus.iter().any(|sku| parcel.pieces(*sku) > 0))
}

#[async_trait]
impl Purchases for Bought {
    async fn has_bought(&self, user: UserId, product: ProductId) -> Result<bool, PortError> {
        let mut before = None;
        for _ in 0..PAGES {
            let page = self.orders.of_user(user, before, PAGE).await?;
            let ids: Vec<_> = page.iter().map(|order| order.id).collect();
            for order in self.orders.orders(&ids).await?.iter().flatten() {
                let skus = skus(order, product);
                if skus.is_empty() {
                    continue;
                }
                let sent = self.parcels.of_order(order.id).await?;
                if sent.is_some_and(|sent| was_sent(&sent.parcels, &skus)) {
                    return Ok(true);
                }
            }
            before = ids.last().copied();
            if ids.len() < PAGE {
                break;
            }
        }
        Ok(false)
    }
}

/// Says of reviews whether they are verified, whenever a parcel of their author's moves: also of those
/// that were written before it left.
pub struct Verifier {
    /// What shoppers say.
    pub reviews: Reviews,
    /// What was in the orders.
    pub orders: Arc<dyn Orders>,
}

impl Verifier {
    async fn one(&self, fact: &Event) -> Result<(), PortError> {
        if !matches!(
            fact.kind.as_str(),
            PARCEL_SHIPPED | PARCEL_DELIVERED | PARCEL_RETURNED | PARCEL_LOST
        ) {
            return Ok(());
        }
        let Some(order) = order_of(fact) else { return Ok(()) };
        let Some(order) = self.orders.order(order).await? else { return Ok(()) };
        let mut products: Vec<ProductId> =
            order.quote.lines.iter().map(|line| line.item.product).collect();
        products.sort_unstable();
        products.dedup();
        self.reviews.verify(order.user, &products).await
    }
}

#[async_trait]
impl Consumer for Verifier {
    fn name(&self) -> &'static str {
        "verified reviews"
    }

    async fn take(&self, facts: &[Event]) -> Answers<(), PortError> {
        let mut answers = Vec::with_capacity(facts.len());
        for fact in facts {
            answers.push(self.one(fact).await);
        }
        answers
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Demo};
    use crate::wiring::{Shop, demo_shopper};
    use souk_fulfillment::{ParcelLine, Scan};
    use souk_kernel::{Id, LANES, OrderId, Timestamp, UserId};
    use souk_orders::Actor;
    use souk_orders::contract::samples;
    use souk_reviews::{Author, Draft, Review};

    fn order(state: OrderState) -> Order {
        let quote = samples::quote(&[samples::line()], Timestamp(0));
        Order { state, ..samples::confirmed(quote) }
    }

    fn parcel(way: &[ParcelState]) -> Parcel {
        let scan = |state| Scan { state, at: Timestamp(0) };
        Parcel {
            no: 1,
            seller: Id::from_bytes([4; 16]),
            warehouse: Id::from_bytes([5; 16]),
            lines: vec![ParcelLine { sku: samples::line().sku, quantity: 1 }],
            scans: way.iter().copied().map(scan).collect(),
            tracking: None,
            carrier: None,
        }
    }

    #[test]
    fn what_was_not_paid_or_was_cancelled_was_not_bought() {
        use OrderState::{
            Cancelled, Confirmed, Created, Delivered, PaymentFailed, PaymentPending, Shipped,
        };
        let product = samples::line().product;
        for state in [Confirmed, Shipped, Delivered] {
            assert_eq!(skus(&order(state), product), [samples::line().sku], "{state:?}");
            assert!(skus(&order(state), ProductId::from_bytes([9; 16])).is_empty());
        }
        for state in [Created, PaymentPending, PaymentFailed, Cancelled] {
            assert!(skus(&order(state), product).is_empty(), "{state:?}");
        }
    }

    #[test]
    fn what_has_not_left_or_came_to_nothing_was_not_sent() {
        use ParcelState::{
            Cancelled, Delivered, Failed, InTransit, Label, Lost, Packed, PickedUp,
            ReturnedToSender,
        };
        let left = [Label, Packed, PickedUp];
        let sent = |way: &[ParcelState]| was_sent(&[parcel(way)], &[samples::line().sku]);
        for before in [&[Label][..], &[Label, Packed], &[Label, Cancelled]] {
            assert!(!sent(before), "{before:?}");
        }
        assert!(sent(&left));
        for then in [InTransit, Delivered, Failed] {
            assert!(sent(&[&left[..], &[then]].concat()), "{then:?}");
        }
        for then in [Lost, ReturnedToSender] {
            assert!(!sent(&[&left[..], &[then]].concat()), "{then:?}");
        }
        assert!(!was_sent(&[parcel(&left)], &[Sku::from_bytes([9; 16])]), "another parcel's");
    }

    /// What waits in the outbox goes to the reviews, twice: repeating it changes nothing.
    async fn hear(shop: &Shop) {
        let lanes: Vec<u16> = (0..LANES).collect();
        let waiting = shop.outbox().pending(&lanes, 10_000).await.unwrap();
        let facts: Vec<Event> = waiting.into_iter().map(|(_, fact)| fact).collect();
        let mut heard = 0;
        for consumer in shop.consumers.iter().filter(|c| c.name() == "verified reviews") {
            for _ in 0..2 {
                consumer.take(&facts).await.into_iter().for_each(|answer| answer.unwrap());
                heard += 1;
            }
        }
        assert_eq!(heard, 2, "the shop has this consumer");
    }

    async fn order_one(shop: &Shop, user: UserId, at: usize) -> (OrderId, ProductId) {
        let (product, sku) = demo_shopper::choose(shop).await.unwrap().swap_remove(at);
        let order = demo_shopper::buy(shop, user, sku, at).await.expect("it can be had");
        shop.saga.orders().list(vec![order]).await.unwrap();
        // Its parcel has a label, and nothing more.
        souk_kernel::one(shop.fulfillment.open(&[order]).await).unwrap();
        (order, product)
    }

    /// From an order to its end: the mark comes with the parcel, not with the order.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_review_is_verified_once_its_product_was_sent() {
        let data = std::env::temp_dir().join(format!("souk-verified-{}", std::process::id()));
        let config = Config { data: data.clone(), demo: Some(Demo::Shelf), ..Config::default() };
        let shop = Arc::new(Shop::open(&config).unwrap());
        crate::demo::fill(&shop).await.unwrap();
        let user: UserId = shop.mint.mint_anywhere();
        let author = Author { user, name: Some("Ada King".into()), email_verified: true };
        let text = String::from("Holds the heat for hours.");
        let draft = Draft { stars: 1, title: String::new(), text };
        let own = async |product: ProductId| -> Review {
            shop.reviews.own(user, product).await.unwrap().expect("written")
        };

        let (order, product) = order_one(&shop, user, 0).await;
        let written = shop.reviews.write(&author, product, &draft).await.unwrap();
        assert!(!written.verified, "it has not left yet");
        shop.saga.cancel(user, order, Actor::Shopper, "changed_mind").await.unwrap();
        hear(&shop).await;
        let edited = shop.reviews.edit(user, written.id, &draft).await.unwrap();
        assert!(!edited.verified && !own(product).await.verified, "it never came");

        let (order, product) = order_one(&shop, user, 1).await;
        shop.reviews.write(&author, product, &draft).await.unwrap();
        demo_shopper::deliver(&shop, order).await.unwrap();
        assert!(!own(product).await.verified, "nobody was told yet");
        hear(&shop).await;
        assert!(own(product).await.verified);

        shop.store.close();
        let _ = std::fs::remove_dir_all(data);
    }
}
