//! `POST /products/{id}/reviews`.

use super::view::{DraftView, ReviewView};
use crate::ApiState;
use crate::openapi::{BodyProblems, EngineProblems, ProblemDoc, SessionProblems};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use souk_webkit::{Caller, Json, Problem};

/// Review a product
///
/// One review an account and product: who has one edits it. It is marked as a verified purchase when
/// this product was sent to the account: at once, or as soon as its parcel leaves. Who deleted one that
/// was reported, held or rejected writes one that is `held`.
#[utoipa::path(
    post,
    path = "/products/{id}/reviews",
    tag = "reviews",
    params(("id" = String, Path)),
    request_body = DraftView,
    security(("session" = []), ("cookie" = [])),
    responses(
        (status = 201, description = "The review.", body = ReviewView),
        (status = 403, description = "`account_needed`: guests read only.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 404, description = "`product_not_found`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 409, description = "`already_reviewed`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "`id_invalid`, `body_invalid` or `review_invalid`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        BodyProblems,
        SessionProblems,
        EngineProblems
    )
)]
pub(crate) async fn handler(
    State(state): State<ApiState>,
    caller: Caller,
    Path(product): Path<String>,
    Json(request): Json<DraftView>,
) -> Result<(StatusCode, Json<ReviewView>), Problem> {
    let product = crate::orders::id(&product, "the product")?;
    if state.catalog.listing(product).await?.is_none() {
        let words = "There is no such product.";
        return Err(Problem::new(StatusCode::NOT_FOUND, "product_not_found", words));
    }
    let author = super::author(&state, &caller).await?;
    let review = state.reviews.write(&author, product, &request.into()).await?;
    Ok((StatusCode::CREATED, Json(ReviewView::from(&review))))
}
