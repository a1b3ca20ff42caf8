//! The shop's price configuration, ready to quote with.

use crate::{
    Destination, PricedLine, PricingError, Quote, ShippingMethod, ShippingTable, TaxTable, rules,
};
use souk_kernel::Timestamp;

/// The rates of one shop. Immutable; share it behind an `Arc`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pricing {
    /// Tax by destination.
    pub taxes: TaxTable,
    /// Shipping by destination and method.
    pub shipping: ShippingTable,
}

impl Pricing {
    /// What `lines` cost, shipped to `destination` by `method`, if ordered `now`.
    ///
    /// # Errors
    /// See [`rules::quote`].
    pub fn quote(
        &self,
        lines: &[PricedLine],
        destination: &Destination,
        method: ShippingMethod,
        now: Timestamp,
    ) -> Result<Quote, PricingError> {
        rules::quote(lines, destination, method, &self.taxes, &self.shipping, now)
    }
}
