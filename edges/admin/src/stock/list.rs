//! `GET /admin/stock`: every offer with its levels, in keyset pages by product.

use crate::form::{Query, href};
use crate::guard::Me;
use crate::render::{self, Head};
use crate::state::App;
use crate::words::money;
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use souk_catalog::{Listing, OfferView, Shelf};
use souk_inventory::WarehouseLevel;
use souk_kernel::ProductId;
use souk_staff::Permission;
use souk_webkit::Problem;

const PER_PAGE: usize = 40;

#[derive(Serialize)]
struct View {
    offers: Vec<Row>,
    next: String,
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
}

pub(crate) async fn list(
    State(app): State<App>,
    me: Me,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let after: Option<ProductId> = fields.get("after").parse().ok();
    let page = app.catalog.page(&Shelf::All, after, PER_PAGE).await?;
    let views: Vec<OfferView> = page.listings.iter().flat_map(Listing::views).collect();
    let skus: Vec<_> = views.iter().map(|view| view.offer).collect();
    let levels = app.saga.parts().stock.levels_of(&skus).await?;
    let next = page.next.map(|next| href("/admin/stock", &[("after".into(), next.to_string())]));
    let view = View {
        offers: views.iter().zip(&levels).map(|(view, levels)| row(view, levels)).collect(),
        next: next.unwrap_or_default(),
        race: app.shop.sandbox && me.may(Permission::RunDemos),
    };
    render::page(&app, &me, ("stock.html", &Head::of("/admin/stock", "Stock")), &view)
}

fn row(view: &OfferView, levels: &[WarehouseLevel]) -> Row {
    let sum = |of: fn(&souk_inventory::Level) -> i64| levels.iter().map(|l| of(&l.level)).sum();
    Row {
        sku: view.offer.to_string(),
        title: view.title.to_string(),
        price: money(view.unit_price),
        on_hand: sum(|level| level.on_hand),
        held: sum(|level| level.held),
        committed: sum(|level| level.committed),
        available: sum(souk_inventory::Level::available),
    }
}
