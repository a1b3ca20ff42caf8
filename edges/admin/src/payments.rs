//! Payments by state, with their names at the gateway; refunds, those that are not with the shopper first.

use crate::csv;
use crate::form::Query;
use crate::guard::Me;
use crate::list::{self, List, Pager};
use crate::render::{self, Head, Tab};
use crate::state::App;
use crate::words::{Pill, When, given_back, moment, money, paid, when};
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use souk_kernel::{Money, PaymentId, RefundId, Timestamp};
use souk_orders::OrderNumber;
use souk_payments::{Payment, PaymentState, Refund};
use souk_staff::{FindPayments, FindRefunds};
use souk_webkit::Problem;

const PAYMENTS: List<'static> = List { path: "/admin/payments", filters: &["q", "state"] };
const REFUNDS: List<'static> = List { path: "/admin/payments/refunds", filters: &["open"] };

#[derive(Serialize)]
struct View {
    q: String,
    state: String,
    tabs: Vec<Tab>,
    payments: Vec<Row>,
    pager: Pager,
}

#[derive(Serialize)]
struct Row {
    id: String,
    order: String,
    number: String,
    state: Pill,
    amount: String,
    captured: String,
    refunded: String,
    method: String,
    gateway: String,
    reference: String,
    reason: String,
    at: When,
}

const TABS: [(&str, &str); 9] = [
    ("All", ""),
    ("Captured", "captured"),
    ("Authorized", "authorized"),
    ("Shopper must act", "requires_action"),
    ("Waits for a transfer", "awaiting_transfer"),
    ("Asked for", "authorizing"),
    ("Declined", "declined"),
    ("Given up", "voided"),
    ("Refunds", "refunds"),
];

fn tabs(here: &str) -> Vec<Tab> {
    let tab = |(title, of): (&str, &str)| Tab {
        title: title.to_owned(),
        href: match of {
            "refunds" => String::from("/admin/payments/refunds"),
            _ => PAYMENTS.with(&crate::form::Fields::default(), "state", of),
        },
        here: of == here,
    };
    TABS.map(tab).into()
}

/// `GET /admin/payments`.
pub(crate) async fn list(
    State(app): State<App>,
    me: Me,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let (q, text) = (fields.text("q"), fields.text("state"));
    let find = FindPayments {
        state: PaymentState::from_name(&text),
        reference: Some(q.clone()).filter(|q| !q.is_empty()),
        before: fields.get("after").parse::<PaymentId>().ok(),
        limit: list::reach(&fields),
    };
    let mut found = app.desk.find_payments(&find).await?;
    if list::as_file(&fields) {
        return file(&found);
    }
    let next = list::cut(&mut found, |payment| payment.id.to_string());
    let now = app.clock.now();
    let view = View {
        q,
        tabs: tabs(&text),
        state: text,
        payments: found.iter().map(|payment| row(payment, now)).collect(),
        pager: PAYMENTS.pager(&fields, next),
    };
    render::page(&app, &me, ("payments.html", &Head::of("/admin/payments", "Payments")), &view)
}

fn row(payment: &Payment, now: Timestamp) -> Row {
    let of = |minor| match minor {
        0 => String::new(),
        minor => money(Money::new(minor, payment.amount.currency)),
    };
    Row {
        id: payment.id.to_string(),
        order: payment.order.to_string(),
        number: OrderNumber::of(payment.order).to_string(),
        state: paid(payment.state),
        amount: money(payment.amount),
        captured: of(payment.captured),
        refunded: of(payment.refunded + payment.refunding),
        method: payment.method.name().replace('_', " "),
        gateway: payment.gateway.clone(),
        reference: payment.gateway_ref.clone().unwrap_or_default(),
        reason: payment.reason.clone().unwrap_or_default().replace('_', " "),
        at: when(payment.created_at, now),
    }
}

fn file(payments: &[Payment]) -> Result<Response, Problem> {
    let head = [
        "id",
        "order",
        "state",
        "amount",
        "currency",
        "captured",
        "refunded",
        "method",
        "gateway",
        "gateway_reference",
        "reason",
        "began",
    ];
    let rows = payments.iter().map(|payment| {
        let of = |minor| Money::new(minor, payment.amount.currency).decimal();
        vec![
            payment.id.to_string(),
            OrderNumber::of(payment.order).to_string(),
            payment.state.name().to_owned(),
            payment.amount.decimal(),
            payment.amount.currency.code().to_owned(),
            of(payment.captured),
            of(payment.refunded),
            payment.method.name().to_owned(),
            payment.gateway.clone(),
            payment.gateway_ref.clone().unwrap_or_default(),
            payment.reason.clone().unwrap_or_default(),
            moment(payment.created_at),
        ]
    });
    csv::respond("payments", &head, rows)
}

#[derive(Serialize)]
struct Refunds {
    tabs: Vec<Tab>,
    all: String,
    unfinished: String,
    open: bool,
    refunds: Vec<Back>,
    pager: Pager,
}

#[derive(Serialize)]
struct Back {
    id: String,
    order: String,
    number: String,
    state: Pill,
    amount: String,
    reason: String,
    at: When,
}

/// Where a page of refunds begins: behind the one that was asked for then.
fn place(after: &str) -> Option<(Timestamp, RefundId)> {
    let (at, id) = after.split_once('.')?;
    Some((Timestamp(at.parse().ok()?), id.parse().ok()?))
}

/// `GET /admin/payments/refunds`.
pub(crate) async fn refunds(
    State(app): State<App>,
    me: Me,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let open = !fields.get("open").is_empty();
    let find =
        FindRefunds { open, before: place(fields.get("after")), limit: list::reach(&fields) };
    let mut found = app.desk.find_refunds(&find).await?;
    if list::as_file(&fields) {
        let head = ["id", "order", "payment", "state", "amount", "currency", "reason", "asked_for"];
        let rows = found.iter().map(|refund| {
            vec![
                refund.id.to_string(),
                OrderNumber::of(refund.order).to_string(),
                refund.payment.to_string(),
                refund.state.name().to_owned(),
                refund.amount.decimal(),
                refund.amount.currency.code().to_owned(),
                refund.reason.clone(),
                moment(refund.created_at),
            ]
        });
        return csv::respond("refunds", &head, rows);
    }
    let next = list::cut(&mut found, |last| format!("{}.{}", last.created_at.0, last.id));
    let now = app.clock.now();
    let back = |refund: &Refund| Back {
        id: refund.id.to_string(),
        order: refund.order.to_string(),
        number: OrderNumber::of(refund.order).to_string(),
        state: given_back(refund.state),
        amount: money(refund.amount),
        reason: refund.reason.replace('_', " "),
        at: when(refund.created_at, now),
    };
    let view = Refunds {
        tabs: tabs("refunds"),
        all: REFUNDS.with(&fields, "open", ""),
        unfinished: REFUNDS.with(&fields, "open", "yes"),
        open,
        refunds: found.iter().map(back).collect(),
        pager: REFUNDS.pager(&fields, next),
    };
    render::page(&app, &me, ("refunds.html", &Head::of("/admin/payments", "Refunds")), &view)
}
