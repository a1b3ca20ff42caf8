//! What a bank transfer decides otherwise: it is waited for, for days; it may come in pieces, or in the
//! wrong amount, or when nobody waits for it any more.
//!
//! Less than is due waits for the rest until the deadline. More than is due is never confirmed: all of it
//! goes back, as does what came of an order that ended. What comes after the deadline takes the goods anew,
//! if they are there and still sold, as an order of its own; else it goes back too, as does what comes for
//! an order that was cancelled or paid in another way.

use super::{Stamp, TIMED_OUT, bare, fact};
use crate::{Answer, Lease, Order, OrderEvent, OrderState, Settle};
use souk_kernel::{Event, HOUR_MS, Money, Timestamp};
use souk_payments::{BankAccount, GatewayPayment, Method, MovePayment, Payment, PaymentState};

/// The note on a payment whose shopper was reminded.
pub const REMINDED: &str = "reminded";

/// What the gateway says of a transfer that has yet to come.
#[derive(Debug, Clone, Copy)]
pub struct Waiting<'a> {
    /// The gateway's name for it.
    pub gateway_ref: &'a str,
    /// Where to.
    pub account: Option<&'a BankAccount>,
    /// A page of the gateway about it.
    pub url: Option<&'a str>,
    /// Minor units that came so far.
    pub received: i64,
}

impl<'a> Waiting<'a> {
    /// As a look-up found it.
    #[must_use]
    pub fn of(there: &'a GatewayPayment) -> Self {
        Self {
            gateway_ref: &there.gateway_ref,
            account: there.account.as_ref(),
            url: there.action_url.as_deref(),
            received: there.received,
        }
    }
}

/// When a shopper whose money has not come is reminded: a third of their time is left.
#[must_use]
pub const fn remind_at(order: &Order) -> Timestamp {
    order.deadline.plus_ms(-order.deadline.since(order.created_at) / 3)
}

/// What the shopper writes on the transfer: the order's number.
#[must_use]
pub fn statement(order: &Order) -> String {
    order.number().to_string()
}

/// How often the gateway is asked of its own accord: a message that is lost costs so long at most.
pub const LOOK_EVERY_MS: i64 = HOUR_MS;

/// The money has yet to come: nobody works on it until a message, a visit, or the next look.
#[must_use]
pub fn awaiting(order: &Order, payment: &Payment, there: Waiting<'_>, stamp: Stamp) -> Settle {
    let account = there.account.cloned().or_else(|| payment.account.clone());
    let fresh = payment.state == PaymentState::Authorizing;
    let came = there.received > payment.received;
    let remind = stamp.at >= remind_at(order) && payment.reason.as_deref() != Some(REMINDED);
    let waiting = MovePayment {
        gateway_ref: Some(there.gateway_ref.into()),
        action_url: there.url.map(String::from),
        account: account.clone(),
        received: Some(there.received),
        reason: remind.then(|| REMINDED.into()),
        ..MovePayment::plain(
            payment.id,
            &[PaymentState::Authorizing],
            PaymentState::AwaitingTransfer,
            stamp.at,
        )
    };
    let due = payment.amount;
    let missing = Money::new((due.minor - there.received).max(0), due.currency);
    let news = match (fresh, came || remind) {
        (true, _) => Some(OrderEvent::ActionRequired),
        (false, true) => Some(OrderEvent::PaymentDue),
        (false, false) => None,
    };
    let next = if stamp.at < remind_at(order) { remind_at(order) } else { order.deadline };
    let next = next.min(stamp.at.plus_ms(LOOK_EVERY_MS));
    Settle {
        answer: account.map(|account| Answer::AwaitingTransfer {
            account,
            reference: statement(order),
            url: there.url.map(String::from),
        }),
        lease: Some(Lease { owner: 0, until: next }),
        payment: news.is_some().then_some(waiting),
        events: news
            .map(|kind| told(order, kind, ("missing", missing), stamp.at))
            .into_iter()
            .collect(),
        ..bare(order)
    }
}

/// The money came, and is taken at once.
pub(super) fn taken(payment: &Payment, at: Timestamp) -> MovePayment {
    let from = &[PaymentState::Authorizing, PaymentState::AwaitingTransfer, PaymentState::Voiding];
    MovePayment {
        received: Some(payment.amount.minor),
        ..MovePayment::plain(payment.id, from, PaymentState::Captured, at)
    }
}

/// Whether money that came late may take the goods anew: the order ended because nobody paid it in time,
/// and it is all of what the goods cost. Nobody wants them any more who cancelled, or chose to pay in
/// another way.
#[must_use]
pub fn buys_anew(order: &Order, payment: &Payment, there: &GatewayPayment) -> bool {
    let last = order.moves.last();
    order.state == OrderState::Cancelled
        && last.is_some_and(|ended| ended.why == TIMED_OUT)
        && payment.method == Method::BankTransfer
        && payment.captured == 0
        && there.unclaimed == payment.amount.minor
        && there.authorized.currency == payment.amount.currency
}

/// A fact that says how it is paid and how much it is about.
fn told(order: &Order, kind: OrderEvent, (name, amount): (&str, Money), at: Timestamp) -> Event {
    let (id, user, method) = (order.id, order.user, Method::BankTransfer.name());
    let Money { minor, currency } = amount;
    let amount = format!(r#"{{"minor":{minor},"currency":"{}"}}"#, currency.code());
    let body =
        format!(r#"{{"order":"{id}","user":"{user}","method":"{method}","{name}":{amount}}}"#);
    Event { body, ..fact(order, kind, at) }
}

/// The shopper is told that this money goes back; the order stays as it ended.
#[must_use]
pub fn returned(order: &Order, amount: Money, at: Timestamp) -> Settle {
    Settle {
        lease: order.lease,
        events: vec![told(order, OrderEvent::TransferReturned, ("amount", amount), at)],
        ..bare(order)
    }
}
