//! Pure decisions: what a seller may become, when a session counts, how far an order is. The ledger, the
//! products and what is to be fixed of an offer have files of their own.

pub mod ledger;
pub mod listing;
pub mod offers;

#[cfg(test)]
mod tests;

use crate::{Rate, SellerAccount, SellerChange, SellerRefusal, SellerSession, SellerState, Stage};
use souk_kernel::Timestamp;
use souk_kernel::text::{legible, seen};

/// What a new seller pays: ten percent.
pub const FIRST_RATE: u16 = 1_000;
/// The whole, in basis points.
pub const WHOLE: u16 = 10_000;
/// Fewest characters of a member's password: more than a shopper's, because it opens more.
pub const PASSWORD_MIN: usize = 12;
/// Most characters of a password: longer ones only cost hashing time.
pub const PASSWORD_MAX: usize = 200;
/// Most characters of a reason.
pub const REASON_MAX: usize = 500;
/// Most characters of a name that somebody applies with.
pub const NAME_MAX: usize = 80;

/// Length is the policy, as for shoppers.
///
/// # Errors
/// The reason, in words for people.
pub fn check_password(text: &str) -> Result<(), &'static str> {
    match text.chars().count() {
        0 => Err("missing"),
        count if count < PASSWORD_MIN => Err("shorter than 12 characters"),
        count if count > PASSWORD_MAX => Err("longer than 200 characters"),
        _ => Ok(()),
    }
}

/// A seller's public name, without blanks around it and without what nobody sees.
///
/// # Errors
/// The reason, in words for people.
pub fn check_name(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    if text.chars().any(char::is_control) {
        return Err("has control characters");
    }
    let text = legible(text).trim().to_owned();
    match seen(&text) {
        0 => Err("missing"),
        1 => Err("shorter than 2 characters"),
        _ if text.chars().count() > NAME_MAX => Err("longer than 80 characters"),
        _ => Ok(text),
    }
}

/// Whether a session still counts. At the very millisecond of its expiry it doesn't.
#[must_use]
pub fn is_live(session: &SellerSession, now: Timestamp) -> bool {
    now < session.expires
}

/// The drawn edges of a seller.
#[must_use]
pub const fn drawn(from: SellerState, to: SellerState) -> bool {
    use SellerState::{Active, Applied, Suspended};
    matches!((from, to), (Applied, Active | Suspended) | (Active, Suspended) | (Suspended, Active))
}

/// What a change does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// The account as it stands now.
    pub account: SellerAccount,
    /// A rate to append.
    pub rate: Option<Rate>,
    /// Whether its state is another one, so that others are told.
    pub told: bool,
}

/// Decides a change, given the account and its newest rate.
///
/// # Errors
/// No such seller; not as it was seen; not a drawn edge; not a rate; too long a reason.
pub fn change(
    stored: Option<(&SellerAccount, Rate)>,
    change: &SellerChange,
    now: Timestamp,
) -> Result<Changed, SellerRefusal> {
    let (account, newest) = stored.ok_or(SellerRefusal::NotFound)?;
    let mut account = account.clone();
    account.version += 1;
    match change {
        SellerChange::State { expected, state, reason, by, .. } => {
            if account.state != *expected {
                return Err(SellerRefusal::StateChanged(account.state));
            }
            if !drawn(account.state, *state) {
                return Err(SellerRefusal::NotDrawn(account.state, *state));
            }
            if reason.chars().count() > REASON_MAX {
                return Err(SellerRefusal::BadReason);
            }
            account.state = *state;
            account.reason = reason.trim().to_owned();
            // A clock that steps back does not turn a seller's history around.
            account.since = now.max(account.since);
            account.by = *by;
            Ok(Changed { account, rate: None, told: true })
        }
        SellerChange::Rate { expected, basis_points, by, .. } => {
            if newest.basis_points != *expected {
                return Err(SellerRefusal::RateChanged(newest.basis_points));
            }
            if *basis_points > WHOLE {
                return Err(SellerRefusal::BadRate);
            }
            // It reaches back to no order that was placed by now.
            let from = now.max(newest.from).plus_ms(1);
            let rate = Rate { from, basis_points: *basis_points, by: *by };
            Ok(Changed { account, rate: Some(rate), told: false })
        }
    }
}

/// The rate in force at a moment: the newest that is not later. Before the first there is the first.
/// `rates`: of one seller, in any order.
#[must_use]
pub fn rate_at(rates: &[Rate], at: Timestamp) -> Option<u16> {
    let then = rates.iter().filter(|rate| rate.from <= at).max_by_key(|rate| rate.from);
    let first = || rates.iter().min_by_key(|rate| rate.from);
    then.or_else(first).map(|rate| rate.basis_points)
}

/// A seller's parcels of one order, by where they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Parcels {
    /// Have a label only.
    pub labelled: u32,
    /// Are packed.
    pub packed: u32,
    /// Have left and not arrived.
    pub travelling: u32,
    /// Have arrived, or are back.
    pub arrived: u32,
    /// Were called off.
    pub called_off: u32,
}

/// How far a seller is: as far as its least advanced parcel. `cancelled`: the order is.
#[must_use]
pub const fn stage(parcels: &Parcels, cancelled: bool) -> Stage {
    let alive = parcels.labelled + parcels.packed + parcels.travelling + parcels.arrived;
    if alive == 0 && (cancelled || parcels.called_off > 0) {
        Stage::Cancelled
    } else if alive == 0 || parcels.labelled > 0 {
        // A confirmed order without parcels gets them in a moment.
        Stage::ToPack
    } else if parcels.packed > 0 {
        Stage::ToShip
    } else if parcels.travelling > 0 {
        Stage::Shipped
    } else {
        Stage::Delivered
    }
}
