//! Reading values out of a JSON row: by path, as text, as a list, as money.

use serde_json::Value;
use souk_kernel::{Currency, Money, MoneyError};

/// The value at a path: `price`, `attributes.n_weight`, `gtin.0`, or a JSON pointer that begins with
/// `/` for names with dots in them. Null and empty text count as nothing there.
#[must_use]
pub fn at<'a>(row: &'a Value, path: &str) -> Option<&'a Value> {
    let found = if path.starts_with('/') {
        row.pointer(path)
    } else {
        path.split('.').try_fold(row, |value, step| match value {
            Value::Object(fields) => fields.get(step),
            Value::Array(items) => step.parse::<usize>().ok().and_then(|at| items.get(at)),
            _ => None,
        })
    };
    found.filter(|value| !is_nothing(value))
}

/// Null, empty text, an empty list.
#[must_use]
pub fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// A single value as text: `17.0` is "17", `true` is "Yes"; the first of a list.
#[must_use]
pub fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number_text(number)),
        Value::Bool(yes) => Some(if *yes { "Yes" } else { "No" }.to_owned()),
        Value::Array(items) => items.iter().find(|item| !is_nothing(item)).and_then(text),
        Value::Null | Value::Object(_) => None,
    }
}

/// Every value as text; text is split at `separator`.
#[must_use]
pub fn texts(value: &Value, separator: Option<&str>) -> Vec<String> {
    let parts = match value {
        Value::Array(items) => items.iter().filter_map(text).collect(),
        one => text(one).into_iter().collect::<Vec<_>>(),
    };
    match separator.filter(|separator| !separator.is_empty()) {
        None => parts,
        Some(at) => parts.iter().flat_map(|part| part.split(at)).map(str::to_owned).collect(),
    }
}

/// The shortest decimal text of a number, never with an exponent.
fn number_text(number: &serde_json::Number) -> String {
    match number.as_f64() {
        Some(float) if number.is_f64() => format!("{float}"),
        _ => number.to_string(),
    }
}

/// How an amount is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Amount {
    /// In the major unit: `49.95`, "49.95", "$49.95", "1,299.00", "49.95 USD".
    #[default]
    Decimal,
    /// In the major unit with a decimal comma: "1.299,00".
    DecimalComma,
    /// In minor units: `4995`.
    Minor,
}

/// Reads an amount. A currency that is written with it wins over `currency`.
///
/// # Errors
/// Not an amount of that kind, or more decimals than the currency has.
pub fn money(value: &Value, amount: Amount, currency: Currency) -> Result<Money, MoneyError> {
    let written = text(value).ok_or(MoneyError::NotAnAmount)?;
    let (digits, currency) = currency_of(written.trim(), currency)?;
    match amount {
        Amount::Minor => {
            let minor = digits.parse().map_err(|_| MoneyError::NotAnAmount)?;
            Ok(Money::new(minor, currency))
        }
        Amount::Decimal => Money::parse(&ungrouped(digits, ',', '.')?, currency),
        Amount::DecimalComma => {
            Money::parse(&ungrouped(digits, '.', ',')?.replace(',', "."), currency)
        }
    }
}

/// The currency whose code stands with an amount.
#[must_use]
pub fn written_currency(value: &Value) -> Option<Currency> {
    let written = text(value)?;
    let written = written.trim();
    let stands = |c: &Currency| written.ends_with(c.code()) || written.starts_with(c.code());
    Currency::ALL.into_iter().find(stands)
}

/// Takes a code ("USD") or the default currency's symbol off, at either end.
fn currency_of(text: &str, default: Currency) -> Result<(&str, Currency), MoneyError> {
    for currency in Currency::ALL {
        let code = currency.code();
        if let Some(rest) = text.strip_suffix(code).or_else(|| text.strip_prefix(code)) {
            return Ok((rest.trim(), currency));
        }
    }
    let symbol = default.symbol().trim();
    let bare = text.strip_prefix(symbol).or_else(|| text.strip_suffix(symbol)).unwrap_or(text);
    Ok((bare.trim(), default))
}

/// Drops the marks between groups of three digits; a mark elsewhere isn't one.
fn ungrouped(digits: &str, group: char, decimal: char) -> Result<String, MoneyError> {
    let whole = digits.split(decimal).next().unwrap_or("");
    let groups: Vec<&str> = whole.split(group).collect();
    let grouped_right = groups.len() == 1
        || (groups[1..].iter().all(|part| part.len() == 3) && (1..=4).contains(&groups[0].len()));
    if !grouped_right {
        return Err(MoneyError::NotAnAmount);
    }
    let rest = &digits[whole.len()..];
    Ok(groups.concat() + rest)
}

