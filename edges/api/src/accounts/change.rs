//! `PATCH /me`, `PUT /me/email`: what an account is called and where it is reached.

use super::view::MeView;
use crate::ApiState;
use crate::openapi::{BodyProblems, EngineProblems, ProblemDoc, SessionProblems};
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use souk_accounts::{EmailError, Password};
use souk_webkit::{Caller, Json, Problem};
use utoipa::ToSchema;

/// What is to be changed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeRequest {
    /// How to call you; up to 100 characters.
    #[schema(example = "Ada")]
    name: String,
}

/// Another address.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EmailRequest {
    #[schema(format = "email", example = "ada@example.com")]
    email: String,
    /// The present password.
    #[schema(format = "password")]
    current: String,
}

fn problem(refused: EmailError) -> Problem {
    match &refused {
        EmailError::Invalid(faults) => {
            let faults = faults.clone();
            Problem::from(refused).with_fields(&faults)
        }
        _ => refused.into(),
    }
}

/// Change your name
#[utoipa::path(
    patch,
    path = "/me",
    tag = "accounts",
    request_body = ChangeRequest,
    security(("session" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "You, as you are called now.", body = MeView),
        (status = 403, description = "`account_needed`: a guest has no name.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "`account_invalid`: see `errors`. `body_invalid`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        BodyProblems,
        SessionProblems,
        EngineProblems
    )
)]
pub(crate) async fn name(
    State(state): State<ApiState>,
    caller: Caller,
    Json(request): Json<ChangeRequest>,
) -> Result<Json<MeView>, Problem> {
    state.accounts.change_name(&caller.principal, &request.name).await.map_err(problem)?;
    let profile = state.accounts.profile(caller.user()).await?;
    Ok(Json(MeView::from(&*profile)))
}

/// Change your email address
///
/// A mail goes to the new address, and the account has it once that mail's link was followed
/// (`POST /email-verifications`). Until then everything stays as it is.
#[utoipa::path(
    put,
    path = "/me/email",
    tag = "accounts",
    request_body = EmailRequest,
    security(("session" = []), ("cookie" = [])),
    responses(
        (status = 202, description = "A mail is on its way to the new address."),
        (status = 403, description = "`password_wrong`, or `account_needed`: a guest has no account.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "`account_invalid`: see `errors`. `body_invalid`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 429, description = "`rate_limited`: too many passwords were tried, or mails asked for.",
         body = ProblemDoc, content_type = "application/problem+json"),
        BodyProblems,
        SessionProblems,
        EngineProblems
    )
)]
pub(crate) async fn email(
    State(state): State<ApiState>,
    caller: Caller,
    Json(request): Json<EmailRequest>,
) -> Result<StatusCode, Problem> {
    let limits = &state.sessions.gate.limits;
    limits.account(&caller.user().to_string())?;
    limits.mail_to(&caller.user().to_string())?;
    let present = Password::new(request.current);
    let asked = state.accounts.change_email(&caller.principal, present, &request.email).await;
    asked.map_err(problem)?;
    Ok(StatusCode::ACCEPTED)
}

#[cfg(test)]
mod tests {
    use crate::testing::{Answer, Shop};
    use serde_json::{Value, json};

    async fn account(shop: &Shop, email: &str) -> String {
        let body = json!({"email": email, "password": "correct horse", "name": "Ada"});
        shop.post("/api/v1/accounts", body).await.text_at("token")
    }

    async fn send(shop: &Shop, token: &str, method: &str, path: &str, body: Value) -> Answer {
        shop.request(method, path).bearer(token).json(&body).send().await
    }

    async fn me(shop: &Shop, token: &str) -> Value {
        shop.request("GET", "/api/v1/me").bearer(token).send().await.body
    }

    #[tokio::test]
    async fn a_name_changes_200_403_422() {
        let shop = Shop::open();
        let (token, guest) = (account(&shop, "ada@example.com").await, shop.guest().await);
        let done = send(&shop, &token, "PATCH", "/api/v1/me", json!({"name": " Countess "})).await;
        assert_eq!((done.status, done.text_at("name")), (200, "Countess".into()));
        assert_eq!(me(&shop, &token).await["name"], "Countess");
        let empty = send(&shop, &token, "PATCH", "/api/v1/me", json!({"name": " "})).await;
        assert_eq!((empty.problem(), empty.fields()), ((422, "account_invalid"), vec!["name"]));
        let none = send(&shop, &guest, "PATCH", "/api/v1/me", json!({"name": "Eve"})).await;
        assert_eq!(none.problem(), (403, "account_needed"));
    }

    #[tokio::test]
    async fn another_address_counts_when_its_mail_was_read_202() {
        let shop = Shop::open();
        let token = account(&shop, "ada@example.com").await;
        let change = |email: &str, current: &str| {
            let body = json!({"email": email, "current": current});
            send(&shop, &token, "PUT", "/api/v1/me/email", body)
        };
        let wrong = change("new@example.com", "guess").await;
        assert_eq!(wrong.problem(), (403, "password_wrong"));
        let same = change("ADA@example.com", "correct horse").await;
        assert_eq!((same.problem(), same.fields()), ((422, "account_invalid"), vec!["email"]));
        assert_eq!(change("new@example.com", "correct horse").await.status, 202);
        assert_eq!(me(&shop, &token).await["email"], "ada@example.com", "not yet");
        let link = shop.link("Confirm your email address", "/account/verify?token=").await;
        assert_eq!(shop.last_mail().await.to, "new@example.com");
        let done = shop.post("/api/v1/email-verifications", json!({"token": link})).await;
        assert_eq!(done.status, 200);
        let now = me(&shop, &token).await;
        assert_eq!(
            (&now["email"], &now["email_verified"]),
            (&json!("new@example.com"), &json!(true))
        );
        assert_eq!(shop.mails("Your email address was changed").await, 1);
        account(&shop, "ada@example.com").await;
    }

    #[tokio::test]
    async fn an_address_that_another_account_took_meanwhile_409() {
        let shop = Shop::open();
        let token = account(&shop, "ada@example.com").await;
        let body = json!({"email": "bea@example.com", "current": "correct horse"});
        assert_eq!(send(&shop, &token, "PUT", "/api/v1/me/email", body).await.status, 202);
        let link = shop.link("Confirm your email address", "/account/verify?token=").await;
        account(&shop, "bea@example.com").await;
        let taken = shop.post("/api/v1/email-verifications", json!({"token": link})).await;
        assert_eq!(taken.problem(), (409, "email_taken"));
        assert_eq!(me(&shop, &token).await["email"], "ada@example.com");
    }
}
