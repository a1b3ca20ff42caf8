//! An order's state and its steps in words.

use crate::words::{day, moment};
use serde::Serialize;
use souk_kernel::Timestamp;
use souk_orders::{Order, OrderState};
use souk_payments::{Method, Payment, PaymentState};

#[derive(Debug, Serialize)]
pub struct Step {
    text: &'static str,
    at: String,
    at_iso: String,
}

/// The state, as a badge and for its colour.
#[derive(Debug, Serialize)]
pub struct Badge {
    pub text: &'static str,
    /// `good`, `wait` or `bad`.
    pub tone: &'static str,
}

/// The badge of an order that waits for its shopper.
pub const fn waiting(payment: &Payment) -> Option<Badge> {
    match payment.state {
        PaymentState::RequiresAction => Some(Badge { text: "Waiting for you", tone: "wait" }),
        PaymentState::AwaitingTransfer => {
            Some(Badge { text: "Waiting for your transfer", tone: "wait" })
        }
        _ => None,
    }
}

pub const fn badge(state: OrderState) -> Badge {
    let (text, tone) = match state {
        OrderState::Created | OrderState::PaymentPending => ("Confirming", "wait"),
        OrderState::PaymentFailed => ("Payment failed", "bad"),
        OrderState::Confirmed => ("Confirmed", "good"),
        OrderState::Shipped => ("Shipped", "good"),
        OrderState::Delivered => ("Delivered", "good"),
        OrderState::Cancelled => ("Cancelled", "bad"),
    };
    Badge { text, tone }
}

/// One point of an order's way, for the line at the top of its page.
#[derive(Debug, Serialize)]
pub struct Milestone {
    text: &'static str,
    /// When it was, or when it is expected; empty where nobody knows.
    when: String,
    when_iso: String,
    done: bool,
    /// It ended here, not as it should.
    bad: bool,
}

/// An order's way in one line: what was, what is to come.
pub fn milestones(order: &Order) -> Vec<Milestone> {
    let at = |state| order.moves.iter().rfind(|step| step.to == state).map(|step| step.at);
    let point = |text, state, expected: String| {
        let when = at(state);
        Milestone {
            text,
            when: when.map_or(expected, day),
            when_iso: when.map(Timestamp::rfc3339).unwrap_or_default(),
            done: when.is_some(),
            bad: matches!(state, OrderState::PaymentFailed | OrderState::Cancelled),
        }
    };
    let none = String::new;
    let mut line = vec![point("Ordered", OrderState::Created, none())];
    let paid = at(OrderState::Confirmed).is_some();
    match order.state {
        OrderState::PaymentFailed => {
            line.push(point("Not paid", OrderState::PaymentFailed, none()));
        }
        OrderState::Cancelled => {
            if paid {
                line.push(point("Paid", OrderState::Confirmed, none()));
            }
            line.push(point("Cancelled", OrderState::Cancelled, none()));
        }
        _ => {
            line.push(point("Paid", OrderState::Confirmed, none()));
            line.push(point("Shipped", OrderState::Shipped, none()));
            line.push(point("Delivered", OrderState::Delivered, order.quote.delivery()));
        }
    }
    line
}

/// Every step, oldest first.
pub fn steps(order: &Order) -> Vec<Step> {
    let text = |state| match state {
        OrderState::Created => "Order received",
        OrderState::PaymentPending => "Items set aside, payment asked for",
        OrderState::PaymentFailed => "Payment declined",
        OrderState::Confirmed => "Paid and confirmed",
        OrderState::Shipped => "Shipped",
        OrderState::Delivered => "Delivered",
        OrderState::Cancelled => "Cancelled",
    };
    let step = |step: &souk_orders::Move| Step {
        text: text(step.to),
        at: moment(step.at),
        at_iso: step.at.rfc3339(),
    };
    order.moves.iter().map(step).collect()
}

/// How the money stands, for the shopper.
pub fn money(order: &Order, payment: Option<&Payment>) -> String {
    let Some(payment) = payment else { return "Nothing was charged.".into() };
    let gone = matches!(order.state, OrderState::Cancelled | OrderState::PaymentFailed);
    let back = |minor| souk_kernel::Money::new(minor, payment.amount.currency);
    let (from, by) = match payment.method {
        Method::Card => ("card", "by card"),
        Method::Wallet => ("wallet", "with your wallet"),
        Method::BankTransfer => ("account", "by bank transfer"),
    };
    match payment.state {
        _ if payment.refunding > 0 => {
            format!("{} is on its way back to your {from}.", back(payment.refunding))
        }
        _ if payment.refunded > 0 => format!("{} was paid back.", back(payment.refunded)),
        PaymentState::Authorizing => "Your bank is being asked.".into(),
        PaymentState::RequiresAction if payment.method == Method::Wallet => {
            "Your wallet waits for you to confirm.".into()
        }
        PaymentState::RequiresAction => "Your bank waits for you to confirm.".into(),
        PaymentState::AwaitingTransfer => format!("{} is to come {by}.", payment.amount),
        PaymentState::Declined => "Nothing was charged.".into(),
        PaymentState::Voided if payment.method == Method::BankTransfer => {
            "Nothing was kept: what came goes back to your account.".into()
        }
        PaymentState::Voided => "Nothing was charged; the reservation was let go.".into(),
        PaymentState::Voiding => "The payment is being let go.".into(),
        PaymentState::Authorized | PaymentState::Capturing if gone => {
            format!("The reservation on your {from} is being let go.")
        }
        PaymentState::Captured if gone => {
            format!("{} is on its way back to your {from}.", payment.amount)
        }
        PaymentState::Authorized | PaymentState::Capturing => {
            format!("{} is reserved on your {from}.", payment.amount)
        }
        PaymentState::Captured => format!("{} was paid {by}.", payment.amount),
    }
}
