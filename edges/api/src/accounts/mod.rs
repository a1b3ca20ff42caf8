//! `/guests`, `/accounts`, `/sessions`, `/me`.

mod book;
mod create_guest;
mod devices;
mod get_me;
mod put_address;
mod register;
mod sign_in;
mod sign_out;
mod view;

pub(crate) use put_address::problem as address_problem;
pub(crate) use view::AddressView;

use crate::ApiState;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// This context's endpoints.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(create_guest::handler))
        .routes(routes!(register::handler))
        .routes(routes!(sign_in::handler))
        .routes(routes!(sign_out::handler))
        .routes(routes!(get_me::handler))
        .routes(routes!(put_address::handler))
        .routes(routes!(book::list, book::add))
        .routes(routes!(book::change, book::remove))
        .routes(routes!(devices::list))
        .routes(routes!(devices::end))
        .routes(routes!(devices::change_password))
}
