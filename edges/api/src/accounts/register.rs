//! `POST /accounts`: sign up.

use super::view::GrantView;
use crate::ApiState;
use crate::openapi::{BodyProblems, EngineProblems, ProblemDoc};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use souk_accounts::{Password, RegisterError, Registration};
use souk_webkit::{Json, MaybeCaller, Problem, device_of};
use utoipa::ToSchema;

/// What somebody signs up with.
#[derive(Deserialize, ToSchema)]
#[schema(as = Registration)]
pub(crate) struct Request {
    /// One account per address.
    #[schema(format = "email", example = "ada@example.com")]
    email: String,
    /// 8 to 200 characters.
    #[schema(format = "password", min_length = 8, max_length = 200)]
    password: String,
    /// How to call you; up to 100 characters.
    #[schema(example = "Ada Lovelace")]
    name: String,
}

/// Sign up
///
/// A guest who signs up keeps the user id, and with it cart, address and orders; the guest's token
/// ends and the new one takes its place.
#[utoipa::path(
    post,
    path = "/accounts",
    tag = "accounts",
    request_body = Request,
    security((), ("session" = []), ("cookie" = [])),
    responses(
        (status = 201, description = "The account's first session.", body = GrantView),
        (status = 401, description = "`unauthenticated`: a token is shown, and it has ended.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 409, description = "`email_taken`: an account with this address exists. \
            `already_registered`: the caller is a customer.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "`account_invalid`: see `errors`. `body_invalid`: a field is \
            missing or of another type.",
         body = ProblemDoc, content_type = "application/problem+json"),
        BodyProblems,
        EngineProblems
    )
)]
pub(crate) async fn handler(
    State(state): State<ApiState>,
    MaybeCaller(caller): MaybeCaller,
    headers: HeaderMap,
    Json(request): Json<Request>,
) -> Result<(StatusCode, Json<GrantView>), Problem> {
    let Request { email, password, name } = request;
    let (password, device) = (Password::new(password), device_of(&headers));
    let registration = Registration { email, password, name, device };
    let caller = caller.map(|caller| (caller.principal, caller.token));
    let guest = caller.as_ref().map(|(principal, _)| principal.user);
    let grant = state.accounts.register(registration, caller).await.map_err(problem)?;
    if let Some(guest) = guest {
        // The same id: what it left is kept as long as an account's from now on.
        super::bring_along(&state, guest, grant.principal.user).await;
    }
    Ok((StatusCode::CREATED, Json(grant.into())))
}

fn problem(refused: RegisterError) -> Problem {
    match &refused {
        RegisterError::Invalid(faults) => {
            let faults = faults.clone();
            Problem::from(refused).with_fields(&faults)
        }
        _ => refused.into(),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::Shop;
    use serde_json::{Value, json};

    const PATH: &str = "/api/v1/accounts";

    fn ada() -> Value {
        json!({"email": "ada@example.com", "password": "correct horse", "name": "Ada"})
    }

    #[tokio::test]
    async fn somebody_new_gets_a_session_201() {
        let shop = Shop::open();
        let answer = shop.post(PATH, ada()).await;
        assert_eq!(answer.status, 201);
        assert_eq!(answer.text_at("expires_at"), "2026-10-21T14:13:20.000Z");
        assert!(!answer.text.contains("correct horse"));
    }

    #[tokio::test]
    async fn a_guest_keeps_the_id_201() {
        let shop = Shop::open();
        let guest = shop.guest().await;
        let before = shop.request("GET", "/api/v1/me").bearer(&guest).send().await;
        let answer = shop.request("POST", PATH).bearer(&guest).json(&ada()).send().await;
        assert_eq!(answer.status, 201);
        assert_eq!(answer.text_at("user_id"), before.text_at("user_id"));
        let old = shop.request("GET", "/api/v1/me").bearer(&guest).send().await;
        assert_eq!(old.problem(), (401, "unauthenticated"));
    }

    #[tokio::test]
    async fn what_is_no_json_400_413_415() {
        let shop = Shop::open();
        let send = |kind: &'static str, body: String| {
            shop.request("POST", PATH).header("content-type", kind).raw(body).send()
        };
        let answer = send("application/json", "{".into()).await;
        assert_eq!(answer.problem(), (400, "json_malformed"));
        let answer = send("application/json", " ".repeat(70_000)).await;
        assert_eq!(answer.problem(), (413, "body_too_large"));
        let answer = send("application/x-www-form-urlencoded", "email=a".into()).await;
        assert_eq!(answer.problem(), (415, "not_json"));
    }

    #[tokio::test]
    async fn an_ended_token_401() {
        let shop = Shop::open();
        let answer = shop.request("POST", PATH).bearer("ended").json(&ada()).send().await;
        assert_eq!(answer.problem(), (401, "unauthenticated"));
    }

    #[tokio::test]
    async fn an_address_in_use_409() {
        let shop = Shop::open();
        shop.post(PATH, ada()).await;
        assert_eq!(shop.post(PATH, ada()).await.problem(), (409, "email_taken"));
    }

    #[tokio::test]
    async fn a_customer_409() {
        let shop = Shop::open();
        let token = shop.post(PATH, ada()).await.text_at("token");
        let again = json!({"email": "b@example.com", "password": "correct horse", "name": "B"});
        let answer = shop.request("POST", PATH).bearer(&token).json(&again).send().await;
        assert_eq!(answer.problem(), (409, "already_registered"));
    }

    #[tokio::test]
    async fn faulty_fields_422() {
        let shop = Shop::open();
        let bad = json!({"email": "ada", "password": "short", "name": ""});
        let answer = shop.post(PATH, bad).await;
        assert_eq!(answer.problem(), (422, "account_invalid"));
        assert_eq!(answer.fields(), ["email", "password", "name"]);
        let answer = shop.post(PATH, json!({"email": "ada@example.com"})).await;
        assert_eq!(answer.problem(), (422, "body_invalid"));
    }

    #[tokio::test]
    async fn too_many_passwords_at_once_503() {
        let shop = Shop::open();
        shop.engine_down();
        let answer = shop.post(PATH, ada()).await;
        assert_eq!(answer.problem(), (503, "busy"));
        assert_eq!(answer.header("retry-after"), "1");
    }
}
