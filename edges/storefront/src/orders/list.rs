//! `GET /orders`: the shopper's orders, newest first.

use super::order_path;
use super::timeline::{Badge, badge};
use crate::account::Frame;
use crate::browse::picture_path;
use crate::render::{self, Head};
use crate::state::App;
use crate::visitor;
use crate::words::moment;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Serialize;
use souk_kernel::OrderId;
use souk_orders::{Order, OrderNumber, OrderSummary};
use souk_webkit::{Problem, Query, href};

const PER_PAGE: usize = 20;

#[derive(Serialize)]
struct View {
    /// None for somebody whom the shop does not know.
    frame: Option<Frame>,
    orders: Vec<Row>,
    older: String,
}

#[derive(Serialize)]
struct Row {
    href: String,
    number: String,
    /// What was bought, in short.
    title: String,
    picture: String,
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
    if let Some(caller) = &caller {
        let before: Option<OrderId> = fields.parsed("before").ok();
        orders = app.saga.orders().of_user(caller.user(), before, PER_PAGE + 1).await?;
    }
    let more = orders.len() > PER_PAGE;
    orders.truncate(PER_PAGE);
    let older = match orders.last() {
        Some(last) if more => href("/orders", &[("before".into(), last.id.to_string())]),
        _ => String::new(),
    };
    let ids: Vec<OrderId> = orders.iter().map(|order| order.id).collect();
    let whole = app.saga.orders().orders(&ids).await?;
    let orders =
        orders.iter().zip(&whole).map(|(order, whole)| row(order, whole.as_ref())).collect();
    let frame = caller.as_ref().map(|caller| Frame::new("orders", caller));
    let view = View { frame, orders, older };
    render::private(&app, "orders.html", &Head::private("Orders"), &view)
}

fn row(order: &OrderSummary, whole: Option<&Order>) -> Row {
    let lines = whole.map(|whole| &whole.quote.lines[..]).unwrap_or_default();
    let first = lines.first();
    let title = first.map_or_else(String::new, |line| line.item.title.to_string());
    Row {
        href: order_path(order.id),
        number: OrderNumber::of(order.id).to_string(),
        title: match lines.len() {
            0 | 1 => title,
            many => format!("{title} and {} more", many - 1),
        },
        picture: first.map_or_else(String::new, |line| picture_path(line.item.product)),
        placed: moment(order.created_at),
        total: order.total.to_string(),
        badge: badge(order.state),
    }
}