/// Grams of a weight as written: "1.5 kg", "350", with `times` for a number without a unit. A part of a
/// gram counts as one.
#[must_use]
pub fn grams(text: &str, times: f64) -> Option<f64> {
    let text = text.trim().to_lowercase();
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let factor = match &text[digits.len()..] {
        "" => times,
        "g" | "gram" | "grams" => 1.0,
        "kg" | "kilogram" | "kilograms" => 1_000.0,
        "lb" | "lbs" | "pound" | "pounds" => 453.592_37,
        "oz" | "ounce" | "ounces" => 28.349_523_125,
        _ => return None,
    };
    let number: f64 = digits.trim_end().parse().ok()?;
    number.is_finite().then(|| (number * factor).ceil())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn paths_reach_into_rows() {
        let row = json!({"a": {"b": [1, "two"]}, "x.y": 3, "empty": " ", "null": null});
        assert_eq!(at(&row, "a.b.1"), Some(&json!("two")));
        assert_eq!(at(&row, "/x.y"), Some(&json!(3)));
        for nothing in ["a.c", "a.b.2", "a.b.x", "empty", "null", "a.b.1.z", "", "x.y"] {
            assert_eq!(at(&row, nothing), None, "{nothing}");
        }
    }

    #[test]
    fn numbers_and_answers_are_written_plainly() {
        for (value, written) in [
            (json!(17.0), "17"),
            (json!(0.512), "0.512"),
            (json!(true), "Yes"),
            (json!(3), "3"),
            (json!(1e21), "1000000000000000000000"),
            (json!(["", "b"]), "b"),
        ] {
            assert_eq!(text(&value).as_deref(), Some(written));
        }
        assert_eq!(text(&json!({"a": 1})), None);
        assert_eq!(texts(&json!("a,b"), Some(",")), ["a", "b"]);
        assert_eq!(texts(&json!(["a,b", 2]), None), ["a,b", "2"]);
    }

    #[test]
    fn weights_are_read_with_their_unit() {
        for (text, found) in [
            ("350", Some(350.0)),
            ("1.5 kg", Some(1_500.0)),
            ("2 lb", Some(908.0)),
            ("10oz", Some(284.0)),
            ("0.2 g", Some(1.0)),
            ("3 stone", None),
            ("kg", None),
            ("NaN", None),
            ("", None),
        ] {
            assert_eq!(grams(text, 1.0), found, "{text}");
        }
        assert_eq!(grams("1.5", 1_000.0), Some(1_500.0));
    }

    #[test]
    fn amounts_are_read_exactly_or_not_at_all() {
        let read = |value: Value, amount| money(&value, amount, Currency::Usd).map(|m| m.minor);
        for (value, amount, minor) in [
            (json!(49.95), Amount::Decimal, 4_995),
            (json!("$1,299.00"), Amount::Decimal, 129_900),
            (json!("12.5 USD"), Amount::Decimal, 1_250),
            (json!(7), Amount::Decimal, 700),
            (json!("1.299,00"), Amount::DecimalComma, 129_900),
            (json!(4_995), Amount::Minor, 4_995),
            (json!("€5,00 EUR"), Amount::DecimalComma, 500),
        ] {
            let shown = value.to_string();
            let result = read(value, amount);
            if shown.contains('€') {
                assert!(result.is_err(), "two currencies");
            } else {
                assert_eq!(result, Ok(minor), "{shown}");
            }
        }
        for bad in [
            json!("NaN"),
            json!("free"),
            json!(1.999),
            json!("1,29"),
            json!("12,34,567.00"),
            json!({}),
            json!("1e3"),
            json!("--1"),
            json!(true),
            json!("1,2990.00"),
        ] {
            assert!(read(bad.clone(), Amount::Decimal).is_err(), "{bad}");
        }
        assert!(read(json!(49.95), Amount::Minor).is_err());
        let yen = money(&json!("1200 JPY"), Amount::Decimal, Currency::Usd);
        assert_eq!(yen, Ok(Money::new(1_200, Currency::Jpy)));
    }

    proptest! {
        #[test]
        fn what_money_writes_is_read_back(minor in 0_i64..1_000_000_000_000, which in 0_usize..9) {
            let amount = Money::new(minor, Currency::ALL[which]);
            let decimal = Value::String(amount.decimal());
            prop_assert_eq!(money(&decimal, Amount::Decimal, amount.currency), Ok(amount));
            let shown = Value::String(amount.to_string());
            prop_assert_eq!(money(&shown, Amount::Decimal, amount.currency), Ok(amount));
        }

        #[test]
        fn a_price_as_float_is_read_as_written(cents in 0_i64..100_000_000) {
            let float = json!(cents as f64 / 100.0);
            let read = money(&float, Amount::Decimal, Currency::Eur);
            prop_assert_eq!(read, Ok(Money::new(cents, Currency::Eur)));
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,40}") {
            let _ = money(&Value::String(text), Amount::Decimal, Currency::Eur);
        }
    }
}
