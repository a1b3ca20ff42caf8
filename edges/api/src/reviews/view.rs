//! Reviews on the wire.

use serde::{Deserialize, Serialize};
use souk_reviews::{Draft, Review, Summary};
use utoipa::ToSchema;

/// What somebody wants to say.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DraftView {
    /// 1 to 5.
    stars: u8,
    /// One line, at most 120 characters; may be empty.
    #[serde(default)]
    title: String,
    /// 10 to 5,000 characters; what nobody sees is taken out and not counted.
    text: String,
}

impl From<DraftView> for Draft {
    fn from(view: DraftView) -> Self {
        Self { stars: view.stars, title: view.title, text: view.text }
    }
}

/// A review.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReviewView {
    review_id: String,
    product_id: String,
    /// How the author is called; empty when the person is gone.
    author: String,
    /// 1 to 5.
    stars: u8,
    title: String,
    text: String,
    /// Whether the product was sent to the author by this shop.
    verified_purchase: bool,
    /// `published`, `held` or `rejected`: the last two are seen by the author only.
    status: &'static str,
    created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    edited_at: Option<String>,
    /// Accounts that found it helpful.
    helpful: u32,
}

impl From<&Review> for ReviewView {
    fn from(review: &Review) -> Self {
        Self {
            review_id: review.id.to_string(),
            product_id: review.product.to_string(),
            author: review.byline.clone(),
            stars: review.stars.count(),
            title: review.title.clone(),
            text: review.text.clone(),
            verified_purchase: review.verified,
            status: review.standing.name(),
            created_at: review.created.rfc3339(),
            edited_at: review.edited.map(souk_kernel::Timestamp::rfc3339),
            helpful: review.helpful,
        }
    }
}

/// The published reviews of a product, counted.
#[derive(Serialize, ToSchema)]
pub(crate) struct SummaryView {
    count: u32,
    /// The mean times ten; 0 when nobody reviewed it.
    rating_tenths: u8,
    /// How many gave one star, two, three, four, five.
    histogram: [u32; 5],
}

impl From<Summary> for SummaryView {
    fn from(summary: Summary) -> Self {
        Self {
            count: summary.count(),
            rating_tenths: summary.mean_tenths(),
            histogram: summary.histogram,
        }
    }
}
