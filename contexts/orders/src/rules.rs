//! The decisions of the purchase, without a store and without a gateway.
//!
//! [`next`] reads what is stored and says what to do; [`after_authorize`], [`after_look_up`] and
//! [`after_void`] turn a gateway's answer into one [`Settle`]; [`settled`] is what a store applies.

pub mod link;
pub mod transfer;

use crate::{
    Actor, Answer, Begin, CheckoutRecord, HoldStep, Lease, Move, Order, OrderEvent, OrderState,
    Settle, SettleRefusal,
};
use souk_cart::CartIntent;
use souk_inventory::{PinHold, StockIntent};
use souk_kernel::{Aggregate, Event, SECOND_MS, Timestamp};
use souk_payments::rules::{Truth, truth};
use souk_payments::{
    Authorization, GatewayError, GatewayPayment, Method, MovePayment, Payment, PaymentState,
};
use std::sync::Arc;

/// The drawn edges of an order.
#[must_use]
pub const fn drawn(from: OrderState, to: OrderState) -> bool {
    use OrderState::{
        Cancelled, Confirmed, Created, Delivered, PaymentFailed, PaymentPending, Shipped,
    };
    matches!(
        (from, to),
        (Created, PaymentPending | Cancelled)
            | (PaymentPending, Confirmed | PaymentFailed | Cancelled)
            | (Confirmed, Shipped | Cancelled)
            | (Shipped, Delivered)
    )
}

/// The order that a [`Begin`] writes down, `created`. A store in one place moves it on at once.
#[must_use]
pub fn created(begin: &Begin) -> Order {
    Order {
        id: begin.order,
        user: begin.user,
        checkout: begin.checkout,
        payment: begin.payment.id,
        state: OrderState::Created,
        version: 1,
        lease: Some(begin.lease),
        quote: Arc::clone(&begin.quote),
        ship_to: Some(Arc::clone(&begin.ship_to)),
        cart_version: begin.cart.as_ref().map(|(version, _)| *version),
        deadline: begin.deadline,
        answer: None,
        moves: vec![step(OrderState::Created, Actor::Shopper, begin.at, "")],
        created_at: begin.at,
    }
}

/// The step that ends a [`Begin`]: stock is pinned, the attempt is recorded.
#[must_use]
pub fn pending(begin: &Begin) -> Move {
    step(OrderState::PaymentPending, Actor::Saga, begin.at, "")
}

/// Applies a step to an order.
///
/// # Errors
/// Another version, or not along the drawn edges.
pub fn settled(order: &Order, settle: &Settle) -> Result<Order, SettleRefusal> {
    if order.version != settle.expected_version {
        return Err(SettleRefusal::Stale);
    }
    let mut next = order.clone();
    for step in &settle.moves {
        if !drawn(next.state, step.to) {
            return Err(SettleRefusal::NotDrawn);
        }
        next.state = step.to;
        next.moves.push(step.clone());
    }
    next.version += 1;
    next.answer = next.answer.or_else(|| settle.answer.clone());
    next.lease = settle.lease;
    Ok(next)
}

/// What an open order needs next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Ask the gateway for the money.
    Authorize,
    /// Ask the gateway what it knows.
    LookUp,
    /// Ask the gateway to let the money go.
    Void,
    /// The money is there: confirm.
    Confirm,
    /// The money is not there: fail.
    Fail,
    /// It never came as far as the gateway: give back what it holds.
    Abandon,
    /// Nothing.
    Nothing,
}

/// Decides from what is stored. `again`: somebody may have asked the gateway before.
#[must_use]
pub const fn next(state: OrderState, payment: Option<PaymentState>, again: bool) -> Next {
    match (state, payment) {
        (OrderState::Created, _) | (OrderState::PaymentPending, None) => Next::Abandon,
        (OrderState::PaymentPending, Some(payment)) => match payment {
            PaymentState::Authorizing if again => Next::LookUp,
            PaymentState::Authorizing => Next::Authorize,
            PaymentState::RequiresAction | PaymentState::AwaitingTransfer => Next::LookUp,
            PaymentState::Voiding => Next::Void,
            PaymentState::Authorized | PaymentState::Capturing | PaymentState::Captured => {
                Next::Confirm
            }
            PaymentState::Declined | PaymentState::Voided => Next::Fail,
        },
        _ => Next::Nothing,
    }
}

