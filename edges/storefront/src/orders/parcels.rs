//! Parcels on an order's page: where each is, and its way so far, newest first.

use crate::words::moment;
use serde::Serialize;
use souk_fulfillment::{Fulfillment, Parcel, ParcelState, Scan};
use souk_orders::Order;

/// One parcel.
#[derive(Serialize)]
pub struct Part {
    /// "Parcel 1 of 2"; "Your parcel" where there is one.
    title: String,
    badge: super::timeline::Badge,
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
        tracking: parcel.tracking_number(all.order),
        lines: lines(parcel, order),
        scans: parcel.scans.iter().rev().map(seen).collect(),
        step: step(parcel.state()),
        steps: STEPS,
    };
    all.parcels.iter().map(part).collect()
}

fn lines(parcel: &Parcel, order: &Order) -> Vec<String> {
    let line = |line: &souk_fulfillment::ParcelLine| {
        let bought = order.quote.lines.iter().find(|bought| bought.item.sku == line.sku);
        let title = bought.map_or("", |bought| &bought.item.title);
        format!("{} × {title}", line.quantity)
    };
    parcel.lines.iter().map(line).collect()
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
        ParcelState::Cancelled => ("Not sent", "bad"),
    };
    super::timeline::Badge { text, tone }
}

const fn step(state: ParcelState) -> usize {
    match state {
        ParcelState::Label | ParcelState::Cancelled => 0,
        ParcelState::Packed => 1,
        ParcelState::PickedUp | ParcelState::InTransit => 2,
        ParcelState::OutForDelivery | ParcelState::Failed | ParcelState::ReturnedToSender => 3,
        ParcelState::Delivered => 4,
    }
}
