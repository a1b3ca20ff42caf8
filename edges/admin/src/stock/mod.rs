//! Stock with its ledger: looked at, received, adjusted, counted.

mod change;
mod list;
mod race;
mod show;

pub(crate) use change::{adjust, count, receive, transfer};
pub(crate) use list::list;
pub(crate) use race::{race, track};
pub(crate) use show::show;

use crate::state::App;
use crate::words::{When, when};
use souk_inventory::Entry;

/// A line of the ledger, as pages show it.
#[derive(serde::Serialize)]
struct Posted {
    at: When,
    kind: &'static str,
    quantity: i64,
    warehouse: String,
    checkout: String,
}

fn posted(app: &App, entry: &Entry) -> Posted {
    Posted {
        at: when(entry.at, app.clock.now()),
        kind: entry.kind.name(),
        quantity: entry.quantity,
        warehouse: app.warehouse(entry.warehouse),
        checkout: entry.checkout.map_or_else(String::new, |checkout| checkout.to_string()),
    }
}
