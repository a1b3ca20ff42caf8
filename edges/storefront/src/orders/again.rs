//! `POST /orders/{number}/again`: what is still sold goes into the cart; what is not, the page says.

use super::{order_path, own};
use crate::state::App;
use crate::visitor::{self, owner};
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use souk_cart::CartError;
use souk_inventory::WarehouseLevel;
use souk_kernel::OfferId;
use souk_orders::Order;
use souk_webkit::{Problem, see_other};

pub(super) async fn buy_again(
    State(app): State<App>,
    Path(number): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Some(caller) = visitor::known(&app, &headers).await? else {
        return visitor::sign_in_first(&format!("/orders/{number}"));
    };
    let order = own(&app, caller.user(), &number).await?;
    let gone = missing(&app, &order).await?;
    let mut added = 0;
    for line in &order.quote.lines {
        if gone.contains(&line.item.sku) {
            continue;
        }
        let (offer, quantity) = (line.item.sku, line.item.quantity);
        match app.carts.add_line(owner(&caller.principal), offer, quantity, None).await {
            Ok(_) => added += 1,
            Err(CartError::Port(error)) => return Err(error.into()),
            Err(refusal) => tracing::debug!(%refusal, "buying again"),
        }
    }
    match (added, gone.is_empty()) {
        (_, true) => see_other("/cart"),
        (0, false) => see_other(&format!("{}?again=none", order_path(order.id))),
        (_, false) => see_other(&format!("{}?again=some", order_path(order.id))),
    }
}

/// What of an order can't be bought now.
async fn missing(app: &App, order: &Order) -> Result<Vec<OfferId>, Problem> {
    let ids: Vec<OfferId> = order.quote.lines.iter().map(|line| line.item.sku).collect();
    let views = app.catalog.offers(&ids).await?;
    let mut gone = Vec::new();
    for (id, view) in ids.into_iter().zip(views) {
        let sold = view.is_some_and(|view| view.buyable);
        let left = |levels: Vec<WarehouseLevel>| levels.iter().any(|l| l.level.available() > 0);
        if !sold || !left(app.saga.parts().stock.levels(id).await?) {
            gone.push(id);
        }
    }
    Ok(gone)
}

/// Their titles.
pub(super) async fn gone(app: &App, order: &Order) -> Result<Vec<String>, Problem> {
    let gone = missing(app, order).await?;
    let lines = order.quote.lines.iter().filter(|line| gone.contains(&line.item.sku));
    Ok(lines.map(|line| line.item.title.to_string()).collect())
}
