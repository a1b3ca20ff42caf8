//! The REST door: `/api/v1`, its OpenAPI document, health.
//!
//! One endpoint is one file, `src/<context>/<verb>.rs`: request, view, documentation, handler, and a
//! test for each status. To add one:
//! 1. write the file (`accounts/put_address.rs` is a good pattern): the handler takes [`ApiState`],
//!    asks one use case, and turns its refusals into [`souk_webkit::Problem`] with `?`;
//! 2. list it in its context's `mod.rs` with `routes!`, which registers route and documentation at
//!    once;
//! 3. a new context gets a line in [`rooms`], and its service a field in [`Services`].
//!
//! Tests here then hold it to the house rules: whatever declares the `session` security refuses the
//! unknown, and every documented problem names its codes.

mod accounts;
mod cart;
mod catalog;
mod docs;
mod fallback;
mod health;
mod insights;
mod inventory;
mod lists;
mod openapi;
mod orders;
mod payments;
mod reviews;
mod search;
mod state;

#[cfg(test)]
mod testing;

pub use openapi::document;
pub use state::{ApiState, Services};

use axum::Router;
use souk_webkit::Door;
use utoipa_axum::router::OpenApiRouter;

/// Where the versioned routes are.
pub const PREFIX: &str = "/api/v1";

/// The contexts that have a REST door.
fn rooms() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .merge(accounts::routes())
        .merge(catalog::routes())
        .merge(payments::routes())
        .merge(reviews::routes())
        .merge(search::routes())
        .merge(cart::routes())
        .merge(lists::routes())
        .merge(insights::routes())
        .merge(inventory::routes())
        .merge(orders::routes())
}

/// Every route of this door. Paths that begin with `/api` and are none of them are answered here
/// too, as problems; other paths are left to other doors.
pub fn router(state: ApiState) -> Router {
    let (routes, document) = openapi::assemble(rooms());
    let whole = routes
        .merge(health::routes())
        .merge(docs::routes(&document))
        .method_not_allowed_fallback(fallback::method_not_allowed)
        .merge(fallback::routes());
    let door = Door::api().behind(std::sync::Arc::clone(&state.sessions.gate));
    whole.layer(door).with_state(state)
}