/// Who decides, and when: what every step records.
#[derive(Debug, Clone, Copy)]
pub struct Stamp {
    /// Who.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// The lease of whoever runs the saga.
    pub lease: Lease,
}

/// How soon an unanswered attempt is looked at again.
pub const RETRY_MS: i64 = 5 * SECOND_MS;

/// The gateway answered, or didn't.
#[must_use]
pub fn after_authorize(
    order: &Order,
    payment: &Payment,
    answer: &Result<Authorization, GatewayError>,
    stamp: Stamp,
) -> Settle {
    match answer {
        Ok(
            Authorization::Authorized { gateway_ref, amount }
            | Authorization::Received { gateway_ref, amount },
        ) if *amount == payment.amount => confirm(order, payment, Some(gateway_ref.clone()), stamp),
        Ok(
            Authorization::Authorized { gateway_ref, .. }
            | Authorization::Received { gateway_ref, .. },
        ) => {
            let mut settle = void(order, payment, AMOUNT_MISMATCH, stamp);
            if let Some(step) = settle.payment.as_mut() {
                step.gateway_ref = Some(gateway_ref.clone());
            }
            settle
        }
        Ok(Authorization::Declined { reason }) | Err(GatewayError::Refused(reason)) => {
            fail(order, payment, reason, stamp)
        }
        Ok(Authorization::RequiresAction { gateway_ref, url }) => {
            action(order, payment, gateway_ref, url, stamp)
        }
        Ok(Authorization::AwaitingTransfer { gateway_ref, account, url }) => {
            let waiting = transfer::Waiting {
                gateway_ref,
                account: Some(account),
                url: url.as_deref(),
                received: 0,
            };
            transfer::awaiting(order, payment, waiting, stamp)
        }
        Err(GatewayError::Unknown(_)) => unanswered(order, stamp),
    }
}

/// The gateway said what it knows (`None`: it never heard of it). `forgotten`: it may have forgotten the
/// key that it was asked under, so that it can't be asked again.
#[must_use]
pub fn after_look_up(
    order: &Order,
    payment: &Payment,
    there: Option<&GatewayPayment>,
    forgotten: bool,
    stamp: Stamp,
) -> AfterLookUp {
    let overdue = order.deadline <= stamp.at;
    let Some(there) = there else {
        return if overdue || forgotten {
            AfterLookUp::Settle(Box::new(void(order, payment, TIMED_OUT, stamp)))
        } else {
            AfterLookUp::AuthorizeAgain
        };
    };
    let settle = match truth(payment, there) {
        Truth::Paid => confirm(order, payment, Some(there.gateway_ref.clone()), stamp),
        Truth::WrongAmount => void(order, payment, AMOUNT_MISMATCH, stamp),
        Truth::NotPaid(reason) => fail(order, payment, &reason, stamp),
        Truth::Waiting(_) if overdue => void(order, payment, TIMED_OUT, stamp),
        Truth::Waiting(_) if payment.method == Method::BankTransfer => {
            transfer::awaiting(order, payment, transfer::Waiting::of(there), stamp)
        }
        Truth::Waiting(url) => {
            let url = url.or_else(|| payment.action_url.clone()).unwrap_or_default();
            action(order, payment, &there.gateway_ref, &url, stamp)
        }
    };
    AfterLookUp::Settle(Box::new(settle))
}

/// What a look-up leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AfterLookUp {
    /// Record this.
    Settle(Box<Settle>),
    /// The request never arrived: send it again, under the same key.
    AuthorizeAgain,
}

/// The gateway holds another amount than was asked for.
pub const AMOUNT_MISMATCH: &str = "amount_mismatch";
/// The shopper, or the gateway, took too long.
pub const TIMED_OUT: &str = "timed_out";
/// The shopper will pay in another way.
pub const ANOTHER_WAY: &str = "another_way";

