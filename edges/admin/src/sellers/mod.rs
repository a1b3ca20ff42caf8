//! Sellers: looked at, approved, suspended, reactivated, and what they pay. Each change is one step with
//! its line in the audit.

mod change;
mod list;
mod show;

pub(crate) use change::{set_rate, set_state};
pub(crate) use list::list;
pub(crate) use show::show;

use souk_sellers::SellerState;

/// A state in words, and the tone of its pill.
const fn state(state: SellerState) -> (&'static str, &'static str) {
    match state {
        SellerState::Applied => ("Applied", "wait"),
        SellerState::Active => ("Active", "good"),
        SellerState::Suspended => ("Suspended", "bad"),
    }
}

/// A name, or the id where there is none yet.
fn called(name: String, id: souk_kernel::SellerId) -> String {
    if name.is_empty() { id.to_string() } else { name }
}

/// `12.5 %` of 1,250 basis points.
fn percent(basis_points: u16) -> String {
    let (whole, rest) = (basis_points / 100, basis_points % 100);
    let decimals = format!("{rest:02}");
    match decimals.trim_end_matches('0') {
        "" => format!("{whole} %"),
        decimals => format!("{whole}.{decimals} %"),
    }
}
