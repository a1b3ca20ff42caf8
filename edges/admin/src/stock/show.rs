//! `GET /admin/stock/{sku}`: the levels of one SKU, its ledger with filters, and the forms that change it.

use super::{Posted, posted};
use crate::csv;
use crate::form::{Fields, Query};
use crate::guard::Me;
use crate::list;
use crate::render::{self, Choice, Head};
use crate::state::App;
use crate::words::{moment, money};
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Serialize;
use souk_inventory::{Entry, EntryKind, WarehouseLevel};
use souk_kernel::{Sku, WarehouseId};
use souk_staff::Permission;
use souk_webkit::Problem;

/// Lines of the ledger on the page, and those that filters look through.
const LINES: usize = 100;
const REACH: usize = 5_000;

#[derive(Serialize)]
struct View {
    sku: String,
    title: String,
    price: String,
    product: String,
    levels: Vec<Shelf>,
    ledger: Vec<Posted>,
    kinds: Vec<Choice>,
    places: Vec<Choice>,
    kind: String,
    place: String,
    csv: String,
    may_change: bool,
    done: &'static str,
    key: String,
}

#[derive(Serialize)]
struct Shelf {
    warehouse: String,
    name: String,
    on_hand: i64,
    held: i64,
    committed: i64,
    missing: i64,
    available: i64,
}

/// What the address asks to see of the ledger.
fn wanted(fields: &Fields) -> impl Fn(&Entry) -> bool {
    let kind = EntryKind::from_name(fields.get("kind"));
    let place: Option<WarehouseId> = fields.get("place").parse().ok();
    move |entry| {
        kind.is_none_or(|kind| entry.kind == kind)
            && place.is_none_or(|place| entry.warehouse == place)
    }
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
    let ledger = stock.ledger(sku, REACH).await?;
    let ledger = ledger.iter().filter(|entry| wanted(&fields)(entry));
    if list::as_file(&fields) {
        return file(&app, ledger.take(csv::LINES));
    }
    let path = format!("/admin/stock/{sku}");
    let here = list::List { path: &path, filters: &["kind", "place"] };
    let any = |title: &str| Choice { value: String::new(), title: title.to_owned() };
    let kind = |kind: EntryKind| Choice { value: kind.name().into(), title: kind.name().into() };
    let place =
        |(id, name): &(WarehouseId, String)| Choice { value: id.to_string(), title: name.clone() };
    let view = View {
        sku: sku.to_string(),
        title: offer.title.to_string(),
        price: money(offer.unit_price),
        product: offer.product.to_string(),
        levels: levels.iter().map(|at| shelf(&app, at)).collect(),
        ledger: ledger.take(LINES).map(|line| posted(&app, line)).collect(),
        kinds: std::iter::once(any("Every entry")).chain(EntryKind::ALL.map(kind)).collect(),
        places: std::iter::once(any("Every warehouse"))
            .chain(app.shop.warehouses.iter().map(place))
            .collect(),
        kind: fields.text("kind"),
        place: fields.text("place"),
        csv: here.with(&fields, "format", "csv"),
        may_change: me.may(Permission::ChangeStock),
        done: said(fields.get("done")),
        key: app.fresh_key(),
    };
    let head = Head::of("/admin/stock", view.title.clone());
    render::page(&app, &me, ("shelf.html", &head), &view)
}

fn said(done: &str) -> &'static str {
    match done {
        "received" => "The delivery is on the shelf, with a line in the ledger and in the audit.",
        "transferred" => "The pieces changed their warehouse.",
        "adjusted" => "The shelf is adjusted, with a line in the ledger and in the audit.",
        "counted" => "The count is written.",
        _ => "",
    }
}

fn shelf(app: &App, at: &WarehouseLevel) -> Shelf {
    Shelf {
        warehouse: at.warehouse.to_string(),
        name: app.warehouse(at.warehouse),
        on_hand: at.level.on_hand,
        held: at.level.held,
        committed: at.level.committed,
        missing: at.level.short(),
        available: at.level.available(),
    }
}

fn file<'a>(app: &App, ledger: impl Iterator<Item = &'a Entry>) -> Result<Response, Problem> {
    let head = ["sku", "warehouse", "entry", "quantity", "checkout", "at"];
    let rows = ledger.map(|entry| {
        vec![
            entry.sku.to_string(),
            app.warehouse(entry.warehouse),
            entry.kind.name().to_owned(),
            entry.quantity.to_string(),
            entry.checkout.map_or_else(String::new, |checkout| checkout.to_string()),
            moment(entry.at),
        ]
    });
    csv::respond("stock-ledger", &head, rows)
}
