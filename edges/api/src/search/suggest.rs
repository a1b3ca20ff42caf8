//! `GET /search/suggestions`: what may be meant by what is being typed.

use super::find::{HitView, hit};
use crate::ApiState;
use crate::openapi::{EngineProblems, ProblemDoc};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use souk_webkit::{Json, Problem};
use utoipa::ToSchema;

/// What is being typed.
#[derive(Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    q: String,
}

/// A category and how many products lie in or below it.
#[derive(Serialize, ToSchema)]
pub(crate) struct CategorySuggestionView {
    /// For `category` of the search.
    path: String,
    name: String,
    count: u64,
}

/// What may be meant.
#[derive(Serialize, ToSchema)]
pub(crate) struct SuggestionsView {
    /// Whole texts: what others searched for, then what the catalogue's words complete.
    queries: Vec<String>,
    categories: Vec<CategorySuggestionView>,
    /// Products of the first text.
    products: Vec<HitView>,
}

/// Suggestions while typing
///
/// Empty for an empty text.
#[utoipa::path(
    get,
    path = "/search/suggestions",
    tag = "search",
    params(("q" = Option<String>, Query, description = "What was typed so far.")),
    responses(
        (status = 200, description = "What may be meant.", body = SuggestionsView),
        (status = 400, description = "`query_invalid`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        EngineProblems
    )
)]
pub(crate) async fn handler(
    State(state): State<ApiState>,
    query: Result<Query<Typed>, QueryRejection>,
) -> Result<Json<SuggestionsView>, Problem> {
    let Query(typed) =
        query.map_err(|e| Problem::new(StatusCode::BAD_REQUEST, "query_invalid", e.body_text()))?;
    let suggestions = state.search.suggest(&typed.q).await?;
    let category = |one: souk_search::CategoryCount| CategorySuggestionView {
        name: one.path.last().cloned().unwrap_or_default(),
        path: one.path.join("/"),
        count: one.count,
    };
    Ok(Json(SuggestionsView {
        queries: suggestions.queries,
        categories: suggestions.categories.into_iter().map(category).collect(),
        products: suggestions.products.iter().map(hit).collect(),
    }))
}

#[cfg(test)]
mod tests {
    use crate::testing::Shop;

    #[tokio::test]
    async fn completes_or_says_nothing_200() {
        let shop = Shop::open();
        for query in ["", "?q=", "?q=ket", "?q=%22*"] {
            let answer = shop.get(&format!("/api/v1/search/suggestions{query}")).await;
            assert_eq!(answer.status, 200, "{query}: {answer:?}");
            assert!(answer.body["queries"].is_array() && answer.body["products"].is_array());
        }
    }

    #[tokio::test]
    async fn two_texts_400() {
        let answer = Shop::open().get("/api/v1/search/suggestions?q=a&q=b").await;
        assert_eq!(answer.problem(), (400, "query_invalid"));
    }
}
