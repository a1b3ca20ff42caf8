//! Converting prices, exactly and with a rate that somebody named.

use souk_kernel::{Currency, Money};
use std::str::FromStr;

/// How much of one currency a unit of another is worth, to the millionth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate(u64);

/// Not a rate between 0.000001 and 1,000,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a rate: a decimal number above zero, with at most six decimals")]
pub struct NotARate;

impl Rate {
    /// The price in another currency, exactly, rounded half to even; `None` beyond what money can
    /// hold. A price above zero stays above zero.
    #[must_use]
    pub fn convert(self, price: Money, to: Currency) -> Option<Money> {
        let unit = |currency: Currency| 10_i128.pow(currency.exponent());
        let above = i128::from(price.minor) * i128::from(self.0) * unit(to);
        let below = unit(price.currency) * 1_000_000;
        let (whole, rest) = (above.div_euclid(below), above.rem_euclid(below));
        let up = rest * 2 > below || (rest * 2 == below && whole % 2 != 0);
        let minor = whole + i128::from(up);
        let minor = if price.minor > 0 { minor.max(1) } else { minor };
        i64::try_from(minor).ok().map(|minor| Money::new(minor, to))
    }
}

impl FromStr for Rate {
    type Err = NotARate;

    fn from_str(text: &str) -> Result<Self, NotARate> {
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || whole.len() > 7 || decimals.len() > 6 || !digits(whole) {
            return Err(NotARate);
        }
        if !digits(decimals) {
            return Err(NotARate);
        }
        let millionths = format!("{whole}{decimals:0<6}").parse().map_err(|_| NotARate)?;
        if (1..=1_000_000_000_000).contains(&millionths) {
            Ok(Self(millionths))
        } else {
            Err(NotARate)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_converted_to_the_nearest_minor_unit() {
        for (minor, from, rate, to, expected) in [
            (4_995, Currency::Usd, "0.92", Currency::Eur, 4_595),
            (1, Currency::Usd, "0.5", Currency::Eur, 1),
            (1, Currency::Usd, "0.000001", Currency::Eur, 1),
            (0, Currency::Usd, "0.92", Currency::Eur, 0),
            (3, Currency::Usd, "0.5", Currency::Eur, 2),
            (5, Currency::Usd, "0.5", Currency::Eur, 2),
            (1_000, Currency::Eur, "160.25", Currency::Jpy, 1_602),
            (1_000, Currency::Eur, "160.251", Currency::Jpy, 1_603),
            (1_603, Currency::Jpy, "0.00625", Currency::Eur, 1_002),
            (100, Currency::Eur, "0.334", Currency::Kwd, 334),
        ] {
            let rate: Rate = rate.parse().unwrap();
            let converted = rate.convert(Money::new(minor, from), to);
            assert_eq!(converted, Some(Money::new(expected, to)));
        }
        let most: Rate = "1000000".parse().unwrap();
        assert_eq!(most.convert(Money::new(i64::MAX, Currency::Eur), Currency::Usd), None);
    }

    #[test]
    fn a_rate_is_a_plain_decimal() {
        for bad in ["", "0", "0.0", "-1", "1,2", "1e3", ".5", "1.0000001", "1000001", "NaN", "1.x"]
        {
            assert_eq!(bad.parse::<Rate>(), Err(NotARate), "{bad}");
        }
    }
}
