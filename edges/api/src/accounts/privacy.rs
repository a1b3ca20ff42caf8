//! `GET /me/export`, `POST /me/deletion`: everything that is kept of you, and the end of it.

use crate::ApiState;
use crate::openapi::{BodyProblems, EngineProblems, ProblemDoc, SessionProblems};
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use souk_accounts::Password;
use souk_webkit::{Caller, Json, Problem};
use utoipa::ToSchema;

/// Who wants to go.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeletionRequest {
    /// The account's password.
    #[schema(format = "password")]
    current: String,
}

/// Everything that is kept of you: `generated_at`, `user_id`, and a member for each part.
#[derive(Serialize, ToSchema)]
#[schema(as = Export)]
pub(crate) struct ExportView {
    #[serde(flatten)]
    #[schema(inline)]
    all: Map<String, Value>,
}

/// Get everything that is kept of you
///
/// One document: profile, addresses, sessions, and a section for each part of the shop that keeps
/// something: orders, reviews, cart, behaviour, mails. At most 10,000 things of a sort.
#[utoipa::path(
    get,
    path = "/me/export",
    tag = "accounts",
    security(("session" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "All of it.", body = ExportView),
        (status = 429, description = "`rate_limited`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        SessionProblems,
        EngineProblems
    )
)]
pub(crate) async fn export(
    State(state): State<ApiState>,
    caller: Caller,
) -> Result<Json<ExportView>, Problem> {
    state.sessions.gate.limits.export(&caller.user().to_string())?;
    match state.accounts.export(&caller.principal).await? {
        Value::Object(all) => Ok(Json(ExportView { all })),
        other => Err(Problem::internal(format!("an export that is no document: {other}"))),
    }
}

/// Delete your account
///
/// The person goes: profile, addresses, sessions, what mails say, the name beside reviews, behaviour.
/// Orders and ledgers keep ids and sums. It can't be undone.
#[utoipa::path(
    post,
    path = "/me/deletion",
    tag = "accounts",
    request_body = DeletionRequest,
    security(("session" = []), ("cookie" = [])),
    responses(
        (status = 204, description = "The account is gone, and every session of it."),
        (status = 403, description = "`password_wrong`, or `account_needed`: a guest has none.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 409, description = "`account_in_use`: orders or returns are under way; `detail` says \
            which.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "`body_invalid`: a field is missing or of another type.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 429, description = "`rate_limited`: too many passwords were tried.",
         body = ProblemDoc, content_type = "application/problem+json"),
        BodyProblems,
        SessionProblems,
        EngineProblems
    )
)]
pub(crate) async fn delete(
    State(state): State<ApiState>,
    caller: Caller,
    Json(request): Json<DeletionRequest>,
) -> Result<StatusCode, Problem> {
    state.sessions.gate.limits.account(&caller.user().to_string())?;
    state.accounts.delete(&caller.principal, Password::new(request.current)).await?;
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

    async fn export(shop: &Shop, token: &str) -> Answer {
        shop.request("GET", "/api/v1/me/export").bearer(token).send().await
    }

    async fn delete(shop: &Shop, token: &str, current: &str) -> Answer {
        let body = json!({"current": current});
        shop.request("POST", "/api/v1/me/deletion").bearer(token).json(&body).send().await
    }

    #[tokio::test]
    async fn everything_of_one_person_and_of_nobody_else_200_429() {
        let shop = Shop::open();
        let (token, guest) = (ada(&shop).await, shop.guest().await);
        let address = json!({"address": {"name": "Ada", "line1": "Weg 1", "city": "Bonn",
            "postal_code": "53111", "country": "DE"}, "label": "Home"});
        shop.request("POST", "/api/v1/me/addresses").bearer(&token).json(&address).send().await;
        let all = export(&shop, &token).await;
        assert_eq!(all.status, 200);
        assert_eq!(all.body["profile"]["email"], "ada@example.com");
        assert_eq!(all.body["addresses"][0]["address"]["line1"], "Weg 1");
        assert_eq!(all.body["sessions"].as_array().unwrap().len(), 1);
        assert!(!export(&shop, &guest).await.text.contains("ada@example.com"));
        while export(&shop, &token).await.status == 200 {}
        assert_eq!(export(&shop, &token).await.problem(), (429, "rate_limited"));
        assert_eq!(export(&shop, &guest).await.status, 200, "others are not concerned");
    }

    #[tokio::test]
    async fn an_account_ends_by_its_password_204_403_422() {
        let shop = Shop::open();
        let (token, guest) = (ada(&shop).await, shop.guest().await);
        assert_eq!(delete(&shop, &token, "guess").await.problem(), (403, "password_wrong"));
        assert_eq!(delete(&shop, &guest, "guess").await.problem(), (403, "account_needed"));
        let broken = shop.request("POST", "/api/v1/me/deletion").bearer(&token).json(&json!({}));
        assert_eq!(broken.send().await.problem(), (422, "body_invalid"));
        assert_eq!(export(&shop, &token).await.status, 200, "it is still there");
        assert_eq!(delete(&shop, &token, "correct horse").await.status, 204);
        assert_eq!(export(&shop, &token).await.problem(), (401, "unauthenticated"));
        let right = json!({"email": "ada@example.com", "password": "correct horse"});
        let gone = shop.post("/api/v1/sessions", right).await;
        assert_eq!(gone.problem(), (401, "bad_credentials"));
        ada(&shop).await;
    }
}
