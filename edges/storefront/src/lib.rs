//! The shopper's pages, rendered on the server.
//!
//! This room promises:
//! - Every page works without a script and on a phone first; styles and scripts are fingerprinted files.
//! - Pages that are the same for everyone set no cookie and say so; all others are never stored.
//! - What a shopper typed is still there after an error, and the error stands beside its field.
//! - Going back, reloading and pressing twice never buy twice: a page that changes something answers
//!   with a redirect, and carries or derives the key of its purchase.
//! - A card number is never typed here: paying leads to the gateway's own sheet, on its own origin.
//!
//! One page is one file, `src/<part of the shop>/<page>.rs`, with its template of the same name in
//! `templates/`. To add one: write both, list the template in `render.rs`, the route in its `mod.rs`.

mod account;
mod assets;
mod browse;
mod cart;
mod checkout;
mod error_page;
mod glance;
mod mailbox;
mod menu;
mod orders;
mod render;
mod reviews;
mod rows;
mod seo;
mod sitemap;
mod state;
mod visitor;
mod wishlist;
mod words;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use orders::order_link;
pub use state::{CardSheets, PATIENCE, ShopFront, StorefrontState};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state, map_response_with_state};
use souk_webkit::{BODY_LIMIT, Door, Problem, squeeze};
use state::App;
use std::sync::Arc;

/// Every page of the shop. What no page has is answered here too, with a page that leads on; routes
/// of other doors are merged beside it.
pub fn router(state: StorefrontState) -> Router {
    let door = Door::new(state.headers.clone()).behind(Arc::clone(&state.sessions.gate));
    let app = App::new(state);
    Router::new()
        .merge(assets::routes())
        .merge(browse::routes())
        .merge(reviews::routes())
        .merge(cart::routes())
        .merge(wishlist::routes())
        .merge(rows::routes())
        .merge(checkout::routes())
        .merge(orders::routes())
        .merge(account::routes())
        .merge(mailbox::routes())
        .merge(glance::routes())
        .merge(seo::routes())
        .merge(sitemap::routes())
        .method_not_allowed_fallback(async || {
            Problem::new(axum::http::StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "")
        })
        .fallback(async || Problem::not_found("there is no such page"))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(from_fn_with_state(app.clone(), visitor::can_pay))
        .layer(from_fn_with_state(app.clone(), visitor::one_host))
        .layer(from_fn_with_state(app.clone(), menu::fresh))
        .layer(door)
        .layer(map_response_with_state(app.clone(), error_page::dress))
        .layer(from_fn(squeeze))
        .with_state(app)
}
