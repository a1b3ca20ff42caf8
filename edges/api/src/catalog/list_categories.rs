//! `GET /categories`: the tree.

use crate::ApiState;
use crate::openapi::EngineProblems;
use axum::extract::State;
use serde::Serialize;
use souk_catalog::Category;
use souk_webkit::{Json, Problem};
use utoipa::ToSchema;

/// A category and what lies below it.
#[derive(Serialize, ToSchema)]
pub(crate) struct CategoryView {
    name: String,
    /// For `category` of the search and of `GET /products`.
    path: String,
    /// Products in it and below it.
    products: u64,
    #[schema(no_recursion)]
    children: Vec<CategoryView>,
}

/// Every category.
#[derive(Serialize, ToSchema)]
pub(crate) struct CategoriesView {
    /// The departments.
    categories: Vec<CategoryView>,
}

/// List categories
///
/// The whole tree with counts, a few seconds old at most. Siblings stand as the shop's staff arranged them;
/// those that nobody arranged stand behind, by name.
#[utoipa::path(
    get,
    path = "/categories",
    tag = "catalog",
    responses(
        (status = 200, description = "The tree.", body = CategoriesView),
        EngineProblems
    )
)]
pub(crate) async fn handler(
    State(state): State<ApiState>,
) -> Result<Json<CategoriesView>, Problem> {
    let categories = state.catalog.categories().await?.iter().map(view).collect();
    Ok(Json(CategoriesView { categories }))
}

/// Paths have eight levels at most.
fn view(category: &Category) -> CategoryView {
    CategoryView {
        name: category.name.clone(),
        path: category.path.join("/"),
        products: category.products,
        children: category.children.iter().map(view).collect(),
    }
}
