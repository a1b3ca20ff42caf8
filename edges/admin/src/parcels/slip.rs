//! `GET /admin/parcels/{order}/{no}/slip`: the packing slip, for paper: where it goes and what is in it, and no
//! price, for it may be a present.

use super::find;
use crate::guard::Me;
use crate::render::{self, Head};
use crate::state::App;
use crate::words::day;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Serialize;
use souk_webkit::Problem;

#[derive(Serialize)]
struct View {
    order: String,
    number: String,
    no: u16,
    many: usize,
    placed: String,
    warehouse: String,
    method: &'static str,
    carrier: String,
    tracking: String,
    address: Vec<String>,
    lines: Vec<Line>,
    pieces: u32,
}

#[derive(Serialize)]
struct Line {
    title: String,
    sku: String,
    quantity: u32,
}

pub(crate) async fn slip(
    State(app): State<App>,
    me: Me,
    Path((order, no)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let found = find(&app, &order, &no).await?;
    let (parcel, order) = (found.parcel()?, &found.order);
    let to = order.ship_to.as_deref();
    let line = |line: &souk_fulfillment::ParcelLine| Line {
        title: found.title(line.sku),
        sku: line.sku.to_string(),
        quantity: line.quantity,
    };
    let view = View {
        order: order.id.to_string(),
        number: order.number().to_string(),
        no: parcel.no,
        many: found.all.parcels.len(),
        placed: day(order.created_at),
        warehouse: app.warehouse(parcel.warehouse),
        method: order.quote.shipping_method.name(),
        carrier: parcel.carrier.clone().unwrap_or_default(),
        tracking: parcel.tracking_number(order.id),
        address: to.map(|to| to.written().lines()).unwrap_or_default(),
        lines: parcel.lines.iter().map(line).collect(),
        pieces: parcel.lines.iter().map(|line| line.quantity).sum(),
    };
    let head = Head::of("/admin/parcels", format!("Packing slip {}", view.number));
    render::page(&app, &me, ("slip.html", &head), &view)
}
