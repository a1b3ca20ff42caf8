//! `PUT /me/address`: where parcels go unless told otherwise.

use super::view::AddressView;
use crate::ApiState;
use crate::openapi::{BodyProblems, EngineProblems, ProblemDoc, SessionProblems};
use axum::extract::State;
use souk_accounts::AddressError;
use souk_webkit::{Caller, Json, Problem};

/// Set the default address
///
/// Replaces the whole address. The answer is the address as it was kept: trimmed, the email in lower
/// case. A guest must give an email.
#[utoipa::path(
    put,
    path = "/me/address",
    tag = "accounts",
    request_body = AddressView,
    security(("session" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "The address as it was kept.", body = AddressView),
        (status = 422, description = "`address_invalid`: see `errors`. `body_invalid`: a field is \
            missing or of another type.",
         body = ProblemDoc, content_type = "application/problem+json"),
        BodyProblems,
        SessionProblems,
        EngineProblems
    )
)]
pub(crate) async fn handler(
    State(state): State<ApiState>,
    caller: Caller,
    Json(request): Json<AddressView>,
) -> Result<Json<AddressView>, Problem> {
    let kept = state.accounts.put_address(&caller.principal, &request.into()).await;
    Ok(Json(AddressView::from(&kept.map_err(problem)?)))
}

/// The problem of an address, for every request that carries one.
pub(crate) fn problem(refused: AddressError) -> Problem {
    match &refused {
        AddressError::Invalid(faults) => {
            let faults = faults.clone();
            Problem::from(refused).with_fields(&faults)
        }
        _ => refused.into(),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{Answer, Shop};
    use serde_json::{Value, json};

    const PATH: &str = "/api/v1/me/address";

    fn berlin() -> Value {
        json!({
            "name": "Ada", "line1": "Invalidenstraße 116", "city": "Berlin",
            "postal_code": "10115", "country": "DE", "email": "ada@example.com",
        })
    }

    async fn put(shop: &Shop, token: &str, address: &Value) -> Answer {
        shop.request("PUT", PATH).bearer(token).json(address).send().await
    }

    #[tokio::test]
    async fn is_kept_and_shown_200() {
        let shop = Shop::open();
        let token = shop.guest().await;
        let mut typed = berlin();
        typed["city"] = json!("  Berlin ");
        typed["country"] = json!("de");
        let answer = put(&shop, &token, &typed).await;
        assert_eq!((answer.status, &answer.body), (200, &berlin()));
        let me = shop.request("GET", "/api/v1/me").bearer(&token).send().await;
        assert_eq!(me.body["address"], berlin());
    }

    #[tokio::test]
    async fn is_nobody_else_s() {
        let shop = Shop::open();
        let (mine, other) = (shop.guest().await, shop.guest().await);
        put(&shop, &mine, &berlin()).await;
        let me = shop.request("GET", "/api/v1/me").bearer(&other).send().await;
        assert_eq!(me.body.get("address"), None);
    }

    #[tokio::test]
    async fn what_is_no_json_400_413_415() {
        let shop = Shop::open();
        let token = shop.guest().await;
        let send = |kind: &'static str, body: String| {
            let call = shop.request("PUT", PATH).bearer(&token);
            call.header("content-type", kind).raw(body).send()
        };
        assert_eq!(send("application/json", "nope".into()).await.problem().0, 400);
        assert_eq!(send("application/json", " ".repeat(70_000)).await.problem().0, 413);
        assert_eq!(send("text/plain", "{}".into()).await.problem().0, 415);
    }

    #[tokio::test]
    async fn nobody_401() {
        let answer = Shop::open().request("PUT", PATH).json(&berlin()).send().await;
        assert_eq!(answer.problem(), (401, "unauthenticated"));
    }

    #[tokio::test]
    async fn faulty_fields_422() {
        let shop = Shop::open();
        let token = shop.guest().await;
        let mut bad = berlin();
        bad["city"] = json!("");
        bad["country"] = json!("Germany");
        let answer = put(&shop, &token, &bad).await;
        assert_eq!(answer.problem(), (422, "address_invalid"));
        assert_eq!(answer.fields(), ["city", "country"]);
        let mut guest_without = berlin();
        guest_without["email"] = Value::Null;
        let answer = put(&shop, &token, &guest_without).await;
        assert_eq!((answer.problem().0, answer.fields()), (422, vec!["email"]));
        let answer = put(&shop, &token, &json!({"name": "Ada"})).await;
        assert_eq!(answer.problem(), (422, "body_invalid"));
    }
}
