//! `GET /seller/orders/{order}`: the seller's lines, where they go, parcels, returns, and their money.

use super::{is_theirs, is_theirs_alone, own};
use crate::form::Query;
use crate::guard::Me;
use crate::render::{self, Head};
use crate::state::App;
use crate::words::{self, When, money, when};
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Serialize;
use souk_fulfillment::rules::by_hand;
use souk_fulfillment::{Parcel, ParcelState, Return, ReturnState};
use souk_kernel::{Sku, Timestamp};
use souk_orders::{Order, OrderState};
use souk_sellers::Line;
use souk_webkit::Problem;

#[derive(Serialize)]
struct View {
    id: String,
    number: String,
    at: When,
    cancelled: bool,
    others: bool,
    lines: Vec<Bought>,
    to: Vec<String>,
    method: &'static str,
    parcels: Vec<ParcelView>,
    returns: Vec<ReturnView>,
    money: Vec<MoneyView>,
    net: String,
    done: &'static str,
}

#[derive(Serialize)]
struct Bought {
    title: String,
    quantity: u32,
    total: String,
}

#[derive(Serialize)]
struct Piece {
    sku: String,
    title: String,
    quantity: u32,
}

#[derive(Serialize)]
struct ParcelView {
    no: u16,
    warehouse: String,
    state: &'static str,
    tone: &'static str,
    pieces: Vec<Piece>,
    carrier: String,
    tracking: String,
    can_pack: bool,
    can_ship: bool,
    /// Where it can be said to be next.
    moves: Vec<MoveView>,
    scans: Vec<Step>,
}

#[derive(Serialize)]
struct MoveView {
    to: &'static str,
    says: &'static str,
}

#[derive(Serialize)]
struct Step {
    what: &'static str,
    at: When,
}

#[derive(Serialize)]
struct ReturnView {
    id: String,
    state: &'static str,
    tone: &'static str,
    reason: &'static str,
    pieces: Vec<Piece>,
    can_receive: bool,
    can_inspect: bool,
    by_shop: bool,
    steps: Vec<Step>,
}

#[derive(Serialize)]
struct MoneyView {
    what: &'static str,
    of: String,
    rate: String,
    amount: String,
    at: When,
}

fn title(order: &Order, sku: Sku) -> String {
    let line = order.quote.lines.iter().find(|line| line.item.sku == sku);
    line.map_or_else(|| sku.to_string(), |line| line.item.title.to_string())
}

fn piece(order: &Order, sku: Sku, quantity: u32) -> Piece {
    Piece { sku: sku.to_string(), title: title(order, sku), quantity }
}

fn parcel(app: &App, order: &Order, parcel: &Parcel, now: Timestamp) -> ParcelView {
    let state = parcel.state();
    let (words, tone) = words::parcel(state);
    let step = |scan: &souk_fulfillment::Scan| Step {
        what: words::step(scan.state),
        at: when(scan.at, now),
    };
    ParcelView {
        no: parcel.no,
        warehouse: app.warehouse(parcel.warehouse),
        state: words,
        tone,
        pieces: parcel.lines.iter().map(|line| piece(order, line.sku, line.quantity)).collect(),
        carrier: parcel.carrier.clone().unwrap_or_default(),
        tracking: parcel.tracking_number(order.id),
        can_pack: state == ParcelState::Label,
        can_ship: matches!(state, ParcelState::Label | ParcelState::Packed),
        moves: moves(state),
        // The first scan is the label: nothing was done yet.
        scans: parcel.scans.iter().skip(1).map(step).collect(),
    }
}

fn moves(state: ParcelState) -> Vec<MoveView> {
    let again = state == ParcelState::Failed;
    let one = |to: ParcelState| MoveView { to: to.name(), says: words::by_hand(to, again) };
    by_hand(state).into_iter().map(one).collect()
}

