//! Moments, money, rates, stages and fixes as sellers read them.

use serde::Serialize;
use souk_fulfillment::{ParcelState, ReturnReason, ReturnState};
use souk_kernel::{Currency, DAY_MS, HOUR_MS, MINUTE_MS, Money, Timestamp};
use souk_sellers::{Fix, LineKind, Stage};

/// A moment as lists show it, with the exact one for machines and for who points at it. UTC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct When {
    /// For machines.
    pub iso: String,
    /// `23 Nov 2026, 21:14:59 UTC`.
    pub exact: String,
    /// `4 min ago`, `today, 21:14`, `23 Nov, 21:14`; with its year, if that is another one.
    pub says: String,
}

/// That moment, looked at `now`.
pub fn when(at: Timestamp, now: Timestamp) -> When {
    let iso = at.rfc3339();
    let clock = |upto| iso.get(11..upto).unwrap_or_default().to_owned();
    let year = iso.get(..4).unwrap_or_default().to_owned();
    let gone = now.since(at);
    let same_day = now.0.div_euclid(DAY_MS) == at.0.div_euclid(DAY_MS);
    let says = if (0..MINUTE_MS).contains(&gone) {
        String::from("just now")
    } else if (0..HOUR_MS).contains(&gone) {
        format!("{} min ago", gone / MINUTE_MS)
    } else if same_day {
        format!("today, {}", clock(16))
    } else if now.rfc3339().get(..4) == Some(&*year) {
        format!("{}, {}", day(at), clock(16))
    } else {
        format!("{} {year}, {}", day(at), clock(16))
    };
    let exact = format!("{} {year}, {} UTC", day(at), clock(19));
    When { exact, says, iso }
}

/// `23 Nov`, UTC.
pub fn day(at: Timestamp) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let text = at.rfc3339();
    let month: usize = text.get(5..7).and_then(|month| month.parse().ok()).unwrap_or(1);
    let day = text.get(8..10).unwrap_or_default().trim_start_matches('0');
    format!("{day} {}", MONTHS[(month - 1) % 12])
}

/// `€12.99`, `−€12.99`.
pub fn money(amount: Money) -> String {
    let sign = if amount.minor < 0 { "−" } else { "" };
    let whole = Money::new(amount.minor.saturating_abs(), amount.currency);
    format!("{sign}{}{}", whole.currency.symbol(), whole.decimal())
}

/// An amount as people type it; empty is none yet.
pub fn typed(minor: i64, currency: Currency) -> String {
    if minor == 0 { String::new() } else { Money::new(minor, currency).decimal() }
}

/// `12.5 %` of 1,250 basis points.
pub fn percent(basis_points: u16) -> String {
    let decimals = format!("{:02}", basis_points % 100);
    match decimals.trim_end_matches('0') {
        "" => format!("{} %", basis_points / 100),
        decimals => format!("{}.{decimals} %", basis_points / 100),
    }
}

/// A stage in words, and the tone of its pill.
pub const fn stage(stage: Stage) -> (&'static str, &'static str) {
    match stage {
        Stage::ToPack => ("To pack", "wait"),
        Stage::ToShip => ("To ship", "wait"),
        Stage::Shipped => ("Shipped", "blue"),
        Stage::Delivered => ("Delivered", "good"),
        Stage::Cancelled => ("Cancelled", ""),
    }
}

/// A parcel's state in words, and the tone of its pill.
pub const fn parcel(state: ParcelState) -> (&'static str, &'static str) {
    match state {
        ParcelState::Label => ("To pack", "wait"),
        ParcelState::Packed => ("To ship", "wait"),
        ParcelState::PickedUp => ("Picked up", "blue"),
        ParcelState::InTransit => ("In transit", "blue"),
        ParcelState::OutForDelivery => ("Out for delivery", "blue"),
        ParcelState::Delivered => ("Delivered", "good"),
        ParcelState::Failed => ("Delivery failed", "bad"),
        ParcelState::ReturnedToSender => ("Back with you", "bad"),
        ParcelState::Lost => ("Lost", "bad"),
        ParcelState::Cancelled => ("Called off", ""),
    }
}

