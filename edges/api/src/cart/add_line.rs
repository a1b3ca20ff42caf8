//! `POST /cart/lines`: more of an offer.

use super::view::{Answer, CartView, answer, owner, refused};
use crate::ApiState;
use crate::openapi::{BodyProblems, EngineProblems, ProblemDoc, SessionProblems};
use crate::orders::id;
use axum::extract::State;
use serde::Deserialize;
use souk_webkit::{Caller, IfMatch, Json, Problem};
use utoipa::ToSchema;

/// What is added.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewCartLine)]
pub(crate) struct Request {
    #[schema(format = "uuid")]
    offer_id: String,
    /// 1 to 99.
    #[schema(minimum = 1, maximum = 99, example = 1)]
    quantity: u32,
}

/// Add to the cart
///
/// Sums with a line of the same offer, up to 99 pieces: the notice `capped` says when that cut
/// something off. Adding reserves nothing.
#[utoipa::path(
    post,
    path = "/cart/lines",
    tag = "cart",
    params(("If-Match" = Option<String>, Header, description = "The cart's `ETag`: refuse if it changed since.")),
    request_body = Request,
    security(("session" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "The cart.", body = CartView),
        (status = 404, description = "`offer_not_found`: the offer is not for sale.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 409, description = "`cart_frozen`: an order is paying for the cart, which is the \
            member `cart`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 412, description = "`cart_changed`: `If-Match` is of an older cart; the current \
            one is the member `cart`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "`id_invalid`, `invalid_quantity`, `cart_full` (200 lines), \
            `body_invalid`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        BodyProblems,
        SessionProblems,
        EngineProblems
    )
)]
pub(crate) async fn handler(
    State(state): State<ApiState>,
    caller: Caller,
    IfMatch(expected): IfMatch,
    Json(request): Json<Request>,
) -> Result<Answer, Problem> {
    let offer = id(&request.offer_id, "offer_id")?;
    match state.carts.add_line(owner(&caller), offer, request.quantity, expected).await {
        Ok((cart, notices)) => answer(&state, cart, &notices).await,
        Err(error) => Err(refused(&state, error).await),
    }
}
