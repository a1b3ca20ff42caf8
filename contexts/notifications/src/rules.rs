//! Which fact is told by which mail, and its words.

pub(crate) mod letter;
mod message;
mod notice;

pub use message::message;
pub use notice::on_notice;

use crate::model::{Mail, MailKind, OrderDetails, Shop};
use crate::{html, text};
use letter::{Block, Letter};
use serde::Deserialize;
use souk_kernel::{Aggregate, Event, MailId, Money, OrderId, Timestamp};

/// The kind of mail that tells a kind of fact; `None` for the many that nobody is mailed about.
#[must_use]
pub fn told_by(event_kind: &str) -> Option<MailKind> {
    match event_kind {
        "order.confirmed" => Some(MailKind::OrderConfirmed),
        "order.payment_failed" => Some(MailKind::PaymentFailed),
        "order.action_required" => Some(MailKind::ActionNeeded),
        "order.payment_due" => Some(MailKind::PaymentDue),
        "order.transfer_returned" => Some(MailKind::TransferReturned),
        "order.cancelled" => Some(MailKind::OrderCancelled),
        "payment.refunded" => Some(MailKind::OrderRefunded),
        "parcel.shipped" => Some(MailKind::ParcelShipped),
        "parcel.out_for_delivery" => Some(MailKind::ParcelOutForDelivery),
        "parcel.delivered" => Some(MailKind::ParcelDelivered),
        "parcel.returned_to_sender" => Some(MailKind::ParcelReturned),
        "parcel.lost" => Some(MailKind::ParcelLost),
        "return.requested" => Some(MailKind::ReturnRequested),
        "return.inspected" => Some(MailKind::ReturnInspected),
        _ => None,
    }
}

/// What the bodies of those facts may carry; everything is optional, so that a body of another
/// version still gets its mail.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Body {
    order: Option<OrderId>,
    amount: Option<Money>,
    reason: Option<String>,
    /// How it is paid.
    method: Option<String>,
    /// What has not come of a transfer.
    missing: Option<Money>,
    parcel: Option<u16>,
    parcels: Option<u16>,
    tracking: Option<String>,
    carrier: Option<String>,
}

/// The order that a fact concerns: those of payments, parcels and returns say so in their body. `None`:
/// it doesn't say.
#[must_use]
pub fn order_of(event: &Event) -> Option<OrderId> {
    if event.kind.starts_with("order.") {
        return Some(OrderId::from_uuid(event.aggregate.0));
    }
    serde_json::from_str::<Body>(&event.body).ok()?.order
}

/// The mail that tells a fact about an order; `None` if this fact is not mailed, or nobody is there
/// to be told. Pure: the same inputs give the same mail, with `id` and `now` in it.
#[must_use]
pub fn on_event(
    event: &Event,
    order: &OrderDetails,
    shop: &Shop,
    id: MailId,
    now: Timestamp,
) -> Option<Mail> {
    let kind = told_by(&event.kind)?;
    let to = order.email.clone().filter(|to| is_one_address(to))?;
    let body: Body = serde_json::from_str(&event.body).unwrap_or_default();
    if kind == MailKind::ReturnInspected && is_carriers(&body) {
        return None;
    }
    let letter = letter(kind, order, shop, &body);
    Some(Mail {
        id,
        kind,
        about: Aggregate(order.id.uuid()),
        number: event.number,
        user: None,
        to,
        text: text::set(&letter, shop),
        html: html::set(&letter, shop),
        subject: text::one_line(&letter.subject).into_owned(),
        created_at: now,
        sent_at: None,
    })
}

/// Whether a return came by the carrier, not by the shopper, who was told with the parcel already.
fn is_carriers(body: &Body) -> bool {
    matches!(body.reason.as_deref(), Some("undeliverable" | "lost"))
}

/// Whether a string can stand in a `To:` header without becoming another header or a second
/// address. What an address is, is decided where it is entered.
fn is_one_address(to: &str) -> bool {
    to.split('@').count() == 2
        && !to.chars().any(|c| c.is_control() || c.is_whitespace() || ",;<>".contains(c))
}

