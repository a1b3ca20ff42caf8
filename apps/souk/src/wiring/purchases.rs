//! What reviews ask of orders.

use async_trait::async_trait;
use souk_kernel::{PortError, ProductId, UserId};
use souk_orders::{Order, OrderState, Orders};
use souk_reviews::Purchases;
use std::sync::Arc;

/// Orders that are read together.
const PAGE: usize = 50;
/// Pages that are read: a shopper's last thousand orders.
const PAGES: usize = 20;

/// Who bought what, as the shop's own orders say.
pub struct Bought(pub Arc<dyn Orders>);

fn holds(order: &Order, product: ProductId) -> bool {
    let bought =
        matches!(order.state, OrderState::Confirmed | OrderState::Shipped | OrderState::Delivered);
    bought && order.quote.lines.iter().any(|line| line.item.product == product)
}

#[async_trait]
impl Purchases for Bought {
    async fn has_bought(&self, user: UserId, product: ProductId) -> Result<bool, PortError> {
        let mut before = None;
        for _ in 0..PAGES {
            let page = self.0.of_user(user, before, PAGE).await?;
            let ids: Vec<_> = page.iter().map(|order| order.id).collect();
            let orders = self.0.orders(&ids).await?;
            if orders.iter().flatten().any(|order| holds(order, product)) {
                return Ok(true);
            }
            before = ids.last().copied();
            if ids.len() < PAGE {
                break;
            }
        }
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use souk_kernel::{Currency, Id, Money, Timestamp};
    use souk_pricing::{Country, Destination, PricedLine, Pricing, ShippingMethod, TaxClass};

    fn order(state: OrderState) -> Order {
        let line = PricedLine {
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
        };
        let there = Destination::country(Country::of(b"DE"));
        let pricing = Pricing::default_shop(Currency::Eur);
        let quote = pricing.quote(&[line], &there, ShippingMethod::Standard, Timestamp(0));
        Order {
            id: Id::from_bytes([5; 16]),
            user: Id::from_bytes([6; 16]),
            checkout: Id::from_bytes([7; 16]),
            payment: Id::from_bytes([8; 16]),
            state,
            version: 1,
            lease: None,
            quote: Arc::new(quote.unwrap()),
            ship_to: None,
            cart_version: None,
            deadline: Timestamp(0),
            answer: None,
            moves: Vec::new(),
            created_at: Timestamp(0),
        }
    }

    #[test]
    fn what_was_not_paid_or_was_cancelled_was_not_bought() {
        use OrderState::{
            Cancelled, Confirmed, Created, Delivered, PaymentFailed, PaymentPending, Shipped,
        };
        let product = ProductId::from_bytes([2; 16]);
        for state in [Confirmed, Shipped, Delivered] {
            assert!(holds(&order(state), product), "{state:?}");
            assert!(!holds(&order(state), ProductId::from_bytes([9; 16])), "another product");
        }
        for state in [Created, PaymentPending, PaymentFailed, Cancelled] {
            assert!(!holds(&order(state), product), "{state:?}");
        }
    }
}
