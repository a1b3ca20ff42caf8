//! `GET /admin/stock`: every offer with its levels, in keyset pages by product, or found by words; those of
//! which few are left, and those of which less lies there than is promised.

use crate::csv;
use crate::form::{Fields, Query};
use crate::guard::Me;
use crate::list::{self, List, Pager};
use crate::products::{FOUND, find};
use crate::render::{self, Head, Tab};
use crate::state::App;
use crate::words::money;
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use souk_catalog::{Listing, OfferView, Shelf};
use souk_inventory::{Level, WarehouseLevel};
use souk_kernel::{ProductId, Sku};
use souk_staff::{Permission, Short};
use souk_webkit::Problem;
use std::sync::Arc;

const STOCK: List<'static> = List { path: "/admin/stock", filters: &["q", "only"] };
/// Products of a page: each may have several offers.
const PRODUCTS: usize = 40;
/// As few pieces are few.
const FEW: i64 = 5;
/// Shelves that are shown of those that need somebody.
const NEEDY: usize = 200;

#[derive(Serialize)]
struct View {
    q: String,
    only: String,
    tabs: Vec<Tab>,
    offers: Vec<Row>,
    short: Vec<Missing>,
    pager: Pager,
    race: bool,
}

#[derive(Serialize)]
struct Row {
    sku: String,
    title: String,
    price: String,
    on_hand: i64,
    held: i64,
    committed: i64,
    available: i64,
    missing: i64,
}

#[derive(Serialize)]
struct Missing {
    sku: String,
    title: String,
    warehouse: String,
    missing: i64,
    orders: Vec<Hit>,
}

#[derive(Serialize)]
struct Hit {
    href: String,
    number: String,
    missing: i64,
}

pub(crate) async fn list(
    State(app): State<App>,
    me: Me,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let only = fields.text("only");
    let (views, next) = match only.as_str() {
        "low" => (few(&app).await?, None),
        "short" => (Vec::new(), None),
        _ => shelves(&app, &fields).await?,
    };
    let skus: Vec<_> = views.iter().map(|view| view.offer).collect();
    let levels = app.saga.parts().stock.levels_of(&skus).await?;
    let offers: Vec<Row> =
        views.iter().zip(&levels).map(|(view, levels)| row(view, levels)).collect();
    if list::as_file(&fields) {
        return file(&offers);
    }
    let short = if only == "short" { short(&app).await? } else { Vec::new() };
    let tab = |(title, of): (&str, &str)| Tab {
        title: title.to_owned(),
        href: STOCK.with(&Fields::default(), "only", of),
        here: of == only,
    };
    let view = View {
        q: fields.text("q"),
        tabs: [("All", ""), ("Few left", "low"), ("Short of promises", "short")].map(tab).into(),
        only,
        offers,
        short,
        pager: STOCK.pager(&fields, next),
        race: app.shop.sandbox && me.may(Permission::RunDemos),
    };
    render::page(&app, &me, ("stock.html", &Head::of("/admin/stock", "Stock")), &view)
}

type Shelves = (Vec<Arc<OfferView>>, Option<String>);

async fn shelves(app: &App, fields: &Fields) -> Result<Shelves, Problem> {
    let q = fields.text("q");
    let (listings, next) = if q.is_empty() {
        let after: Option<ProductId> = fields.get("after").parse().ok();
        let many = if list::as_file(fields) { FOUND } else { PRODUCTS };
        let page = app.catalog.page_with_hidden(&Shelf::All, after, many).await?;
        (page.listings, page.next.map(|next| next.to_string()))
    } else {
        (find(app, &q).await?, None)
    };
    Ok((listings.iter().flat_map(Listing::views).map(Arc::new).collect(), next))
}

async fn few(app: &App) -> Result<Vec<Arc<OfferView>>, Problem> {
    let low = app.desk.low_stock(FEW, NEEDY).await?;
    let skus: Vec<Sku> = low.iter().map(|low| low.sku).collect();
    Ok(app.catalog.offers(&skus).await?.into_iter().flatten().collect())
}

async fn short(app: &App) -> Result<Vec<Missing>, Problem> {
    let short = app.desk.shortages(NEEDY).await?;
    let skus: Vec<Sku> = short.iter().map(|short| short.sku).collect();
    let offers = app.catalog.offers(&skus).await?;
    let missing = |(short, offer): (&Short, Option<Arc<OfferView>>)| Missing {
        sku: short.sku.to_string(),
        title: offer.map_or_else(|| short.sku.to_string(), |offer| offer.title.to_string()),
        warehouse: app.warehouse(short.warehouse),
        missing: short.missing,
        orders: short
            .hurt
            .iter()
            .map(|hurt| Hit {
                href: format!("/admin/orders/{}", hurt.order),
                number: souk_orders::OrderNumber::of(hurt.order).to_string(),
                missing: hurt.missing,
            })
            .collect(),
    };
    Ok(short.iter().zip(offers).map(missing).collect())
}

fn file(offers: &[Row]) -> Result<Response, Problem> {
    let head = ["sku", "offer", "price", "on_hand", "held", "committed", "available", "missing"];
    let rows = offers.iter().map(|row| {
        let counts = [row.on_hand, row.held, row.committed, row.available, row.missing];
        let names = [row.sku.clone(), row.title.clone(), row.price.clone()];
        names.into_iter().chain(counts.map(|count| count.to_string())).collect()
    });
    csv::respond("stock", &head, rows)
}

fn row(view: &OfferView, levels: &[WarehouseLevel]) -> Row {
    let sum = |of: fn(&Level) -> i64| levels.iter().map(|l| of(&l.level)).sum();
    Row {
        sku: view.offer.to_string(),
        title: view.title.to_string(),
        price: money(view.unit_price),
        on_hand: sum(|level| level.on_hand),
        held: sum(|level| level.held),
        committed: sum(|level| level.committed),
        available: sum(Level::available),
        missing: sum(Level::short),
    }
}