/// What is said by hand of a parcel that has left; `again`: nobody took it the first time.
pub const fn by_hand(to: ParcelState, again: bool) -> &'static str {
    match to {
        ParcelState::OutForDelivery if again => "The carrier tries again",
        ParcelState::ReturnedToSender => "It is back with me",
        ParcelState::Failed => "Nobody took it",
        ParcelState::Lost => "The carrier lost it",
        other => parcel(other).0,
    }
}

/// What was done to a parcel, as a step of its way.
pub const fn step(state: ParcelState) -> &'static str {
    match state {
        ParcelState::Packed => "Packed",
        other => parcel(other).0,
    }
}

/// A return's state in words, and the tone of its pill.
pub const fn returned(state: ReturnState) -> (&'static str, &'static str) {
    match state {
        ReturnState::Requested | ReturnState::Label => ("On its way to you", "wait"),
        ReturnState::Received => ("To inspect", "wait"),
        ReturnState::Inspected => ("Inspected", "blue"),
        ReturnState::Restocked => ("Restocked, refund under way", "blue"),
        ReturnState::WrittenOff => ("Written off, refund under way", "blue"),
        ReturnState::Refunded => ("Refunded", "good"),
        ReturnState::Rejected => ("Refused", ""),
    }
}

/// Why a shopper sends something back.
pub const fn reason(reason: ReturnReason) -> &'static str {
    match reason {
        ReturnReason::ChangedMind => "No longer wanted",
        ReturnReason::Defective => "Does not work, or arrived broken",
        ReturnReason::WrongItem => "Not what was ordered",
        ReturnReason::NotAsDescribed => "Not as described",
        ReturnReason::Late => "Came too late",
        ReturnReason::Undeliverable => "Could not be delivered",
        ReturnReason::Lost => "Lost by the carrier",
    }
}

/// A line of the ledger in words.
pub const fn line(kind: LineKind) -> &'static str {
    match kind {
        LineKind::Sale => "Sale",
        LineKind::Commission => "Commission",
        LineKind::Refund => "Refund",
        LineKind::CommissionReversal => "Commission given back",
        LineKind::Payout => "Payout",
    }
}

/// What is to be fixed, and how.
pub const fn fix(fix: Fix) -> (&'static str, &'static str) {
    match fix {
        Fix::Suspended => ("Suspended", "The shop suspended your account: nothing of yours sells."),
        Fix::NotApproved => ("Not approved", "The shop has not approved your account yet."),
        Fix::Hidden => ("Hidden", "Shoppers don't see it: publish it."),
        Fix::NoPrice => ("No price", "Give it a price."),
        Fix::OffSale => ("Off sale", "You took it off sale."),
        Fix::NoStock => ("No stock", "Nothing is left: put some on a shelf."),
        Fix::NoCategory => {
            ("No category", "Shoppers who browse don't find it: give it a category.")
        }
        Fix::NoPicture => ("No picture", "It is shown with a drawing: a photograph sells better."),
        Fix::NoDescription => ("No description", "Say what it is, and what it is made of."),
        Fix::NoWeight => ("No weight", "It can't come by express: say what it weighs."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_and_days_read_well() {
        let eur = |minor| Money::new(minor, Currency::Eur);
        assert_eq!((money(eur(1_299)), money(eur(-5))), ("€12.99".into(), "−€0.05".into()));
        assert_eq!((typed(0, Currency::Eur), typed(90, Currency::Eur)), ("".into(), "0.90".into()));
        assert_eq!(percent(1_250), "12.5 %");
        let at = Timestamp(1_795_468_499_001);
        assert_eq!(day(at), "23 Nov");
    }

    #[test]
    fn a_moment_is_said_as_people_say_it() {
        let at = Timestamp(1_795_468_499_001);
        let said = |later| when(at, at.plus_ms(later)).says;
        let ten = 10 * MINUTE_MS;
        assert_eq!([0, ten, 2 * HOUR_MS].map(said), ["just now", "10 min ago", "today, 21:14"]);
        assert_eq!(said(3 * HOUR_MS), "23 Nov, 21:14", "midnight is past");
        assert_eq!(said(60 * DAY_MS), "23 Nov 2026, 21:14", "another year");
        assert_eq!(said(-ten), "today, 21:14", "a clock that was ahead");
        let exact = when(at, at);
        assert_eq!(exact.exact, "23 Nov 2026, 21:14:59 UTC");
        assert_eq!(exact.iso, at.rfc3339());
    }
}
