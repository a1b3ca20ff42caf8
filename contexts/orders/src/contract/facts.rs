//! Cases about facts on their way out: [`Outbox`](souk_kernel::Outbox), filled by `Settle`.

use super::bench::Bench;
use super::contract_cases;
use crate::Order;
use crate::rules::{cancel, confirm};
use souk_kernel::{Aggregate, LANES, Lag, Seq, lane_of};

/// An order that was confirmed and cancelled: two facts.
async fn told_twice(bench: &Bench) -> Order {
    let sku = bench.stocked(9).await;
    let order = bench.begun(&bench.buy(sku, 1)).await;
    let payment = bench.payment(&order).await;
    let order = bench.settled(confirm(&order, &payment, None, bench.stamp())).await;
    let payment = bench.payment(&order).await;
    bench.settled(cancel(&order, &payment, "changed_mind", bench.stamp())).await
}

fn of(order: &Order) -> Aggregate {
    Aggregate(order.id.uuid())
}

async fn numbers(bench: &Bench, order: &Order) -> Vec<u64> {
    let facts = bench.facts().await;
    let mine = facts.into_iter().filter(|(_, event)| event.aggregate == of(order));
    mine.map(|(_, event)| event.number).collect()
}

contract_cases! {
    async fn facts_wait_in_order_of_their_aggregate(bench) {
        let (first, second) = (told_twice(&bench).await, told_twice(&bench).await);
        for order in [&first, &second] {
            let told = numbers(&bench, order).await;
            assert_eq!(told, [order.version - 1, order.version], "numbered by the version");
        }
        let facts = bench.facts().await;
        assert_eq!(facts.len(), 4);
        let body = format!(r#"{{"order":"{}","user":"{}"}}"#, first.id, first.user);
        let event = &facts.iter().find(|(_, e)| e.aggregate == of(&first)).expect("waits").1;
        assert_eq!((&*event.kind, &*event.body, event.at), ("order.confirmed", &*body, bench.now()));
    }

    async fn a_lane_has_its_aggregates_and_no_others(bench) {
        let mut orders = Vec::new();
        for _ in 0..6 {
            orders.push(told_twice(&bench).await);
        }
        for lane in 0..LANES {
            let found = bench.at.outbox.pending(&[lane], 100).await.expect("the store works");
            assert!(found.iter().all(|(_, event)| lane_of(event.aggregate) == lane));
            let mine = orders.iter().filter(|order| lane_of(of(order)) == lane).count();
            assert_eq!(found.len(), 2 * mine, "lane {lane}");
        }
        assert_eq!(bench.at.outbox.pending(&[], 100).await, Ok(vec![]));
        let lanes: Vec<u16> = (0..LANES).collect();
        let oldest = bench.at.outbox.pending(&lanes, 3).await.expect("the store works");
        assert_eq!(oldest, bench.facts().await[..3]);
    }

    async fn what_is_done_is_gone(bench) {
        let order = told_twice(&bench).await;
        let facts = bench.facts().await;
        let done = |facts: Vec<Seq>| bench.at.outbox.done(facts);
        done(vec![facts[0].0]).await.expect("the store works");
        assert_eq!(numbers(&bench, &order).await, [order.version]);
        done(vec![facts[0].0, facts[1].0]).await.expect("a repetition is no fault");
        assert_eq!(bench.facts().await, vec![]);
        done(vec![]).await.expect("nothing is no fault");
    }

    async fn a_poison_fact_parks_its_aggregate_only(bench) {
        let (poison, fine) = (told_twice(&bench).await, told_twice(&bench).await);
        let facts = bench.facts().await;
        let seq = facts.iter().find(|(_, e)| e.aggregate == of(&poison)).expect("waits").0;
        let outbox = &bench.at.outbox;
        outbox.park(of(&poison), seq, "it's no JSON".into()).await.expect("the store works");
        outbox.park(of(&poison), seq, "again".into()).await.expect("twice is no fault");
        assert_eq!(numbers(&bench, &poison).await, [0_u64; 0]);
        assert_eq!(numbers(&bench, &fine).await.len(), 2);
        let parked = outbox.parked(10).await.expect("the store works");
        let shown: Vec<_> = parked.iter().map(|p| (p.aggregate, p.seq, p.at)).collect();
        assert_eq!(shown, [(of(&poison), seq, bench.now())]);
        assert_eq!(outbox.lag(bench.now()).await.map(|lag| lag.count), Ok(2), "the others");

        assert_eq!(outbox.unpark(of(&poison)).await, Ok(true));
        assert_eq!(outbox.unpark(of(&poison)).await, Ok(false));
        let told = numbers(&bench, &poison).await;
        assert_eq!(told, [poison.version - 1, poison.version], "the poison one first");
        assert_eq!(outbox.parked(10).await, Ok(vec![]));
    }

    async fn a_later_fact_of_a_parked_aggregate_is_kept(bench) {
        let sku = bench.stocked(9).await;
        let order = bench.begun(&bench.buy(sku, 1)).await;
        let payment = bench.payment(&order).await;
        let order = bench.settled(confirm(&order, &payment, None, bench.stamp())).await;
        let seq = bench.facts().await[0].0;
        bench.at.outbox.park(of(&order), seq, "poison".into()).await.expect("the store works");
        let payment = bench.payment(&order).await;
        let order = bench.settled(cancel(&order, &payment, "x", bench.stamp())).await;
        assert_eq!(bench.facts().await, vec![]);
        bench.at.outbox.unpark(of(&order)).await.expect("the store works");
        assert_eq!(numbers(&bench, &order).await, [order.version - 1, order.version]);
    }

    async fn a_lane_has_one_owner(bench) {
        let outbox = &bench.at.outbox;
        let now = bench.now();
        let lease = |owner, at_most, ms: i64| outbox.lease(owner, at_most, now.plus_ms(ms), 1_000);
        let mine = lease(1, 40, 0).await.expect("the store works");
        assert_eq!(mine.len(), 40);
        let theirs = lease(2, LANES, 0).await.expect("the store works");
        assert_eq!(theirs.len(), 24, "what is free");
        assert!(theirs.iter().all(|lane| !mine.contains(lane) && *lane < LANES));
        assert_eq!(lease(3, LANES, 500).await, Ok(vec![]));
        let renewed = lease(1, LANES, 900).await.expect("the store works");
        assert_eq!(renewed.iter().filter(|lane| mine.contains(lane)).count(), 40, "those it has");
        assert_eq!(renewed.len(), 40);
        let taken = lease(3, LANES, 1_000).await.expect("the store works");
        assert_eq!(taken.len(), 24, "the second owner's, run out");
        let fewer = lease(1, 10, 1_100).await.expect("the store works");
        assert_eq!(fewer.len(), 10);
        assert!(fewer.iter().all(|lane| mine.contains(lane)));
        let more = lease(3, LANES, 1_200).await.expect("the store works");
        assert_eq!(more.len(), 54, "what the first gave up");
    }

    async fn lag_is_how_old_the_oldest_is(bench) {
        let outbox = &bench.at.outbox;
        assert_eq!(outbox.lag(bench.now()).await, Ok(Lag::default()));
        told_twice(&bench).await;
        bench.at.clock.advance(4_000);
        told_twice(&bench).await;
        bench.at.clock.advance(1_000);
        assert_eq!(outbox.lag(bench.now()).await, Ok(Lag { count: 4, oldest_ms: 5_000 }));
        let facts = bench.facts().await;
        let seqs = facts.iter().map(|(seq, _)| *seq).collect();
        outbox.done(seqs).await.expect("the store works");
        assert_eq!(outbox.lag(bench.now()).await, Ok(Lag::default()));
    }
}
