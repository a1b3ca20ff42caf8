//! `GET /orders`: the shopper's orders, newest first.

use super::order_path;
use super::timeline::{Badge, badge};
use crate::form::{Query, href};
use crate::render::{self, Head};
use crate::state::App;
use crate::visitor;
use crate::words::moment;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Serialize;
use souk_kernel::OrderId;
use souk_orders::{OrderNumber, OrderSummary};
use souk_webkit::Problem;

const PER_PAGE: usize = 20;

#[derive(Serialize)]
struct View {
    orders: Vec<Row>,
    known: bool,
    older: String,
}

#[derive(Serialize)]
struct Row {
    href: String,
    number: String,
    placed: String,
    total: String,
    badge: Badge,
}

pub(super) async fn show(
    State(app): State<App>,
    Query(fields): Query,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let caller = visitor::known(&app, &headers).await?;
    let mut orders = Vec::new();
    if let Some(caller) = caller {
        let before: Option<OrderId> = fields.parsed("before").ok();
        orders = app.saga.orders().of_user(caller.user(), before, PER_PAGE + 1).await?;
    }
    let more = orders.len() > PER_PAGE;
    orders.truncate(PER_PAGE);
    let older = match orders.last() {
        Some(last) if more => href("/orders", &[("before".into(), last.id.to_string())]),
        _ => String::new(),
    };
    let orders = orders.iter().map(row).collect();
    let view = View { orders, known: caller.is_some(), older };
    render::private(&app, "orders.html", &Head::private("Orders"), &view)
}

fn row(order: &OrderSummary) -> Row {
    Row {
        href: order_path(order.id),
        number: OrderNumber::of(order.id).to_string(),
        placed: moment(order.created_at),
        total: order.total.to_string(),
        badge: badge(order.state),
    }
}
