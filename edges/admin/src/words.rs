//! Moments, money, numbers and states as staff read them.

use serde::Serialize;
use souk_fulfillment::{ParcelState, ReturnState};
use souk_kernel::{DAY_MS, HOUR_MS, MINUTE_MS, Money, SECOND_MS, Timestamp};
use souk_orders::OrderState;
use souk_payments::{PaymentState, RefundState};
use souk_reviews::Standing;

/// A moment as lists show it: how long ago, with the exact time for who points at it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct When {
    /// For machines.
    pub iso: String,
    /// `23 Nov 2026, 21:14:59 UTC`.
    pub exact: String,
    /// `4 min ago`; the day, when it is longer ago than one.
    pub ago: String,
    /// Whether it changes while the page is looked at.
    pub fresh: bool,
}

/// How long before `now` that was.
pub fn when(at: Timestamp, now: Timestamp) -> When {
    let gone = now.since(at);
    let fresh = (0..DAY_MS).contains(&gone);
    let ago = if !fresh {
        day(at)
    } else if gone < 5 * SECOND_MS {
        String::from("just now")
    } else {
        format!("{} ago", span(gone))
    };
    let iso = at.rfc3339();
    let exact = format!("{}, {} UTC", day(at), iso.get(11..19).unwrap_or_default());
    When { iso, exact, ago, fresh }
}

/// `23 Nov 2026`.
pub fn day(at: Timestamp) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let text = at.rfc3339();
    let part = |range| text.get(range).unwrap_or_default();
    let month =
        part(5..7).parse::<usize>().ok().and_then(|month| MONTHS.get(month.wrapping_sub(1)));
    format!("{} {} {}", part(8..10).trim_start_matches('0'), month.unwrap_or(&""), part(0..4))
}

/// `2026-11-23 21:14:59`, UTC: for files.
pub fn moment(at: Timestamp) -> String {
    let text = at.rfc3339();
    match text.get(..19) {
        Some(upto_seconds) => upto_seconds.replace('T', " "),
        None => text,
    }
}

/// `21:14:59.001`, for lines that stand close together.
pub fn to_the_millisecond(at: Timestamp) -> String {
    at.rfc3339().get(11..23).map(str::to_owned).unwrap_or_default()
}

/// `€12.99`, `€-12.99`.
pub fn money(amount: Money) -> String {
    format!("{}{}", amount.currency.symbol(), amount.decimal())
}

/// `1,204`.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `80 ms`, `12 s`, `4 min`, `3 h`.
pub fn span(ms: i64) -> String {
    if ms < SECOND_MS {
        format!("{ms} ms")
    } else if ms < MINUTE_MS {
        format!("{} s", ms / SECOND_MS)
    } else if ms < HOUR_MS {
        format!("{} min", ms / MINUTE_MS)
    } else {
        format!("{} h", ms / HOUR_MS)
    }
}

/// A state in words, and the tone of its pill.
pub const fn state(state: OrderState) -> (&'static str, &'static str) {
    match state {
        OrderState::Created => ("Created", "wait"),
        OrderState::PaymentPending => ("Being paid", "wait"),
        OrderState::PaymentFailed => ("Payment failed", "bad"),
        OrderState::Confirmed => ("Confirmed", "good"),
        OrderState::Shipped => ("Shipped", "blue"),
        OrderState::Delivered => ("Delivered", "blue"),
        OrderState::Cancelled => ("Cancelled", ""),
    }
}

/// Something short with the tone of its pill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Pill {
    /// In words.
    pub says: &'static str,
    /// `good`, `wait`, `bad`, `blue`; empty is calm.
    pub tone: &'static str,
}

/// How a payment stands.
pub const fn paid(state: PaymentState) -> Pill {
    use PaymentState as S;
    let (says, tone) = match state {
        S::Authorizing => ("Asked for", "wait"),
        S::RequiresAction => ("Shopper must act", "wait"),
        S::AwaitingTransfer => ("Waits for a transfer", "wait"),
        S::Authorized => ("Authorized", "blue"),
        S::Capturing => ("Being captured", "wait"),
        S::Captured => ("Captured", "good"),
        S::Voiding => ("Being given up", "wait"),
        S::Voided => ("Given up", ""),
        S::Declined => ("Declined", "bad"),
    };
    Pill { says, tone }
}

