//! `GET /account`: an account at a glance.

use super::frame::{Frame, Known};
use crate::orders::{Badge, badge, order_path};
use crate::render::{self, Head};
use crate::state::App;
use crate::words::{count, moment};
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use souk_accounts::Kind;
use souk_orders::{OrderNumber, OrderSummary};
use souk_webkit::{Problem, Query};

/// Orders shown here.
const LATEST: usize = 3;

#[derive(Serialize)]
struct View {
    frame: Frame,
    name: String,
    email: String,
    verified: bool,
    orders: Vec<Row>,
    address: Vec<String>,
    addresses: String,
    devices: String,
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
    Known(caller): Known,
) -> Result<Response, Problem> {
    let profile = app.accounts().profile(caller.user()).await?;
    let orders = app.saga.orders().of_user(caller.user(), None, LATEST).await?;
    let book = app.accounts().address_book(&caller.principal).await?;
    let devices = match caller.kind() {
        Kind::Customer => app.accounts().sessions(&caller.principal).await?.len(),
        Kind::Guest => 1,
    };
    let user = &profile.user;
    let view = View {
        frame: Frame::new("overview", &caller).after(&fields),
        name: user.name.clone().unwrap_or_default(),
        email: user.email.as_ref().map_or_else(String::new, ToString::to_string),
        verified: user.verified,
        orders: orders.iter().map(row).collect(),
        address: profile.address.as_ref().map(|to| to.written().lines()).unwrap_or_default(),
        addresses: count(book.entries.len() as u64, "address", "addresses"),
        devices: count(devices as u64, "device", "devices"),
    };
    render::private(&app, "account.html", &Head::private("Account"), &view)
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
