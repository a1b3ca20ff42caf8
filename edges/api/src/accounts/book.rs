//! `/me/addresses`: the address book.

use super::put_address::problem;
use super::view::AddressView;
use crate::ApiState;
use crate::openapi::{BodyProblems, EngineProblems, ProblemDoc, SessionProblems};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use souk_accounts::{AddressId, BookEntry, EntryDraft};
use souk_webkit::{Caller, Json, Problem};
use utoipa::ToSchema;

/// An address for the book.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EntryRequest {
    /// What you call it; up to 40 characters.
    #[serde(default)]
    #[schema(example = "Office")]
    label: Option<String>,
    address: AddressView,
    /// Whether parcels go there from now on unless told otherwise. `false` takes nothing away: name
    /// another default instead.
    #[serde(default)]
    default_shipping: bool,
    /// The same for bills.
    #[serde(default)]
    default_billing: bool,
}

impl From<EntryRequest> for EntryDraft {
    fn from(request: EntryRequest) -> Self {
        Self {
            label: request.label,
            address: request.address.into(),
            shipping: request.default_shipping,
            billing: request.default_billing,
        }
    }
}

/// An address of the book.
#[derive(Serialize, ToSchema)]
pub(crate) struct EntryView {
    #[schema(format = "uuid")]
    address_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    address: AddressView,
    /// Whether parcels go there unless told otherwise.
    default_shipping: bool,
    /// Whether bills are made out to it unless told otherwise.
    default_billing: bool,
    /// When it was added or changed last, RFC 3339.
    changed_at: String,
}

impl From<&BookEntry> for EntryView {
    fn from(entry: &BookEntry) -> Self {
        Self {
            address_id: entry.id.to_string(),
            label: entry.label.clone(),
            address: AddressView::from(&entry.address),
            default_shipping: entry.shipping,
            default_billing: entry.billing,
            changed_at: entry.changed.rfc3339(),
        }
    }
}

/// Your addresses, in the order in which they were added; at most 20.
#[derive(Serialize, ToSchema)]
pub(crate) struct BookView {
    addresses: Vec<EntryView>,
}

fn id(text: &str) -> Result<AddressId, Problem> {
    text.parse().map_err(|_| Problem::invalid("id_invalid", "the address's id is not one"))
}

/// List your addresses
#[utoipa::path(
    get,
    path = "/me/addresses",
    tag = "accounts",
    security(("session" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "The address book.", body = BookView),
        SessionProblems,
        EngineProblems
    )
)]
pub(crate) async fn list(
    State(state): State<ApiState>,
    caller: Caller,
) -> Result<Json<BookView>, Problem> {
    let book = state.accounts.address_book(&caller.principal).await?;
    Ok(Json(BookView { addresses: book.entries.iter().map(EntryView::from).collect() }))
}

/// Add an address
///
/// The first one is the default for parcels and for bills.
#[utoipa::path(
    post,
    path = "/me/addresses",
    tag = "accounts",
    request_body = EntryRequest,
    security(("session" = []), ("cookie" = [])),
    responses(
        (status = 201, description = "The address as it was kept.", body = EntryView),
        (status = 409, description = "`address_book_full`: it holds 20.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "`address_invalid`: see `errors`. `body_invalid`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        BodyProblems,
        SessionProblems,
        EngineProblems
    )
)]
pub(crate) async fn add(
    State(state): State<ApiState>,
    caller: Caller,
    Json(request): Json<EntryRequest>,
) -> Result<(StatusCode, Json<EntryView>), Problem> {
    let kept = state.accounts.add_address(&caller.principal, &request.into()).await;
    Ok((StatusCode::CREATED, Json(EntryView::from(&kept.map_err(problem)?))))
}

/// Change an address
///
/// Replaces the whole entry. Orders keep the address that they were placed with.
#[utoipa::path(
    put,
    path = "/me/addresses/{address_id}",
    tag = "accounts",
    params(("address_id" = String, Path)),
    request_body = EntryRequest,
    security(("session" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "The address as it was kept.", body = EntryView),
        (status = 404, description = "`not_found`: you have no such address.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "`address_invalid`: see `errors`. `body_invalid`, `id_invalid`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        BodyProblems,
        SessionProblems,
        EngineProblems
    )
)]
pub(crate) async fn change(
    State(state): State<ApiState>,
    caller: Caller,
    Path(address): Path<String>,
    Json(request): Json<EntryRequest>,
) -> Result<Json<EntryView>, Problem> {
    let id = id(&address)?;
    let kept = state.accounts.change_address(&caller.principal, id, &request.into()).await;
    Ok(Json(EntryView::from(&kept.map_err(problem)?)))
}

