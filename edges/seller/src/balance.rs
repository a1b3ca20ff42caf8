//! `GET /seller/balance`: every line of the ledger, and all of them as CSV.

use crate::form::{Query, href};
use crate::guard::Me;
use crate::render::{self, Head};
use crate::state::App;
use crate::words::{self, When, money, when};
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use souk_kernel::{Money, Sku, Timestamp};
use souk_orders::OrderNumber;
use souk_sellers::{Line, LineId, LineKind};
use souk_webkit::Problem;
use std::collections::HashMap;
use std::fmt::Write as _;

const PER_PAGE: usize = 50;
/// Lines of one file; who has more, asks for those before a line.
const CSV_MAX: usize = 100_000;
/// Lines that are read together.
const PIECE: usize = 1_000;

#[derive(Serialize)]
struct View {
    balance: String,
    others: Vec<String>,
    rate: String,
    since: Option<When>,
    lines: Vec<Row>,
    older: String,
    newest: bool,
}

#[derive(Serialize)]
struct Row {
    at: When,
    what: &'static str,
    tone: &'static str,
    of: String,
    number: String,
    href: String,
    rate: String,
    amount: String,
}

const fn tone(kind: LineKind) -> &'static str {
    match kind {
        LineKind::Sale | LineKind::CommissionReversal => "good",
        LineKind::Commission => "",
        LineKind::Refund => "bad",
        LineKind::Payout => "blue",
    }
}

/// Whether a line was computed by a rate.
const fn is_rated(kind: LineKind) -> bool {
    matches!(kind, LineKind::Commission | LineKind::CommissionReversal)
}

fn row(line: &Line, titles: &HashMap<Sku, String>, now: Timestamp) -> Row {
    let of = line.sku.and_then(|sku| titles.get(&sku).cloned());
    Row {
        at: when(line.at, now),
        what: words::line(line.kind),
        tone: tone(line.kind),
        of: of.unwrap_or_default(),
        number: line.order.map_or_else(String::new, |id| OrderNumber::of(id).to_string()),
        href: line.order.map_or_else(String::new, |id| format!("/seller/orders/{id}")),
        rate: if is_rated(line.kind) { words::percent(line.basis_points) } else { String::new() },
        amount: money(line.amount),
    }
}

async fn titles(app: &App, lines: &[Line]) -> Result<HashMap<Sku, String>, Problem> {
    let mut skus: Vec<Sku> = lines.iter().filter_map(|line| line.sku).collect();
    skus.sort_unstable();
    skus.dedup();
    let found = app.catalog.offers(&skus).await?;
    Ok(found.into_iter().flatten().map(|view| (view.offer, view.title.to_string())).collect())
}

pub(crate) async fn show(
    State(app): State<App>,
    me: Me,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let before: Option<LineId> = fields.get("before").parse().ok();
    let mut lines = app.books.store().lines(me.seller(), before, PER_PAGE + 1).await?;
    let more = lines.len() > PER_PAGE;
    lines.truncate(PER_PAGE);
    let titles = titles(&app, &lines).await?;
    let balance = app.books.store().balance(me.seller()).await?;
    let (main, others): (Vec<Money>, Vec<Money>) =
        balance.into_iter().partition(|amount| amount.currency == app.shop.currency);
    let rate = app.sellers.store().rates(me.seller(), 1).await?.pop();
    let older = match lines.last() {
        Some(last) if more => href("/seller/balance", &[("before".into(), last.id.to_string())]),
        _ => String::new(),
    };
    let now = app.clock.now();
    let none = Money::zero(app.shop.currency);
    let view = View {
        balance: money(main.first().copied().unwrap_or(none)),
        others: others.into_iter().map(money).collect(),
        rate: rate.map_or_else(String::new, |rate| words::percent(rate.basis_points)),
        since: rate.map(|rate| when(rate.from, now)),
        lines: lines.iter().map(|line| row(line, &titles, now)).collect(),
        older,
        newest: before.is_none(),
    };
    render::page(&app, &me, ("balance.html", &Head::of("/seller/balance", "Balance")), &view)
}

/// A row of the file. No field holds text that anybody typed, so nothing in it is a formula.
fn csv_row(out: &mut String, line: &Line) {
    let id = |id: Option<String>| id.unwrap_or_default();
    let rate = if is_rated(line.kind) { line.basis_points.to_string() } else { String::new() };
    let _ = writeln!(
        out,
        "{},{},{},{},{},{},{},{},{},{}",
        line.id,
        line.at.rfc3339(),
        line.kind.name(),
        id(line.order.map(|order| OrderNumber::of(order).to_string())),
        id(line.order.map(|order| order.to_string())),
        id(line.sku.map(|sku| sku.to_string())),
        line.quantity,
        line.amount.decimal(),
        line.amount.currency,
        rate,
    );
}

/// `GET /seller/balance/lines.csv`: the newest first.
pub(crate) async fn csv(
    State(app): State<App>,
    me: Me,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let mut before: Option<LineId> = fields.get("before").parse().ok();
    let mut out = String::from(
        "line,at,kind,order_number,order,offer,quantity,amount,currency,rate_basis_points\n",
    );
    let mut many = 0;
    while many < CSV_MAX {
        let lines = app.books.store().lines(me.seller(), before, PIECE).await?;
        lines.iter().for_each(|line| csv_row(&mut out, line));
        many += lines.len();
        before = lines.last().map(|line| line.id);
        if lines.len() < PIECE {
            break;
        }
    }
    let fixed = HeaderValue::from_static;
    let headers = [
        (header::CONTENT_TYPE, fixed("text/csv; charset=utf-8")),
        (header::CONTENT_DISPOSITION, fixed("attachment; filename=\"seller-ledger.csv\"")),
        (header::CACHE_CONTROL, fixed("no-store")),
    ];
    Ok((headers, out).into_response())
}
