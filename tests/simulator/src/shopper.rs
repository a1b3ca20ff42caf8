//! Shoppers: impatient, with several tabs and several cards, who try again and change their minds.

use crate::diary::{Diary, Entry, Heard};
use crate::exec::OUTSIDE;
use crate::fleet::{Fleet, TRANSFER_MS};
use souk_cart::{CartIntent, Line, Step};
use souk_kernel::{
    BoxFuture, ClaimKey, Clock, Currency, MINUTE_MS, Money, OrderId, SECOND_MS, Sku, UserId,
};
use souk_orders::{
    Actor, Answer, BuyNow, BuyerLine, CheckoutRecord, Pay, PlaceRefusal, Placed, Saga, ShipTo,
    StartFromCart,
};
use souk_payments::{Method, RefundOutcome};
use souk_pricing::{Country, Destination, ShippingMethod};
use std::sync::Arc;

/// Somebody who buys.
#[derive(Clone)]
pub struct Shopper {
    /// Where.
    pub fleet: Arc<Fleet>,
    /// What everybody hears.
    pub diary: Arc<Diary>,
    /// Who.
    pub user: UserId,
    /// What there is.
    pub skus: Arc<Vec<Sku>>,
}

type Placing = Arc<dyn Fn(Saga) -> BoxFuture<'static, Result<Placed, PlaceRefusal>> + Send + Sync>;

/// Where everything goes.
#[must_use]
pub fn ship_to() -> Arc<ShipTo> {
    Arc::new(ShipTo {
        name: "Ada Lovelace".into(),
        line1: "Unter den Linden 1".into(),
        city: "Berlin".into(),
        postal_code: "10117".into(),
        country: "DE".into(),
        email: "ada@example.com".into(),
        ..ShipTo::default()
    })
}

impl Shopper {
    /// One visit.
    pub async fn visit(self) {
        let world = Arc::clone(&self.fleet.world);
        for errand in 0..=world.below(2) {
            world.sleep(world.between(0, 40 * SECOND_MS)).await;
            let name = format!("{}-{errand}", self.user.key() % 1_000);
            if world.odds(5_000) {
                self.buys_now(&name).await;
            } else {
                self.fills_a_cart(&name).await;
            }
        }
    }

    fn token(&self) -> String {
        let token = match self.fleet.world.below(20) {
            0..11 => "tok_approve",
            11..14 => "tok_decline",
            14..19 => "tok_3ds",
            _ => "tok_other_amount",
        };
        token.into()
    }

    fn method(&self) -> Method {
        match self.fleet.world.below(10) {
            0..6 => Method::Card,
            6..8 => Method::Wallet,
            _ => Method::BankTransfer,
        }
    }

    fn patience(&self) -> i64 {
        let world = &self.fleet.world;
        if world.odds(6_000) { 90_000 } else { world.between(50, 8_000) }
    }

    fn lines(&self) -> Vec<BuyerLine> {
        let world = &self.fleet.world;
        let mut lines = Vec::new();
        for sku in self.skus.iter() {
            if world.odds(6_000) {
                lines.push(BuyerLine { sku: *sku, quantity: 1 + world.below(2) as u32 });
            }
        }
        if lines.is_empty() {
            lines.push(BuyerLine { sku: self.skus[0], quantity: 1 });
        }
        // Two carts name the same things in another order.
        if world.odds(5_000) {
            lines.reverse();
        }
        lines
    }

    async fn shown(&self, lines: &[BuyerLine]) -> Option<Money> {
        let to = Destination::country(Country::of(b"DE"));
        let lines = lines.to_vec();
        let quote = |saga: Saga| async move {
            saga.quote(&lines, &to, ShippingMethod::Standard).await.map(|quote| quote.total)
        };
        self.fleet.ask(30_000, quote).await?.ok()
    }

    async fn buys_now(&self, name: &str) {
        let world = &self.fleet.world;
        let lines = self.lines();
        let Some(shown) = self.shown(&lines).await else { return };
        world.sleep(world.between(0, 5_000)).await;
        let ask = BuyNow {
            key: self.key(&format!("now-{name}")),
            lines,
            ship_to: ship_to(),
            shipping: ShippingMethod::Standard,
            token: self.token(),
            method: self.method(),
            shown,
        };
        let key = ask.key.key.clone();
        let placing: Placing = Arc::new(move |saga| {
            let ask = ask.clone();
            Box::pin(async move { saga.buy_now(ask).await })
        });
        self.tries(&key, shown, placing).await;
    }

