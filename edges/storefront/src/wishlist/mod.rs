//! The wishlist, and what somebody wants to be told of: back in stock, cheaper.

mod change;
mod show;

pub(crate) use show::said;

use crate::state::App;
use axum::Router;
use axum::routing::{get, post};

pub fn routes() -> Router<App> {
    Router::new()
        .route("/wishlist", get(show::show))
        .route("/wishlist/add", post(change::add))
        .route("/wishlist/remove", post(change::remove))
        .route("/alerts", post(change::ask))
        .route("/alerts/end", post(change::end))
}