/// The money was let go: the order ends.
#[must_use]
pub fn after_void(order: &Order, payment: &Payment, stamp: Stamp) -> Settle {
    let reason = payment.reason.clone().unwrap_or_default();
    let voided =
        MovePayment::plain(payment.id, &[PaymentState::Voiding], PaymentState::Voided, stamp.at);
    let mut settle = if matches!(&*reason, AMOUNT_MISMATCH | ANOTHER_WAY) {
        fail(order, payment, &reason, stamp)
    } else {
        cancelled(order, &reason, stamp)
    };
    settle.payment = Some(voided);
    settle
}

/// The commit point.
#[must_use]
pub fn confirm(
    order: &Order,
    payment: &Payment,
    gateway_ref: Option<String>,
    stamp: Stamp,
) -> Settle {
    let mut authorized = if payment.method == Method::BankTransfer {
        transfer::taken(payment, stamp.at)
    } else {
        let from = &[PaymentState::Authorizing, PaymentState::RequiresAction];
        MovePayment::plain(payment.id, from, PaymentState::Authorized, stamp.at)
    };
    authorized.gateway_ref = gateway_ref;
    let cart = order.cart_version.map(|_| {
        let lines = order.quote.lines.iter().map(|l| (l.item.sku, l.item.quantity)).collect();
        CartIntent::ordered(order.user, order.id, lines, stamp.at)
    });
    Settle {
        moves: vec![step(OrderState::Confirmed, stamp.by, stamp.at, "")],
        answer: Some(Answer::Confirmed),
        payment: Some(authorized),
        stock: Some(StockIntent::Commit(pin(order))),
        cart,
        events: vec![fact(order, OrderEvent::Confirmed, stamp.at)],
        ..bare(order)
    }
}

/// The gateway refused this try: the stock is free for another one until the deadline.
#[must_use]
pub fn fail(order: &Order, payment: &Payment, reason: &str, stamp: Stamp) -> Settle {
    let mut declined = MovePayment::plain(payment.id, UNPAID, PaymentState::Declined, stamp.at);
    declined.reason = Some(reason.into());
    let ended = matches!(payment.state, PaymentState::Declined | PaymentState::Voided);
    Settle {
        moves: vec![step(OrderState::PaymentFailed, stamp.by, stamp.at, reason)],
        answer: Some(Answer::Declined { reason: reason.into() }),
        payment: (!ended).then_some(declined),
        stock: Some(StockIntent::Unpin(pin(order))),
        cart: order.cart_version.map(|_| CartIntent::thaw(order.user, order.id, stamp.at)),
        events: vec![fact(order, OrderEvent::PaymentFailed, stamp.at)],
        ..bare(order)
    }
}

/// It never came as far as the gateway.
#[must_use]
pub fn abandon(order: &Order, bought_now: bool, stamp: Stamp) -> Settle {
    let mut settle = cancelled(order, "interrupted", stamp);
    // A checkout keeps its hold for another try; Buy Now has nobody to try again for.
    if !bought_now {
        settle.stock = Some(StockIntent::Unpin(pin(order)));
    }
    settle
}

fn cancelled(order: &Order, reason: &str, stamp: Stamp) -> Settle {
    Settle {
        moves: vec![step(OrderState::Cancelled, stamp.by, stamp.at, reason)],
        answer: Some(Answer::Cancelled { reason: reason.into() }),
        stock: Some(StockIntent::ReleasePinned(pin(order))),
        cart: order.cart_version.map(|_| CartIntent::thaw(order.user, order.id, stamp.at)),
        events: vec![fact(order, OrderEvent::Cancelled, stamp.at)],
        ..bare(order)
    }
}

/// A confirmed order is cancelled before it ships: its stock goes back, its money is let go, or given
/// back by whoever hears the fact.
#[must_use]
pub fn cancel(order: &Order, payment: &Payment, reason: &str, stamp: Stamp) -> Settle {
    let from = &[PaymentState::Authorized];
    let void = MovePayment::plain(payment.id, from, PaymentState::Voiding, stamp.at);
    Settle {
        moves: vec![step(OrderState::Cancelled, stamp.by, stamp.at, reason)],
        payment: (payment.state == PaymentState::Authorized).then_some(void),
        stock: Some(StockIntent::Restock(pin(order))),
        events: vec![fact(order, OrderEvent::Cancelled, stamp.at)],
        ..bare(order)
    }
}

