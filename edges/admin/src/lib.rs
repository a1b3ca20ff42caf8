//! The staff's door: pages for who runs the shop, mounted under `/admin` beside the shop's own.
//!
//! This room promises:
//! - There is one [table](table) of routes: method, path, what it needs, handler. The router is made
//!   from it, and so is the test that asks each route as a stranger, as a shopper and in every role.
//! - A route that needs a permission is reached by nobody without it: strangers are led to the sign-in,
//!   members without it are told so.
//! - A change is taken from pages of this origin only, by a cookie of its own that no other site's
//!   request carries.
//! - In a sandbox every page says so, and a one-click demo sign-in is there; elsewhere it is not.
//!
//! One page is one file, `src/<part>/<page>.rs`, with its template in `templates/`. To add one: write
//! both, list the template in `render.rs`, and the route in `table.rs`.

mod account;
mod assets;
mod categories;
mod csv;
mod customers;
mod error_page;
mod find;
mod form;
mod guard;
mod health;
mod home;
mod jobs;
mod list;
mod mails;
mod orders;
mod parcels;
mod payments;
mod products;
mod render;
mod returns;
mod reviews;
mod security;
mod sellers;
mod state;
mod stock;
mod synonyms;
mod table;
mod team;
mod words;

#[cfg(test)]
mod tests;

pub use guard::Badge;
pub use state::{AdminShop, AdminState, Exchange, GatewayBooks, Race, Ran, Runner, Vital, Vitals};
pub use table::{Needs, Route, table};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state, map_response_with_state};
use axum::routing::get;
use souk_webkit::{BODY_LIMIT, Door};
use state::App;
use std::sync::Arc;

/// Every page of the staff, made from the [table].
pub fn router(state: AdminState) -> Router {
    let door = Door::new(state.headers.clone()).behind(Arc::clone(&state.gate));
    let app = App::new(state);
    let mut router = Router::new();
    for route in table(app.shop.sandbox) {
        let guarded = from_fn_with_state((app.clone(), route.needs), guard::guard);
        router = router.route(route.path, route.handler.route_layer(guarded));
    }
    // What is no page of theirs is said to members in their own frame; strangers sign in first.
    let known = from_fn_with_state((app.clone(), Needs::Member), guard::guard);
    router
        .route(
            "/admin/{*rest}",
            get(error_page::nowhere).route_layer(known).fallback(error_page::nowhere),
        )
        .method_not_allowed_fallback(error_page::wrong_method)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(from_fn(guard::same_origin))
        .layer(door)
        .layer(map_response_with_state(app.clone(), error_page::dress))
        .with_state(app)
}