fn letter(kind: MailKind, order: &OrderDetails, shop: &Shop, body: &Body) -> Letter {
    let number = &order.number;
    let of = |subject: String, heading: &str, says: Vec<String>| {
        Letter::of_order(order, shop, (subject, heading), says)
    };
    match kind {
        MailKind::PaymentFailed => of(
            format!("The payment for order {number} did not go through"),
            "Your payment did not go through",
            vec![
                format!("Order {number} of {} was not paid. {}", order.total, why(body)),
                String::from("Nothing was charged. You can try again with another card."),
            ],
        )
        .button("Try another way to pay")
        .with([Block::goods(order)]),
        MailKind::ActionNeeded if body.method.as_deref() == Some(BY_TRANSFER) => {
            transfer(order, body.missing, &of)
        }
        MailKind::PaymentDue => transfer_due(order, body.missing, &of),
        MailKind::TransferReturned => transfer_returned(order, body.amount, &of),
        MailKind::ActionNeeded => of(
            format!("Please confirm the payment for order {number}"),
            "Your bank asks you to confirm",
            vec![format!(
                "The payment of {} for order {number} waits for your confirmation. Until then the \
                 order is not placed.",
                order.total
            )],
        )
        .button("Confirm the payment"),
        MailKind::OrderCancelled => of(
            format!("Order {number} is cancelled"),
            "Your order is cancelled",
            vec![
                format!("Order {number} of {} was cancelled.", order.total),
                String::from("If you had paid already, the money goes back the way it came."),
            ],
        )
        .with([Block::goods(order)]),
        MailKind::OrderRefunded => refunded(order, body.amount, &of),
        MailKind::ParcelShipped
        | MailKind::ParcelOutForDelivery
        | MailKind::ParcelDelivered
        | MailKind::ParcelReturned
        | MailKind::ParcelLost => parcel(kind, order, body, &of),
        MailKind::ReturnRequested | MailKind::ReturnInspected => returned(kind, order, &of),
        // The others are told by notices; `told_by` gives none of them.
        _ => of(
            format!("Order {number} is confirmed"),
            "Thank you, your order is confirmed",
            vec![format!(
                "{} received your order {number} of {} and your payment.",
                shop.name, order.total
            )],
        )
        .with([Block::goods(order)])
        .with(Block::delivery(order)),
    }
}

type Of<'a> = &'a dyn Fn(String, &str, Vec<String>) -> Letter;

fn parcel(kind: MailKind, order: &OrderDetails, body: &Body, of: Of<'_>) -> Letter {
    let number = &order.number;
    let which = match (body.parcel, body.parcels) {
        (Some(no), Some(of)) if of > 1 => format!("Parcel {no} of {of} of order {number}"),
        _ => format!("Your order {number}"),
    };
    let (subject, heading, says) = match kind {
        MailKind::ParcelOutForDelivery => (
            format!("{which} comes today"),
            "It comes today",
            format!("{which} is in the van and on its last way to you."),
        ),
        MailKind::ParcelDelivered => (
            format!("{which} has arrived"),
            "It has arrived",
            format!("{which} was delivered. If anything is wrong with it, tell us on its page."),
        ),
        MailKind::ParcelReturned => (
            format!("{which} could not be delivered"),
            "It could not be delivered",
            format!("{which} went back to us. You get your money back for what was in it."),
        ),
        MailKind::ParcelLost => (
            format!("{which} is lost"),
            "It is lost",
            format!("The carrier can't find {which}. You get your money back for what was in it."),
        ),
        _ => (
            format!("{which} is on its way"),
            "It is on its way",
            format!("{which} has left our house and is with the carrier."),
        ),
    };
    let letter = of(subject, heading, vec![says]).button("Follow your order");
    let carried = body.carrier.clone();
    let carried = carried.map(|value| Block::Fact { heading: "Carrier", value });
    let number = body.tracking.clone();
    let number = number.map(|value| Block::Fact { heading: "Tracking number", value });
    let tracked = carried.into_iter().chain(number);
    match kind {
        MailKind::ParcelOutForDelivery => letter.with(tracked).with(Block::address(order)),
        MailKind::ParcelDelivered => letter.with(Block::address(order)),
        MailKind::ParcelReturned | MailKind::ParcelLost => letter,
        _ => letter.with(tracked).with(Block::delivery(order)),
    }
}