/// Takes an open order over; everything else stays.
#[must_use]
pub fn take_over(order: &Order, lease: Lease) -> Settle {
    Settle { lease: Some(lease), ..bare(order) }
}

/// Where an attempt stands while nothing was paid.
const UNPAID: &[PaymentState] =
    &[PaymentState::Authorizing, PaymentState::RequiresAction, PaymentState::AwaitingTransfer];

/// Whether an open order waits for its shopper, so that they may give it up.
#[must_use]
pub const fn waits_for_shopper(payment: &Payment) -> bool {
    matches!(payment.state, PaymentState::RequiresAction | PaymentState::AwaitingTransfer)
}

/// The decision to let the money go is recorded before the gateway is asked.
#[must_use]
pub fn void(order: &Order, payment: &Payment, reason: &str, stamp: Stamp) -> Settle {
    let mut voiding = MovePayment::plain(payment.id, UNPAID, PaymentState::Voiding, stamp.at);
    voiding.reason = Some(reason.into());
    Settle { payment: Some(voiding), lease: Some(stamp.lease), ..bare(order) }
}

/// The shopper must act: nobody works on it until a message, a visit, or the deadline.
fn action(order: &Order, payment: &Payment, gateway_ref: &str, url: &str, stamp: Stamp) -> Settle {
    let mut waiting = MovePayment::plain(
        payment.id,
        &[PaymentState::Authorizing],
        PaymentState::RequiresAction,
        stamp.at,
    );
    waiting.gateway_ref = Some(gateway_ref.into());
    waiting.action_url = Some(url.into());
    let news = payment.state == PaymentState::Authorizing;
    Settle {
        answer: Some(Answer::RequiresAction { url: url.into() }),
        lease: Some(Lease { owner: 0, until: order.deadline }),
        payment: news.then_some(waiting),
        events: if news {
            vec![fact(order, OrderEvent::ActionRequired, stamp.at)]
        } else {
            Vec::new()
        },
        ..bare(order)
    }
}

/// No answer: the recovery worker asks again soon.
fn unanswered(order: &Order, stamp: Stamp) -> Settle {
    Settle {
        answer: Some(Answer::Pending),
        lease: Some(Lease { owner: 0, until: stamp.at.plus_ms(RETRY_MS) }),
        ..bare(order)
    }
}

fn bare(order: &Order) -> Settle {
    Settle {
        order: order.id,
        expected_version: order.version,
        moves: Vec::new(),
        answer: None,
        lease: None,
        payment: None,
        stock: None,
        cart: None,
        events: Vec::new(),
    }
}

const fn pin(order: &Order) -> PinHold {
    PinHold { checkout: order.checkout, order: order.id }
}

fn step(to: OrderState, by: Actor, at: Timestamp, why: &str) -> Move {
    Move { to, at, by, why: why.into() }
}

fn fact(order: &Order, kind: OrderEvent, at: Timestamp) -> Event {
    Event {
        aggregate: Aggregate(order.id.uuid()),
        number: order.version + 1,
        kind: kind.name().into(),
        body: OrderEvent::body(order),
        at,
    }
}

/// The checkout that a try leaves behind when its stock is unpinned: what was bought at once can be
/// tried again. A checkout that is there already stays as it is.
#[must_use]
pub fn kept_checkout(order: &Order) -> CheckoutRecord {
    CheckoutRecord {
        id: order.checkout,
        user: order.user,
        cart_version: order.cart_version,
        quote: Arc::clone(&order.quote),
        ship_to: order.ship_to.clone().unwrap_or_default(),
        deadline: order.deadline,
        created_at: order.created_at,
    }
}

/// Whether an order's hold was taken by itself rather than by a checkout before it.
#[must_use]
pub const fn takes_its_own_hold(begin: &Begin) -> bool {
    matches!(begin.hold, HoldStep::Take(_))
}
