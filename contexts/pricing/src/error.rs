//! Why something can't be quoted.

use crate::Country;
use souk_kernel::{FaultKind, MoneyError, Refusal};
use thiserror::Error;

/// Why there is no quote.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PricingError {
    /// No lines.
    #[error("there is nothing to price")]
    Empty,
    /// More lines than one order may have.
    #[error("an order has at most {} lines", crate::MAX_LINES)]
    TooManyLines,
    /// A quantity of nothing, or beyond the limit of a line.
    #[error("a quantity is between 1 and {}", crate::MAX_QUANTITY)]
    Quantity,
    /// Lines priced in different currencies, or a line priced in another one than shipping.
    #[error("all prices of an order are in one currency")]
    MixedCurrencies,
    /// A price below zero.
    #[error("a price is never negative")]
    NegativePrice,
    /// A sum beyond [`crate::MAX_AMOUNT`].
    #[error("the amount is too large")]
    TooLarge,
    /// The shop doesn't ship this way, there, in this currency.
    #[error("no such shipping to {0}")]
    NoShipping(Country),
}

impl From<MoneyError> for PricingError {
    fn from(error: MoneyError) -> Self {
        match error {
            MoneyError::MixedCurrencies | MoneyError::UnknownCurrency => Self::MixedCurrencies,
            MoneyError::Overflow | MoneyError::NotAnAmount => Self::TooLarge,
        }
    }
}

impl Refusal for PricingError {
    fn code(&self) -> &'static str {
        match self {
            Self::Empty => "nothing_to_price",
            Self::TooManyLines => "too_many_lines",
            Self::Quantity => "invalid_quantity",
            Self::MixedCurrencies => "mixed_currencies",
            Self::NegativePrice => "negative_price",
            Self::TooLarge => "amount_too_large",
            Self::NoShipping(_) => "no_shipping",
        }
    }

    fn kind(&self) -> FaultKind {
        FaultKind::Invalid
    }
}
