//! `GET /admin/stock/{sku}`: the levels of one SKU, its ledger, and the forms that change it.

use super::{Posted, posted};
use crate::form::Query;
use crate::guard::Me;
use crate::render::{self, Head};
use crate::state::App;
use crate::words::money;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Serialize;
use souk_inventory::WarehouseLevel;
use souk_kernel::Sku;
use souk_staff::Permission;
use souk_webkit::Problem;

/// Lines of the ledger on the page.
const LINES: usize = 200;

#[derive(Serialize)]
struct View {
    sku: String,
    title: String,
    price: String,
    product: String,
    levels: Vec<Shelf>,
    ledger: Vec<Posted>,
    may_change: bool,
    done: &'static str,
}

#[derive(Serialize)]
struct Shelf {
    warehouse: String,
    on_hand: i64,
    held: i64,
    committed: i64,
    shortage: i64,
    available: i64,
}

pub(crate) async fn show(
    State(app): State<App>,
    me: Me,
    Path(sku): Path<String>,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let missing = || Problem::not_found("There is no such SKU.");
    let sku: Sku = sku.parse().map_err(|_| missing())?;
    let offer = app.catalog.offers(&[sku]).await?.pop().flatten().ok_or_else(missing)?;
    let stock = &app.saga.parts().stock;
    let levels = stock.levels(sku).await?;
    let ledger = stock.ledger(sku, LINES).await?;
    let shelf = |at: &WarehouseLevel| Shelf {
        warehouse: at.warehouse.to_string(),
        on_hand: at.level.on_hand,
        held: at.level.held,
        committed: at.level.committed,
        shortage: at.level.shortage,
        available: at.level.available(),
    };
    let done = match fields.get("done") {
        "adjusted" => "The shelf is adjusted, with a line in the ledger and in the audit.",
        "counted" => "The count is written.",
        _ => "",
    };
    let view = View {
        sku: sku.to_string(),
        title: offer.title.to_string(),
        price: money(offer.unit_price),
        product: offer.product.to_string(),
        levels: levels.iter().map(shelf).collect(),
        ledger: ledger.iter().map(posted).collect(),
        may_change: me.may(Permission::ChangeStock),
        done,
    };
    let head = Head::of("/admin/stock", view.title.clone());
    render::page(&app, &me, ("shelf.html", &head), &view)
}