fn returned(order: &Order, me: &Me, back: &Return, now: Timestamp) -> ReturnView {
    let (state, tone) = words::returned(back.state());
    let alone = is_theirs_alone(order, me, back);
    let own = back.lines.iter().filter(|line| is_theirs(order, me, line.sku));
    let step = |step: &souk_fulfillment::ReturnStep| Step {
        what: words::returned(step.state).0,
        at: when(step.at, now),
    };
    ReturnView {
        id: back.id.to_string(),
        state,
        tone,
        reason: words::reason(back.reason),
        pieces: own.map(|line| piece(order, line.sku, line.quantity)).collect(),
        can_receive: alone && back.state() == ReturnState::Label,
        can_inspect: alone && back.state() == ReturnState::Received,
        by_shop: !alone,
        steps: back.steps.iter().map(step).collect(),
    }
}

fn line(order: &Order, line: &Line, now: Timestamp) -> MoneyView {
    let rated = !matches!(line.kind, souk_sellers::LineKind::Sale | souk_sellers::LineKind::Refund);
    MoneyView {
        what: words::line(line.kind),
        of: line.sku.map_or_else(String::new, |sku| title(order, sku)),
        rate: if rated { words::percent(line.basis_points) } else { String::new() },
        amount: money(line.amount),
        at: when(line.at, now),
    }
}

fn done(name: &str) -> &'static str {
    match name {
        "packed" => "The parcel is packed.",
        "shipped" => "The parcel is on its way; the shopper is told.",
        "in_transit" | "out_for_delivery" => "Noted. The shopper sees it on the order's page.",
        "delivered" => "The parcel has arrived; the shopper is told.",
        "failed" => "Noted. Say whether the carrier tries again or brings it back.",
        "returned_to_sender" => "It is a return now: look at it below, and its money goes back.",
        "lost" => "The parcel is lost. Its money is on its way back to the shopper.",
        "received" => "The return lies with you. Look at it next.",
        "inspected" => "The return is inspected, and its money is on its way back.",
        _ => "",
    }
}

pub(crate) async fn show(
    State(app): State<App>,
    me: Me,
    Path(order): Path<String>,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let (order, parcels) = own(&app, &me, &order).await?;
    let now = app.clock.now();
    let cancelled = order.state == OrderState::Cancelled;
    let own = order.quote.lines.iter().filter(|line| line.item.seller == me.seller());
    let bought = |line: &souk_pricing::QuoteLine| Bought {
        title: line.item.title.to_string(),
        quantity: line.item.quantity,
        total: money(line.total),
    };
    let ledger = app.books.store().lines_of(&[order.id]).await?.pop().unwrap_or_default();
    let ledger: Vec<&Line> = ledger.iter().filter(|line| line.seller == me.seller()).collect();
    let mut net = souk_kernel::Money::zero(order.quote.currency);
    net.minor = ledger.iter().map(|line| line.amount.minor).sum();
    let packed = parcels.iter().flat_map(|all| &all.parcels);
    let packed = packed.filter(|parcel| parcel.seller == me.seller());
    let backs = parcels.iter().flat_map(|all| &all.returns);
    let backs = backs.filter(|b| b.lines.iter().any(|line| is_theirs(&order, &me, line.sku)));
    let number = order.number().to_string();
    // For the label. Not the email address: the shop writes to its shoppers.
    let to = order.ship_to.as_deref().filter(|_| !cancelled);
    let view = View {
        id: order.id.to_string(),
        at: when(order.created_at, now),
        cancelled,
        others: order.quote.lines.iter().any(|line| line.item.seller != me.seller()),
        lines: own.map(bought).collect(),
        to: to.map(|to| to.written().lines()).unwrap_or_default(),
        method: order.quote.shipping_method.name(),
        parcels: packed.map(|one| parcel(&app, &order, one, now)).collect(),
        returns: backs.map(|back| returned(&order, &me, back, now)).collect(),
        money: ledger.iter().map(|one| line(&order, one, now)).collect(),
        net: money(net),
        done: done(fields.get("done")),
        number: number.clone(),
    };
    render::page(&app, &me, ("order.html", &Head::of("/seller/orders", number)), &view)
}
