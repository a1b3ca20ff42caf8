//! Parcels on an order's page: where each is, and its way so far, newest first.

use crate::words::moment;
use serde::Serialize;
use souk_fulfillment::{Fulfillment, Parcel, ParcelState, Return, ReturnReason, ReturnState, Scan};
use souk_kernel::Sku;
use souk_orders::Order;

/// One parcel.
#[derive(Serialize)]
pub struct Part {
    /// "Parcel 1 of 2"; "Your parcel" where there is one.
    title: String,
    badge: super::timeline::Badge,
    /// Who carries it; empty: nobody said.
    carrier: String,
    tracking: String,
    /// "2 × Thing".
    lines: Vec<String>,
    scans: Vec<Seen>,
    /// How far it is along its way, in steps of [`STEPS`].
    step: usize,
    steps: [&'static str; 4],
}

#[derive(Serialize)]
struct Seen {
    text: &'static str,
    at: String,
    at_iso: String,
}

const STEPS: [&str; 4] = ["Packed", "On its way", "Comes today", "Delivered"];

/// Every parcel of an order.
pub fn parts(all: &Fulfillment, order: &Order) -> Vec<Part> {
    let many = all.parcels.len();
    let title = |no: u16| match many {
        1 => "Your parcel".to_owned(),
        _ => format!("Parcel {no} of {many}"),
    };
    let part = |parcel: &Parcel| Part {
        title: title(parcel.no),
        badge: badge(parcel.state()),
        carrier: parcel.carrier.clone().unwrap_or_default(),
        tracking: parcel.tracking_number(all.order),
        lines: lines(parcel, order),
        scans: parcel.scans.iter().rev().map(seen).collect(),
        step: step(parcel.state()),
        steps: STEPS,
    };
    all.parcels.iter().map(part).collect()
}

fn lines(parcel: &Parcel, order: &Order) -> Vec<String> {
    parcel.lines.iter().map(|line| titled(line.sku, line.quantity, order)).collect()
}

/// Something that is sent back.
#[derive(Serialize)]
pub struct Back {
    title: &'static str,
    /// What comes next, or how it ended.
    says: &'static str,
    badge: super::timeline::Badge,
    lines: Vec<String>,
    /// What goes back, once that is known.
    refund: String,
    label: String,
    /// How far it is along its way, in steps of [`BACK_STEPS`].
    step: usize,
    steps: [&'static str; 4],
}

const BACK_STEPS: [&str; 4] = ["Label", "Arrived", "Looked at", "Refunded"];

/// Everything that comes back.
pub fn backs(all: &Fulfillment, order: &Order) -> Vec<Back> {
    let back = |back: &Return| {
        let carriers = given_up(back);
        Back {
            title: carriers.map_or_else(|| back_title(back.state()), |(title, _)| title),
            says: carriers.map_or_else(|| back_says(back.state()), |(_, says)| says),
            badge: back_badge(back.state()),
            lines: back.lines.iter().map(|line| titled(line.sku, line.quantity, order)).collect(),
            refund: back
                .refund
                .map_or_else(String::new, |plan| plan.paid.unwrap_or(plan.amount).to_string()),
            label: back.id.to_string(),
            // What the carrier gave up goes no way of the shopper's.
            step: if carriers.is_some() { 0 } else { back_step(back.state()) },
            steps: BACK_STEPS,
        }
    };
    all.returns.iter().map(back).collect()
}

/// What is said of a parcel that the carrier gave up; `None`: the shopper sends it back.
fn given_up(back: &Return) -> Option<(&'static str, &'static str)> {
    let title = match back.reason {
        ReturnReason::Lost => "Lost on its way",
        ReturnReason::Undeliverable => "Could not be delivered",
        _ => return None,
    };
    let says = match back.state() {
        ReturnState::Refunded => "Your money went back the way it came.",
        ReturnState::Received => "It is back with us. Your money comes next.",
        _ => "Your money is on its way back.",
    };
    Some((title, says))
}

const fn back_title(state: ReturnState) -> &'static str {
    match state {
        ReturnState::Requested | ReturnState::Label => "On its way back",
        _ => "Sent back",
    }
}

const fn back_says(state: ReturnState) -> &'static str {
    match state {
        ReturnState::Requested | ReturnState::Label => {
            "Put the label on the parcel and hand it to the carrier."
        }
        ReturnState::Received => "It is with us, and somebody looks at it next.",
        ReturnState::Inspected | ReturnState::Restocked | ReturnState::WrittenOff => {
            "We looked at it. Your money goes back the way it came."
        }
        ReturnState::Refunded => "Your money went back the way it came.",
        ReturnState::Rejected => "We could not take it back, so nothing is refunded for it.",
    }
}

