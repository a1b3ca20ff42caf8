//! Orders: found, looked at, explained, undone.

mod change;
mod explain;
mod list;
mod show;

pub(crate) use change::{cancel, refund};
pub(crate) use explain::explain;
pub(crate) use list::{list, sought};
pub(crate) use show::show;

use crate::state::App;
use souk_kernel::OrderId;
use souk_orders::Order;
use souk_webkit::Problem;

/// The order of an address.
async fn find(app: &App, id: &str) -> Result<Order, Problem> {
    let missing = || Problem::not_found("There is no such order.");
    let id: OrderId = id.parse().map_err(|_| missing())?;
    app.saga.orders().order(id).await?.ok_or_else(missing)
}
