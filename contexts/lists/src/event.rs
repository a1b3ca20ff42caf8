//! The facts that this room tells. Their aggregate is the alert, their number how often it was told.

use crate::{Alert, Awaited};
use serde::{Deserialize, Serialize};
use souk_kernel::{Aggregate, Event, EventKind, Money, OfferId, ProductId, Timestamp, UserId};

/// What somebody waits for can be bought again.
pub const CAME_BACK: EventKind = "alert.came_back";
/// What somebody waits for costs less than they were told last.
pub const PRICE_FELL: EventKind = "alert.price_fell";

/// The body of both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertFact {
    /// Who waits.
    pub user: UserId,
    /// For which offer.
    pub offer: OfferId,
    /// Of which product.
    pub product: ProductId,
    /// The price that it had when they asked, or when they were told last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Money>,
    /// What it costs now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Money>,
}

/// The fact that an alert tells, as it stands after being told; `to`: the present price.
#[must_use]
pub fn told(alert: &Alert, to: Option<Money>, at: Timestamp) -> Event {
    let (kind, from) = match alert.awaited {
        Awaited::Stock => (CAME_BACK, None),
        Awaited::PriceBelow(from) => (PRICE_FELL, Some(from)),
    };
    let body = AlertFact { user: alert.user, offer: alert.offer, product: alert.product, from, to };
    Event {
        aggregate: Aggregate(alert.id.uuid()),
        number: u64::from(alert.told) + 1,
        kind: kind.to_owned(),
        body: serde_json::to_string(&body).expect("ids, numbers and money are always JSON"),
        at,
    }
}
