//! Cases about levels: opening, adjusting, counting, and the ledger under all of it.

use super::bench::{pin, take, want};
use super::contract_cases;
use crate::{EntryKind, Level, StockAnswer, StockIntent, StockRefusal};
use souk_kernel::{CheckoutId, Entropy, OrderId, SeededEntropy};

contract_cases! {
    async fn opening_twice_opens_once(bench) {
        let (sku, at) = bench.stocked(&[7]).await;
        let open = StockIntent::Open { sku, warehouse: at[0], quantity: 9 };
        let level = Level { on_hand: 7, ..Level::default() };
        assert_eq!(bench.done(open).await, StockAnswer::Level(level));
        assert_eq!(bench.level(sku).await, level);
        let ledger = bench.stock.ledger(sku, 10).await.expect("the store works");
        let kinds: Vec<_> = ledger.iter().map(|e| (e.kind, e.quantity)).collect();
        assert_eq!(kinds, [(EntryKind::Receive, 7)]);
    }

    async fn several_skus_are_read_at_once(bench) {
        let (first, _) = bench.stocked(&[7, 2]).await;
        let (second, _) = bench.stocked(&[3]).await;
        bench.done(take(bench.id(), &[want(second, 1)])).await;
        let never = bench.id();
        let skus = [second, never, first, second];
        let levels = bench.stock.levels_of(&skus).await.expect("the store works");
        for (sku, level) in skus.iter().zip(&levels) {
            assert_eq!(Ok(level), bench.stock.levels(*sku).await.as_ref());
        }
        assert_eq!((levels.len(), levels[1].len(), levels[2].len()), (4, 0, 2));
        assert_eq!(bench.stock.levels_of(&[]).await, Ok(vec![]));
    }

    async fn an_adjustment_stays_above_the_promises(bench) {
        let (sku, at) = bench.stocked(&[10]).await;
        bench.done(take(bench.id(), &[want(sku, 4)])).await;
        let adjust = |delta| StockIntent::Adjust { sku, warehouse: at[0], delta };
        let answers = bench.apply(vec![adjust(-7), adjust(-6), adjust(-1), adjust(5)]).await;
        assert_eq!(answers[0], Err(StockRefusal::BadQuantity));
        assert!(answers[1].is_ok());
        assert_eq!(answers[2], Err(StockRefusal::BadQuantity));
        let level = Level { on_hand: 9, held: 4, ..Level::default() };
        assert_eq!(answers[3], Ok(StockAnswer::Level(level)));
        let elsewhere = StockIntent::Adjust { sku, warehouse: bench.id(), delta: 1 };
        assert_eq!(bench.one(elsewhere).await, Err(StockRefusal::BadQuantity));
        bench.ledger_explains(sku).await;
    }

    async fn a_count_is_compare_and_set(bench) {
        let (sku, at) = bench.stocked(&[10]).await;
        let count =
            |expected, counted| StockIntent::Count { sku, warehouse: at[0], expected, counted };
        let answers = bench.apply(vec![count(10, 8), count(10, 9), count(8, -1)]).await;
        let level = Level { on_hand: 8, ..Level::default() };
        assert_eq!(answers[0], Ok(StockAnswer::Level(level)));
        assert_eq!(answers[1], Err(StockRefusal::CountChanged { on_hand: 8 }));
        assert_eq!(answers[2], Err(StockRefusal::BadQuantity));
        assert_eq!(bench.level(sku).await, level);
    }

    async fn a_count_below_the_promises_records_the_shortage(bench) {
        let (sku, at) = bench.stocked(&[10]).await;
        let (checkout, order) = (bench.id(), bench.id());
        bench.done(take(checkout, &[want(sku, 6)])).await;
        bench.done(StockIntent::Pin(pin(checkout, order))).await;
        bench.done(StockIntent::Commit(pin(checkout, order))).await;
        let count =
            |expected, counted| StockIntent::Count { sku, warehouse: at[0], expected, counted };
        bench.done(count(10, 4)).await;
        let level = bench.level(sku).await;
        let short = Level { on_hand: 4, committed: 6, shortage: 2, ..Level::default() };
        assert_eq!((level, level.available()), (short, 0));
        let more = bench.one(take(bench.id(), &[want(sku, 1)])).await;
        assert!(matches!(more, Err(StockRefusal::OutOfStock(_))), "{more:?}");
        bench.done(StockIntent::Restock(pin(checkout, order))).await;
        bench.done(count(4, 9)).await;
        let level = bench.level(sku).await;
        assert_eq!(level, Level { on_hand: 9, ..Level::default() }, "found again, and free");
        bench.ledger_explains(sku).await;
    }

    async fn what_arrives_fills_the_shortage_first(bench) {
        let (sku, at) = bench.stocked(&[10]).await;
        let (checkout, order) = (bench.id(), bench.id());
        bench.done(take(checkout, &[want(sku, 6)])).await;
        bench.done(StockIntent::Pin(pin(checkout, order))).await;
        bench.done(StockIntent::Commit(pin(checkout, order))).await;
        let receive = |quantity| StockIntent::Receive { sku, warehouse: at[0], quantity };
        bench.done(StockIntent::Count { sku, warehouse: at[0], expected: 10, counted: 1 }).await;
        bench.done(receive(2)).await;
        let short = Level { on_hand: 3, committed: 6, shortage: 3, ..Level::default() };
        assert_eq!((bench.level(sku).await, short.short()), (short, 3));
        bench.done(receive(5)).await;
        let filled = Level { on_hand: 8, committed: 6, ..Level::default() };
        assert_eq!((bench.level(sku).await, filled.available()), (filled, 2));
        assert_eq!(bench.one(receive(0)).await, Err(StockRefusal::BadQuantity));
        let elsewhere = StockIntent::Receive { sku, warehouse: bench.id(), quantity: 4 };
        let fresh = Level { on_hand: 4, ..Level::default() };
        assert_eq!(bench.done(elsewhere).await, StockAnswer::Level(fresh));
        bench.ledger_explains(sku).await;
    }

    async fn a_transfer_moves_what_is_free_in_one_step(bench) {
        let (sku, at) = bench.stocked(&[10]).await;
        bench.done(take(bench.id(), &[want(sku, 4)])).await;
        let (from, to) = (at[0], bench.id());
        let transfer = |from, to, quantity| StockIntent::Transfer { sku, from, to, quantity };
        let refused = [
            transfer(from, to, 7),
            transfer(from, to, 0),
            transfer(from, from, 1),
            transfer(to, from, 1),
        ];
        for answer in bench.apply(refused.into()).await {
            assert_eq!(answer, Err(StockRefusal::BadQuantity));
        }
        assert_eq!(bench.levels(sku).await.len(), 1, "a refused transfer opens no level");
        let there = Level { on_hand: 6, ..Level::default() };
        assert_eq!(bench.done(transfer(from, to, 6)).await, StockAnswer::Level(there));
        let here = Level { on_hand: 4, held: 4, ..Level::default() };
        let levels = bench.levels(sku).await;
        let level = |warehouse| levels.iter().find(|l| l.warehouse == warehouse).map(|l| l.level);
        assert_eq!((level(from), level(to)), (Some(here), Some(there)));
        let ledger = bench.stock.ledger(sku, 2).await.expect("the store works");
        let lines: Vec<_> = ledger.iter().map(|e| (e.warehouse, e.kind, e.quantity)).collect();
        let moved = [(to, EntryKind::Transfer, 6), (from, EntryKind::Transfer, -6)];
        assert_eq!(lines, moved);
        bench.ledger_explains(sku).await;
    }

    async fn whatever_happens_the_ledger_explains_the_levels(bench) {
        let random = SeededEntropy::new(20);
        let below = |n: u64| random.next_u64() % n;
        let (sku, at) = bench.stocked(&[40, 25]).await;
        let (other, _) = bench.stocked(&[30]).await;
        let mut known: Vec<(CheckoutId, OrderId)> = Vec::new();
        for _ in 0..60 {
            let batch = (0..=below(6))
                .map(|_| {
                    let fresh = known.is_empty() || below(3) == 0;
                    if fresh {
                        known.push((bench.id(), bench.id()));
                    }
                    let which = if fresh { known.len() - 1 } else { below(known.len() as u64) as usize };
                    let (checkout, order) = known[which];
                    let (by, warehouse) = (pin(checkout, order), at[below(2) as usize]);
                    let quantity = 1 + below(3) as u32;
                    if fresh {
                        return take(checkout, &[want(sku, quantity), want(other, quantity)]);
                    }
                    match below(11) {
                        0 | 1 => StockIntent::Pin(by),
                        2 => StockIntent::Unpin(by),
                        3 => StockIntent::Commit(by),
                        4 => StockIntent::ReleasePinned(by),
                        5 => StockIntent::Restock(by),
                        6 => StockIntent::Release(checkout),
                        9 => StockIntent::Receive { sku, warehouse, quantity },
                        10 => StockIntent::Transfer { sku, from: at[0], to: at[1], quantity },
                        7 => StockIntent::Adjust { sku, warehouse, delta: below(9) as i64 - 4 },
                        _ => {
                            let (expected, counted) = (below(50) as i64, below(50) as i64);
                            StockIntent::Count { sku, warehouse, expected, counted }
                        }
                    }
                })
                .collect();
            bench.apply(batch).await;
        }
        bench.ledger_explains(sku).await;
        bench.ledger_explains(other).await;
    }
}
