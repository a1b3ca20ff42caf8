//! Moments, money, numbers and states as staff read them.

use souk_kernel::{HOUR_MS, MINUTE_MS, Money, SECOND_MS, Timestamp};
use souk_orders::OrderState;

/// `2026-11-23 21:14:59`, UTC.
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
    }
}