/// How facts name a bank transfer.
const BY_TRANSFER: &str = "bank_transfer";

fn transfer(order: &OrderDetails, missing: Option<Money>, of: Of<'_>) -> Letter {
    let (number, amount) = (&order.number, missing.unwrap_or(order.total));
    let says = vec![
        format!("Your items are kept for you. Send {amount} with the reference {number}."),
        String::from("The account is on your order's page, and so is the day until which we wait."),
    ];
    let subject = format!("Please send {amount} for order {number}");
    of(subject, "Send the money, and it is yours", says)
        .button("See where to send it")
        .with([Block::goods(order)])
}

fn transfer_due(order: &OrderDetails, missing: Option<Money>, of: Of<'_>) -> Letter {
    let (number, amount) = (&order.number, missing.unwrap_or(order.total));
    let says = vec![
        format!("{amount} of your transfer for order {number} has not come yet."),
        String::from("If you have sent it by now, there is nothing to do. What is late goes back."),
    ];
    of(format!("{amount} is missing for order {number}"), "Your transfer is not complete", says)
        .button("See where to send it")
}

fn transfer_returned(order: &OrderDetails, amount: Option<Money>, of: Of<'_>) -> Letter {
    let number = &order.number;
    let amount = amount.map_or_else(|| String::from("Your money"), |amount| amount.to_string());
    let says = vec![
        format!(
            "{amount} came for order {number} when we did not wait for it any more, and the items \
             are not there."
        ),
        String::from("It goes back to the account that it came from, within a few days."),
    ];
    of(format!("Your transfer for order {number} goes back"), "Your transfer goes back", says)
}

fn refunded(order: &OrderDetails, amount: Option<Money>, of: Of<'_>) -> Letter {
    let number = &order.number;
    let (subject, says) = match amount {
        Some(amount) if amount == order.total => (
            format!("Refund of {amount} for order {number}"),
            format!("We refunded all {amount} of order {number}."),
        ),
        Some(amount) => (
            format!("Refund of {amount} for order {number}"),
            format!("We refunded {amount} of the {} of order {number}.", order.total),
        ),
        None => (
            format!("Refund for order {number}"),
            format!("We made a refund for order {number} of {}.", order.total),
        ),
    };
    let days = String::from("Your bank may take a few days to show it.");
    of(subject, "Your money is on its way back", vec![says, days])
}

fn returned(kind: MailKind, order: &OrderDetails, of: Of<'_>) -> Letter {
    let number = &order.number;
    if kind == MailKind::ReturnRequested {
        return of(
            format!("Your return for order {number}"),
            "We expect your return",
            vec![
                format!("We have noted what you send back of order {number}."),
                String::from(
                    "Its label is on the order's page. Put it on the parcel and hand it to the \
                     carrier. The money goes back when we have looked at it.",
                ),
            ],
        )
        .button("Get the label");
    }
    of(
        format!("Your return for order {number} has arrived"),
        "Your return has arrived",
        vec![
            format!("We have looked at what you sent back of order {number}."),
            String::from("What is due to you goes back the way it came. We tell you when it does."),
        ],
    )
}

/// The gateways' reasons that a shopper can do something about.
fn why(body: &Body) -> &'static str {
    match body.reason.as_deref() {
        Some("insufficient_funds") => "The bank says that the account does not cover it.",
        Some("expired_card") => "The card has expired.",
        Some("authentication_failed") => "The bank could not confirm that it was you.",
        Some("expired") => "The time to pay ran out.",
        _ => "The payment was declined.",
    }
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
