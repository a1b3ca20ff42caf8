//! `GET /products/{id}`: one product, whole.

use super::view::ProductView;
use crate::ApiState;
use crate::openapi::{EngineProblems, ProblemDoc, TokenProblems};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use souk_webkit::{Caller, Json, MaybeCaller, Problem};

/// A product
///
/// With its variants and every seller's offers of them. A look by somebody with a session counts for
/// what they are shown first.
#[utoipa::path(
    get,
    path = "/products/{id}",
    tag = "catalog",
    params(("id" = String, Path)),
    responses(
        (status = 200, description = "The product.", body = ProductView),
        (status = 404, description = "`product_not_found`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "`id_invalid`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        TokenProblems,
        EngineProblems
    )
)]
pub(crate) async fn handler(
    State(state): State<ApiState>,
    MaybeCaller(caller): MaybeCaller,
    Path(product): Path<String>,
) -> Result<Json<ProductView>, Problem> {
    let id = crate::orders::id(&product, "the product")?;
    let listing = state.catalog.listing(id).await?.ok_or_else(|| {
        Problem::new(StatusCode::NOT_FOUND, "product_not_found", "There is no such product.")
    })?;
    let product = &listing.product;
    let user = caller.as_ref().map(Caller::user);
    state.search.looked(user, id, product.brand.as_deref(), &product.category_path);
    Ok(Json(ProductView::from(&listing)))
}
