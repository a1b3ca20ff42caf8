//! `/me/payment-methods`: the cards that the caller keeps.

mod methods;

use crate::ApiState;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// This context's endpoints.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(methods::list))
        .routes(routes!(methods::remove))
        .routes(routes!(methods::prefer))
}
