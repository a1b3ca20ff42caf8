//! The same random purchases on two adapters: every answer and all that is stored must agree.

use super::bench::{Bench, key};
use super::{Fixture, START};
use crate::rules::{abandon, after_authorize, after_void, cancel, confirm, fail, take_over};
use crate::{Begin, BeginRefusal, Begun, CheckoutRecord, Order, Settle, SettleRefusal, Started};
use souk_cart::CartIntent;
use souk_inventory::{StockAnswer, StockIntent, StockRefusal};
use souk_kernel::{
    Clock, Currency, Entropy, Money, PaymentId, RefundId, SeededEntropy, Sku, UserId,
};
use souk_payments::{
    Authorization, FinishRefund, GatewayError, MovePayment, PaymentIntent, PaymentState,
    ReserveRefund,
};
use std::fmt::Write;

/// Runs the purchases of a seed on two empty shops and compares them step by step.
///
/// Where one keeps its stores apart, what that alone changes is left out: versions, and the cancelled
/// orders of refused begins.
///
/// # Panics
/// At the first difference, with the seed and the step.
pub async fn compare(one: Fixture, other: Fixture, seed: u64, steps: usize) {
    let exact = one.co_located == other.co_located;
    let mut left = Script::new(one, seed, exact).await;
    let mut right = Script::new(other, seed, exact).await;
    for step in 0..steps {
        let (l, r) = (left.step().await, right.step().await);
        assert_eq!(l, r, "seed {seed}, step {step}: what was answered");
        if step % 16 == 15 || step + 1 == steps {
            let (l, r) = (left.dump().await, right.dump().await);
            assert_eq!(l, r, "seed {seed}, after step {step}: what is stored");
        }
    }
}

struct Script {
    bench: Bench,
    random: SeededEntropy,
    exact: bool,
    users: Vec<UserId>,
    skus: Vec<Sku>,
    checkouts: Vec<CheckoutRecord>,
    orders: Vec<Begin>,
    refunds: Vec<(PaymentId, RefundId)>,
    keys: usize,
}

impl Script {
    async fn new(fixture: Fixture, seed: u64, exact: bool) -> Self {
        assert_eq!(fixture.clock.now(), START, "a fresh fixture");
        let bench = Bench::new(fixture, seed);
        let users = (0..4).map(|_| bench.id()).collect();
        let mut skus = Vec::new();
        for quantity in [3, 12, 60] {
            skus.push(bench.stocked(quantity).await);
        }
        let random = SeededEntropy::new(seed ^ 0xD1FF);
        let (checkouts, orders, refunds) = (Vec::new(), Vec::new(), Vec::new());
        Self { bench, random, exact, users, skus, checkouts, orders, refunds, keys: 0 }
    }

    fn below(&self, n: usize) -> usize {
        (self.random.next_u64() % n.max(1) as u64) as usize
    }

    /// One of several, the younger ones more often.
    fn young(&self, n: usize) -> usize {
        n - 1 - self.below(n).min(self.below(n))
    }

    fn key(&mut self) -> String {
        if self.below(6) > 0 {
            self.keys += 1;
        }
        format!("key-{}", self.keys)
    }

    async fn step(&mut self) -> String {
        match self.below(20) {
            0..=3 => self.buy().await,
            4 | 5 => self.start().await,
            6..=8 => self.pay().await,
            9..=14 => self.settle().await,
            15 => self.cart().await,
            16 => self.stock().await,
            17 | 18 => self.money().await,
            _ => {
                let minutes = self.below(9) as i64;
                self.bench.at.clock.advance(minutes * 60_000);
                format!("{minutes} minutes")
            }
        }
    }

    async fn begin(&mut self, batch: Vec<Begin>) -> String {
        let answers = self.bench.at.orders.begin(batch.clone()).await;
        let mut shown = String::from("begin");
        for (begin, answer) in batch.into_iter().zip(answers) {
            let answer: Result<Begun, BeginRefusal> = answer;
            let said = match &answer {
                Ok(Begun::Fresh(order)) => format!("fresh {}", self.show(order)),
                Ok(Begun::Before(order)) => format!("before {}", self.show(order)),
                Err(refusal) => format!("{refusal:?}"),
            };
            let _ = write!(shown, "; {said}");
            if matches!(answer, Ok(Begun::Fresh(_))) {
                self.orders.push(begin);
            }
        }
        shown
    }

