//! `GET /products/{id}/reviews`.

use super::view::{ReviewView, SummaryView};
use crate::ApiState;
use crate::openapi::{EngineProblems, ProblemDoc};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use souk_reviews::{Sorting, Spot};
use souk_webkit::{Json, Problem};
use utoipa::{IntoParams, ToSchema};

/// Which page.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListQuery {
    /// `helpful`, `newest`, `highest` or `lowest`; `helpful` unless told.
    sort: Option<String>,
    /// `next` of the page before; none for the first.
    after: Option<String>,
    /// At most so many, 1 to 50; 10 unless told.
    limit: Option<usize>,
}

/// A page of reviews, with the counts of all.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReviewsView {
    summary: SummaryView,
    items: Vec<ReviewView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// List a product's reviews
///
/// The published ones, with their histogram.
#[utoipa::path(
    get,
    path = "/products/{id}/reviews",
    tag = "reviews",
    params(("id" = String, Path), ListQuery),
    responses(
        (status = 200, description = "The page.", body = ReviewsView),
        (status = 400, description = "`query_invalid`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "`id_invalid`, `sort_unknown`, `cursor_invalid` or `limit_invalid`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        EngineProblems
    )
)]
pub(crate) async fn handler(
    State(state): State<ApiState>,
    Path(product): Path<String>,
    query: Result<Query<ListQuery>, QueryRejection>,
) -> Result<Json<ReviewsView>, Problem> {
    let Query(query) =
        query.map_err(|e| Problem::new(StatusCode::BAD_REQUEST, "query_invalid", e.body_text()))?;
    let product = crate::orders::id(&product, "the product")?;
    let sorting = query.sort.as_deref().map(|name| {
        let known = "sort: helpful, newest, highest or lowest";
        Sorting::from_name(name).ok_or_else(|| Problem::invalid("sort_unknown", known))
    });
    let after = query.after.as_deref().map(|text| {
        let words = "after: send `next` as it was received";
        Spot::parse(text).ok_or_else(|| Problem::invalid("cursor_invalid", words))
    });
    let limit = query.limit.unwrap_or(10);
    if !(1..=50).contains(&limit) {
        return Err(Problem::invalid("limit_invalid", "limit: from 1 to 50"));
    }
    let sorting = sorting.transpose()?.unwrap_or_default();
    let after = after.transpose()?;
    // Of what is hidden there is nothing to read.
    let stored = state.catalog.stored(product).await?;
    if stored.is_some_and(|listing| listing.product.hidden) {
        let summary = souk_reviews::Summary::default().into();
        return Ok(Json(ReviewsView { summary, items: Vec::new(), next: None }));
    }
    let (found, next) = state.reviews.page(product, sorting, after, limit).await?;
    let summary = state.reviews.summary(product).await?.into();
    let items = found.iter().map(ReviewView::from).collect();
    Ok(Json(ReviewsView { summary, items, next: next.map(Spot::text) }))
}
