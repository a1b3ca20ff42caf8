//! `GET|POST /orders/{number}/return`: what can be sent back, by line and quantity, and why.

use super::{order_path, own};
use crate::browse::picture_path;
use crate::render::{self, Head};
use crate::state::App;
use crate::visitor;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Serialize;
use souk_fulfillment::rules::{RETURN_DAYS, returnable};
use souk_fulfillment::{Fulfillment, FulfillmentRefusal, ReturnReason};
use souk_kernel::{ClaimKey, Sku, Timestamp};
use souk_orders::Order;
use souk_webkit::{Form, Problem, see_other};

#[derive(Serialize)]
struct View {
    number: String,
    days: i64,
    lines: Vec<Line>,
    /// Whether they go back to several sellers.
    several: bool,
    reasons: Vec<(&'static str, &'static str)>,
    key: String,
    message: String,
}

#[derive(Serialize)]
struct Line {
    sku: String,
    title: String,
    picture: String,
    /// 0, 1, … as many as can be sent back.
    choices: Vec<u32>,
}

const fn words(reason: ReturnReason) -> &'static str {
    match reason {
        ReturnReason::ChangedMind => "I changed my mind",
        ReturnReason::Defective => "It does not work, or arrived broken",
        ReturnReason::WrongItem => "It is not what I ordered",
        ReturnReason::NotAsDescribed => "It is not as the page said",
        ReturnReason::Late => "It came too late",
        ReturnReason::Undeliverable => "It could not be delivered",
        ReturnReason::Lost => "The carrier lost it",
    }
}

/// Whether there is anything to send back now.
pub(super) fn is_possible(order: &Order, all: &Fulfillment, now: Timestamp) -> bool {
    order.quote.lines.iter().any(|line| returnable(all, line.item.sku, now) > 0)
}

fn lines(order: &Order, all: &Fulfillment, now: Timestamp) -> Vec<Line> {
    let line = |line: &souk_pricing::QuoteLine| {
        let most = returnable(all, line.item.sku, now);
        (most > 0).then(|| Line {
            sku: line.item.sku.to_string(),
            title: line.item.title.to_string(),
            picture: picture_path(line.item.product),
            choices: (0..=most).collect(),
        })
    };
    order.quote.lines.iter().filter_map(line).collect()
}

pub(super) async fn ask(
    State(app): State<App>,
    Path(number): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Some(caller) = visitor::known(&app, &headers).await? else {
        return visitor::sign_in_first(&format!("/orders/{number}"));
    };
    let order = own(&app, caller.user(), &number).await?;
    show(&app, &order, app.fresh_key(), String::new()).await
}

async fn show(app: &App, order: &Order, key: String, message: String) -> Result<Response, Problem> {
    let Some(all) = app.parcels.of_order(order.id).await? else {
        return see_other(&order_path(order.id));
    };
    let view = View {
        number: order.number().to_string(),
        days: RETURN_DAYS,
        lines: lines(order, &all, app.now()),
        several: order.quote.lines.windows(2).any(|two| two[0].item.seller != two[1].item.seller),
        reasons: ReturnReason::SAID.iter().map(|reason| (reason.name(), words(*reason))).collect(),
        key,
        message,
    };
    if view.lines.is_empty() {
        return see_other(&order_path(order.id));
    }
    render::private(app, "send_back.html", &Head::private("Send something back"), &view)
}

pub(super) async fn send(
    State(app): State<App>,
    Path(number): Path<String>,
    headers: HeaderMap,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let Some(caller) = visitor::known(&app, &headers).await? else {
        return visitor::sign_in_first(&format!("/orders/{number}"));
    };
    let order = own(&app, caller.user(), &number).await?;
    let wanted = |line: &souk_pricing::QuoteLine| {
        let pieces = fields.get(&format!("q-{}", line.item.sku)).parse::<u32>().unwrap_or(0);
        (pieces > 0).then_some((line.item.sku, pieces))
    };
    let lines: Vec<(Sku, u32)> = order.quote.lines.iter().filter_map(wanted).collect();
    let reason = ReturnReason::from_name(fields.get("reason")).unwrap_or(ReturnReason::ChangedMind);
    let given = fields.text("key");
    let key = if given.is_empty() || given.len() > 255 { app.fresh_key() } else { given };
    let claim = ClaimKey { principal: caller.user(), key: key.clone() };
    match app.parcels.request_return(&claim, order.id, lines, reason).await {
        Ok(_) => see_other(&format!("{}?notice=return", order_path(order.id))),
        Err(FulfillmentRefusal::Port(error)) => Err(error.into()),
        Err(FulfillmentRefusal::Empty) => {
            show(&app, &order, key, "Choose at least one piece to send back.".into()).await
        }
        Err(_) => {
            let message = "That many can’t be sent back any more. This is what can.";
            show(&app, &order, app.fresh_key(), message.into()).await
        }
    }
}
