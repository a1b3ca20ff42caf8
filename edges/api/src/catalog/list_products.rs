//! `GET /products`: a shelf, page by page.

use super::view::CardView;
use crate::ApiState;
use crate::openapi::{EngineProblems, ProblemDoc};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use serde::Deserialize;
use souk_catalog::Shelf;
use souk_kernel::ProductId;
use souk_webkit::{Json, Page, Problem};
use utoipa::IntoParams;

/// Which shelf, which page.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListQuery {
    /// Only those in this category or below it: `Kitchen/Kettles`.
    category: Option<String>,
    /// Only those of this brand, exactly. Not together with `category`: that is a search.
    brand: Option<String>,
    /// `next` of the page before; none for the first.
    after: Option<String>,
    /// At most so many, 1 to 100; 20 unless told.
    limit: Option<usize>,
}

/// List products
///
/// In the order in which they were listed, every one exactly once: for integrators that copy the
/// catalogue. Shoppers search.
#[utoipa::path(
    get,
    path = "/products",
    tag = "catalog",
    params(ListQuery),
    responses(
        (status = 200, description = "The page.", body = Page<CardView>),
        (status = 400, description = "`query_invalid`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "`category_unknown`, `cursor_invalid` or `limit_invalid`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        EngineProblems
    )
)]
pub(crate) async fn handler(
    State(state): State<ApiState>,
    query: Result<Query<ListQuery>, QueryRejection>,
) -> Result<Json<Page<CardView>>, Problem> {
    let refused = |text: String| Problem::new(StatusCode::BAD_REQUEST, "query_invalid", text);
    let Query(query) = query.map_err(|e| refused(e.body_text()))?;
    let limit = query.limit.unwrap_or(20);
    if !(1..=100).contains(&limit) {
        return Err(Problem::invalid("limit_invalid", "limit: from 1 to 100"));
    }
    let after = query.after.as_deref().map(str::parse::<ProductId>).transpose();
    let after = after
        .map_err(|_| Problem::invalid("cursor_invalid", "after: send `next` as it was received"))?;
    let shelf = match (query.category, query.brand) {
        (Some(_), Some(_)) => {
            return Err(refused("category and brand together: use the search".into()));
        }
        (Some(joined), None) => Shelf::Category(super::category(&state, &joined).await?),
        (None, Some(brand)) => Shelf::Brand(brand),
        (None, None) => Shelf::All,
    };
    let page = state.catalog.page(&shelf, after, limit).await?;
    let items = page.listings.iter().map(CardView::from).collect();
    Ok(Json(Page { items, next: page.next.map(|id| id.to_string()) }))
}
