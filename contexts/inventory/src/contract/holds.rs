//! Cases about holds: taking, pinning, committing, giving back, running out.

use super::bench::{DEADLINE, hold_of, pin, take, take_pinned, want};
use super::{START, contract_cases};
use crate::rules::{Moved, decide};
use crate::{
    EntryKind, Hold, HoldState, Level, OutOfStock, StockAnswer, StockIntent, StockRefusal, TakeHold,
};
use souk_kernel::{CheckoutId, OrderId, Timestamp};

/// The intents that lead a fresh checkout to a state.
fn way_to(state: HoldState, checkout: CheckoutId, order: OrderId) -> Vec<StockIntent> {
    let mine = pin(checkout, order);
    match state {
        HoldState::Held => vec![],
        HoldState::Paying => vec![StockIntent::Pin(mine)],
        HoldState::Committed => vec![StockIntent::Pin(mine), StockIntent::Commit(mine)],
        HoldState::Released => vec![StockIntent::Release(checkout)],
        HoldState::Expired => vec![StockIntent::Expire(checkout)],
        HoldState::Restocked => {
            vec![StockIntent::Pin(mine), StockIntent::Commit(mine), StockIntent::Restock(mine)]
        }
        HoldState::Shipped => unreachable!("only a parcel leads there: see fulfillment's contract"),
    }
}

fn moves(checkout: CheckoutId, order: OrderId) -> [StockIntent; 7] {
    let by = pin(checkout, order);
    [
        StockIntent::Pin(by),
        StockIntent::Unpin(by),
        StockIntent::Commit(by),
        StockIntent::ReleasePinned(by),
        StockIntent::Restock(by),
        StockIntent::Release(checkout),
        StockIntent::Expire(checkout),
    ]
}

