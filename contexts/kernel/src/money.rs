//! Money: integer minor units and a currency with its exponent. Never a float.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// An ISO 4217 currency that Souk knows the exponent of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Currency {
    /// Euro, 2 decimals.
    Eur,
    /// US dollar, 2 decimals.
    Usd,
    /// Pound sterling, 2 decimals.
    Gbp,
    /// Swiss franc, 2 decimals.
    Chf,
    /// Turkish lira, 2 decimals.
    Try,
    /// Japanese yen, no decimals.
    Jpy,
    /// Korean won, no decimals.
    Krw,
    /// Kuwaiti dinar, 3 decimals.
    Kwd,
    /// Bahraini dinar, 3 decimals.
    Bhd,
}

impl Currency {
    /// Every known currency.
    pub const ALL: [Self; 9] = [
        Self::Eur,
        Self::Usd,
        Self::Gbp,
        Self::Chf,
        Self::Try,
        Self::Jpy,
        Self::Krw,
        Self::Kwd,
        Self::Bhd,
    ];

    /// The ISO 4217 code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Eur => "EUR",
            Self::Usd => "USD",
            Self::Gbp => "GBP",
            Self::Chf => "CHF",
            Self::Try => "TRY",
            Self::Jpy => "JPY",
            Self::Krw => "KRW",
            Self::Kwd => "KWD",
            Self::Bhd => "BHD",
        }
    }

    /// How many decimals the minor unit stands for.
    #[must_use]
    pub const fn exponent(self) -> u32 {
        match self {
            Self::Jpy | Self::Krw => 0,
            Self::Eur | Self::Usd | Self::Gbp | Self::Chf | Self::Try => 2,
            Self::Kwd | Self::Bhd => 3,
        }
    }

    /// What people write before or after the number.
    #[must_use]
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Eur => "€",
            Self::Usd => "$",
            Self::Gbp => "£",
            Self::Chf => "CHF ",
            Self::Try => "₺",
            Self::Jpy => "¥",
            Self::Krw => "₩",
            Self::Kwd => "KD ",
            Self::Bhd => "BD ",
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Currency {
    type Err = MoneyError;
    fn from_str(code: &str) -> Result<Self, MoneyError> {
        Self::ALL.into_iter().find(|c| c.code() == code).ok_or(MoneyError::UnknownCurrency)
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        code.parse().map_err(serde::de::Error::custom)
    }
}

/// Why an amount can't be computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum MoneyError {
    /// Two currencies in one sum.
    #[error("amounts of different currencies can't be added")]
    MixedCurrencies,
    /// Beyond 64 bits of minor units.
    #[error("the amount is too large")]
    Overflow,
    /// No such currency code.
    #[error("unknown currency")]
    UnknownCurrency,
    /// Not a decimal amount with at most the currency's decimals.
    #[error("not an amount")]
    NotAnAmount,
}

/// An amount in minor units: `Money::new(1299, Eur)` is €12.99.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// Minor units; negative where a sum may be (a balance), never in a price.
    pub minor: i64,
    /// Of which currency.
    pub currency: Currency,
}

