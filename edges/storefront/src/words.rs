//! Moments and lengths of time in words, and other small phrases that several pages share.

use souk_kernel::{DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, Timestamp};
use souk_payments::CardFace;
use souk_pricing::Day;

/// `21:14 UTC`.
pub fn time_of_day(at: Timestamp) -> String {
    let of_day = at.0.rem_euclid(DAY_MS);
    format!("{:02}:{:02} UTC", of_day / HOUR_MS, of_day % HOUR_MS / MINUTE_MS)
}

/// `Mon 23 Nov, 21:14 UTC`.
pub fn moment(at: Timestamp) -> String {
    format!("{}, {}", Day::of(at).short(), time_of_day(at))
}

/// `Mon 23 Nov`.
pub fn day(at: Timestamp) -> String {
    Day::of(at).short()
}

/// `1 item`, `1,204 items`.
pub fn count(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", thousands(number), if number == 1 { one } else { many })
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

/// Minutes until then, the begun one counted; 0 when it is over.
pub fn minutes_left(now: Timestamp, until: Timestamp) -> i64 {
    (until.since(now).max(0) + MINUTE_MS - 1) / MINUTE_MS
}

/// `15 minutes`, `1 hour`, `90 seconds`: in the greatest unit that leaves nothing over.
pub fn span(ms: i64) -> String {
    let (unit, one, many) = match ms {
        ms if ms % HOUR_MS == 0 => (HOUR_MS, "hour", "hours"),
        ms if ms % MINUTE_MS == 0 => (MINUTE_MS, "minute", "minutes"),
        _ => (SECOND_MS, "second", "seconds"),
    };
    count(u64::try_from(ms / unit).unwrap_or_default(), one, many)
}

/// `Visa ending in 4242`.
pub fn card_name(face: &CardFace) -> String {
    let brand = match face.brand.as_str() {
        "visa" => "Visa",
        "mastercard" => "Mastercard",
        "amex" => "American Express",
        _ => "Card",
    };
    format!("{brand} ending in {}", face.last4)
}

/// `12/2034`.
pub fn card_end(face: &CardFace) -> String {
    match face.expires.split_once('-') {
        Some((year, month)) => format!("{month}/{year}"),
        None => face.expires.clone(),
    }
}

/// Gateways' codes for a refusal, for shoppers.
pub fn decline_reason(code: &str) -> &'static str {
    match code {
        "insufficient_funds" => "There is not enough money on this card.",
        "expired_card" => "This card has expired.",
        "authentication_failed" => "Your bank did not confirm the payment.",
        "token_expired" | "token_used" | "token_unknown" => {
            "The payment page was open for too long. Enter your card again."
        }
        "cancelled_by_shopper" => "You cancelled in your wallet.",
        "another_way" => "You chose another way to pay.",
        "amount_mismatch" => "Another amount came than was asked for, so we stopped the payment.",
        _ => "Your bank declined this card.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_and_numbers_read_well() {
        // 2026-11-23T21:14:59Z
        let at = Timestamp(1_795_468_499_000);
        assert_eq!(moment(at), "Mon 23 Nov, 21:14 UTC");
        assert_eq!(day(at), "Mon 23 Nov");
        assert_eq!(count(1, "item", "items"), "1 item");
        assert_eq!(count(1_234_567, "item", "items"), "1,234,567 items");
        assert_eq!(minutes_left(at, at.plus_ms(1)), 1);
        assert_eq!(minutes_left(at, at.plus_ms(15 * MINUTE_MS)), 15);
        assert_eq!(minutes_left(at, at.plus_ms(-1)), 0);
        let spans = [(15 * MINUTE_MS, "15 minutes"), (HOUR_MS, "1 hour"), (90_000, "90 seconds")];
        for (ms, words) in spans.into_iter().chain([(1_000, "1 second"), (60_000, "1 minute")]) {
            assert_eq!(span(ms), words);
        }
    }
}
