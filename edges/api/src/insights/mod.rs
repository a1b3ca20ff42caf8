//! What shoppers looked at, what goes with what, what is popular, what has become cheaper.

mod recent;
mod rows;

use crate::ApiState;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// This context's endpoints.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(recent::look))
        .routes(routes!(recent::list, recent::forget))
        .routes(routes!(rows::popular))
        .routes(routes!(rows::deals))
        .routes(routes!(rows::together))
        .routes(routes!(rows::related))
}

#[cfg(test)]
mod tests;