impl Money {
    /// An amount.
    #[must_use]
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Nothing.
    #[must_use]
    pub const fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }

    /// The sum.
    ///
    /// # Errors
    /// Different currencies, overflow.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        self.same(other)?;
        let minor = self.minor.checked_add(other.minor).ok_or(MoneyError::Overflow)?;
        Ok(Self { minor, ..self })
    }

    /// The difference.
    ///
    /// # Errors
    /// Different currencies, overflow.
    pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
        self.same(other)?;
        let minor = self.minor.checked_sub(other.minor).ok_or(MoneyError::Overflow)?;
        Ok(Self { minor, ..self })
    }

    /// `quantity` times this.
    ///
    /// # Errors
    /// Overflow.
    pub fn times(self, quantity: u32) -> Result<Self, MoneyError> {
        let minor = self.minor.checked_mul(i64::from(quantity)).ok_or(MoneyError::Overflow)?;
        Ok(Self { minor, ..self })
    }

    /// Parts in proportion to `weights`, by largest remainder: they add up to the whole, and no part
    /// is more than one minor unit from its exact share. Equal remainders go to the earlier part.
    /// All weights zero: the first part gets everything. No weights: no parts.
    #[must_use]
    pub fn split(self, weights: &[u64]) -> Vec<Self> {
        let sum: u128 = weights.iter().map(|w| u128::from(*w)).sum();
        if sum == 0 {
            let part = |i| Self::new(if i == 0 { self.minor } else { 0 }, self.currency);
            return (0..weights.len()).map(part).collect();
        }
        let whole = u128::from(self.minor.unsigned_abs());
        let mut parts: Vec<(u128, u128)> = weights
            .iter()
            .map(|w| (whole * u128::from(*w) / sum, whole * u128::from(*w) % sum))
            .collect();
        let given: u128 = parts.iter().map(|(part, _)| part).sum();
        let mut order: Vec<usize> = (0..parts.len()).collect();
        order.sort_by_key(|&i| std::cmp::Reverse(parts[i].1));
        for &i in order.iter().take((whole - given) as usize) {
            parts[i].0 += 1;
        }
        let sign = self.minor.signum();
        parts.iter().map(|(part, _)| Self::new(sign * *part as i64, self.currency)).collect()
    }

    /// Parses `12.99`, exactly: more decimals than the currency has are refused, unless zeros.
    ///
    /// # Errors
    /// Not an amount, overflow.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let (sign, text) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        let exponent = currency.exponent() as usize;
        let (kept, beyond) = decimals.split_at_checked(exponent).unwrap_or((decimals, ""));
        if whole.is_empty() || !digits(whole) || !digits(kept) || beyond.bytes().any(|b| b != b'0')
        {
            return Err(MoneyError::NotAnAmount);
        }
        let padded = format!("{whole}{kept:0<exponent$}");
        let minor: i64 = padded.parse().map_err(|_| MoneyError::Overflow)?;
        Ok(Self::new(sign * minor, currency))
    }

    fn same(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency { Ok(()) } else { Err(MoneyError::MixedCurrencies) }
    }

    /// The plain decimal: `12.99`, `-0.05`, `1200`.
    #[must_use]
    pub fn decimal(self) -> String {
        let exponent = self.currency.exponent();
        let sign = if self.minor < 0 { "-" } else { "" };
        let minor = self.minor.unsigned_abs();
        if exponent == 0 {
            return format!("{sign}{minor}");
        }
        let unit = 10_u64.pow(exponent);
        format!("{sign}{}.{:0width$}", minor / unit, minor % unit, width = exponent as usize)
    }
}

impl fmt::Display for Money {
    /// For people: `€1,299.00`, `-€0.05`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = Self { minor: self.minor.saturating_abs(), ..*self }.decimal();
        let (whole, decimals) = plain.split_once('.').unwrap_or((&plain, ""));
        if self.minor < 0 {
            f.write_str("-")?;
        }
        f.write_str(self.currency.symbol())?;
        for (i, digit) in whole.chars().enumerate() {
            if i > 0 && (whole.len() - i).is_multiple_of(3) {
                f.write_str(",")?;
            }
            write!(f, "{digit}")?;
        }
        if decimals.is_empty() { Ok(()) } else { write!(f, ".{decimals}") }
    }
}

/// The `n` first of `of` equal shares of an amount, rounded down: all of them together
/// are the amount.
#[must_use]
pub fn share(amount: i64, of: u32, n: u32) -> i64 {
    if of == 0 {
        return 0;
    }
    let part = i128::from(amount) * i128::from(n.min(of)) / i128::from(of);
    // A part of an amount is within the amount's range.
    i64::try_from(part).unwrap_or(amount)
}

