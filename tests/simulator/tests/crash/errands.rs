//! What a shopper does, from the first call to the last fact told.

use crate::rig::{Desk, TRANSFER_MS};
use souk_cart::{CartIntent, Line, Step};
use souk_kernel::{Clock, MINUTE_MS, Money, one};
use souk_orders::{Actor, BuyNow, BuyerLine, Pay, PlaceRefusal, Placed, StartFromCart};
use souk_payments::Method;
use souk_pricing::{Country, Destination, ShippingMethod};
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
    /// Confirms in a wallet.
    ConfirmsInTheWallet,
    /// Sends the money, in two pieces.
    Transfers,
    /// Sends too much.
    TransfersTooMuch,
    /// Sends nothing.
    NeverTransfers,
    /// Sends it after the deadline: it buys the goods anew.
    TransfersLate,
    /// Sends it after the deadline, when others have the goods: it goes back.
    TransfersForNothing,
    /// Gives a transfer up.
    GivesUp,
}

impl Errand {
    /// All.
    pub const ALL: [Self; 18] = [
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
        Self::ConfirmsInTheWallet,
        Self::Transfers,
        Self::TransfersTooMuch,
        Self::NeverTransfers,
        Self::TransfersLate,
        Self::TransfersForNothing,
        Self::GivesUp,
    ];

    const fn method(self) -> Method {
        match self {
            Self::ConfirmsInTheWallet => Method::Wallet,
            Self::Transfers
            | Self::TransfersTooMuch
            | Self::NeverTransfers
            | Self::TransfersLate
            | Self::TransfersForNothing
            | Self::GivesUp => Method::BankTransfer,
            _ => Method::Card,
        }
    }

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
                let placed = desk.buys_now(self.token(), self.method()).await;
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
            Self::Acts | Self::ConfirmsInTheWallet => {
                desk.gateway.act(&format!("order_{order}"), true);
                desk.saga.sync(order).await.expect("a message");
            }
            Self::NeverActs => {
                desk.clock.advance(16 * MINUTE_MS);
                desk.saga.recover(8).await.expect("recovery");
            }
            Self::CancelsAtOnce => {
                desk.saga
                    .cancel(desk.user, order, Actor::Shopper, "changed_mind")
                    .await
                    .expect("a cancel");
            }
            Self::CancelsLater => {
                desk.tells().await;
                desk.saga
                    .cancel(desk.user, order, Actor::Shopper, "changed_mind")
                    .await
                    .expect("a cancel");
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
            Self::GivesUp => {
                desk.saga
                    .cancel(desk.user, order, Actor::Shopper, "changed_mind")
                    .await
                    .expect("a cancel");
            }
            _ if self.method() == Method::BankTransfer => self.sends(desk, placed).await,
            _ => {}
        }
    }

    async fn sends(self, desk: &mut Desk, placed: &Placed) {
        let (order, due) = (placed.order, placed.total.minor);
        let reference = format!("order_{order}");
        let (in_time, late): (&[i64], &[i64]) = match self {
            Self::Transfers => (&[due - 1, 1], &[]),
            Self::TransfersTooMuch => (&[due + 1], &[]),
            Self::TransfersLate | Self::TransfersForNothing => (&[], &[due]),
            _ => (&[], &[]),
        };
        for minor in in_time {
            desk.gateway.transfer(&reference, *minor);
            desk.saga.sync(order).await.expect("a message");
        }
        if in_time.is_empty() {
            desk.clock.advance(TRANSFER_MS + MINUTE_MS);
            desk.saga.recover(8).await.expect("recovery");
        }
        if self == Self::TransfersForNothing {
            desk.others_buy_it_all().await;
        }
        for minor in late {
            desk.gateway.transfer(&reference, *minor);
            desk.saga.sync(order).await.expect("a message");
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
            _ => drop(desk.buys_now(self.token(), self.method()).await),
        }
    }
}

impl Desk {
    /// Somebody else is faster: too little is left for the errand.
    async fn others_buy_it_all(&self) {
        let lines: Vec<BuyerLine> =
            self.skus.iter().map(|(sku, _)| BuyerLine { sku: *sku, quantity: 4 }).collect();
        let to = Destination::country(Country::of(b"DE"));
        let quote = self.saga.quote(&lines, &to, ShippingMethod::Standard).await.expect("a quote");
        let ask = BuyNow {
            key: self.key("others"),
            lines,
            ship_to: ship_to(),
            shipping: ShippingMethod::Standard,
            token: "tok_approve".into(),
            method: Method::Card,
            shown: quote.total,
        };
        self.saga.buy_now(ask).await.expect("a purchase");
    }

    async fn buys_now(&self, token: &str, method: Method) -> Result<Placed, PlaceRefusal> {
        let ask = BuyNow {
            key: self.key("buy"),
            lines: self.skus.iter().map(|(sku, _)| BuyerLine { sku: *sku, quantity: 2 }).collect(),
            ship_to: ship_to(),
            shipping: ShippingMethod::Standard,
            token: token.into(),
            method,
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
