//! `/cart`.

mod acknowledge;
mod add_line;
mod get_cart;
mod remove_line;
mod save_line;
mod saved;
mod set_line;
mod view;

use crate::ApiState;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// This context's endpoints.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(get_cart::handler))
        .routes(routes!(add_line::handler))
        .routes(routes!(set_line::handler, remove_line::handler))
        .routes(routes!(save_line::handler))
        .routes(routes!(saved::restore))
        .routes(routes!(saved::remove))
        .routes(routes!(acknowledge::handler))
}
