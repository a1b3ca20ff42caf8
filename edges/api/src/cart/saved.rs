//! `POST /cart/saved/{offer_id}/restore`, `DELETE /cart/saved/{offer_id}`.

use super::view::{Answer, CartView, answer, owner, refused};
use crate::ApiState;
use crate::openapi::{EngineProblems, ProblemDoc, SessionProblems};
use crate::orders::id;
use axum::extract::{Path, State};
use souk_webkit::{Caller, IfMatch, Problem};

/// Put a saved line back into the cart
///
/// With the price snapshot that it has: a notice tells when the price is another one now.
#[utoipa::path(
    post,
    path = "/cart/saved/{offer_id}/restore",
    tag = "cart",
    params(
        ("offer_id" = String, Path),
        ("If-Match" = Option<String>, Header, description = "The cart's `ETag`: refuse if it changed since.")
    ),
    security(("session" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "The cart.", body = CartView),
        (status = 400, description = "`if_match_invalid`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 404, description = "`line_not_found`: it is not saved.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 409, description = "`cart_frozen`: an order is paying for the cart, which is the \
            member `cart`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 412, description = "`cart_changed`: `If-Match` is of an older cart; the current \
            one is the member `cart`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "`id_invalid`; `cart_full`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        SessionProblems,
        EngineProblems
    )
)]
pub(crate) async fn restore(
    State(state): State<ApiState>,
    caller: Caller,
    IfMatch(expected): IfMatch,
    Path(offer): Path<String>,
) -> Result<Answer, Problem> {
    let offer = id(&offer, "offer_id")?;
    match state.carts.restore_line(owner(&caller), offer, expected).await {
        Ok((cart, notices)) => answer(&state, cart, &notices).await,
        Err(error) => Err(refused(&state, error).await),
    }
}

/// Remove a saved line
///
/// One that is not there is removed already.
#[utoipa::path(
    delete,
    path = "/cart/saved/{offer_id}",
    tag = "cart",
    params(
        ("offer_id" = String, Path),
        ("If-Match" = Option<String>, Header, description = "The cart's `ETag`: refuse if it changed since.")
    ),
    security(("session" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "The cart.", body = CartView),
        (status = 400, description = "`if_match_invalid`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 409, description = "`cart_frozen`: an order is paying for the cart, which is the \
            member `cart`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 412, description = "`cart_changed`: `If-Match` is of an older cart; the current \
            one is the member `cart`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "`id_invalid`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        SessionProblems,
        EngineProblems
    )
)]
pub(crate) async fn remove(
    State(state): State<ApiState>,
    caller: Caller,
    IfMatch(expected): IfMatch,
    Path(offer): Path<String>,
) -> Result<Answer, Problem> {
    let offer = id(&offer, "offer_id")?;
    match state.carts.drop_saved(owner(&caller), offer, expected).await {
        Ok((cart, notices)) => answer(&state, cart, &notices).await,
        Err(error) => Err(refused(&state, error).await),
    }
}
