//! `/wishlist` and `/alerts`.

mod alerts;
mod view;
mod wishlist;

use crate::ApiState;
use souk_accounts::Kind;
use souk_catalog::OfferView;
use souk_kernel::{OfferId, UserId};
use souk_webkit::{Caller, Problem};
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// This context's endpoints.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(wishlist::show))
        .routes(routes!(wishlist::put, wishlist::remove))
        .routes(routes!(alerts::list, alerts::ask))
        .routes(routes!(alerts::withdraw))
}

/// Whose list, and whether they are a guest.
fn owner(caller: &Caller) -> (UserId, bool) {
    (caller.user(), caller.kind() == Kind::Guest)
}

/// The offer, if the shop has it.
async fn offer(state: &ApiState, offer: &str) -> Result<Arc<OfferView>, Problem> {
    let offer: OfferId = crate::orders::id(offer, "offer_id")?;
    let found = state.catalog.offers(&[offer]).await?.pop().flatten();
    found.filter(|about| !about.hidden).ok_or_else(|| {
        Problem::new(axum::http::StatusCode::NOT_FOUND, "offer_not_found", "there is no such offer")
    })
}

#[cfg(test)]
mod tests;
