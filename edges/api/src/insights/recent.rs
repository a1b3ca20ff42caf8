//! `POST /products/{id}/looks`, `GET|DELETE /me/recently-viewed`.

use super::rows::{CardsView, cards};
use crate::ApiState;
use crate::openapi::{EngineProblems, ProblemDoc, SessionProblems};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use souk_kernel::ProductId;
use souk_webkit::{Caller, Json, MaybeCaller, Problem};

/// Products that are listed at most.
const RECENT: usize = 24;

/// Tell that a product was looked at
///
/// By whoever shows it in an app of their own. With a session it is on the shopper's list of what they
/// looked at; without one it counts for the product alone.
#[utoipa::path(
    post,
    path = "/products/{id}/looks",
    tag = "insights",
    params(("id" = String, Path)),
    security((), ("session" = []), ("cookie" = [])),
    responses(
        (status = 204, description = "Noted."),
        (status = 401, description = "`unauthenticated`: the session that is shown has ended.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 404, description = "`product_not_found`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "`id_invalid`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        EngineProblems
    )
)]
pub(crate) async fn look(
    State(state): State<ApiState>,
    MaybeCaller(caller): MaybeCaller,
    Path(product): Path<String>,
) -> Result<StatusCode, Problem> {
    let listing = super::rows::listing(&state, &product).await?;
    let (user, product) = (caller.as_ref().map(Caller::user), &listing.product);
    state.insights.looked(user, product.id);
    state.search.looked(user, product.id, product.brand.as_deref(), &product.category_path);
    Ok(StatusCode::NO_CONTENT)
}

/// What you looked at
///
/// Last look first, on whatever device. Signing in brings along what a guest looked at.
#[utoipa::path(
    get,
    path = "/me/recently-viewed",
    tag = "insights",
    security(("session" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "The products.", body = CardsView),
        SessionProblems,
        EngineProblems
    )
)]
pub(crate) async fn list(
    State(state): State<ApiState>,
    caller: Caller,
) -> Result<Json<CardsView>, Problem> {
    let products: Vec<ProductId> = state.insights.recent(caller.user(), RECENT).await?;
    Ok(Json(cards(&state, &products).await?))
}

/// Forget what you looked at
///
/// Here, and for what search puts first for you.
#[utoipa::path(
    delete,
    path = "/me/recently-viewed",
    tag = "insights",
    security(("session" = []), ("cookie" = [])),
    responses(
        (status = 204, description = "Forgotten."),
        SessionProblems,
        EngineProblems
    )
)]
pub(crate) async fn forget(
    State(state): State<ApiState>,
    caller: Caller,
) -> Result<StatusCode, Problem> {
    state.insights.forget(caller.user()).await?;
    state.search.forget(caller.user()).await?;
    Ok(StatusCode::NO_CONTENT)
}
