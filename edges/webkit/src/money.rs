//! Money in requests and responses.

use serde::{Deserialize, Serialize};
use souk_kernel::{Currency, Money};
use utoipa::ToSchema;

/// An amount of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Money)]
pub struct MoneyView {
    /// Minor units: 1299 of EUR is €12.99, 1299 of JPY is ¥1,299.
    #[schema(example = 1299)]
    pub minor: i64,
    /// ISO 4217 code.
    #[schema(value_type = String, example = "EUR")]
    pub currency: Currency,
}

impl From<Money> for MoneyView {
    fn from(money: Money) -> Self {
        Self { minor: money.minor, currency: money.currency }
    }
}

impl From<MoneyView> for Money {
    fn from(view: MoneyView) -> Self {
        Self::new(view.minor, view.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_the_documented_form() {
        let view = MoneyView::from(Money::new(1_299, Currency::Eur));
        let text = serde_json::to_string(&view).unwrap();
        assert_eq!(text, r#"{"minor":1299,"currency":"EUR"}"#);
        assert_eq!(serde_json::from_str::<MoneyView>(&text).unwrap(), view);
        assert!(serde_json::from_str::<MoneyView>(r#"{"minor":12.99,"currency":"EUR"}"#).is_err());
        assert!(serde_json::from_str::<MoneyView>(r#"{"minor":1299,"currency":"XXX"}"#).is_err());
    }
}
