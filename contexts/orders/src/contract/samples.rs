//! An order made by hand and what is in it, for tests of whoever describes orders.

use crate::{Order, OrderState};
use souk_kernel::{Currency, Id, Money, Timestamp};
use souk_pricing::{Country, Destination, PricedLine, Pricing, Quote, ShippingMethod, TaxClass};
use std::sync::Arc;

/// One kettle for ten euros.
#[must_use]
pub fn line() -> PricedLine {
    PricedLine {
        sku: Id::from_bytes([1; 16]),
        product: Id::from_bytes([2; 16]),
        variant: Id::from_bytes([3; 16]),
        seller: Id::from_bytes([4; 16]),
        title: Arc::from("Kettle"),
        quantity: 1,
        unit_price: Money::new(10_00, Currency::Eur),
        tax_class: TaxClass::Standard,
        weight_g: 1,
        image: None,
    }
}

/// What lines cost in the default shop, sent to Germany the usual way.
///
/// # Panics
/// When they can't be priced.
#[must_use]
pub fn quote(lines: &[PricedLine], at: Timestamp) -> Quote {
    let there = Destination::country(Country::of(b"DE"));
    let pricing = Pricing::default_shop(Currency::Eur);
    pricing.quote(lines, &there, ShippingMethod::Standard, at).expect("small numbers")
}

/// An order of them that is confirmed and was never anything else.
#[must_use]
pub fn confirmed(quote: Quote) -> Order {
    Order {
        id: Id::from_bytes([8; 16]),
        user: Id::from_bytes([9; 16]),
        checkout: Id::from_bytes([10; 16]),
        payment: Id::from_bytes([7; 16]),
        state: OrderState::Confirmed,
        version: 2,
        lease: None,
        quote: Arc::new(quote),
        ship_to: None,
        cart_version: None,
        deadline: Timestamp(0),
        answer: None,
        moves: Vec::new(),
        created_at: Timestamp(0),
    }
}