    async fn buy(&mut self) -> String {
        let mut batch = Vec::new();
        for _ in 0..=self.below(3) {
            let user = self.users[self.below(4)];
            let name = self.key();
            let lines: Vec<(Sku, u32)> = (0..=self.below(2))
                .map(|n| (self.skus[(n + self.below(3)) % 3], 1 + self.below(3) as u32))
                .collect();
            batch.push(self.bench.buy_now(&key(user, &name), self.below(2) as u8, &lines));
        }
        self.begin(batch).await
    }

    async fn start(&mut self) -> String {
        let user = self.users[self.below(4)];
        let name = self.key();
        let line = (self.skus[self.below(3)], 1 + self.below(4) as u32);
        let mut start = self.bench.starting(&key(user, &name), &[line]);
        if self.below(2) == 0 {
            let cart = self.bench.at.carts.get(user).await.expect("the store works");
            start.record.cart_version = cart.map(|cart| cart.version);
        }
        let record = start.record.clone();
        let answer = self.bench.start(start).await;
        if answer == Ok(Started::Fresh) {
            self.checkouts.push(record);
        }
        format!("start {answer:?}")
    }

    async fn pay(&mut self) -> String {
        if self.checkouts.is_empty() {
            return "no checkout".into();
        }
        let checkout = self.checkouts[self.young(self.checkouts.len())].clone();
        let tries = 1 + self.below(2);
        let batch = (0..tries)
            .map(|_| {
                let name = self.key();
                self.bench.pay(&checkout, &key(checkout.user, &name))
            })
            .collect();
        self.begin(batch).await
    }

    async fn settle(&mut self) -> String {
        if self.orders.is_empty() {
            return "no order".into();
        }
        let mut batch = Vec::new();
        for _ in 0..=self.below(2) {
            let begin = self.orders[self.young(self.orders.len())].clone();
            let order = self.bench.order(begin.order).await;
            batch.push(self.some_step(&order).await);
        }
        let answers = self.bench.at.orders.settle(batch).await;
        let show = |answer: Result<u64, SettleRefusal>| match answer {
            Ok(version) if self.exact => format!("{version}"),
            Ok(_) => "settled".into(),
            Err(refusal) => format!("{refusal:?}"),
        };
        format!("settle {:?}", answers.into_iter().map(show).collect::<Vec<_>>())
    }

    async fn some_step(&self, order: &Order) -> Settle {
        let payment = self.bench.payment(order).await;
        let stamp = self.bench.stamp();
        let amount = Money::new(1, Currency::Eur);
        let gateway_ref = String::from("pay");
        match self.below(11) {
            0..=2 => confirm(order, &payment, Some(gateway_ref), stamp),
            3 => fail(order, &payment, "no_funds", stamp),
            4 => cancel(order, &payment, "changed_mind", stamp),
            5 => after_void(order, &payment, stamp),
            6 => {
                let wrong = Ok(Authorization::Authorized { gateway_ref, amount });
                after_authorize(order, &payment, &wrong, stamp)
            }
            7 => {
                let act = Authorization::RequiresAction { gateway_ref, url: "http://b/".into() };
                after_authorize(order, &payment, &Ok(act), stamp)
            }
            8 => {
                let unknown = Err(GatewayError::Unknown(String::new()));
                after_authorize(order, &payment, &unknown, stamp)
            }
            9 => abandon(order, self.below(2) == 0, stamp),
            _ => {
                let mut step = take_over(order, stamp.lease);
                step.expected_version -= self.below(2) as u64;
                step
            }
        }
    }

    async fn cart(&mut self) -> String {
        let user = self.users[self.below(4)];
        let sku = self.skus[self.below(3)];
        if self.below(4) == 0 && !self.orders.is_empty() {
            let begin = self.orders[self.young(self.orders.len())].clone();
            let thaw = CartIntent::thaw(begin.user, begin.order, self.bench.now());
            return format!("{:?}", self.bench.at.carts.apply(vec![thaw]).await);
        }
        format!("{:?}", self.bench.add_to_cart(user, sku, 1).await)
    }