/// Remove an address
///
/// If it was a default, the latest of those left becomes it.
#[utoipa::path(
    delete,
    path = "/me/addresses/{address_id}",
    tag = "accounts",
    params(("address_id" = String, Path)),
    security(("session" = []), ("cookie" = [])),
    responses(
        (status = 204, description = "It is gone."),
        (status = 404, description = "`not_found`: you have no such address.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "`id_invalid`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        SessionProblems,
        EngineProblems
    )
)]
pub(crate) async fn remove(
    State(state): State<ApiState>,
    caller: Caller,
    Path(address): Path<String>,
) -> Result<StatusCode, Problem> {
    let id = id(&address)?;
    state.accounts.remove_address(&caller.principal, id).await.map_err(problem)?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use crate::testing::{Answer, Shop};
    use serde_json::{Value, json};

    const PATH: &str = "/api/v1/me/addresses";

    fn entry(name: &str) -> Value {
        json!({"label": name, "address": {
            "name": name, "line1": "Weg 1", "city": "Bonn", "postal_code": "53111",
            "country": "DE", "email": "ada@example.com",
        }})
    }

    async fn send(shop: &Shop, token: &str, method: &str, path: &str, body: &Value) -> Answer {
        shop.request(method, path).bearer(token).json(body).send().await
    }

    async fn list(shop: &Shop, token: &str) -> Value {
        let answer = shop.request("GET", PATH).bearer(token).send().await;
        assert_eq!(answer.status, 200);
        answer.body["addresses"].clone()
    }

    #[tokio::test]
    async fn addresses_are_added_changed_and_removed_200_201_204() {
        let shop = Shop::open();
        let token = shop.guest().await;
        assert_eq!(list(&shop, &token).await, json!([]));
        let home = send(&shop, &token, "POST", PATH, &entry("Home")).await;
        assert_eq!((home.status, &home.body["default_shipping"]), (201, &json!(true)));
        let mut office = entry("Office");
        office["default_billing"] = json!(true);
        let office = send(&shop, &token, "POST", PATH, &office).await;
        assert_eq!(office.body["default_shipping"], false);
        let path = format!("{PATH}/{}", office.text_at("address_id"));
        let mut moved = entry("Studio");
        moved["default_shipping"] = json!(true);
        let moved = send(&shop, &token, "PUT", &path, &moved).await;
        assert_eq!((moved.status, &moved.body["label"]), (200, &json!("Studio")));
        let book = list(&shop, &token).await;
        assert_eq!((&book[0]["default_shipping"], &book[1]), (&json!(false), &moved.body));
        let me = shop.request("GET", "/api/v1/me").bearer(&token).send().await;
        assert_eq!(me.body["address"]["name"], "Studio");
        assert_eq!(shop.request("DELETE", &path).bearer(&token).send().await.status, 204);
        let left = list(&shop, &token).await;
        assert_eq!(
            (left.as_array().unwrap().len(), &left[0]["default_billing"]),
            (1, &json!(true))
        );
    }

    #[tokio::test]
    async fn what_is_refused_401_404_409_422() {
        let shop = Shop::open();
        let (mine, other) = (shop.guest().await, shop.guest().await);
        let home = send(&shop, &mine, "POST", PATH, &entry("Home")).await;
        let path = format!("{PATH}/{}", home.text_at("address_id"));
        let theirs = send(&shop, &other, "PUT", &path, &entry("Mine now")).await;
        assert_eq!(theirs.problem(), (404, "not_found"));
        let theirs = shop.request("DELETE", &path).bearer(&other).send().await;
        assert_eq!(theirs.problem(), (404, "not_found"));
        assert_eq!(list(&shop, &other).await, json!([]));
        assert_eq!(list(&shop, &mine).await[0]["label"], "Home");
        let mut bad = entry("Home");
        bad["address"]["city"] = json!("");
        bad["label"] = json!("x".repeat(41));
        let answer = send(&shop, &mine, "POST", PATH, &bad).await;
        assert_eq!(answer.problem(), (422, "address_invalid"));
        assert_eq!(answer.fields(), ["label", "city"]);
        let answer = send(&shop, &mine, "POST", PATH, &json!({"label": "x"})).await;
        assert_eq!(answer.problem(), (422, "body_invalid"));
        let answer = shop.request("DELETE", &format!("{PATH}/x")).bearer(&mine).send().await;
        assert_eq!(answer.problem(), (422, "id_invalid"));
        assert_eq!(shop.request("GET", PATH).send().await.problem(), (401, "unauthenticated"));
        for _ in 1..20 {
            assert_eq!(send(&shop, &mine, "POST", PATH, &entry("More")).await.status, 201);
        }
        let full = send(&shop, &mine, "POST", PATH, &entry("One more")).await;
        assert_eq!(full.problem(), (409, "address_book_full"));
        assert_eq!(list(&shop, &mine).await.as_array().unwrap().len(), 20);
    }
}
