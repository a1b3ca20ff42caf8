//! The facts that this room publishes. Their aggregate is [`crate::Fulfillment::aggregate`], their body
//! names order and user, and the parcel or return.

use crate::{Fulfillment, Parcel, ParcelState, Return, ReturnReason};
use serde::{Deserialize, Serialize};
use souk_kernel::{Event, EventKind, OrderId, Timestamp, UserId};

/// The carrier has a parcel.
pub const PARCEL_SHIPPED: EventKind = "parcel.shipped";
/// A parcel is in the van.
pub const PARCEL_OUT_FOR_DELIVERY: EventKind = "parcel.out_for_delivery";
/// A parcel arrived.
pub const PARCEL_DELIVERED: EventKind = "parcel.delivered";
/// A parcel is back where it came from.
pub const PARCEL_RETURNED: EventKind = "parcel.returned_to_sender";
/// The carrier lost a parcel.
pub const PARCEL_LOST: EventKind = "parcel.lost";
/// A shopper wants to send something back.
pub const RETURN_REQUESTED: EventKind = "return.requested";
/// A return was inspected: what can be sold again is back on the shelf.
pub const RETURN_INSPECTED: EventKind = "return.inspected";
/// A return's money is back.
pub const RETURN_REFUNDED: EventKind = "return.refunded";

/// The body of a parcel's fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParcelFact {
    /// Of which order.
    pub order: OrderId,
    /// Whose.
    pub user: UserId,
    /// Its number within the order.
    pub parcel: u16,
    /// How many the order has.
    pub parcels: u16,
    /// What the carrier calls it.
    pub tracking: String,
    /// Who carries it, when somebody said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carrier: Option<String>,
}

/// The body of a return's fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnFact {
    /// Of which order.
    pub order: OrderId,
    /// Whose.
    pub user: UserId,
    /// Which return.
    #[serde(rename = "return")]
    pub back: crate::ReturnId,
    /// Why it came back; `None` in facts of old.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<ReturnReason>,
}

/// The kind of fact that tells of a parcel in a state; `None`: nobody is told.
#[must_use]
pub const fn told_of(state: ParcelState) -> Option<EventKind> {
    match state {
        ParcelState::PickedUp => Some(PARCEL_SHIPPED),
        ParcelState::OutForDelivery => Some(PARCEL_OUT_FOR_DELIVERY),
        ParcelState::Delivered => Some(PARCEL_DELIVERED),
        ParcelState::ReturnedToSender => Some(PARCEL_RETURNED),
        ParcelState::Lost => Some(PARCEL_LOST),
        _ => None,
    }
}

/// The order of one of these facts; `None`: it is none of them.
#[must_use]
pub fn order_of(event: &Event) -> Option<OrderId> {
    #[derive(Deserialize)]
    struct Body {
        order: OrderId,
    }
    let ours = event.kind.starts_with("parcel.") || event.kind.starts_with("return.");
    ours.then(|| serde_json::from_str::<Body>(&event.body).ok().map(|body| body.order))?
}

pub(crate) fn of_parcel(
    all: &Fulfillment,
    parcel: &Parcel,
    kind: EventKind,
    at: Timestamp,
) -> Event {
    let body = ParcelFact {
        order: all.order,
        user: all.user,
        parcel: parcel.no,
        parcels: u16::try_from(all.parcels.len()).unwrap_or(u16::MAX),
        tracking: parcel.tracking_number(all.order),
        carrier: parcel.carrier.clone(),
    };
    event(all, kind, serde_json::to_string(&body).unwrap_or_default(), at)
}

pub(crate) fn of_return(all: &Fulfillment, back: &Return, kind: EventKind, at: Timestamp) -> Event {
    let (order, user, reason) = (all.order, all.user, Some(back.reason));
    let body = ReturnFact { order, user, back: back.id, reason };
    event(all, kind, serde_json::to_string(&body).unwrap_or_default(), at)
}

/// Plain ids, numbers and letters always have a JSON form.
fn event(all: &Fulfillment, kind: EventKind, body: String, at: Timestamp) -> Event {
    let aggregate = Fulfillment::aggregate(all.order);
    Event { aggregate, number: all.version, kind: kind.into(), body, at }
}
