//! `/products` and `/categories`: what anybody may read.

mod get_product;
mod list_categories;
mod list_products;
mod view;

pub(crate) use view::{CardView, picture};

use crate::ApiState;
use souk_webkit::Problem;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// This context's endpoints.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list_products::handler))
        .routes(routes!(get_product::handler))
        .routes(routes!(list_categories::handler))
}

/// The category that `Computers/Laptops` names: levels joined by `/`.
pub(crate) async fn category(state: &ApiState, joined: &str) -> Result<Vec<String>, Problem> {
    let counts = state.catalog.category_counts().await?;
    let named = counts.iter().find(|count| {
        count.products > 0 && !count.path.is_empty() && count.path.join("/") == joined
    });
    let missing = || Problem::invalid("category_unknown", "category: there is no such category");
    named.map(|count| count.path.clone()).ok_or_else(missing)
}

#[cfg(test)]
mod tests;
