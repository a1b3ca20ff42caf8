//! `POST /sessions`: sign in.

use super::view::GrantView;
use crate::ApiState;
use crate::openapi::{BodyProblems, EngineProblems, ProblemDoc};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use souk_accounts::{Kind, Password};
use souk_webkit::{Json, MaybeCaller, Problem, device_of};
use utoipa::ToSchema;

/// An account's credentials.
#[derive(Deserialize, ToSchema)]
#[schema(as = Credentials)]
pub(crate) struct Request {
    /// The account's address, in any spelling.
    #[schema(format = "email", example = "ada@example.com")]
    email: String,
    /// Its password.
    #[schema(format = "password")]
    password: String,
}

/// Sign in
///
/// Opens a further session. It ends 30 days after its last use. An unknown address and a wrong
/// password get the same answer, as slowly. If the request shows a guest's session, the lines of the
/// guest's cart, their wishes and what they looked at move into the account's.
#[utoipa::path(
    post,
    path = "/sessions",
    tag = "accounts",
    request_body = Request,
    security((), ("session" = []), ("cookie" = [])),
    responses(
        (status = 201, description = "The new session.", body = GrantView),
        (status = 401, description = "`bad_credentials`: the address or the password is wrong.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "`body_invalid`: a field is missing or of another type.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 429, description = "`rate_limited`: too many passwords were tried on this account, or \
            from this address. `Retry-After` says when to try again.",
         body = ProblemDoc, content_type = "application/problem+json"),
        BodyProblems,
        EngineProblems
    )
)]
pub(crate) async fn handler(
    State(state): State<ApiState>,
    caller: Result<MaybeCaller, Problem>,
    headers: HeaderMap,
    Json(request): Json<Request>,
) -> Result<(StatusCode, Json<GrantView>), Problem> {
    state.sessions.gate.limits.account(&request.email)?;
    let (password, device) = (Password::new(request.password), device_of(&headers));
    let grant = state.accounts.sign_in(&request.email, password, device).await?;
    // A token that has ended is no reason to refuse a right password.
    if let Ok(MaybeCaller(Some(caller))) = caller
        && caller.kind() == Kind::Guest
    {
        super::bring_along(&state, caller.user(), grant.principal.user).await;
    }
    Ok((StatusCode::CREATED, Json(grant.into())))
}

#[cfg(test)]
mod tests {
    use crate::testing::Shop;
    use serde_json::json;

    const PATH: &str = "/api/v1/sessions";

    async fn shop() -> Shop {
        let shop = Shop::open();
        let ada = json!({"email": "ada@example.com", "password": "correct horse", "name": "Ada"});
        assert_eq!(shop.post("/api/v1/accounts", ada).await.status, 201);
        shop
    }

    #[tokio::test]
    async fn the_right_password_opens_a_session_201() {
        let right = json!({"email": " ADA@example.com", "password": "correct horse"});
        let shop = shop().await;
        let answer = shop.post(PATH, right).await;
        assert_eq!(answer.status, 201);
        let token = answer.text_at("token");
        let me = shop.request("GET", "/api/v1/me").bearer(&token).send().await;
        assert_eq!(me.text_at("email"), "ada@example.com");
    }

    #[tokio::test]
    async fn a_wrong_password_and_an_unknown_address_401() {
        let shop = shop().await;
        let wrong = json!({"email": "ada@example.com", "password": "wrong horse"});
        let unknown = json!({"email": "bea@example.com", "password": "correct horse"});
        let (wrong, unknown) = (shop.post(PATH, wrong).await, shop.post(PATH, unknown).await);
        assert_eq!(wrong.problem(), (401, "bad_credentials"));
        assert_eq!(wrong.text, unknown.text, "which of the two is not told");
    }

    #[tokio::test]
    async fn guessing_passwords_is_slowed_down_429() {
        let shop = shop().await;
        let wrong = json!({"email": "ada@example.com", "password": "wrong horse"});
        for _ in 0..10 {
            assert_eq!(shop.post(PATH, wrong.clone()).await.status, 401);
        }
        let right = json!({"email": "Ada@example.com", "password": "correct horse"});
        let answer = shop.post(PATH, right).await;
        assert_eq!(answer.problem(), (429, "rate_limited"));
        assert_eq!(answer.header("retry-after"), "6");
        let other = json!({"email": "bea@example.com", "password": "wrong horse"});
        assert_eq!(shop.post(PATH, other).await.status, 401, "another account");
    }

    #[tokio::test]
    async fn what_is_no_json_400_413_415() {
        let shop = shop().await;
        let send = |kind: &'static str, body: String| {
            shop.request("POST", PATH).header("content-type", kind).raw(body).send()
        };
        assert_eq!(send("application/json", "[".into()).await.problem().0, 400);
        assert_eq!(send("application/json", " ".repeat(70_000)).await.problem().0, 413);
        assert_eq!(send("text/plain", "{}".into()).await.problem().0, 415);
    }

    #[tokio::test]
    async fn a_missing_field_422() {
        let answer = shop().await.post(PATH, json!({"email": "ada@example.com"})).await;
        assert_eq!(answer.problem(), (422, "body_invalid"));
    }

    #[tokio::test]
    async fn too_many_passwords_at_once_503() {
        let shop = shop().await;
        shop.engine_down();
        let right = json!({"email": "ada@example.com", "password": "correct horse"});
        assert_eq!(shop.post(PATH, right).await.problem(), (503, "busy"));
    }

    #[tokio::test]
    async fn takes_a_guest_s_cart_along_once_201() {
        let shop = shop().await;
        let right = json!({"email": "ada@example.com", "password": "correct horse"});
        let guest = shop.guest().await;
        let line = json!({"offer_id": crate::testing::offer(7), "quantity": 2});
        shop.request("POST", "/api/v1/cart/lines").bearer(&guest).json(&line).send().await;
        for _ in 0..2 {
            let grant = shop.request("POST", PATH).bearer(&guest).json(&right).send().await;
            assert_eq!(grant.status, 201);
            let token = grant.text_at("token");
            let cart = shop.request("GET", "/api/v1/cart").bearer(&token).send().await;
            assert_eq!(cart.body["pieces"], 2);
        }
        let cart = shop.request("GET", "/api/v1/cart").bearer(&guest).send().await;
        assert_eq!((&cart.body["version"], &cart.body["lines"]), (&json!(2), &json!([])));
        let ended = shop.request("POST", PATH).bearer("ended").json(&right).send().await;
        assert_eq!(ended.status, 201, "a token that has ended is no reason to refuse");
    }
}
