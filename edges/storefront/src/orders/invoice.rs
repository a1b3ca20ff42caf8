//! `GET /orders/{number}/invoice`: the order's invoices and credit notes, one sheet of paper each;
//! `?seller=`: of one seller.

use super::own;
use crate::render::{self, Head};
use crate::state::App;
use crate::visitor;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Serialize;
use souk_invoices::{Document, Kind, label};
use souk_kernel::{Money, SellerId};
use souk_orders::{Order, PlaceRefusal};
use souk_pricing::Day;
use souk_webkit::{Problem, Query};

#[derive(Serialize)]
struct View {
    order: String,
    sheets: Vec<Sheet>,
}

/// One document.
#[derive(Serialize)]
struct Sheet {
    title: &'static str,
    number: String,
    seller: String,
    seller_id: String,
    issued: String,
    ordered: String,
    corrects: String,
    bill_to: Vec<String>,
    ship_to: Vec<String>,
    lines: Vec<Line>,
    rates: Vec<Rate>,
    total: String,
}

#[derive(Serialize)]
struct Line {
    title: String,
    quantity: u32,
    unit: String,
    rate: String,
    total: String,
}

#[derive(Serialize)]
struct Rate {
    rate: String,
    net: String,
    tax: String,
    gross: String,
}

pub(super) async fn show(
    State(app): State<App>,
    Path(number): Path<String>,
    Query(fields): Query,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Some(caller) = visitor::known(&app, &headers).await? else {
        return visitor::sign_in_first(&format!("/orders/{number}/invoice"));
    };
    let order = own(&app, caller.user(), &number).await?;
    let mut all = app.invoices.of_order(order.id).await?;
    if let Ok(seller) = fields.parsed::<SellerId>("seller") {
        all.retain(|document| document.draft.seller == seller);
    }
    if all.is_empty() {
        return Err(PlaceRefusal::NotFound("invoice").into());
    }
    let ids: Vec<SellerId> = all.iter().map(|document| document.draft.seller).collect();
    let names = app.catalog.sellers(&ids).await?;
    let sheets = all
        .iter()
        .zip(names)
        .map(|(document, seller)| {
            let name = seller.map_or_else(|| app.shop.name.clone(), |seller| seller.name);
            sheet(document, &order, name)
        })
        .collect();
    let view = View { order: order.number().to_string(), sheets };
    render::private(&app, "invoice.html", &Head::private(format!("Invoice, order {number}")), &view)
}

fn sheet(document: &Document, order: &Order, seller: String) -> Sheet {
    let content = &document.draft.content;
    let to = order.ship_to.as_deref();
    let ship_to = to.map(|to| to.written().lines()).unwrap_or_default();
    let bill_to = to.and_then(|to| to.bill_to.as_ref()).map(|to| to.written().lines());
    let line = |line: &souk_invoices::Line| Line {
        title: line.title.clone(),
        quantity: line.quantity,
        unit: line.unit_price.to_string(),
        rate: percent(line.rate_bp),
        total: line.total.to_string(),
    };
    let rate = |sum: &souk_invoices::RateSum| Rate {
        rate: percent(sum.rate_bp),
        net: sum.net.to_string(),
        tax: sum.tax.to_string(),
        gross: Money::new(sum.gross(), sum.net.currency).to_string(),
    };
    Sheet {
        title: match content.kind {
            Kind::Invoice => "Invoice",
            Kind::CreditNote => "Credit note",
        },
        number: document.label(),
        seller,
        seller_id: document.draft.seller.to_string(),
        issued: Day::of(document.issued_at).long(),
        ordered: Day::of(order.created_at).long(),
        corrects: content.corrects.map(label).unwrap_or_default(),
        bill_to: bill_to.unwrap_or_else(|| ship_to.clone()),
        ship_to,
        lines: content.lines.iter().map(line).collect(),
        rates: content.rates.iter().map(rate).collect(),
        total: content.total.to_string(),
    }
}

/// `19 %`, `7.5 %`.
fn percent(bp: u16) -> String {
    let (whole, part) = (bp / 100, bp % 100);
    let part = format!("{part:02}");
    match part.trim_end_matches('0') {
        "" => format!("{whole} %"),
        part => format!("{whole}.{part} %"),
    }
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn rates_read_well() {
        let read = [0, 700, 1_900, 750, 875, 5].map(percent);
        assert_eq!(read, ["0 %", "7 %", "19 %", "7.5 %", "8.75 %", "0.05 %"]);
    }
}
