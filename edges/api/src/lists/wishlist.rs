//! `GET /wishlist`, `PUT|DELETE /wishlist/{offer_id}`.

use super::owner;
use super::view::{WishView, WishlistView};
use crate::ApiState;
use crate::openapi::{EngineProblems, ProblemDoc, SessionProblems};
use axum::extract::{Path, State};
use souk_kernel::{OfferId, UserId};
use souk_webkit::{Caller, Json, Problem};

/// The wishlist
///
/// With what each thing cost then and costs now. A guest's is kept for 30 days, an account's for good;
/// signing in brings a guest's along.
#[utoipa::path(
    get,
    path = "/wishlist",
    tag = "lists",
    security(("session" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "The list.", body = WishlistView),
        SessionProblems,
        EngineProblems
    )
)]
pub(crate) async fn show(
    State(state): State<ApiState>,
    caller: Caller,
) -> Result<Json<WishlistView>, Problem> {
    Ok(Json(view(&state, caller.user()).await?))
}

/// Wish for something
///
/// Takes the present price. What is on the list stays as it was.
#[utoipa::path(
    put,
    path = "/wishlist/{offer_id}",
    tag = "lists",
    params(("offer_id" = String, Path)),
    security(("session" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "The list.", body = WishlistView),
        (status = 404, description = "`offer_not_found`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "`id_invalid`; `wishlist_full`: it has 100 things.",
         body = ProblemDoc, content_type = "application/problem+json"),
        SessionProblems,
        EngineProblems
    )
)]
pub(crate) async fn put(
    State(state): State<ApiState>,
    caller: Caller,
    Path(offer): Path<String>,
) -> Result<Json<WishlistView>, Problem> {
    let about = super::offer(&state, &offer).await?;
    let what = (about.offer, about.product);
    state.lists.wish(owner(&caller), what, about.unit_price).await?;
    Ok(Json(view(&state, caller.user()).await?))
}

/// Take something off the wishlist
///
/// What is not on it is off already.
#[utoipa::path(
    delete,
    path = "/wishlist/{offer_id}",
    tag = "lists",
    params(("offer_id" = String, Path)),
    security(("session" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "The list.", body = WishlistView),
        (status = 422, description = "`id_invalid`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        SessionProblems,
        EngineProblems
    )
)]
pub(crate) async fn remove(
    State(state): State<ApiState>,
    caller: Caller,
    Path(offer): Path<String>,
) -> Result<Json<WishlistView>, Problem> {
    let offer: OfferId = crate::orders::id(&offer, "offer_id")?;
    state.lists.unwish(caller.user(), offer).await?;
    Ok(Json(view(&state, caller.user()).await?))
}

async fn view(state: &ApiState, user: UserId) -> Result<WishlistView, Problem> {
    let wishes = state.lists.wishes(user).await?;
    let offers: Vec<OfferId> = wishes.iter().map(|wish| wish.offer).collect();
    let about = state.catalog.offers(&offers).await?;
    let now = state.carts.offerings(&offers).await?;
    let item = |((wish, about), now): ((&souk_lists::Wish, &Option<_>), &Option<_>)| {
        // What is hidden is gone, for who looks at a list.
        WishView::of(
            wish,
            about.as_deref().filter(|about: &&souk_catalog::OfferView| !about.hidden),
            now.as_ref(),
        )
    };
    Ok(WishlistView { items: wishes.iter().zip(&about).zip(&now).map(item).collect() })
}
