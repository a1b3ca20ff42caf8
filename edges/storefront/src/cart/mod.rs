//! The cart's page and its changes.

mod change;
mod line;
mod show;

pub use show::{Totals, totals};

use crate::state::App;
use axum::Router;
use axum::routing::{get, post};

pub fn routes() -> Router<App> {
    Router::new()
        .route("/cart", get(show::show))
        .route("/cart/add", post(change::add))
        .route("/cart/set", post(change::set))
        .route("/cart/remove", post(change::remove))
        .route("/cart/save", post(change::save))
        .route("/cart/restore", post(change::restore))
        .route("/cart/drop", post(change::drop_saved))
        .route("/cart/acknowledge", post(change::acknowledge))
}
