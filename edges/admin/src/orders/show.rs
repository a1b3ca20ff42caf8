//! `GET /admin/orders/{order}`.

use super::find;
use crate::form::Query;
use crate::guard::Me;
use crate::render::{self, Head};
use crate::state::App;
use crate::words::{self, Pill, When, money, when};
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Serialize;
use souk_fulfillment::{Parcel, Return, ReturnReason};
use souk_kernel::{Money, Timestamp};
use souk_orders::{Order, OrderState, ShipTo};
use souk_payments::{Payment, Refund};
use souk_staff::Permission;
use souk_webkit::Problem;

#[derive(Serialize)]
struct View {
    id: String,
    number: String,
    state: &'static str,
    tone: &'static str,
    at: When,
    user: String,
    checkout: String,
    lines: Vec<Line>,
    items: String,
    shipping: String,
    tax: String,
    total: String,
    address: Vec<String>,
    /// When the shopper asked for their person to be removed.
    erased: Option<When>,
    payment: Option<Paid>,
    refunds: Vec<GivenBack>,
    parcels: Vec<Sent>,
    returns: Vec<Back>,
    missing: String,
    customer: String,
    key: String,
    can_cancel: bool,
    refundable: String,
    done: &'static str,
}

#[derive(Serialize)]
struct Line {
    title: String,
    sku: String,
    quantity: u32,
    unit: String,
    subtotal: String,
}

/// A parcel, as its row.
#[derive(Serialize)]
struct Sent {
    no: u16,
    state: Pill,
    warehouse: String,
    pieces: u32,
    carrier: String,
    tracking: String,
    since: When,
}

#[derive(Serialize)]
struct Back {
    href: String,
    state: Pill,
    says: String,
    since: When,
}

#[derive(Serialize)]
struct Paid {
    id: String,
    state: &'static str,
    method: &'static str,
    gateway: String,
    gateway_ref: String,
    amount: String,
    captured: String,
    refunded: String,
    reason: String,
}

#[derive(Serialize)]
struct GivenBack {
    id: String,
    amount: String,
    state: &'static str,
    reason: String,
    at: When,
}

pub(crate) async fn show(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let order = find(&app, &id).await?;
    let payments = &app.saga.parts().payments;
    let payment = payments.payment(order.payment).await?;
    let refunds = payments.refunds(order.payment).await?;
    let done = match fields.get("done") {
        "cancelled" => "The order is cancelled. Its stock is back, its money on the way.",
        "refunded" => "The refund is recorded and sent to the gateway.",
        _ => "",
    };
    let now = app.clock.now();
    let mut view = lay_out(&order, payment.as_ref(), &refunds, now);
    if let Some(all) = app.parcels.of_order(order.id).await? {
        view.parcels = all.parcels.iter().map(|parcel| sent(&app, &order, parcel, now)).collect();
        view.can_cancel &= !all.parcels.iter().any(souk_fulfillment::Parcel::has_left);
        view.returns = all.returns.iter().map(|back| coming(&order, back, now)).collect();
    }
    if let Some(erased) = app.accounts.erased(order.user).await? {
        view.erased = Some(when(erased.asked, app.clock.now()));
    }
    view.missing = missing_of(&app, &order).await?;
    view.key = app.fresh_key();
    view.done = done;
    if me.may(Permission::SeeCustomers) {
        view.address = order.ship_to.as_deref().map(address).unwrap_or_default();
        view.customer = format!("/admin/customers/{}", order.user);
    }
    if !me.may(Permission::Refund) {
        (view.can_cancel, view.refundable) = (false, String::new());
    }
    let head = Head::of("/admin/orders", format!("Order {}", view.number));
    render::page(&app, &me, ("order.html", &head), &view)
}

fn sent(app: &App, order: &Order, parcel: &Parcel, now: Timestamp) -> Sent {
    Sent {
        no: parcel.no,
        state: words::parcel(parcel.state()),
        warehouse: app.warehouse(parcel.warehouse),
        pieces: parcel.lines.iter().map(|line| line.quantity).sum(),
        carrier: parcel.carrier.clone().unwrap_or_default(),
        tracking: parcel.tracking_number(order.id),
        since: when(parcel.since(), now),
    }
}

