//! `GET /me/sessions`, `DELETE /me/sessions/{id}`, `PUT /me/password`.

use crate::ApiState;
use crate::openapi::{BodyProblems, EngineProblems, ProblemDoc, SessionProblems};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use souk_accounts::{Password, PasswordError};
use souk_webkit::{Caller, Json, Problem};
use utoipa::ToSchema;

/// A signed-in device.
#[derive(Serialize, ToSchema)]
pub(crate) struct SessionView {
    session_id: String,
    /// What it was opened on, as far as it said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Firefox on Linux")]
    device: Option<String>,
    created_at: String,
    /// Unless it is used.
    expires_at: String,
    /// The one that asks.
    current: bool,
}

/// Signed-in devices, the latest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct SessionsView {
    sessions: Vec<SessionView>,
}

/// Another password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordRequest {
    /// The present one.
    #[schema(format = "password")]
    current: String,
    /// 8 to 200 characters.
    #[schema(format = "password")]
    new: String,
}

/// List your sessions
#[utoipa::path(
    get,
    path = "/me/sessions",
    tag = "accounts",
    security(("session" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "The sessions that live.", body = SessionsView),
        SessionProblems,
        EngineProblems
    )
)]
pub(crate) async fn list(
    State(state): State<ApiState>,
    caller: Caller,
) -> Result<Json<SessionsView>, Problem> {
    let found = state.accounts.sessions(&caller.principal).await?;
    let view = |session: &souk_accounts::Session| SessionView {
        session_id: session.id.to_string(),
        device: session.device.map(|device| device.to_string()),
        created_at: session.created.rfc3339(),
        expires_at: session.expires.rfc3339(),
        current: session.id == caller.principal.session,
    };
    Ok(Json(SessionsView { sessions: found.iter().map(view).collect() }))
}

/// End one of your sessions
#[utoipa::path(
    delete,
    path = "/me/sessions/{id}",
    tag = "accounts",
    params(("id" = String, Path)),
    security(("session" = []), ("cookie" = [])),
    responses(
        (status = 204, description = "Its token opens nothing any more."),
        (status = 404, description = "`not_found`: you have no such session.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "`id_invalid`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        SessionProblems,
        EngineProblems
    )
)]
pub(crate) async fn end(
    State(state): State<ApiState>,
    caller: Caller,
    Path(session): Path<String>,
) -> Result<StatusCode, Problem> {
    let id = crate::orders::id(&session, "the session")?;
    if state.accounts.end_session(&caller.principal, id).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::not_found("you have no such session"))
    }
}

/// Change your password
///
/// Every other session of the account ends.
#[utoipa::path(
    put,
    path = "/me/password",
    tag = "accounts",
    request_body = PasswordRequest,
    security(("session" = []), ("cookie" = [])),
    responses(
        (status = 204, description = "It is changed."),
        (status = 403, description = "`password_wrong`, or `account_needed`: a guest has none.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "`password_invalid`: see `errors`. `body_invalid`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 429, description = "`rate_limited`: too many passwords were tried.",
         body = ProblemDoc, content_type = "application/problem+json"),
        BodyProblems,
        SessionProblems,
        EngineProblems
    )
)]
pub(crate) async fn change_password(
    State(state): State<ApiState>,
    caller: Caller,
    Json(request): Json<PasswordRequest>,
) -> Result<StatusCode, Problem> {
    state.sessions.gate.limits.account(&caller.user().to_string())?;
    let (present, new) = (Password::new(request.current), Password::new(request.new));
    let done = state.accounts.change_password((&caller.principal, caller.token), present, &new);
    done.await.map_err(|refused| match &refused {
        PasswordError::Invalid(faults) => {
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

    async fn sign_in(shop: &Shop, password: &str) -> Answer {
        let body = json!({"email": "ada@example.com", "password": password});
        shop.post("/api/v1/sessions", body).await
    }

    async fn change(shop: &Shop, token: &str, current: &str, new: &str) -> Answer {
        let body = json!({"current": current, "new": new});
        shop.request("PUT", "/api/v1/me/password").bearer(token).json(&body).send().await
    }

    async fn list(shop: &Shop, token: &str) -> Answer {
        shop.request("GET", "/api/v1/me/sessions").bearer(token).send().await
    }

    #[tokio::test]
    async fn a_new_password_ends_the_other_sessions_204() {
        let shop = Shop::open();
        let (here, there) = (ada(&shop).await, sign_in(&shop, "correct horse").await);
        let there = there.text_at("token");
        assert_eq!(list(&shop, &there).await.body["sessions"].as_array().unwrap().len(), 2);
        assert_eq!(change(&shop, &here, "correct horse", "battery staple").await.status, 204);
        assert_eq!(list(&shop, &there).await.problem(), (401, "unauthenticated"));
        let left = list(&shop, &here).await;
        assert_eq!(left.body["sessions"].as_array().unwrap().len(), 1);
        assert_eq!(left.body["sessions"][0]["current"], true);
        assert_eq!(sign_in(&shop, "correct horse").await.problem().0, 401);
        assert_eq!(sign_in(&shop, "battery staple").await.status, 201);
    }

    #[tokio::test]
    async fn what_is_refused_403_404_422_429() {
        let shop = Shop::open();
        let (here, guest) = (ada(&shop).await, shop.guest().await);
        let wrong = change(&shop, &here, "guessed", "battery staple").await;
        assert_eq!(wrong.problem(), (403, "password_wrong"));
        let short = change(&shop, &here, "correct horse", "short").await;
        assert_eq!((short.problem(), short.fields()), ((422, "password_invalid"), vec!["new"]));
        let none = change(&shop, &guest, "x", "battery staple").await;
        assert_eq!(none.problem(), (403, "account_needed"));
        let other = list(&shop, &guest).await.body["sessions"][0]["session_id"].clone();
        let path = format!("/api/v1/me/sessions/{}", other.as_str().unwrap());
        let answer = shop.request("DELETE", &path).bearer(&here).send().await;
        assert_eq!(answer.problem(), (404, "not_found"));
        assert_eq!(shop.request("DELETE", &path).bearer(&guest).send().await.status, 204);
        assert_eq!(list(&shop, &guest).await.problem().0, 401);
        for _ in 0..10 {
            change(&shop, &here, "guessed", "battery staple").await;
        }
        let limited = change(&shop, &here, "correct horse", "battery staple").await;
        assert_eq!(limited.problem(), (429, "rate_limited"));
    }
}
