//! Stock with its ledger: looked at, received, adjusted, counted.

mod change;
mod list;
mod race;
mod show;

pub(crate) use change::{adjust, count};
pub(crate) use list::list;
pub(crate) use race::{race, track};
pub(crate) use show::show;

use souk_inventory::Entry;

/// A line of the ledger, as pages show it.
#[derive(serde::Serialize)]
struct Posted {
    at: String,
    kind: &'static str,
    quantity: i64,
    warehouse: String,
    checkout: String,
}

fn posted(entry: &Entry) -> Posted {
    Posted {
        at: crate::words::moment(entry.at),
        kind: entry.kind.name(),
        quantity: entry.quantity,
        warehouse: entry.warehouse.to_string(),
        checkout: entry.checkout.map_or_else(String::new, |checkout| checkout.to_string()),
    }
}