contract_cases! {
    async fn a_take_reads_back_as_answered(bench) {
        let (sku, warehouses) = bench.stocked(&[10]).await;
        let checkout = bench.id();
        let answer = bench.one(take(checkout, &[want(sku, 3)])).await;
        let hold = hold_of(&answer).clone();
        assert_eq!((hold.state, hold.order, hold.deadline), (HoldState::Held, None, DEADLINE));
        let taken: Vec<_> =
            hold.allocations.iter().map(|a| (a.sku, a.warehouse, a.quantity)).collect();
        assert_eq!(taken, [(sku, warehouses[0], 3)]);
        assert_eq!(bench.hold(checkout).await, Some(hold));
        let level = bench.level(sku).await;
        assert_eq!(level, Level { on_hand: 10, held: 3, ..Level::default() });
        let ledger = bench.stock.ledger(sku, 1).await.expect("the store works");
        let newest: Vec<_> =
            ledger.iter().map(|e| (e.kind, e.quantity, e.checkout, e.at)).collect();
        assert_eq!(newest, [(EntryKind::Hold, 3, Some(checkout), START)], "newest, and no more");
        assert_eq!(bench.hold(bench.id()).await, None);
    }

    async fn one_sku_a_thousand_times_with_seven_hundred_left(bench) {
        let (sku, _) = bench.stocked(&[700]).await;
        let batch = (0..1_000).map(|_| take(bench.id(), &[want(sku, 1)])).collect();
        let answers = bench.apply(batch).await;
        assert!(answers[..700].iter().all(Result::is_ok), "first come, first served");
        let refused = Err(StockRefusal::OutOfStock(OutOfStock { sku, wanted: 1, left: 0 }));
        assert!(answers[700..].iter().all(|answer| *answer == refused));
        let level = bench.level(sku).await;
        assert_eq!((level.held, level.available()), (700, 0));
        bench.ledger_explains(sku).await;
    }

    /// One parcel before two, over all lines of an order.
    async fn what_one_warehouse_has_is_taken_there(bench) {
        let (kettle, warehouses) = bench.stocked(&[9, 3]).await;
        let pan = bench.id();
        let open = StockIntent::Open { sku: pan, warehouse: warehouses[1], quantity: 1 };
        bench.done(open).await;
        let answer = bench.one(take(bench.id(), &[want(kettle, 2), want(pan, 1)])).await;
        let from: Vec<_> = hold_of(&answer).allocations.iter().map(|a| a.warehouse).collect();
        assert_eq!(from, [warehouses[1]; 2]);
        let answer = bench.one(take(bench.id(), &[want(kettle, 2)])).await;
        let from: Vec<_> = hold_of(&answer).allocations.iter().map(|a| a.warehouse).collect();
        assert_eq!(from, [warehouses[0]], "alone: from the fullest");
    }

    async fn the_same_checkout_twice_holds_once(bench) {
        let (sku, _) = bench.stocked(&[5]).await;
        let checkout = bench.id();
        let again = take(checkout, &[want(sku, 3)]);
        let other = take(checkout, &[want(sku, 4)]);
        let answers = bench.apply(vec![again.clone(), again.clone(), other]).await;
        assert_eq!(answers[1], answers[0]);
        assert_eq!(answers[2], Err(StockRefusal::HoldGone(HoldState::Held)), "other wants");
        assert_eq!(bench.one(again).await, answers[0], "in a batch of its own too");
        assert_eq!(bench.level(sku).await.held, 3);
    }

    async fn a_refused_intent_leaves_the_others(bench) {
        let (sku, _) = bench.stocked(&[5]).await;
        let batch = vec![
            take(bench.id(), &[want(sku, 2)]),
            take(bench.id(), &[want(sku, 4)]),
            take(bench.id(), &[]),
            StockIntent::Release(bench.id()),
            take(bench.id(), &[want(sku, 3)]),
        ];
        let answers = bench.apply(batch).await;
        assert!(answers[0].is_ok() && answers[4].is_ok(), "{answers:?}");
        let short = OutOfStock { sku, wanted: 4, left: 3 };
        assert_eq!(answers[1], Err(StockRefusal::OutOfStock(short)));
        assert_eq!(answers[2], Err(StockRefusal::BadQuantity));
        assert_eq!(answers[3], Err(StockRefusal::NoHold));
        assert_eq!(bench.level(sku).await.available(), 0);
        bench.ledger_explains(sku).await;
    }

    async fn an_intent_sees_the_ones_before_it_in_its_batch(bench) {
        let (sku, _) = bench.stocked(&[1]).await;
        let (first, second) = (bench.id(), bench.id());
        let batch = vec![
            take(first, &[want(sku, 1)]),
            StockIntent::Release(first),
            take(second, &[want(sku, 1)]),
        ];
        let answers = bench.apply(batch).await;
        assert_eq!(hold_of(&answers[2]).state, HoldState::Held);
        assert_eq!(bench.level(sku).await.held, 1);
    }

    async fn one_parcel_before_two(bench) {
        let (sku, at) = bench.stocked(&[3, 5, 4]).await;
        let shares = |hold: &Hold| -> Vec<_> {
            hold.allocations.iter().map(|a| (a.warehouse, a.quantity)).collect()
        };
        let answer = bench.one(take(bench.id(), &[want(sku, 4)])).await;
        assert_eq!(shares(hold_of(&answer)), [(at[1], 4)]);
        let answer = bench.one(take(bench.id(), &[want(sku, 8)])).await;
        assert_eq!(shares(hold_of(&answer)), [(at[2], 4), (at[0], 3), (at[1], 1)]);
        let warehouses: Vec<_> = bench.levels(sku).await.iter().map(|l| l.warehouse).collect();
        assert_eq!(warehouses, at, "ordered by warehouse");
        bench.ledger_explains(sku).await;
    }

    async fn all_of_it_or_nothing(bench) {
        let (plenty, _) = bench.stocked(&[10]).await;
        let (scarce, _) = bench.stocked(&[1]).await;
        let checkout = bench.id();
        let both = [want(plenty, 2), want(scarce, 2)];
        let short = OutOfStock { sku: scarce, wanted: 2, left: 1 };
        assert_eq!(bench.one(take(checkout, &both)).await, Err(short.into()));
        assert_eq!(bench.level(plenty).await.held, 0);
        assert_eq!(bench.hold(checkout).await, None);
        let never: souk_kernel::Sku = bench.id();
        let short = OutOfStock { sku: never, wanted: 1, left: 0 };
        assert_eq!(bench.one(take(checkout, &[want(never, 1)])).await, Err(short.into()));
        assert!(bench.levels(never).await.is_empty());
    }

    async fn two_lines_of_one_sku_are_one_demand(bench) {
        let (sku, _) = bench.stocked(&[5]).await;
        let answer = bench.one(take(bench.id(), &[want(sku, 3), want(sku, 3)])).await;
        let short = OutOfStock { sku, wanted: 6, left: 5 };
        assert_eq!(answer, Err(short.into()));
        let checkout = bench.id();
        bench.done(take(checkout, &[want(sku, 2), want(sku, 3)])).await;
        let hold = bench.hold(checkout).await.expect("held");
        assert_eq!(hold.allocations.iter().map(|a| a.quantity).collect::<Vec<_>>(), [5]);
    }

    async fn a_pinned_take_is_its_orders(bench) {
        let (sku, _) = bench.stocked(&[2]).await;
        let (checkout, order) = (bench.id(), bench.id());
        let answer = bench.one(take_pinned(checkout, &[want(sku, 2)], order)).await;
        let hold = hold_of(&answer);
        assert_eq!((hold.state, hold.order), (HoldState::Paying, Some(order)));
        bench.done(StockIntent::Commit(pin(checkout, order))).await;
        let level = bench.level(sku).await;
        assert_eq!(level, Level { on_hand: 2, committed: 2, ..Level::default() });
    }

    /// The whole table: each state, each move, by the order that has the hold and by another.
    async fn every_state_meets_every_move(bench) {
        let (sku, _) = bench.stocked(&[1_000]).await;
        for state in HoldState::ALL.into_iter().filter(|s| *s != HoldState::Shipped) {
            for (which, by_other) in (0..7).flat_map(|n| [(n, false), (n, true)]) {
                bench.clock.set(START);
                let (checkout, order) = (bench.id(), bench.id());
                bench.done(take(checkout, &[want(sku, 1)])).await;
                let past = state == HoldState::Expired;
                bench.clock.set(if past { DEADLINE } else { START });
                for intent in way_to(state, checkout, order) {
                    bench.done(intent).await;
                }
                let stored = bench.hold(checkout).await.expect("there is a hold");
                assert_eq!(stored.state, state);
                let before = bench.level(sku).await;
                let by = if by_other { bench.id() } else { order };
                let intent = moves(checkout, by)[which].clone();
                let (_, step) = intent.hold_move().expect("each is a move");
                let expected = decide(&stored, step, if past { DEADLINE } else { START });
                let answer = bench.one(intent.clone()).await;
                let what = format!("{state:?} {intent:?} by another: {by_other}");
                let now = bench.hold(checkout).await.expect("holds never vanish");
                let after = bench.level(sku).await;
                match expected {
                    Err(refusal) => {
                        assert_eq!(answer, Err(refusal), "{what}");
                        assert_eq!((now, after), (stored, before), "{what}");
                    }
                    Ok(Moved::Already) => {
                        assert_eq!(answer, Ok(StockAnswer::Hold(stored.clone())), "{what}");
                        assert_eq!((now, after), (stored, before), "{what}");
                    }
                    Ok(Moved::To(state, entry)) => {
                        assert_eq!(hold_of(&answer), &now, "{what}");
                        assert_eq!(now.state, state, "{what}");
                        let posted = entry.map_or(Some(before), |k| crate::rules::post(before, k, 1));
                        assert_eq!(Some(after), posted, "{what}");
                        let again = bench.one(intent).await;
                        assert_eq!(again.as_ref().ok().map(|_| hold_of(&again)), Some(&now), "{what}");
                        assert_eq!(bench.level(sku).await, after, "twice is once: {what}");
                    }
                }
            }
        }
        bench.ledger_explains(sku).await;
    }

    async fn an_unpinned_hold_can_be_pinned_by_another_try(bench) {
        let (sku, _) = bench.stocked(&[1]).await;
        let (checkout, first, second) = (bench.id(), bench.id(), bench.id());
        bench.done(take(checkout, &[want(sku, 1)])).await;
        let batch = vec![
            StockIntent::Pin(pin(checkout, first)),
            StockIntent::Pin(pin(checkout, second)),
            StockIntent::Unpin(pin(checkout, first)),
            StockIntent::Pin(pin(checkout, second)),
            StockIntent::Unpin(pin(checkout, first)),
            StockIntent::Commit(pin(checkout, second)),
        ];
        let answers = bench.apply(batch).await;
        let gone = StockRefusal::HoldGone(HoldState::Paying);
        assert_eq!(answers[1], Err(gone.clone()));
        assert_eq!(hold_of(&answers[2]).order, None);
        assert_eq!(answers[4], Err(gone), "late, and somebody else's by now");
        assert_eq!(hold_of(&answers[5]).state, HoldState::Committed);
    }

    async fn deadlines_are_compared_with_the_stores_clock(bench) {
        let (sku, _) = bench.stocked(&[5]).await;
        let (checkout, order) = (bench.id(), bench.id());
        bench.done(take(checkout, &[want(sku, 2)])).await;
        bench.clock.set(DEADLINE.plus_ms(-1));
        let early = bench.one(StockIntent::Expire(checkout)).await;
        assert_eq!(early, Err(StockRefusal::HoldGone(HoldState::Held)));
        bench.done(StockIntent::Pin(pin(checkout, order))).await;
        bench.clock.set(DEADLINE);
        let pinned = bench.one(StockIntent::Expire(checkout)).await;
        assert_eq!(pinned, Err(StockRefusal::HoldGone(HoldState::Paying)), "pinned: not the sweep's");
        bench.done(StockIntent::Unpin(pin(checkout, order))).await;
        let late = bench.one(StockIntent::Pin(pin(checkout, order))).await;
        assert_eq!(late, Err(StockRefusal::DeadlinePassed));
        bench.done(StockIntent::Expire(checkout)).await;
        assert_eq!(bench.level(sku).await, Level { on_hand: 5, ..Level::default() });
        bench.ledger_explains(sku).await;
    }

    async fn what_has_run_out_is_listed_oldest_first(bench) {
        let (sku, _) = bench.stocked(&[10]).await;
        let hold = |checkout, minutes: i64| {
            let deadline = Timestamp(START.0 + minutes * 60_000);
            let wants = vec![want(sku, 1)];
            StockIntent::Take(TakeHold { checkout, wants, deadline, pinned_by: None })
        };
        let ids: Vec<CheckoutId> = (0..4).map(|_| bench.id()).collect();
        let minutes = [3, 1, 2, 9];
        let batch = ids.iter().zip(minutes).map(|(id, m)| hold(*id, m)).collect();
        bench.apply(batch).await;
        let pinned = bench.id();
        bench.done(hold(pinned, 1)).await;
        bench.done(StockIntent::Pin(pin(pinned, bench.id()))).await;
        bench.clock.advance(3 * 60_000);
        let expired = bench.stock.expired(10).await.expect("the store works");
        assert_eq!(expired, [ids[1], ids[2], ids[0]], "neither the pinned nor the young one");
        let first = bench.stock.expired(2).await.expect("the store works");
        assert_eq!(first, [ids[1], ids[2]]);
        bench.apply(expired.into_iter().map(StockIntent::Expire).collect()).await;
        assert_eq!(bench.stock.expired(10).await, Ok(vec![]));
        assert_eq!(bench.level(sku).await.held, 2);
    }

    /// A store may find rows by the id's key: it must still compare the whole id.
    async fn an_invented_id_finds_nothing(bench) {
        let (sku, _) = bench.stocked(&[1]).await;
        let checkout: CheckoutId = bench.id();
        bench.done(take(checkout, &[want(sku, 1)])).await;
        let forge = |bytes: &[u8; 16]| {
            let mut bytes = *bytes;
            bytes[15] ^= 1;
            bytes
        };
        let invented = CheckoutId::from_bytes(forge(checkout.bytes()));
        assert_eq!(invented.key(), checkout.key());
        assert_eq!(bench.hold(invented).await, None);
        let release = bench.one(StockIntent::Release(invented)).await;
        assert_eq!(release, Err(StockRefusal::NoHold));
        assert!(bench.levels(souk_kernel::Sku::from_bytes(forge(sku.bytes()))).await.is_empty());
    }

    async fn an_empty_batch_has_no_answers(bench) {
        assert!(bench.apply(Vec::new()).await.is_empty());
    }
}
