//! `/guests`, `/accounts`, `/sessions`, `/me`, and what mails' links lead to.

mod book;
mod change;
mod create_guest;
mod devices;
mod get_me;
mod preferences;
mod privacy;
mod proof;
mod put_address;
mod register;
mod sign_in;
mod sign_out;
mod view;

pub(crate) use put_address::problem as address_problem;
pub(crate) use view::AddressView;

use crate::ApiState;
use souk_cart::Owner;
use souk_kernel::UserId;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Brings what a guest left into the account that they signed in to, or made: cart, wishes, what they
/// looked at. What can't move stays where it is: the sign-in counts all the same.
async fn bring_along(state: &ApiState, guest: UserId, account: UserId) {
    let into = Owner { user: account, guest: false };
    if let Err(error) = state.carts.merge(guest, into).await {
        tracing::warn!(%error, "a guest's cart stays where it is");
    }
    if let Err(error) = state.lists.adopt(guest, account).await {
        tracing::warn!(%error, "a guest's wishes stay where they are");
    }
    if let Err(error) = state.insights.adopt(guest, account).await {
        tracing::warn!(%error, "what a guest looked at stays where it is");
    }
}

/// This context's endpoints.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(create_guest::handler))
        .routes(routes!(register::handler))
        .routes(routes!(sign_in::handler))
        .routes(routes!(sign_out::handler))
        .routes(routes!(get_me::handler, change::name))
        .routes(routes!(change::email))
        .routes(routes!(proof::send))
        .routes(routes!(proof::verify))
        .routes(routes!(proof::forgot))
        .routes(routes!(proof::reset))
        .routes(routes!(preferences::get, preferences::put))
        .routes(routes!(privacy::export))
        .routes(routes!(privacy::delete))
        .routes(routes!(put_address::handler))
        .routes(routes!(book::list, book::add))
        .routes(routes!(book::change, book::remove))
        .routes(routes!(devices::list))
        .routes(routes!(devices::end))
        .routes(routes!(devices::change_password))
}
