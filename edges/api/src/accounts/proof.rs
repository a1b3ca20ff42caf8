//! One-time tokens: `/me/email/verification`, `/email-verifications`, `/password-resets`.

use crate::ApiState;
use crate::openapi::{BodyProblems, EngineProblems, ProblemDoc, SessionProblems};
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use souk_accounts::{Email, Password, ResetError};
use souk_webkit::{Caller, Json, Problem};
use std::sync::Arc;
use utoipa::ToSchema;

/// A one-time token.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct VerificationRequest {
    /// What the mail's link carries.
    token: String,
}

/// What was confirmed.
#[derive(Serialize, ToSchema)]
pub(crate) struct VerifiedView {
    /// The account's email address from now on.
    #[schema(format = "email")]
    email: String,
}

/// Whose password is forgotten.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ForgottenRequest {
    /// The account's address, in any spelling.
    #[schema(format = "email", example = "ada@example.com")]
    email: String,
}

/// A password chosen by a mail's link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ResetRequest {
    /// What the mail's link carries.
    token: String,
    /// 8 to 200 characters.
    #[schema(format = "password")]
    password: String,
}

/// Ask for the mail that confirms your address
///
/// Its link works once, for two days; an earlier one no longer does.
#[utoipa::path(
    post,
    path = "/me/email/verification",
    tag = "accounts",
    security(("session" = []), ("cookie" = [])),
    responses(
        (status = 202, description = "The mail is on its way."),
        (status = 403, description = "`account_needed`: a guest has no address to confirm.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 409, description = "`already_verified`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 429, description = "`rate_limited`: too many mails were asked for.",
         body = ProblemDoc, content_type = "application/problem+json"),
        SessionProblems,
        EngineProblems
    )
)]
pub(crate) async fn send(
    State(state): State<ApiState>,
    caller: Caller,
) -> Result<StatusCode, Problem> {
    state.sessions.gate.limits.mail_to(&caller.user().to_string())?;
    state.accounts.send_verification(&caller.principal).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Confirm an address
///
/// By the token of a mail; nobody needs to be signed in.
#[utoipa::path(
    post,
    path = "/email-verifications",
    tag = "accounts",
    request_body = VerificationRequest,
    responses(
        (status = 200, description = "It is the account's, and confirmed.", body = VerifiedView),
        (status = 409, description = "`email_taken`: another account has it by now.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "`token_invalid`: unknown, used or too old. `body_invalid`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 429, description = "`rate_limited`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        BodyProblems,
        EngineProblems
    )
)]
pub(crate) async fn verify(
    State(state): State<ApiState>,
    Json(request): Json<VerificationRequest>,
) -> Result<Json<VerifiedView>, Problem> {
    let email = state.accounts.verify_email(&request.token).await?;
    Ok(Json(VerifiedView { email: email.to_string() }))
}

/// Ask for a link to choose another password
///
/// The answer is the same whether there is such an account or not.
#[utoipa::path(
    post,
    path = "/password-resets",
    tag = "accounts",
    request_body = ForgottenRequest,
    responses(
        (status = 202, description = "If there is such an account, a mail is on its way to it."),
        (status = 422, description = "`email_invalid`: not an email address. `body_invalid`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 429, description = "`rate_limited`: too many mails were asked for.",
         body = ProblemDoc, content_type = "application/problem+json"),
        BodyProblems,
        EngineProblems
    )
)]
pub(crate) async fn forgot(
    State(state): State<ApiState>,
    Json(request): Json<ForgottenRequest>,
) -> Result<StatusCode, Problem> {
    let email = Email::parse(&request.email)
        .map_err(|reason| Problem::invalid("email_invalid", format!("email: {reason}")))?;
    state.sessions.gate.limits.mail_to(email.as_str())?;
    // Nobody waits for it: how long it takes would tell whether there is such an account.
    let accounts = Arc::clone(&state.accounts);
    tokio::spawn(async move {
        if let Err(error) = accounts.forgot_password(&email).await {
            tracing::warn!(%error, "sending a link to choose a password");
        }
    });
    Ok(StatusCode::ACCEPTED)
}

