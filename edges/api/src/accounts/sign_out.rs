//! `DELETE /sessions/current`: sign out.

use crate::ApiState;
use crate::openapi::{EngineProblems, SessionProblems};
use axum::extract::State;
use axum::http::StatusCode;
use souk_webkit::{Caller, Problem};

/// Sign out
///
/// Ends the session that asks. A guest who signs out can't come back.
#[utoipa::path(
    delete,
    path = "/sessions/current",
    tag = "accounts",
    security(("session" = []), ("cookie" = [])),
    responses((status = 204, description = "The token opens nothing any more."), SessionProblems, EngineProblems)
)]
pub(crate) async fn handler(
    State(state): State<ApiState>,
    caller: Caller,
) -> Result<StatusCode, Problem> {
    state.accounts.sign_out(&caller.token).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use crate::testing::Shop;

    const PATH: &str = "/api/v1/sessions/current";

    #[tokio::test]
    async fn ends_this_session_and_no_other_204() {
        let shop = Shop::open();
        let (mine, other) = (shop.guest().await, shop.guest().await);
        let answer = shop.request("DELETE", PATH).bearer(&mine).send().await;
        assert_eq!((answer.status, answer.text.as_str()), (204, ""));
        let again = shop.request("DELETE", PATH).bearer(&mine).send().await;
        assert_eq!(again.problem(), (401, "unauthenticated"));
        let me = shop.request("GET", "/api/v1/me").bearer(&other).send().await;
        assert_eq!(me.status, 200);
    }

    #[tokio::test]
    async fn nobody_401() {
        let answer = Shop::open().request("DELETE", PATH).send().await;
        assert_eq!(answer.problem(), (401, "unauthenticated"));
        assert_eq!(answer.header("www-authenticate"), "Bearer");
    }

    #[tokio::test]
    async fn another_site_s_page_403() {
        let shop = Shop::open();
        let cookie = format!("souk_session={}", shop.guest().await);
        let call = || shop.request("DELETE", PATH).header("cookie", &cookie);
        let answer = call().header("sec-fetch-site", "cross-site").send().await;
        assert_eq!(answer.problem(), (403, "cross_site"));
        let answer = call().header("sec-fetch-site", "same-origin").send().await;
        assert_eq!(answer.status, 204);
    }
}
