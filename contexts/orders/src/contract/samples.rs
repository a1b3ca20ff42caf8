//! An order made by hand and what is in it, for tests of whoever describes orders.

use crate::{
    Begin, BeginRefusal, Begun, CheckoutRecord, Claimed, Order, OrderState, OrderSummary, Orders,
    Settle, SettleRefusal, StartCheckout, Started,
};
use async_trait::async_trait;
use souk_kernel::{
    Answers, CheckoutId, ClaimKey, Currency, Id, Money, OrderId, PortError, Timestamp, UserId,
};
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

/// Orders that are there to be read by their ids, as the function has them; nothing is bought of it.
pub struct Readable<F>(pub F);

#[async_trait]
impl<F: Fn(OrderId) -> Option<Order> + Send + Sync> Orders for Readable<F> {
    async fn order(&self, id: OrderId) -> Result<Option<Order>, PortError> {
        Ok((self.0)(id))
    }

    async fn begin(&self, _: Vec<Begin>) -> Answers<Begun, BeginRefusal> {
        unreachable!("nothing is bought here")
    }

    async fn settle(&self, _: Vec<Settle>) -> Answers<u64, SettleRefusal> {
        unreachable!("nothing is bought here")
    }

    async fn start(&self, _: Vec<StartCheckout>) -> Answers<Started, BeginRefusal> {
        unreachable!("nothing is bought here")
    }

    async fn order_by_key(&self, _: i64) -> Result<Option<Order>, PortError> {
        Ok(None)
    }

    async fn checkout(&self, _: CheckoutId) -> Result<Option<CheckoutRecord>, PortError> {
        Ok(None)
    }

    async fn live_order(&self, _: CheckoutId) -> Result<Option<OrderId>, PortError> {
        Ok(None)
    }

    async fn claimed(&self, _: &ClaimKey) -> Result<Option<Claimed>, PortError> {
        Ok(None)
    }

    async fn due(&self, _: usize) -> Result<Vec<OrderId>, PortError> {
        Ok(Vec::new())
    }

    async fn of_user(
        &self,
        _: UserId,
        _: Option<OrderId>,
        _: usize,
    ) -> Result<Vec<OrderSummary>, PortError> {
        Ok(Vec::new())
    }

    async fn list(&self, _: Vec<OrderId>) -> Result<(), PortError> {
        Ok(())
    }
}