/// Draws an amount from what is left, in proportion to the weights, by largest remainder: no part is
/// more than is left there, and all together are the amount, or all that is left where it is less.
#[must_use]
pub fn draw(minor: i64, left: &[i64], weights: &[u64]) -> Vec<i64> {
    let mut parts = vec![0_i64; left.len()];
    let room = |parts: &[i64], at: usize| (left[at] - parts[at]).max(0);
    let mut rest = minor.max(0);
    while rest > 0 {
        // Who is drawn to the ground has no weight any more.
        let mut now: Vec<u64> =
            (0..left.len()).map(|at| if room(&parts, at) > 0 { weights[at] } else { 0 }).collect();
        if now.iter().all(|weight| *weight == 0) {
            // What was named is used up: from wherever something is left.
            now = (0..left.len()).map(|at| room(&parts, at).unsigned_abs()).collect();
        }
        if now.iter().all(|weight| *weight == 0) {
            break;
        }
        let before = rest;
        // The currency matters to no share.
        for (at, share) in Money::new(rest, Currency::Eur).split(&now).iter().enumerate() {
            let part = share.minor.min(room(&parts, at));
            parts[at] += part;
            rest -= part;
        }
        if rest == before {
            break;
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_and_writes_every_exponent() {
        for (text, currency, minor, shown) in [
            ("12.99", Currency::Eur, 1_299, "€12.99"),
            ("1299", Currency::Usd, 129_900, "$1,299.00"),
            ("1200", Currency::Jpy, 1_200, "¥1,200"),
            ("0.005", Currency::Kwd, 5, "KD 0.005"),
            ("-1.5", Currency::Eur, -150, "-€1.50"),
            ("1.500", Currency::Eur, 150, "€1.50"),
        ] {
            let money = Money::parse(text, currency).unwrap();
            assert_eq!(money.minor, minor, "{text}");
            assert_eq!(money.to_string(), shown);
        }
        for bad in ["", "1.999", "a", "1,5", ".5", "--1", "99999999999999999999"] {
            assert!(Money::parse(bad, Currency::Eur).is_err(), "{bad}");
        }
    }

    #[test]
    fn different_currencies_never_add() {
        let sum = Money::new(1, Currency::Eur).plus(Money::new(1, Currency::Usd));
        assert_eq!(sum, Err(MoneyError::MixedCurrencies));
    }

    proptest! {
    /// No part exceeds what is left, and together they are the amount, or all there is.
    #[test]
    fn a_draw_never_exceeds_what_is_left(
        lines in proptest::collection::vec((0_i64..5_000, 0_u64..9), 1..8), minor in 0_i64..30_000,
    ) {
        let (left, weights): (Vec<i64>, Vec<u64>) = lines.into_iter().unzip();
        let parts = draw(minor, &left, &weights);
        prop_assert!(parts.iter().zip(&left).all(|(part, left)| (0..=*left).contains(part)));
        prop_assert_eq!(parts.iter().sum::<i64>(), minor.min(left.iter().sum()));
    }

        #[test]
        fn parts_add_back_to_the_whole(
            minor in -1_000_000_000_000_i64..1_000_000_000_000,
            weights in proptest::collection::vec(0_u64..1_000_000, 1..20),
        ) {
            let whole = Money::new(minor, Currency::Kwd);
            let parts = whole.split(&weights);
            prop_assert_eq!(parts.iter().map(|p| p.minor).sum::<i64>(), minor);
            prop_assert!(parts.iter().all(|p| p.minor == 0 || p.minor.signum() == minor.signum()));
        }

        #[test]
        fn what_is_written_is_read_back(minor in any::<i32>(), which in 0_usize..9) {
            let money = Money::new(i64::from(minor), Currency::ALL[which]);
            prop_assert_eq!(Money::parse(&money.decimal(), money.currency), Ok(money));
        }
    }
}