    async fn fills_a_cart(&self, name: &str) {
        let world = &self.fleet.world;
        for line in self.lines() {
            self.adds(line).await;
        }
        let Some(checkout) = self.starts(name).await else { return };
        let hurry = world.odds(9_000);
        let pause = if hurry { 30_000 } else { 20 * MINUTE_MS };
        world.sleep(world.between(0, pause)).await;
        if world.odds(700) {
            let (user, id) = (self.user, checkout.id);
            self.fleet.ask(20_000, |saga: Saga| async move { saga.leave(user, id).await }).await;
        }
        let pay = |tab: &str| {
            let this = self.clone();
            let ask = Pay {
                key: self.key(&format!("pay-{name}-{tab}")),
                checkout: checkout.id,
                token: self.token(),
                method: self.method(),
                shown: checkout.quote.total,
            };
            async move {
                let (key, shown) = (ask.key.key.clone(), ask.shown);
                let placing: Placing = Arc::new(move |saga| {
                    let ask = ask.clone();
                    Box::pin(async move { saga.pay(ask).await })
                });
                this.tries(&key, shown, placing).await
            }
        };
        let first = match world.below(4) {
            // Another tab pays at the same time, or changes the cart.
            0 => futures_util::future::join(pay("a"), pay("b")).await.0,
            1 => {
                let line = BuyerLine { sku: self.skus[0], quantity: 1 };
                futures_util::future::join(pay("a"), self.adds(line)).await.0
            }
            _ => pay("a").await,
        };
        if !matches!(first, Heard::Placed(..)) {
            world.sleep(world.between(0, 30_000)).await;
            pay("c").await;
        }
    }

    async fn adds(&self, line: BuyerLine) {
        let at = self.fleet.world.now();
        let price = self.fleet.offers.0.lock().get(&line.sku).copied().unwrap_or(1);
        let line = Line {
            offer: line.sku,
            quantity: line.quantity,
            price: Money::new(price, Currency::Eur),
            added_at: at,
        };
        let keep_until = at.plus_ms(10 * souk_kernel::DAY_MS);
        let step = Step::Add { line, expected_version: None, keep_until };
        let intent = CartIntent { user: self.user, at, step };
        let add = |saga: Saga| async move { saga.parts().carts.apply(vec![intent]).await };
        self.fleet.ask(20_000, add).await;
    }

    async fn starts(&self, name: &str) -> Option<CheckoutRecord> {
        let key = self.key(&format!("start-{name}"));
        for _ in 0..3 {
            let ask = StartFromCart {
                key: key.clone(),
                ship_to: ship_to(),
                shipping: ShippingMethod::Standard,
            };
            let start = |saga: Saga| async move { saga.start_checkout(ask).await };
            match self.fleet.ask(self.patience(), start).await {
                Some(Ok(checkout)) => return Some(checkout),
                Some(Err(PlaceRefusal::Port(_))) | None => {
                    let world = &self.fleet.world;
                    world.sleep(world.between(100, 10_000)).await;
                }
                Some(Err(_)) => return None,
            }
        }
        None
    }

    /// Sends a purchase until something definite comes back, at times twice at once.
    async fn tries(&self, key: &str, shown: Money, placing: Placing) -> Heard {
        let world = &self.fleet.world;
        let mut last = Heard::Lost;
        for _ in 0..5 {
            last = if world.odds(2_000) {
                let twice = (self.once(key, shown, &placing), self.once(key, shown, &placing));
                let (one, other) = futures_util::future::join(twice.0, twice.1).await;
                if one.order().is_some() { one } else { other }
            } else {
                self.once(key, shown, &placing).await
            };
            if !matches!(last, Heard::Lost | Heard::InFlight) {
                break;
            }
            world.sleep(world.between(200, 30_000)).await;
        }
        self.goes_on(&last);
        if world.odds(3_000) {
            // Much later, the same request once more.
            world.sleep(world.between(0, 3 * MINUTE_MS)).await;
            self.once(key, shown, &placing).await;
        }
        last
    }

    async fn once(&self, key: &str, shown: Money, placing: &Placing) -> Heard {
        let (world, placing) = (&self.fleet.world, Arc::clone(placing));
        let asked = self.diary.moment();
        world.note("shopper", || format!("sends {key}"));
        let answer = self.fleet.ask(self.patience(), |saga| placing(saga)).await;
        let what = Heard::of(answer);
        world.note("shopper", || format!("hears about {key}: {what:?}"));
        let (key, heard) = (key.to_owned(), self.diary.moment());
        self.diary.write(Entry { user: self.user, key, asked, heard, what: what.clone(), shown });
        what
    }

