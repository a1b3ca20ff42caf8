//! The case that every adapter of [`OrderTraces`] must pass, beside the orders that it looks at.

use super::Fixture;
use super::bench::{Bench, key};
use crate::rules::{confirm, fail};
use crate::{OrderState, OrderTraces, ShipTo};
use souk_kernel::UserId;
use std::sync::Arc;

/// A shopper with an order that failed, one that is under way and a checkout is forgotten; another
/// one is not.
///
/// # Panics
/// When the store is wrong.
pub async fn forgets_a_shopper(fixture: Fixture, traces: Arc<dyn OrderTraces>) {
    let bench = Bench::new(fixture, 31);
    let sku = bench.stocked(9).await;
    let [ada, bob]: [UserId; 2] = [bench.id(), bench.id()];
    let mut orders = Vec::new();
    for (user, n) in [(ada, "1"), (ada, "2"), (bob, "3")] {
        orders.push(bench.begun(&bench.buy_now(&key(user, n), 1, &[(sku, 1)])).await);
    }
    let checkout = bench.started(ada, sku, 1).await;
    let others = bench.started(bob, sku, 1).await;
    assert_eq!(traces.under_way(ada, 9).await, Ok(vec![]), "a read model: fed by facts");
    bench.at.orders.list(orders.iter().map(|order| order.id).collect()).await.expect("listed");
    for order in [&orders[0], &orders[2]] {
        let payment = bench.payment(order).await;
        let failed = bench.settled(fail(order, &payment, "declined", bench.stamp())).await;
        assert_eq!(failed.state, OrderState::PaymentFailed);
    }
    let payment = bench.payment(&orders[1]).await;
    bench.settled(confirm(&orders[1], &payment, Some("g-1".into()), bench.stamp())).await;
    assert_eq!(traces.under_way(ada, 9).await, Ok(vec![orders[1].id]));
    assert_eq!(traces.under_way(ada, 0).await, Ok(vec![]));
    let before = bench.order(orders[0].id).await;
    for _ in 0..2 {
        assert_eq!(traces.forget_shopper(ada, &[]).await, Ok(()));
    }
    let after = bench.order(orders[0].id).await;
    assert_eq!(bench.payment(&after).await.token, "", "it took no money and never will");
    assert_ne!(bench.payment(&orders[1]).await.token, "", "it is under way");
    assert_ne!(bench.payment(&orders[2]).await.token, "", "somebody else's");
    assert_eq!(after.ship_to, None);
    assert_eq!(crate::Order { ship_to: before.ship_to.clone(), ..after }, before, "the rest stays");
    assert!(bench.order(orders[1].id).await.ship_to.is_some(), "it is under way");
    let kept = bench.at.orders.checkout(checkout.id).await.expect("it answers").expect("it stays");
    assert_eq!((&*kept.ship_to, kept.quote), (&ShipTo::default(), checkout.quote));
    assert!(bench.order(orders[2].id).await.ship_to.is_some(), "somebody else's");
    assert_eq!(bench.at.orders.checkout(others.id).await, Ok(Some(others)));
    let over = [orders[1].id, orders[2].id];
    assert_eq!(traces.forget_shopper(ada, &over).await, Ok(()));
    let over = bench.order(orders[1].id).await;
    assert_eq!(over.ship_to, None, "nothing more will happen to it");
    let paid = bench.payment(&over).await;
    assert_eq!(
        (paid.token.as_str(), paid.gateway_ref.is_some()),
        ("", true),
        "a refund needs the name"
    );
    assert!(bench.order(orders[2].id).await.ship_to.is_some(), "somebody else's all the same");
}
