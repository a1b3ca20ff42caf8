//! The sellers' door: pages for who sells, mounted under `/seller` beside the shop's own.
//!
//! This room promises:
//! - There is one [table](table) of routes: method, path, what it needs, handler. The router is made
//!   from it, and so is the test that asks each route as a stranger and as another seller.
//! - A page shows and changes what belongs to the seller of the session, and nothing else: every use case
//!   takes that seller, and what is another's is not found.
//! - A change is taken from pages of this origin only, by a cookie of its own that no other site's
//!   request carries.
//! - A seller that waits for approval or is suspended can sign in, read everything, mend its products and
//!   send what was sold; it sells nothing.
//! - In a sandbox every page says so, and a one-click demo sign-in is there; elsewhere it is not.
//!
//! One page is one file, `src/<part>/<page>.rs`, with its template in `templates/`. To add one: write
//! both, list the template in `render.rs`, and the route in `table.rs`.

mod account;
mod assets;
mod balance;
mod error_page;
mod form;
mod guard;
mod home;
mod orders;
mod products;
mod render;
mod state;
mod table;
mod words;

#[cfg(test)]
mod tests;

pub use guard::Badge;
pub use state::{Follow, SellerDoor, SellerShop, Warehouse};
pub use table::{Needs, Route, table};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state, map_response_with_state};
use axum::routing::get;
use souk_webkit::Door;
use state::App;
use std::sync::Arc;

/// Every page of sellers, made from the [table].
pub fn router(state: SellerDoor) -> Router {
    let door = Door::new(state.headers.clone()).behind(Arc::clone(&state.gate));
    let app = App::new(state);
    let mut router = Router::new();
    for route in table(app.shop.sandbox) {
        let guarded = from_fn_with_state((app.clone(), route.needs), guard::guard);
        let limited = route.handler.layer(DefaultBodyLimit::max(route.body));
        router = router.route(route.path, limited.route_layer(guarded));
    }
    // What is no page of theirs is said to sellers in their own frame; strangers sign in first.
    let known = from_fn_with_state((app.clone(), Needs::Member), guard::guard);
    router
        .route(
            "/seller/{*rest}",
            get(error_page::nowhere).route_layer(known).fallback(error_page::nowhere),
        )
        .method_not_allowed_fallback(error_page::wrong_method)
        .layer(from_fn(guard::same_origin))
        .layer(door)
        .layer(map_response_with_state(app.clone(), error_page::dress))
        .with_state(app)
}
