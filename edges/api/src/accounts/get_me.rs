//! `GET /me`: who the shop takes the caller for.

use super::view::MeView;
use crate::ApiState;
use crate::openapi::{EngineProblems, SessionProblems};
use axum::extract::State;
use souk_webkit::{Caller, Json, Problem};

/// The caller
///
/// With the default address, if there is one.
#[utoipa::path(
    get,
    path = "/me",
    tag = "accounts",
    security(("session" = []), ("cookie" = [])),
    responses((status = 200, description = "The caller.", body = MeView), SessionProblems, EngineProblems)
)]
pub(crate) async fn handler(
    State(state): State<ApiState>,
    caller: Caller,
) -> Result<Json<MeView>, Problem> {
    let profile = state.accounts.profile(caller.user()).await?;
    Ok(Json(profile.as_ref().into()))
}

#[cfg(test)]
mod tests {
    use crate::testing::Shop;
    use serde_json::json;
    use souk_kernel::DAY_MS;

    const PATH: &str = "/api/v1/me";

    #[tokio::test]
    async fn a_customer_by_header_and_by_cookie_200() {
        let shop = Shop::open();
        let ada = json!({"email": "ada@example.com", "password": "correct horse", "name": "Ada"});
        let grant = shop.post("/api/v1/accounts", ada).await;
        let token = grant.text_at("token");
        let by_header = shop.request("GET", PATH).bearer(&token).send().await;
        let cookie = format!("theme=dark; souk_session={token}");
        let by_cookie = shop.request("GET", PATH).header("cookie", &cookie).send().await;
        let expected = json!({
            "user_id": grant.text_at("user_id"), "kind": "customer",
            "email": "ada@example.com", "email_verified": false, "name": "Ada",
        });
        for answer in [by_header, by_cookie] {
            assert_eq!((answer.status, &answer.body), (200, &expected));
        }
    }

    #[tokio::test]
    async fn nobody_401() {
        let shop = Shop::open();
        let token = shop.guest().await;
        let call = || shop.request("GET", PATH);
        for answer in [
            call().send().await,
            call().bearer("nonsense").send().await,
            call().bearer(&"f".repeat(1_000)).send().await,
            call().header("authorization", "Basic YTpi").send().await,
            call().header("authorization", &token).send().await,
            call().header("cookie", &format!("__Host-souk={token}")).send().await,
            call().bearer("x").header("cookie", &format!("souk_session={token}")).send().await,
        ] {
            assert_eq!(answer.problem(), (401, "unauthenticated"));
        }
    }

    #[tokio::test]
    async fn an_unused_session_ends_401() {
        let shop = Shop::open();
        let token = shop.guest().await;
        shop.clock.advance(7 * DAY_MS);
        let answer = shop.request("GET", PATH).bearer(&token).send().await;
        assert_eq!(answer.problem(), (401, "unauthenticated"));
    }
}
