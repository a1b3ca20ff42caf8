//! What a shopper does, from the first call to the last fact told.

use crate::rig::Desk;
use souk_cart::{CartIntent, Line, Step};
use souk_kernel::{Clock, MINUTE_MS, Money, one};
use souk_orders::{BuyNow, BuyerLine, Pay, PlaceRefusal, Placed, StartFromCart};
use souk_payments::Method;
use souk_pricing::ShippingMethod;
use souk_simulator::shopper::ship_to;

/// One errand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Errand {
    /// Buys at once; the money is taken.
    BuysNow,
    /// Is declined.
    IsDeclined,
    /// Cart, checkout, paid.
    PaysACheckout,
    /// Cart, checkout, declined, paid with another card.
    PaysWithAnotherCard,
    /// Must act at the gateway, and does.
    Acts,
    /// Must act at the gateway, and never does.
    NeverActs,
    /// The gateway holds another amount than it was asked for.
    OtherAmount,
    /// Cancels before the money is taken.
    CancelsAtOnce,
    /// Cancels after the money was taken.
    CancelsLater,
    /// Gets a part back, then the rest.
    IsRefunded,
    /// Leaves a checkout to its deadline.
    WalksAway,
}

impl Errand {
    /// All.
    pub const ALL: [Self; 11] = [
        Self::BuysNow,
        Self::IsDeclined,
        Self::PaysACheckout,
        Self::PaysWithAnotherCard,
        Self::Acts,
        Self::NeverActs,
        Self::OtherAmount,
        Self::CancelsAtOnce,
        Self::CancelsLater,
        Self::IsRefunded,
        Self::WalksAway,
    ];

    fn token(self) -> &'static str {
        match self {
            Self::IsDeclined => "tok_decline",
            Self::Acts | Self::NeverActs => "tok_3ds",
            Self::OtherAmount => "tok_other_amount",
            _ => "tok_approve",
        }
    }

    /// The whole errand, the shop's own work included.
    pub async fn run(self, mut desk: Desk) {
        match self {
            Self::PaysACheckout | Self::PaysWithAnotherCard | Self::WalksAway => {
                desk.fills_the_cart().await;
                self.checks_out(&mut desk).await;
            }
            _ => {
                let placed = desk.buys_now(self.token()).await;
                if let Ok(placed) = placed {
                    self.goes_on(&mut desk, &placed).await;
                }
            }
        }
        desk.tells().await;
    }

    async fn checks_out(self, desk: &mut Desk) {
        if self == Self::WalksAway {
            desk.starts().await;
            desk.clock.advance(16 * MINUTE_MS);
            desk.saga.sweep(8).await.expect("the sweep");
            return;
        }
        if self == Self::PaysWithAnotherCard {
            let first = desk.pays("first", "tok_decline").await;
            assert!(matches!(first, Err(PlaceRefusal::Declined { .. })), "{first:?}");
        }
        let paid = desk.pays("pay", "tok_approve").await;
        assert!(paid.is_ok(), "{paid:?}");
    }

    async fn goes_on(self, desk: &mut Desk, placed: &Placed) {
        let order = placed.order;
        match self {
            Self::Acts => {
                desk.gateway.act(&format!("order_{order}"), true);
                desk.saga.sync(order).await.expect("a message");
            }
            Self::NeverActs => {
                desk.clock.advance(16 * MINUTE_MS);
                desk.saga.recover(8).await.expect("recovery");
            }
            Self::CancelsAtOnce => {
                desk.saga.cancel(desk.user, order, "changed_mind").await.expect("a cancel");
            }
            Self::CancelsLater => {
                desk.tells().await;
                desk.saga.cancel(desk.user, order, "changed_mind").await.expect("a cancel");
            }
            Self::IsRefunded => {
                desk.tells().await;
                let part = Money { minor: 100, ..placed.total };
                for (key, amount) in [("part", Some(part)), ("rest", None)] {
                    let key = desk.key(key);
                    let asked = desk.saga.refund(&key, order, amount, "asked".into()).await;
                    let (refund, outcome) = asked.expect("a refund");
                    desk.diary.refunded(refund, order, outcome);
                }
            }
            _ => {}
        }
    }

    /// The errand's purchase once more, as a client that heard nothing asks.
    pub async fn again(self, desk: Desk) {
        // Whatever is heard is written down, and judged.
        match self {
            Self::PaysACheckout => drop(desk.pays("pay", "tok_approve").await),
            Self::PaysWithAnotherCard => {
                drop(desk.pays("first", "tok_decline").await);
                drop(desk.pays("pay", "tok_approve").await);
            }
            Self::WalksAway => {}
            _ => drop(desk.buys_now(self.token()).await),
        }
    }
}

impl Desk {
    async fn buys_now(&self, token: &str) -> Result<Placed, PlaceRefusal> {
        let ask = BuyNow {
            key: self.key("buy"),
            lines: self.skus.iter().map(|(sku, _)| BuyerLine { sku: *sku, quantity: 2 }).collect(),
            ship_to: ship_to(),
            shipping: ShippingMethod::Standard,
            token: token.into(),
            method: Method::Card,
            shown: self.shown,
        };
        let asked = self.diary.moment();
        let answer = self.saga.buy_now(ask).await;
        self.writes("buy", asked, &answer);
        answer
    }

    async fn fills_the_cart(&self) {
        for (sku, price) in &self.skus {
            let at = self.clock.now();
            let line = Line { offer: *sku, quantity: 2, price: *price, added_at: at };
            let keep_until = at.plus_ms(souk_kernel::DAY_MS);
            let step = Step::Add { line, expected_version: None, keep_until };
            let intent = CartIntent { user: self.user, at, step };
            one(self.ports.carts.apply(vec![intent]).await).expect("the cart");
        }
    }

    async fn starts(&self) -> Option<souk_orders::CheckoutRecord> {
        let ask = StartFromCart {
            key: self.key("start"),
            ship_to: ship_to(),
            shipping: ShippingMethod::Standard,
        };
        self.saga.start_checkout(ask).await.ok()
    }

    async fn pays(&self, key: &str, token: &str) -> Result<Placed, PlaceRefusal> {
        let known = *self.checkout.lock();
        let checkout = match known {
            Some(checkout) => checkout,
            None => {
                let started = self.starts().await.ok_or(PlaceRefusal::Empty)?;
                *self.checkout.lock() = Some(started.id);
                started.id
            }
        };
        let ask = Pay {
            key: self.key(key),
            checkout,
            token: token.into(),
            method: Method::Card,
            shown: self.shown,
        };
        let asked = self.diary.moment();
        let answer = self.saga.pay(ask).await;
        self.writes(key, asked, &answer);
        answer
    }
}
