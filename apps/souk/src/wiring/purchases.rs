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
    use souk_kernel::Timestamp;
    use souk_orders::contract::samples;

    fn order(state: OrderState) -> Order {
        let quote = samples::quote(&[samples::line()], Timestamp(0));
        Order { state, ..samples::confirmed(quote) }
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
