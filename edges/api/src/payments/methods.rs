//! `GET /me/payment-methods`, `DELETE /me/payment-methods/{id}`, `PUT /me/payment-methods/{id}/default`.

use crate::ApiState;
use crate::openapi::{EngineProblems, ProblemDoc, SessionProblems};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Serialize;
use souk_kernel::SavedMethodId;
use souk_payments::SavedMethod;
use souk_webkit::{Caller, Json, Problem};
use utoipa::ToSchema;

/// A card that the caller keeps. Never its number.
#[derive(Serialize, ToSchema)]
pub(crate) struct SavedMethodView {
    saved_method_id: String,
    /// `visa`, `mastercard`, …
    brand: String,
    /// The last four digits.
    last4: String,
    /// The month until which it is good: `2034-12`.
    expires: String,
    /// Chosen where nothing else is.
    default: bool,
}

impl From<&SavedMethod> for SavedMethodView {
    fn from(method: &SavedMethod) -> Self {
        Self {
            saved_method_id: method.id.to_string(),
            brand: method.face.brand.clone(),
            last4: method.face.last4.clone(),
            expires: method.face.expires.clone(),
            default: method.is_default,
        }
    }
}

/// The cards that the caller keeps, the default first.
#[derive(Serialize, ToSchema)]
pub(crate) struct SavedMethodsView {
    methods: Vec<SavedMethodView>,
}

fn missing() -> Problem {
    Problem::not_found("there is no such saved method")
}

fn id(text: &str) -> Result<SavedMethodId, Problem> {
    text.parse().map_err(|_| missing())
}

/// List saved methods
///
/// The caller's own, the default first. A card is kept by `save_payment_method` when it pays, at most ten.
#[utoipa::path(
    get,
    path = "/me/payment-methods",
    tag = "payments",
    security(("session" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "The cards.", body = SavedMethodsView),
        SessionProblems,
        EngineProblems
    )
)]
pub(crate) async fn list(
    State(state): State<ApiState>,
    caller: Caller,
) -> Result<Json<SavedMethodsView>, Problem> {
    let all = state.methods.of_user(caller.user()).await?;
    Ok(Json(SavedMethodsView { methods: all.iter().map(SavedMethodView::from).collect() }))
}

/// Remove a saved method
///
/// Forgotten here and at the gateway. Orders that were paid with it stay as they are.
#[utoipa::path(
    delete,
    path = "/me/payment-methods/{id}",
    tag = "payments",
    params(("id" = String, Path)),
    security(("session" = []), ("cookie" = [])),
    responses(
        (status = 204, description = "Removed."),
        (status = 404, description = "`not_found`: the caller keeps no such one.", body = ProblemDoc, content_type = "application/problem+json"),
        SessionProblems,
        EngineProblems
    )
)]
pub(crate) async fn remove(
    State(state): State<ApiState>,
    caller: Caller,
    Path(method): Path<String>,
) -> Result<StatusCode, Problem> {
    let removed = state.methods.remove(caller.user(), id(&method)?).await?;
    if removed { Ok(StatusCode::NO_CONTENT) } else { Err(missing()) }
}

/// Make a saved method the default
#[utoipa::path(
    put,
    path = "/me/payment-methods/{id}/default",
    tag = "payments",
    params(("id" = String, Path)),
    security(("session" = []), ("cookie" = [])),
    responses(
        (status = 204, description = "It is the default."),
        (status = 404, description = "`not_found`: the caller keeps no such one.", body = ProblemDoc, content_type = "application/problem+json"),
        SessionProblems,
        EngineProblems
    )
)]
pub(crate) async fn prefer(
    State(state): State<ApiState>,
    caller: Caller,
    Path(method): Path<String>,
) -> Result<StatusCode, Problem> {
    let preferred = state.methods.prefer(caller.user(), id(&method)?).await?;
    if preferred { Ok(StatusCode::NO_CONTENT) } else { Err(missing()) }
}
