//! `/search`: finding products.

mod find;
mod suggest;

use crate::ApiState;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// This context's endpoints.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(find::handler)).routes(routes!(suggest::handler))
}
