//! The checkout: address and shipping, then exactly what will be charged, then the gateway's sheet.

mod address;
mod pay;
mod review;
mod show;
mod start;

pub use address::{CountryChoice, Faults, Typed, choices};
pub use pay::keep;
pub use review::why;
pub use show::Line;

use crate::state::App;
use axum::Router;
use axum::routing::{get, post};
use souk_kernel::CheckoutId;
use souk_orders::PlaceRefusal;
use souk_webkit::Problem;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/checkout", get(show::show).post(start::start))
        .route("/checkout/{id}", get(review::show))
        .route("/checkout/{id}/pay", post(pay::pay))
        .route("/checkout/{id}/return", get(pay::returned))
        .route("/checkout/{id}/leave", post(pay::leave))
}

/// Where a checkout's page is.
pub fn review_path(checkout: CheckoutId) -> String {
    format!("/checkout/{checkout}")
}

fn checkout_id(text: &str) -> Result<CheckoutId, Problem> {
    text.parse().map_err(|_| PlaceRefusal::NotFound("checkout").into())
}