    async fn stock(&mut self) -> String {
        let mut batch = Vec::new();
        let expired = self.bench.at.stock.expired(10).await.expect("the store works");
        batch.extend(expired.into_iter().map(StockIntent::Expire));
        if !self.checkouts.is_empty() && self.below(2) == 0 {
            let checkout = self.checkouts[self.young(self.checkouts.len())].id;
            batch.push(StockIntent::Release(checkout));
        }
        let sku = self.skus[self.below(3)];
        let levels = self.bench.at.stock.levels(sku).await.expect("the store works");
        let (warehouse, level) = (levels[0].warehouse, levels[0].level);
        let (expected, counted) = (level.on_hand, self.below(40) as i64);
        batch.push(if self.below(2) == 0 {
            StockIntent::Adjust { sku, warehouse, delta: 1 + self.below(4) as i64 }
        } else {
            StockIntent::Count { sku, warehouse, expected, counted }
        });
        let answers: Vec<Result<StockAnswer, StockRefusal>> =
            self.bench.at.stock.apply(batch).await;
        format!("stock {answers:?}")
    }

    async fn money(&mut self) -> String {
        if self.orders.is_empty() {
            return "no order".into();
        }
        let begin = self.orders[self.young(self.orders.len())].clone();
        let (payment, at) = (begin.payment.id, self.bench.now());
        let plain =
            |to| PaymentIntent::Move(MovePayment::plain(payment, &PaymentState::ALL, to, at));
        // Only what no saga does: captures and refunds.
        let intent = match self.below(5) {
            0 | 1 => plain(PaymentState::Capturing),
            2 => plain(PaymentState::Captured),
            3 => {
                let refund = self.bench.id();
                self.refunds.push((payment, refund));
                let amount = Some(Money::new(1 + self.below(900) as i64, Currency::Eur));
                let reason = String::from("broken");
                PaymentIntent::ReserveRefund(ReserveRefund { refund, payment, amount, reason, at })
            }
            _ if self.refunds.is_empty() => plain(PaymentState::Capturing),
            _ => {
                let (payment, refund) = self.refunds[self.below(self.refunds.len())];
                let succeeded = self.below(2) == 0;
                PaymentIntent::FinishRefund(FinishRefund { refund, payment, succeeded, at })
            }
        };
        format!("money {:?}", self.bench.at.payments.apply(vec![intent]).await)
    }

    fn show(&self, order: &Order) -> String {
        let version = if self.exact { order.version } else { 0 };
        format!("{:?}", Order { version, ..order.clone() })
    }

    /// All that is stored, as text.
    async fn dump(&self) -> String {
        let mut text = String::new();
        let at = &self.bench.at;
        for begin in &self.orders {
            let order = self.bench.order(begin.order).await;
            let _ = writeln!(text, "{}", self.show(&order));
            let _ = writeln!(text, "{:?}", at.payments.payment(begin.payment.id).await);
            let _ = writeln!(text, "{:?}", at.payments.refunds(begin.payment.id).await);
            let _ = writeln!(text, "{:?}", at.stock.hold(begin.checkout).await);
            let _ = writeln!(text, "{:?}", at.orders.live_order(begin.checkout).await);
            let _ = writeln!(text, "{:?}", at.orders.claimed(&begin.claim.key).await);
        }
        for checkout in &self.checkouts {
            let _ = writeln!(text, "{:?}", at.orders.checkout(checkout.id).await);
            let _ = writeln!(text, "{:?}", at.stock.hold(checkout.id).await);
        }
        for sku in &self.skus {
            let _ = writeln!(text, "{:?}", at.stock.levels(*sku).await);
            let _ = writeln!(text, "{:?}", at.stock.ledger(*sku, 1_000).await);
        }
        for user in &self.users {
            let _ = writeln!(text, "{:?}", at.carts.get(*user).await);
        }
        let _ = writeln!(text, "due {:?}", at.orders.due(100).await);
        let mut facts: Vec<_> = self.bench.facts().await.into_iter().map(|(_, e)| e).collect();
        facts.sort_by_key(|event| (event.aggregate, event.number));
        for mut event in facts {
            if !self.exact {
                event.number = 0;
            }
            let _ = writeln!(text, "{event:?}");
        }
        text
    }
}
