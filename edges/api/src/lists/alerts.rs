//! `GET|POST /alerts`, `DELETE /alerts/{id}`: what somebody wants to be told.

use super::owner;
use super::view::{AlertView, AlertsView};
use crate::ApiState;
use crate::openapi::{BodyProblems, EngineProblems, ProblemDoc, SessionProblems};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use souk_lists::Awaited;
use souk_webkit::{Caller, Json, Problem};
use utoipa::ToSchema;

/// What to wait for.
#[derive(Deserialize, ToSchema)]
#[schema(as = AlertRequest)]
pub(crate) struct Request {
    #[schema(format = "uuid")]
    offer_id: String,
    awaits: Awaits,
}

/// What can be awaited.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Awaits {
    /// That it can be bought again.
    Stock,
    /// That it costs less than now.
    Price,
}

/// What you wait for
#[utoipa::path(
    get,
    path = "/alerts",
    tag = "lists",
    security(("session" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "The alerts.", body = AlertsView),
        SessionProblems,
        EngineProblems
    )
)]
pub(crate) async fn list(
    State(state): State<ApiState>,
    caller: Caller,
) -> Result<Json<AlertsView>, Problem> {
    Ok(Json(view(&state, &caller).await?))
}

/// Ask to be told
///
/// By mail to the account's address. Asking again for the same changes nothing.
#[utoipa::path(
    post,
    path = "/alerts",
    tag = "lists",
    request_body = Request,
    security(("session" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "The alerts.", body = AlertsView),
        (status = 403, description = "`account_needed`: a guest has no address to be told at.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 404, description = "`offer_not_found`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "`id_invalid`, `body_invalid`; `too_many_alerts`: there are 50.",
         body = ProblemDoc, content_type = "application/problem+json"),
        BodyProblems,
        SessionProblems,
        EngineProblems
    )
)]
pub(crate) async fn ask(
    State(state): State<ApiState>,
    caller: Caller,
    Json(request): Json<Request>,
) -> Result<Json<AlertsView>, Problem> {
    let about = super::offer(&state, &request.offer_id).await?;
    let awaited = match request.awaits {
        Awaits::Stock => Awaited::Stock,
        Awaits::Price => Awaited::PriceBelow(about.unit_price),
    };
    state.lists.alert(owner(&caller), (about.offer, about.product), awaited).await?;
    Ok(Json(view(&state, &caller).await?))
}

/// Stop waiting
#[utoipa::path(
    delete,
    path = "/alerts/{id}",
    tag = "lists",
    params(("id" = String, Path)),
    security(("session" = []), ("cookie" = [])),
    responses(
        (status = 204, description = "It is gone."),
        (status = 404, description = "`alert_not_found`: there is none of yours.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "`id_invalid`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        SessionProblems,
        EngineProblems
    )
)]
pub(crate) async fn withdraw(
    State(state): State<ApiState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let id = crate::orders::id(&id, "the alert")?;
    state.lists.withdraw(caller.user(), id).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn view(state: &ApiState, caller: &Caller) -> Result<AlertsView, Problem> {
    let alerts = state.lists.alerts(caller.user()).await?;
    Ok(AlertsView { items: alerts.iter().map(AlertView::from).collect() })
}
