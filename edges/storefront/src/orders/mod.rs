//! Orders: the list, one order with its timeline, cancelling, and the way back from the bank.

mod again;
mod by_link;
mod cancel;
mod invoice;
mod list;
mod parcels;
mod returned;
mod send_back;
mod show;
mod timeline;
mod waiting;

pub use by_link::order_link;
pub use timeline::{Badge, badge};

use crate::state::App;
use axum::Router;
use axum::routing::{get, post};
use souk_kernel::{OrderId, UserId};
use souk_orders::{Order, OrderNumber, PlaceRefusal};
use souk_webkit::Problem;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/orders", get(list::show))
        .route("/orders/{number}", get(show::show))
        .route("/orders/{number}/cancel", get(cancel::ask).post(cancel::cancel))
        .route("/orders/{number}/again", post(again::buy_again))
        .route("/orders/{number}/invoice", get(invoice::show))
        .route("/orders/{number}/another-way", post(waiting::another_way))
        .route("/orders/{number}/link/{key}", get(by_link::show))
        .route("/orders/{number}/link/{key}/forget", get(by_link::ask).post(by_link::forget))
        .route("/orders/{number}/return", get(send_back::ask).post(send_back::send))
        .route("/orders/return/{order}", get(returned::show))
}

/// Where an order's page is.
pub fn order_path(order: OrderId) -> String {
    format!("/orders/{}", OrderNumber::of(order))
}

/// A shopper's own order by its number.
async fn own(app: &App, user: UserId, number: &str) -> Result<Order, Problem> {
    let missing = || Problem::from(PlaceRefusal::NotFound("order"));
    let number: OrderNumber = number.parse().map_err(|_| missing())?;
    let found = app.saga.orders().order_by_key(number.key()).await?;
    found.filter(|order| order.user == user && order.number() == number).ok_or_else(missing)
}
