//! What buyers asked and were answered: the log that the checker reads, and what else they were told.

use souk_checker::{LogLine, Total};
use souk_kernel::{CheckoutId, ClaimKey, Money, OrderId, RefundId, Refusal};
use souk_orders::{Answer, BuyNow, Pay, PlaceRefusal, Placed, Saga};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};

/// A request that places an order, to be sent again word for word.
#[derive(Debug, Clone)]
pub enum Ask {
    BuyNow(BuyNow),
    Pay(Pay),
}

impl Ask {
    pub fn key(&self) -> &ClaimKey {
        match self {
            Self::BuyNow(ask) => &ask.key,
            Self::Pay(ask) => &ask.key,
        }
    }

    fn shown(&self) -> Money {
        match self {
            Self::BuyNow(ask) => ask.shown,
            Self::Pay(ask) => ask.shown,
        }
    }

    pub async fn send(&self, saga: &Saga) -> Result<Placed, PlaceRefusal> {
        match self.clone() {
            Self::BuyNow(ask) => saga.buy_now(ask).await,
            Self::Pay(ask) => saga.pay(ask).await,
        }
    }
}

/// What somebody was told besides the answers to orders. All of it must be so for ever.
#[derive(Debug, Clone)]
pub enum Told {
    /// The order is cancelled.
    Cancelled(OrderId),
    /// The money is or will be given back.
    Refunded(RefundId, Money),
    /// The checkout holds its stock.
    Started(CheckoutId),
    /// The bank has heard the shopper's yes.
    Approved(OrderId),
}

/// Everything that anybody heard. It lies outside the machine.
#[derive(Default)]
pub struct Diary {
    lines: Mutex<Vec<LogLine>>,
    asks: Mutex<BTreeMap<(u128, String), Ask>>,
    told: Mutex<Vec<Told>>,
    moment: AtomicI64,
}

impl Diary {
    /// Sends a request and writes down what came of it.
    pub async fn ask(&self, saga: &Saga, ask: &Ask) -> Result<Placed, PlaceRefusal> {
        let name = (ask.key().principal.uuid().as_u128(), ask.key().key.clone());
        self.asks.lock().unwrap().insert(name, ask.clone());
        let sent = self.moment.fetch_add(1, Ordering::Relaxed);
        let answer = ask.send(saga).await;
        let answered = self.moment.fetch_add(1, Ordering::Relaxed);
        let mut digest = DefaultHasher::new();
        format!("{ask:?}").hash(&mut digest);
        let (status, body) = http(&answer);
        self.lines.lock().unwrap().push(LogLine {
            t_sent: sent,
            t_answered: Some(answered),
            op: if matches!(ask, Ask::BuyNow(_)) { "orders" } else { "pay" }.into(),
            key: ask.key().key.clone(),
            principal: ask.key().principal.to_string(),
            body_digest: format!("{:016x}", digest.finish()),
            total: Some(total(ask.shown())),
            status: Some(status),
            answer: Some(body),
        });
        answer
    }

    pub fn tell(&self, told: Told) {
        self.told.lock().unwrap().push(told);
    }

    pub fn told(&self) -> Vec<Told> {
        self.told.lock().unwrap().clone()
    }

    /// Every request that was ever sent, once.
    pub fn asks(&self) -> Vec<Ask> {
        self.asks.lock().unwrap().values().cloned().collect()
    }

    /// Requests that were answered with an order.
    pub fn answered(&self) -> usize {
        self.lines.lock().unwrap().iter().filter(|line| honoured(line)).count()
    }

    /// Keys that were answered in two ways: the first answer is repeated word for word. Only "pending"
    /// may be followed by how it ended: a saga that could not even write down that it waits has told so.
    pub fn answered_twice_differently(&self) -> Vec<String> {
        let mut first: BTreeMap<(String, String), (Option<u16>, String)> = BTreeMap::new();
        let mut found = Vec::new();
        for line in self.lines.lock().unwrap().iter().filter(|line| honoured(line)) {
            let now = (line.status, line.answer.as_ref().map(ToString::to_string));
            let now = (now.0, now.1.unwrap_or_default());
            let name = (line.principal.clone(), line.key.clone());
            let before = first.entry(name).or_insert_with(|| now.clone());
            if *before != now && before.1.contains(r#""status":"pending""#) {
                *before = now;
            } else if *before != now {
                found.push(format!("key {}: {before:?}, then {now:?}", line.key));
            }
        }
        found
    }

    /// Writes the log for the checker.
    pub fn write(&self, to: &Path) {
        let mut text = String::new();
        for line in self.lines.lock().unwrap().iter() {
            let _ = writeln!(text, "{}", serde_json::to_string(line).unwrap());
        }
        std::fs::write(to, text).unwrap();
    }
}

fn honoured(line: &LogLine) -> bool {
    matches!(line.status, Some(201 | 202 | 402))
}

fn total(money: Money) -> Total {
    Total { minor: money.minor, currency: money.currency.code().into() }
}

/// The answer as the API's door would give it.
fn http(answer: &Result<Placed, PlaceRefusal>) -> (u16, serde_json::Value) {
    match answer {
        Ok(placed) => {
            let status = if placed.answer == Answer::Confirmed { 201 } else { 202 };
            let body = serde_json::json!({
                "order_id": placed.order.to_string(),
                "number": placed.number.to_string(),
                "total": total(placed.total),
                "answer": placed.answer,
            });
            (status, body)
        }
        Err(PlaceRefusal::Declined { order, checkout, reason }) => {
            let body = serde_json::json!({
                "code": "payment_declined",
                "order_id": order.to_string(),
                "checkout_id": checkout.to_string(),
                "reason": reason,
            });
            (402, body)
        }
        Err(PlaceRefusal::Port(error)) => (503, serde_json::json!({ "code": error.code() })),
        Err(refusal) => (409, serde_json::json!({ "code": refusal.code() })),
    }
}