/// How a refund stands.
pub const fn given_back(state: RefundState) -> Pill {
    let (says, tone) = match state {
        RefundState::Reserved => ("On its way", "wait"),
        RefundState::Succeeded => ("With the shopper", "good"),
        RefundState::Failed => ("Failed", "bad"),
    };
    Pill { says, tone }
}

/// How a parcel stands.
pub const fn parcel(state: ParcelState) -> Pill {
    use ParcelState as S;
    let (says, tone) = match state {
        S::Label => ("To pack", "wait"),
        S::Packed => ("To ship", "wait"),
        S::PickedUp => ("Picked up", "blue"),
        S::InTransit => ("In transit", "blue"),
        S::OutForDelivery => ("Out for delivery", "blue"),
        S::Delivered => ("Delivered", "good"),
        S::Failed => ("Delivery failed", "bad"),
        S::ReturnedToSender => ("Came back", "bad"),
        S::Lost => ("Lost", "bad"),
        S::Cancelled => ("Called off", ""),
    };
    Pill { says, tone }
}

/// A step of a parcel's way.
pub const fn scan(state: ParcelState) -> Pill {
    match state {
        ParcelState::Label => Pill { says: "Label made", tone: "" },
        ParcelState::Packed => Pill { says: "Packed", tone: "blue" },
        other => parcel(other),
    }
}

/// What is said by hand of a parcel that has left; `again`: nobody took it the first time.
pub const fn by_hand(to: ParcelState, again: bool) -> &'static str {
    match to {
        ParcelState::OutForDelivery if again => "The carrier tries again",
        ParcelState::ReturnedToSender => "It came back",
        ParcelState::Failed => "Nobody took it",
        ParcelState::Lost => "The carrier lost it",
        other => parcel(other).says,
    }
}

/// How a return stands.
pub const fn returned(state: ReturnState) -> Pill {
    let (says, tone) = match state {
        ReturnState::Requested => ("Asked for", "wait"),
        ReturnState::Label => ("On its way", "wait"),
        ReturnState::Received => ("Received", "blue"),
        ReturnState::Inspected => ("Inspected", "blue"),
        ReturnState::Restocked => ("Restocked", "blue"),
        ReturnState::WrittenOff => ("Written off", "blue"),
        ReturnState::Refunded => ("Refunded", "good"),
        ReturnState::Rejected => ("Refused", ""),
    };
    Pill { says, tone }
}

/// Who sees a review.
pub const fn seen(standing: Standing) -> Pill {
    let (says, tone) = match standing {
        Standing::Published => ("Published", "good"),
        Standing::Held => ("Waits for you", "wait"),
        Standing::Rejected => ("Hidden", ""),
    };
    Pill { says, tone }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_and_spans_read_well() {
        let at = Timestamp(1_795_468_499_001);
        assert_eq!(moment(at), "2026-11-23 21:14:59");
        assert_eq!(to_the_millisecond(at), "21:14:59.001");
        let spans = [80, 12_345, 4 * MINUTE_MS + 1, 3 * HOUR_MS].map(span);
        assert_eq!(spans, ["80 ms", "12 s", "4 min", "3 h"]);
        assert_eq!(thousands(1_234_567), "1,234,567");
        let ago = |ms| when(at, at.plus_ms(ms)).ago;
        assert_eq!(ago(400), "just now");
        assert_eq!((ago(61_000), ago(5 * HOUR_MS)), ("1 min ago".into(), "5 h ago".into()));
        assert_eq!((ago(3 * DAY_MS), ago(-1)), ("23 Nov 2026".into(), "23 Nov 2026".into()));
        assert_eq!(when(at, at).exact, "23 Nov 2026, 21:14:59 UTC");
    }
}
