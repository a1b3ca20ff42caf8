//! `GET /orders/return/{order}`: back from the bank. Asks the gateway what came of it, then shows it.

use super::order_path;
use crate::checkout::{keep, review_path};
use crate::state::App;
use crate::visitor;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use souk_kernel::OrderId;
use souk_orders::{Order, OrderState, PlaceRefusal};
use souk_webkit::{Problem, href, see_other};
use std::time::Duration;

/// How often an order that is still open is looked at again, and how long after.
const LOOKS: u32 = 8;
const PAUSE: Duration = Duration::from_millis(100);

pub(super) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let missing = || Problem::from(PlaceRefusal::NotFound("order"));
    let id: OrderId = id.parse().map_err(|_| missing())?;
    let Some(caller) = visitor::known(&app, &headers).await? else {
        return visitor::sign_in_first(&order_path(id));
    };
    let before = app.saga.order_of(caller.user(), id).await?;
    let order = settled(&app, id).await.unwrap_or(before);
    if order.state == OrderState::Confirmed
        && let Some(payment) = app.saga.parts().payments.payment(order.payment).await?
    {
        keep(&app, caller.user(), &payment.token).await;
    }
    if order.state == OrderState::PaymentFailed {
        let declined = [("declined".into(), id.to_string())];
        return see_other(&href(&review_path(order.checkout), &declined));
    }
    see_other(&order_path(id))
}

/// The order after asking the gateway. Its message may arrive at the same moment and be worked on by
/// somebody else: then a little later the order stands as they left it.
async fn settled(app: &App, id: OrderId) -> Option<Order> {
    for again in 0..LOOKS {
        if again > 0 {
            tokio::time::sleep(PAUSE).await;
        }
        // On a task of its own: what it learns must be written down whoever waits.
        let saga = app.saga.clone();
        let task = tokio::spawn(async move { saga.sync(id).await });
        match tokio::time::timeout(app.patience, task).await {
            Ok(Ok(Ok(Some(order)))) if !order.state.is_open() => return Some(order),
            Ok(Ok(Ok(_))) => {}
            Ok(Ok(Err(error))) => tracing::warn!(order = %id, %error, "looking up a payment"),
            Ok(Err(error)) => tracing::error!(order = %id, %error, "looking up a payment"),
            Err(_) => return None,
        }
    }
    None
}
