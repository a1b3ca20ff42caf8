//! `POST /guests`: become somebody, without saying who.

use super::view::GrantView;
use crate::ApiState;
use crate::openapi::EngineProblems;
use axum::extract::State;
use axum::http::StatusCode;
use souk_webkit::{Json, Problem};

/// A new guest
///
/// A guest has a cart, an address and orders like anybody. Signing up later keeps them. The session
/// ends 7 days after its last use.
#[utoipa::path(
    post,
    path = "/guests",
    tag = "accounts",
    responses((status = 201, description = "The guest's session.", body = GrantView), EngineProblems)
)]
pub(crate) async fn handler(
    State(state): State<ApiState>,
) -> Result<(StatusCode, Json<GrantView>), Problem> {
    let grant = state.accounts.mint_guest().await?;
    Ok((StatusCode::CREATED, Json(grant.into())))
}

#[cfg(test)]
mod tests {
    use crate::testing::Shop;

    #[tokio::test]
    async fn a_guest_gets_an_id_and_a_token_201() {
        let shop = Shop::open();
        let answer = shop.request("POST", "/api/v1/guests").send().await;
        assert_eq!(answer.status, 201);
        assert_eq!(answer.text_at("expires_at"), "2026-09-28T14:13:20.000Z");
        assert_eq!(answer.header("cache-control"), "no-store");
        let token = answer.text_at("token");
        let me = shop.request("GET", "/api/v1/me").bearer(&token).send().await;
        assert_eq!(me.text_at("user_id"), answer.text_at("user_id"));
        assert_eq!(me.text_at("kind"), "guest");
    }

    #[tokio::test]
    async fn two_guests_are_two() {
        let shop = Shop::open();
        assert_ne!(shop.guest().await, shop.guest().await);
    }
}