/// How far it is; one that was refused is shown without steps.
const fn back_step(state: ReturnState) -> usize {
    match state {
        ReturnState::Rejected => 0,
        ReturnState::Requested | ReturnState::Label => 1,
        ReturnState::Received => 2,
        ReturnState::Inspected | ReturnState::Restocked | ReturnState::WrittenOff => 3,
        ReturnState::Refunded => 4,
    }
}

const fn back_badge(state: ReturnState) -> super::timeline::Badge {
    let (text, tone) = match state {
        ReturnState::Requested => ("Asked for", "wait"),
        ReturnState::Label => ("Label ready", "wait"),
        ReturnState::Received => ("Received", "wait"),
        ReturnState::Inspected | ReturnState::Restocked | ReturnState::WrittenOff => {
            ("Money on its way", "good")
        }
        ReturnState::Refunded => ("Refunded", "good"),
        ReturnState::Rejected => ("Not accepted", "bad"),
    };
    super::timeline::Badge { text, tone }
}

fn titled(sku: Sku, quantity: u32, order: &Order) -> String {
    let bought = order.quote.lines.iter().find(|bought| bought.item.sku == sku);
    let title = bought.map_or("", |bought| &bought.item.title);
    format!("{quantity} × {title}")
}

fn seen(scan: &Scan) -> Seen {
    let text = match scan.state {
        ParcelState::Label => "Label printed",
        ParcelState::Packed => "Packed",
        ParcelState::PickedUp => "Picked up by the carrier",
        ParcelState::InTransit => "On its way",
        ParcelState::OutForDelivery => "Out for delivery",
        ParcelState::Delivered => "Delivered",
        ParcelState::Failed => "Nobody could take it",
        ParcelState::ReturnedToSender => "Back at the sender",
        ParcelState::Lost => "Lost by the carrier",
        ParcelState::Cancelled => "Not sent",
    };
    Seen { text, at: moment(scan.at), at_iso: scan.at.rfc3339() }
}

const fn badge(state: ParcelState) -> super::timeline::Badge {
    let (text, tone) = match state {
        ParcelState::Label => ("Being packed", "wait"),
        ParcelState::Packed => ("Ready for the carrier", "wait"),
        ParcelState::PickedUp | ParcelState::InTransit => ("On its way", "good"),
        ParcelState::OutForDelivery => ("Comes today", "good"),
        ParcelState::Delivered => ("Delivered", "good"),
        ParcelState::Failed | ParcelState::ReturnedToSender => ("Not delivered", "bad"),
        ParcelState::Lost => ("Lost", "bad"),
        ParcelState::Cancelled => ("Not sent", "bad"),
    };
    super::timeline::Badge { text, tone }
}

const fn step(state: ParcelState) -> usize {
    match state {
        ParcelState::Label | ParcelState::Cancelled => 0,
        ParcelState::Packed => 1,
        ParcelState::PickedUp | ParcelState::InTransit | ParcelState::Lost => 2,
        ParcelState::OutForDelivery | ParcelState::Failed | ParcelState::ReturnedToSender => 3,
        ParcelState::Delivered => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use souk_fulfillment::{Origin, ReturnStep};
    use souk_kernel::{Id, Timestamp};

    #[test]
    fn what_the_carrier_gave_up_was_not_sent_back() {
        let back = |reason, state| Return {
            id: Id::from_bytes([1; 16]),
            origin: Origin::Parcel(1),
            reason,
            lines: Vec::new(),
            steps: vec![ReturnStep { state, at: Timestamp(1) }],
            refund: None,
        };
        for reason in ReturnReason::SAID {
            assert_eq!(given_up(&back(reason, ReturnState::Refunded)), None, "{reason:?}");
        }
        let (title, says) = given_up(&back(ReturnReason::Lost, ReturnState::Refunded)).unwrap();
        assert_eq!((title, says), ("Lost on its way", "Your money went back the way it came."));
        let back = back(ReturnReason::Undeliverable, ReturnState::Received);
        let (title, says) = given_up(&back).unwrap();
        assert_eq!(title, "Could not be delivered");
        assert!(says.contains("back with us"), "{says}");
    }
}
