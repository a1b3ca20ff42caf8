//! The fact that this room tells.

use crate::Review;
use serde::{Deserialize, Serialize};
use souk_kernel::{Aggregate, Event, ProductId, Timestamp};

/// The published reviews of a product may differ from before.
pub const REVIEWS_CHANGED: &str = "reviews.changed";

/// Body of [`REVIEWS_CHANGED`]: consumers read the summary itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewsChanged {
    /// Of which product.
    pub product: ProductId,
}

/// The event of a review that changed.
#[must_use]
pub fn reviews_changed(review: &Review, at: Timestamp) -> Event {
    let body = ReviewsChanged { product: review.product };
    Event {
        aggregate: Aggregate(review.id.uuid()),
        number: review.version,
        kind: REVIEWS_CHANGED.to_owned(),
        body: serde_json::to_string(&body).unwrap_or_default(),
        at,
    }
}