fn coming(order: &Order, back: &Return, now: Timestamp) -> Back {
    Back {
        href: format!("/admin/returns/{}/{}", order.id, back.id),
        state: words::returned(back.state()),
        says: said(back),
        since: when(back.since(), now),
    }
}

/// `1 piece comes back`, `2 pieces are lost`.
fn said(back: &Return) -> String {
    let pieces: u32 = back.lines.iter().map(|line| line.quantity).sum();
    let (one, more) = match back.reason {
        ReturnReason::Lost => ("piece is lost", "pieces are lost"),
        ReturnReason::Undeliverable => ("piece found nobody", "pieces found nobody"),
        _ => ("piece comes back", "pieces come back"),
    };
    format!("{pieces} {}", if pieces == 1 { one } else { more })
}

/// Shelves that are looked through for this order's flag.
const SHELVES: usize = 500;

/// What of this order a shortage keeps from being packed.
async fn missing_of(app: &App, order: &Order) -> Result<String, Problem> {
    if order.state != OrderState::Confirmed {
        return Ok(String::new());
    }
    let mut parts = Vec::new();
    for short in app.desk.shortages(SHELVES).await? {
        let hurt = short.hurt.iter().find(|hurt| hurt.order == order.id);
        let line = order.quote.lines.iter().find(|line| line.item.sku == short.sku);
        if let (Some(hurt), Some(line)) = (hurt, line) {
            let at = app.warehouse(short.warehouse);
            parts.push(format!("{} × {} at {at}", hurt.missing, line.item.title));
        }
    }
    Ok(parts.join(", "))
}

fn lay_out(order: &Order, payment: Option<&Payment>, refunds: &[Refund], now: Timestamp) -> View {
    let quote = &order.quote;
    let (state, tone) = words::state(order.state);
    let line = |line: &souk_pricing::QuoteLine| Line {
        title: line.item.title.to_string(),
        sku: line.item.sku.to_string(),
        quantity: line.item.quantity,
        unit: money(line.item.unit_price),
        subtotal: money(line.subtotal),
    };
    let left = payment.map_or(0, |p| p.captured - p.refunded - p.refunding);
    let left = Money::new(left, order.total().currency);
    View {
        id: order.id.to_string(),
        number: order.number().to_string(),
        state,
        tone,
        at: when(order.created_at, now),
        user: order.user.to_string(),
        checkout: order.checkout.to_string(),
        lines: quote.lines.iter().map(line).collect(),
        items: money(quote.items),
        shipping: money(quote.shipping),
        tax: money(quote.tax),
        total: money(quote.total),
        address: Vec::new(),
        erased: None,
        payment: payment.map(paid),
        refunds: refunds.iter().map(|refund| given_back(refund, now)).collect(),
        parcels: Vec::new(),
        returns: Vec::new(),
        missing: String::new(),
        customer: String::new(),
        key: String::new(),
        can_cancel: order.state == OrderState::Confirmed,
        refundable: if left.minor > 0 { left.decimal() } else { String::new() },
        done: "",
    }
}

fn paid(payment: &Payment) -> Paid {
    let of = |minor| money(Money::new(minor, payment.amount.currency));
    Paid {
        id: payment.id.to_string(),
        state: payment.state.name(),
        method: payment.method.name(),
        gateway: payment.gateway.clone(),
        gateway_ref: payment.gateway_ref.clone().unwrap_or_default(),
        amount: money(payment.amount),
        captured: of(payment.captured),
        refunded: of(payment.refunded + payment.refunding),
        reason: payment.reason.clone().unwrap_or_default(),
    }
}

fn given_back(refund: &Refund, now: Timestamp) -> GivenBack {
    GivenBack {
        id: refund.id.to_string(),
        amount: money(refund.amount),
        state: refund.state.name(),
        reason: refund.reason.clone(),
        at: when(refund.created_at, now),
    }
}

fn address(to: &ShipTo) -> Vec<String> {
    let email = Some(to.email.clone()).filter(|email| !email.trim().is_empty());
    to.written().lines().into_iter().chain(email).collect()
}