    /// What a shopper does after an answer, beside whatever else they do.
    fn goes_on(&self, heard: &Heard) {
        let (this, world) = (self.clone(), Arc::clone(&self.fleet.world));
        match heard {
            Heard::Placed(order, Answer::RequiresAction { .. }) => {
                let order = *order;
                self.fleet.world.spawn(OUTSIDE, async move {
                    let slow = world.odds(1_500);
                    let until = if slow { 22 * MINUTE_MS } else { 60_000 };
                    world.sleep(world.between(1_000, until)).await;
                    this.acts(order).await;
                    this.changes_mind(order).await;
                });
            }
            Heard::Placed(order, Answer::AwaitingTransfer { .. }) => {
                let order = *order;
                self.fleet.world.spawn(OUTSIDE, async move { this.transfers(order).await });
            }
            Heard::Placed(order, _) => {
                let order = *order;
                self.fleet.world.spawn(OUTSIDE, async move { this.changes_mind(order).await });
            }
            _ => {}
        }
    }

    async fn acts(&self, order: OrderId) {
        let world = &self.fleet.world;
        let reference = reference_of(order);
        let approve = world.odds(8_000);
        let did = self.fleet.gateway.act(&reference, approve);
        world.note("shopper", || format!("acts at the gateway: approve {approve}, waited {did}"));
        (self.fleet.news())(reference);
        if world.odds(5_000) {
            self.fleet.ask(20_000, |saga: Saga| async move { saga.sync(order).await }).await;
        }
    }

    /// Sends money: in time or not, in one piece or two, too much, twice, or never.
    async fn transfers(&self, order: OrderId) {
        let world = &self.fleet.world;
        let Ok(Some(found)) = self.fleet.base.plain.orders.order(order).await else { return };
        let (due, reference) = (found.total().minor, reference_of(order));
        let late = world.odds(2_000);
        let until = if late { 2 * TRANSFER_MS } else { TRANSFER_MS / 2 };
        let pieces = match world.below(10) {
            0 => Vec::new(),
            1 => vec![due - 1],
            2 => vec![due - 1, 1],
            3 => vec![due + 1],
            4 => vec![due, due],
            _ => vec![due],
        };
        for minor in pieces {
            world.sleep(world.between(1_000, until)).await;
            let came = self.fleet.gateway.transfer(&reference, minor);
            world.note("shopper", || format!("sends {minor} of {due}, waited for {came}"));
            (self.fleet.news())(reference.clone());
        }
        self.changes_mind(order).await;
    }

    async fn changes_mind(&self, order: OrderId) {
        let world = &self.fleet.world;
        world.sleep(world.between(0, 2 * MINUTE_MS)).await;
        let cancels = world.odds(3_500);
        let refunds = world.odds(3_000);
        match (cancels, refunds) {
            (true, true) => {
                futures_util::future::join(self.cancels(order), self.is_refunded(order)).await;
            }
            (true, false) => {
                futures_util::future::join(self.cancels(order), self.cancels(order)).await;
            }
            (false, true) => self.is_refunded(order).await,
            (false, false) => {}
        }
    }

    async fn cancels(&self, order: OrderId) {
        let (world, user) = (&self.fleet.world, self.user);
        for _ in 0..2 {
            world.sleep(world.between(0, 3_000)).await;
            world.note("shopper", || format!("cancels {order}"));
            let cancel = |saga: Saga| async move {
                saga.cancel(user, order, Actor::Shopper, "changed_mind").await
            };
            if matches!(self.fleet.ask(self.patience(), cancel).await, Some(Ok(_))) {
                return;
            }
            world.sleep(world.between(0, 30_000)).await;
        }
    }

    /// Parts in parallel, some of them twice, more than there is.
    async fn is_refunded(&self, order: OrderId) {
        let world = &self.fleet.world;
        let Ok(Some(found)) = self.fleet.base.plain.orders.order(order).await else { return };
        let total = found.total();
        let part = Money { minor: total.minor / 3 + 1, ..total };
        let one = |n: u64| async move {
            let key = self.key(&format!("refund-{order}-{n}"));
            let amount = if n == 4 { None } else { Some(part) };
            for _ in 0..3 {
                let key = key.clone();
                let ask = |saga: Saga| async move {
                    saga.refund(&key, order, amount, "asked".into()).await
                };
                let answer = self.fleet.ask(self.patience(), ask).await;
                world.note("shopper", || format!("refund {n} of {order}: {answer:?}"));
                match answer {
                    Some(Ok((refund, outcome))) => {
                        self.diary.refunded(refund, order, outcome);
                        if outcome != RefundOutcome::Pending {
                            break;
                        }
                    }
                    Some(Err(PlaceRefusal::Port(_))) | None => {}
                    Some(Err(_)) => break,
                }
                world.sleep(world.between(0, 20_000)).await;
            }
        };
        let first = world.below(3);
        futures_util::future::join_all((first..5).map(one)).await;
    }

    fn key(&self, key: &str) -> ClaimKey {
        ClaimKey { principal: self.user, key: key.into() }
    }
}

fn reference_of(order: OrderId) -> String {
    format!("order_{order}")
}
