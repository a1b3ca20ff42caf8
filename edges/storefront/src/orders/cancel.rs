//! `GET|POST /orders/{number}/cancel`: asks first, then does it. Cancelling twice is cancelling once.

use super::{order_path, own};
use crate::checkout::Line;
use crate::render::{self, Head};
use crate::state::App;
use crate::visitor;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Serialize;
use souk_orders::{Actor, OrderState, PlaceRefusal};
use souk_webkit::{Problem, see_other};

#[derive(Serialize)]
struct View {
    number: String,
    lines: Vec<Line>,
    /// What becomes of the money.
    money: String,
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
    if !matches!(order.state, OrderState::Confirmed | OrderState::PaymentPending) {
        return see_other(&order_path(order.id));
    }
    let view = View {
        number: order.number().to_string(),
        lines: order.quote.lines.iter().map(Line::of).collect(),
        money: match order.state {
            OrderState::Confirmed => format!("{} goes back the way it was paid.", order.total()),
            _ => format!("The {} is not asked for any more.", order.total()),
        },
    };
    render::private(&app, "cancel.html", &Head::private("Cancel the order"), &view)
}

pub(super) async fn cancel(
    State(app): State<App>,
    Path(number): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Some(caller) = visitor::known(&app, &headers).await? else {
        return visitor::sign_in_first(&format!("/orders/{number}"));
    };
    let order = own(&app, caller.user(), &number).await?;
    let path = order_path(order.id);
    match app.saga.cancel(caller.user(), order.id, Actor::Shopper, "changed_mind").await {
        Ok(_) => see_other(&path),
        Err(PlaceRefusal::TooLate(_) | PlaceRefusal::HasLeft) => {
            see_other(&format!("{path}?notice=late"))
        }
        Err(refusal) => Err(refusal.into()),
    }
}
