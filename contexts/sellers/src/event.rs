//! The fact that this room publishes. Its aggregate is the seller.

use crate::SellerAccount;
use serde::{Deserialize, Serialize};
use souk_kernel::{Aggregate, Event, EventKind, SellerId, Timestamp};

/// A seller was approved, suspended or reactivated.
pub const SELLER_CHANGED: EventKind = "seller.changed";

/// Body of [`SELLER_CHANGED`]: consumers read the account itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SellerChanged {
    /// Which.
    pub seller: SellerId,
    /// How it stands from now on.
    pub state: String,
}

/// The fact of an account as it stands now.
#[must_use]
pub fn changed(account: &SellerAccount, at: Timestamp) -> Event {
    let body = SellerChanged { seller: account.id, state: account.state.name().to_owned() };
    Event {
        aggregate: Aggregate(account.id.uuid()),
        number: account.version,
        kind: SELLER_CHANGED.to_owned(),
        // Plain ids and names always have a JSON form.
        body: serde_json::to_string(&body).unwrap_or_default(),
        at,
    }
}
