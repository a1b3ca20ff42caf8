//! Cases about what is read: due work, shoppers' lists.

use super::bench::{LEASE_MS, key};
use super::contract_cases;
use crate::rules::{confirm, fail, take_over};
use crate::{Lease, OrderState};
use souk_kernel::OrderId;

contract_cases! {
    async fn what_its_owner_left_is_due(bench) {
        let sku = bench.stocked(9).await;
        let mut orders = Vec::new();
        for _ in 0..4 {
            orders.push(bench.begun(&bench.buy(sku, 1)).await);
        }
        let due = |limit| bench.at.orders.due(limit);
        assert_eq!(due(10).await, Ok(vec![]), "their owners work on them");
        bench.at.clock.advance(LEASE_MS - 1);
        assert_eq!(due(10).await, Ok(vec![]));
        bench.at.clock.advance(1);
        let all: Vec<OrderId> = orders.iter().map(|order| order.id).collect();
        assert_eq!(due(10).await, Ok(all.clone()), "oldest first");
        assert_eq!(due(2).await, Ok(all[..2].to_vec()));

        let payment = bench.payment(&orders[0]).await;
        bench.settled(confirm(&orders[0], &payment, None, bench.stamp())).await;
        let payment = bench.payment(&orders[1]).await;
        bench.settled(fail(&orders[1], &payment, "no_funds", bench.stamp())).await;
        bench.settled(take_over(&orders[2], bench.lease(2))).await;
        assert_eq!(due(10).await, Ok(vec![all[3]]), "neither ended nor taken over");
        let nobody = Lease { owner: 0, until: bench.now().plus_ms(5) };
        bench.settled(take_over(&orders[3], nobody)).await;
        assert_eq!(due(10).await, Ok(vec![]), "left alone until then");
        bench.at.clock.advance(5);
        assert_eq!(due(10).await, Ok(vec![all[3]]));
    }

    async fn a_list_shows_what_was_put_there(bench) {
        let sku = bench.stocked(9).await;
        let user = bench.id();
        let mut ids = Vec::new();
        for n in 0..4 {
            let begin = bench.buy_now(&key(user, &n.to_string()), 1, &[(sku, 1)]);
            ids.push(bench.begun(&begin).await.id);
        }
        let other = bench.begun(&bench.buy(sku, 1)).await;
        let list = |before, limit| bench.at.orders.of_user(user, before, limit);
        assert_eq!(list(None, 10).await, Ok(vec![]), "a read model: fed by facts");
        let all = [ids[2], ids[0], ids[1], ids[3], other.id, bench.id()];
        for _ in 0..2 {
            bench.at.orders.list(all.to_vec()).await.expect("the store works");
        }
        let shown = list(None, 10).await.expect("the store works");
        let newest_first: Vec<_> = ids.iter().rev().copied().collect();
        assert_eq!(shown.iter().map(|s| s.id).collect::<Vec<_>>(), newest_first);
        let page = list(Some(ids[3]), 2).await.expect("the store works");
        assert_eq!(page.iter().map(|s| s.id).collect::<Vec<_>>(), [ids[2], ids[1]]);
        let rest = list(Some(ids[1]), 2).await.expect("the store works");
        assert_eq!(rest.iter().map(|s| s.id).collect::<Vec<_>>(), [ids[0]]);

        let order = bench.order(ids[0]).await;
        let row = &rest[0];
        assert_eq!((row.state, row.total), (OrderState::PaymentPending, order.total()));
        assert_eq!(row.created_at, order.created_at);
        let payment = bench.payment(&order).await;
        bench.settled(confirm(&order, &payment, None, bench.stamp())).await;
        let rest = list(Some(ids[1]), 2).await.expect("the store works");
        assert_eq!(rest[0].state, OrderState::Confirmed, "the state is the order's");
        assert_eq!(bench.at.orders.of_user(bench.id(), None, 10).await, Ok(vec![]));
    }
}