/// Choose another password
///
/// By the token of a mail, which works once. Every session of the account ends.
#[utoipa::path(
    post,
    path = "/password-resets/confirm",
    tag = "accounts",
    request_body = ResetRequest,
    responses(
        (status = 204, description = "It is the account's password from now on."),
        (status = 422, description = "`token_invalid`: unknown, used or too old. `password_invalid`: \
            see `errors`; the token still works. `body_invalid`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 429, description = "`rate_limited`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        BodyProblems,
        EngineProblems
    )
)]
pub(crate) async fn reset(
    State(state): State<ApiState>,
    Json(request): Json<ResetRequest>,
) -> Result<StatusCode, Problem> {
    let password = Password::new(request.password);
    let done = state.accounts.reset_password(&request.token, &password).await;
    done.map_err(|refused| match &refused {
        ResetError::Invalid(faults) => {
            let faults = faults.clone();
            Problem::from(refused).with_fields(&faults)
        }
        _ => refused.into(),
    })?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use crate::testing::{Answer, Shop};
    use serde_json::json;

    async fn ada(shop: &Shop) -> String {
        let ada = json!({"email": "ada@example.com", "password": "correct horse", "name": "Ada"});
        shop.post("/api/v1/accounts", ada).await.text_at("token")
    }

    async fn forgot(shop: &Shop, email: &str) -> Answer {
        shop.post("/api/v1/password-resets", json!({"email": email})).await
    }

    async fn reset(shop: &Shop, token: &str, password: &str) -> Answer {
        let body = json!({"token": token, "password": password});
        shop.post("/api/v1/password-resets/confirm", body).await
    }

    async fn verify(shop: &Shop, token: &str) -> Answer {
        shop.post("/api/v1/email-verifications", json!({"token": token})).await
    }

    #[tokio::test]
    async fn an_address_is_confirmed_once_200_422() {
        let shop = Shop::open();
        let token = ada(&shop).await;
        let me = shop.request("GET", "/api/v1/me").bearer(&token).send().await;
        assert_eq!(me.body["email_verified"], false);
        let first = shop.link("Confirm your email address", "/account/verify?token=").await;
        let again = shop.request("POST", "/api/v1/me/email/verification").bearer(&token);
        assert_eq!(again.send().await.status, 202);
        assert_eq!(verify(&shop, &first).await.problem(), (422, "token_invalid"), "replaced");
        let second = shop.link("Confirm your email address", "/account/verify?token=").await;
        let done = verify(&shop, &second).await;
        assert_eq!((done.status, done.text_at("email")), (200, "ada@example.com".into()));
        assert_eq!(verify(&shop, &second).await.problem(), (422, "token_invalid"), "used");
        let me = shop.request("GET", "/api/v1/me").bearer(&token).send().await;
        assert_eq!(me.body["email_verified"], true);
        let again = shop.request("POST", "/api/v1/me/email/verification").bearer(&token);
        assert_eq!(again.send().await.problem(), (409, "already_verified"));
        let guest = shop.guest().await;
        let none = shop.request("POST", "/api/v1/me/email/verification").bearer(&guest);
        assert_eq!(none.send().await.problem(), (403, "account_needed"));
        assert_eq!(shop.mails("Welcome to").await, 1);
    }

    #[tokio::test]
    async fn a_forgotten_password_is_chosen_anew_202_204_422() {
        let shop = Shop::open();
        let session = ada(&shop).await;
        let (known, unknown) =
            (forgot(&shop, " ADA@example.com").await, forgot(&shop, "bea@example.com").await);
        assert_eq!((known.status, &known.text), (202, &unknown.text));
        assert_eq!(unknown.status, 202, "whether there is such an account is not told");
        let token = shop.link("Choose a new password", "/account/reset?token=").await;
        assert_eq!(shop.mails("Choose a new password").await, 1);
        let short = reset(&shop, &token, "short").await;
        assert_eq!(
            (short.problem(), short.fields()),
            ((422, "password_invalid"), vec!["password"])
        );
        assert_eq!(reset(&shop, &token, "battery staple").await.status, 204);
        assert_eq!(reset(&shop, &token, "battery staple").await.problem(), (422, "token_invalid"));
        let me = shop.request("GET", "/api/v1/me").bearer(&session).send().await;
        assert_eq!(me.problem(), (401, "unauthenticated"), "every session ended");
        let sign_in = |password: &str| {
            shop.post("/api/v1/sessions", json!({"email": "ada@example.com", "password": password}))
        };
        assert_eq!(sign_in("correct horse").await.problem(), (401, "bad_credentials"));
        assert_eq!(sign_in("battery staple").await.status, 201);
        assert_eq!(shop.mails("Your password was changed").await, 1);
    }

    #[tokio::test]
    async fn a_link_is_too_old_after_its_hour_422() {
        let shop = Shop::open();
        ada(&shop).await;
        forgot(&shop, "ada@example.com").await;
        let token = shop.link("Choose a new password", "/account/reset?token=").await;
        shop.clock.advance(souk_kernel::HOUR_MS);
        assert_eq!(reset(&shop, &token, "battery staple").await.problem(), (422, "token_invalid"));
    }

    #[tokio::test]
    async fn mails_are_asked_for_slowly_429_and_refusals_422() {
        let shop = Shop::open();
        let token = ada(&shop).await;
        for _ in 0..3 {
            assert_eq!(forgot(&shop, "ada@example.com").await.status, 202);
            let again = shop.request("POST", "/api/v1/me/email/verification").bearer(&token);
            assert_eq!(again.send().await.status, 202);
        }
        assert_eq!(forgot(&shop, "Ada@example.com").await.problem(), (429, "rate_limited"));
        let again = shop.request("POST", "/api/v1/me/email/verification").bearer(&token);
        assert_eq!(again.send().await.problem(), (429, "rate_limited"));
        assert_eq!(forgot(&shop, "bea@example.com").await.status, 202);
        assert_eq!(forgot(&shop, "nobody").await.problem(), (422, "email_invalid"));
        let broken = shop.post("/api/v1/password-resets", json!({})).await;
        assert_eq!(broken.problem(), (422, "body_invalid"));
        assert_eq!(verify(&shop, "").await.problem(), (422, "token_invalid"));
    }
}
