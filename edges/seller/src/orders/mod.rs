//! A seller's orders: what to pack and ship, what comes back. Of an order with several sellers each sees
//! its own lines, parcels and returns, and where to send them.

mod change;
mod list;
mod show;

pub(crate) use change::{inspect, moved, pack, receive, ship};
pub(crate) use list::list;
pub(crate) use show::show;

use crate::guard::Me;
use crate::state::App;
use souk_fulfillment::{Fulfillment, Return};
use souk_kernel::{OrderId, Sku};
use souk_orders::{Order, OrderState};
use souk_webkit::Problem;

fn missing() -> Problem {
    Problem::not_found("There is no such order with goods of yours.")
}

/// An order with goods of the seller, once it was confirmed, with its parcels if it has them yet.
async fn own(app: &App, me: &Me, order: &str) -> Result<(Order, Option<Fulfillment>), Problem> {
    let id: OrderId = order.parse().map_err(|_| missing())?;
    let found = app.orders.order(id).await?;
    let theirs = |order: &Order| {
        order.quote.lines.iter().any(|line| line.item.seller == me.seller())
            && order.moves.iter().any(|step| step.to == OrderState::Confirmed)
    };
    let order = found.filter(theirs).ok_or_else(missing)?;
    let parcels = app.parcels.of_order(id).await?;
    Ok((order, parcels))
}

/// Whether an offer of this order is the seller's.
fn is_theirs(order: &Order, me: &Me, sku: Sku) -> bool {
    let lines = &order.quote.lines;
    lines.iter().any(|line| line.item.sku == sku && line.item.seller == me.seller())
}

/// Whether all of a return is the seller's: then it is theirs to look at.
fn is_theirs_alone(order: &Order, me: &Me, back: &Return) -> bool {
    back.lines.iter().all(|line| is_theirs(order, me, line.sku))
}
