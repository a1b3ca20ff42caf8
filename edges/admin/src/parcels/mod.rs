//! Parcels: what is to be packed, shipped and followed. The shop packs and ships its own; of sellers' it sees
//! all, and says how far they are once they have left.

mod change;
mod list;
mod several;
mod show;
mod slip;

pub(crate) use change::{moved, pack, ship};
pub(crate) use list::list;
pub(crate) use several::several;
pub(crate) use show::show;
pub(crate) use slip::slip;

use crate::state::App;
use souk_fulfillment::{Fulfillment, Parcel};
use souk_kernel::{OrderId, SellerId, Sku};
use souk_orders::Order;
use souk_webkit::Problem;

fn missing() -> Problem {
    Problem::not_found("There is no such parcel.")
}

/// A parcel of an address, with its order and all that leaves or comes back for that.
struct Found {
    order: Order,
    all: Fulfillment,
    no: u16,
}

impl Found {
    fn parcel(&self) -> Result<&Parcel, Problem> {
        self.all.parcel(self.no).ok_or_else(missing)
    }

    /// What its order calls an offer.
    fn title(&self, sku: Sku) -> String {
        let line = self.order.quote.lines.iter().find(|line| line.item.sku == sku);
        line.map_or_else(|| sku.to_string(), |line| line.item.title.to_string())
    }
}

async fn find(app: &App, order: &str, no: &str) -> Result<Found, Problem> {
    let order: OrderId = order.parse().map_err(|_| missing())?;
    let no: u16 = no.parse().map_err(|_| missing())?;
    let all = app.parcels.of_order(order).await?.ok_or_else(missing)?;
    let order = app.saga.orders().order(order).await?.ok_or_else(missing)?;
    let found = Found { order, all, no };
    found.parcel()?;
    Ok(found)
}

/// Sellers' names, in the order asked.
async fn names(app: &App, sellers: &[SellerId]) -> Result<Vec<String>, Problem> {
    let found = app.catalog.sellers(sellers).await?;
    let named = found.into_iter().zip(sellers);
    Ok(named.map(|(seller, id)| seller.map_or_else(|| id.to_string(), |s| s.name)).collect())
}
