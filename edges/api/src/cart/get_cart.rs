//! `GET /cart`: the caller's cart.

use super::view::{Answer, CartView, answer};
use crate::ApiState;
use crate::openapi::{EngineProblems, SessionProblems};
use axum::extract::State;
use souk_webkit::{Caller, Problem};

/// The cart
///
/// At present prices, with notices of what changed since the lines were last touched. Who never had
/// a cart has one of version 0 without lines. Its `ETag` is the version.
#[utoipa::path(
    get,
    path = "/cart",
    tag = "cart",
    security(("session" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "The cart.", body = CartView),
        SessionProblems,
        EngineProblems
    )
)]
pub(crate) async fn handler(
    State(state): State<ApiState>,
    caller: Caller,
) -> Result<Answer, Problem> {
    let cart = state.carts.get(caller.user()).await?;
    answer(&state, cart, &[]).await
}
