//! Rules of stock: tables and properties.

use crate::rules::{
    HoldMove, Moved, aggregate, allocate, allocate_together, count, decide, hit, parcel, post,
};
use crate::{
    Allocation, EntryKind, Hold, HoldState, Level, OutOfStock, ParcelStock, StockRefusal, Want,
    WarehouseLevel,
};
use proptest::prelude::*;
use souk_kernel::{CheckoutId, OrderId, Sku, Timestamp, WarehouseId};

fn id<N>(n: u8) -> souk_kernel::Id<N> {
    souk_kernel::Id::from_bytes([n; 16])
}

fn shelf(n: u8, on_hand: i64, held: i64) -> WarehouseLevel {
    let level = Level { on_hand, held, ..Level::default() };
    WarehouseLevel { warehouse: id(n), level }
}

#[test]
fn one_parcel_before_two() {
    let levels = [shelf(1, 3, 0), shelf(2, 10, 5), shelf(3, 4, 0)];
    let want = Want { sku: id(9), quantity: 4 };
    let taken = allocate(want, &levels).unwrap();
    assert_eq!(taken.iter().map(|a| (a.warehouse, a.quantity)).collect::<Vec<_>>(), [(id(2), 4)]);
    let want = Want { sku: id(9), quantity: 11 };
    let taken = allocate(want, &levels).unwrap();
    let shares: Vec<_> = taken.iter().map(|a| (a.warehouse, a.quantity)).collect();
    assert_eq!(shares, [(id(2), 5), (id(3), 4), (id(1), 2)]);
    let want = Want { sku: id(9), quantity: 13 };
    assert_eq!(allocate(want, &levels), Err(OutOfStock { sku: id(9), wanted: 13, left: 12 }));
}

/// Lines of one order: one parcel where one warehouse has them all, though others are fuller of each.
#[test]
fn lines_that_one_warehouse_has_leave_together() {
    let from = |wants: &[(Want, Vec<WarehouseLevel>)]| -> Vec<(u8, u8, u32)> {
        let first = |bytes: &[u8; 16]| bytes[0];
        let taken = allocate_together(wants).unwrap();
        taken
            .iter()
            .map(|a| (first(a.sku.bytes()), first(a.warehouse.bytes()), a.quantity))
            .collect()
    };
    let want = |n: u8, quantity| Want { sku: id(n), quantity };
    let kettle = (want(10, 2), vec![shelf(1, 9, 0), shelf(2, 3, 0)]);
    let pan = (want(11, 1), vec![shelf(2, 1, 0), shelf(3, 8, 0)]);
    assert_eq!(from(&[kettle.clone(), pan.clone()]), [(10, 2, 2), (11, 2, 1)]);
    assert_eq!(from(std::slice::from_ref(&kettle)), [(10, 1, 2)], "one alone: from the fullest");
    // The third is nowhere with the others; the fourth nowhere whole.
    let lamp = (want(12, 1), vec![shelf(3, 1, 0)]);
    let chair = (want(13, 4), vec![shelf(1, 3, 0), shelf(2, 2, 0)]);
    let all = from(&[kettle.clone(), pan, lamp, chair]);
    assert_eq!(all, [(10, 1, 2), (11, 3, 1), (12, 3, 1), (13, 1, 3), (13, 2, 1)]);
    let none = (want(14, 1), vec![shelf(1, 1, 1)]);
    let short = OutOfStock { sku: id(14), wanted: 1, left: 0 };
    assert_eq!(allocate_together(&[kettle, none]), Err(short));
}

#[test]
fn two_lines_of_one_sku_are_one_demand() {
    let wants = [
        Want { sku: id(2), quantity: 1 },
        Want { sku: id(1), quantity: 2 },
        Want { sku: id(2), quantity: 3 },
    ];
    let merged = aggregate(&wants).unwrap();
    assert_eq!(merged, [Want { sku: id(1), quantity: 2 }, Want { sku: id(2), quantity: 4 }]);
    assert_eq!(aggregate(&[]), Err(StockRefusal::BadQuantity));
    assert!(aggregate(&[Want { sku: id(1), quantity: 0 }]).is_err());
}

fn hold(state: HoldState, order: Option<OrderId>) -> Hold {
    let checkout: CheckoutId = id(7);
    Hold { checkout, state, order, deadline: Timestamp(100), allocations: Vec::new() }
}

#[test]
fn a_pinned_hold_is_touched_by_its_order_alone() {
    let pinned = hold(HoldState::Paying, Some(id(1)));
    for step in [
        HoldMove::Expire,
        HoldMove::Release,
        HoldMove::Commit(id(2)),
        HoldMove::Unpin(id(2)),
        HoldMove::ReleasePinned(id(2)),
        HoldMove::Pin(id(2)),
    ] {
        let refused = Err(StockRefusal::HoldGone(HoldState::Paying));
        assert_eq!(decide(&pinned, step, Timestamp(1_000)), refused, "{step:?}");
    }
    let done = decide(&pinned, HoldMove::Commit(id(1)), Timestamp(1_000));
    assert_eq!(done, Ok(Moved::To(HoldState::Committed, Some(EntryKind::Commit))));
}

#[test]
fn a_deadline_is_for_the_unpinned() {
    let held = hold(HoldState::Held, None);
    assert_eq!(
        decide(&held, HoldMove::Pin(id(1)), Timestamp(100)),
        Err(StockRefusal::DeadlinePassed)
    );
    assert!(decide(&held, HoldMove::Pin(id(1)), Timestamp(99)).is_ok());
    assert!(decide(&held, HoldMove::Expire, Timestamp(99)).is_err());
    let expired = Ok(Moved::To(HoldState::Expired, Some(EntryKind::Release)));
    assert_eq!(decide(&held, HoldMove::Expire, Timestamp(100)), expired);
}

#[test]
fn every_hold_ends_once() {
    for state in [HoldState::Released, HoldState::Expired, HoldState::Restocked] {
        for step in [
            HoldMove::Pin(id(1)),
            HoldMove::Commit(id(1)),
            HoldMove::ReleasePinned(id(1)),
            HoldMove::Restock(id(1)),
            HoldMove::Release,
            HoldMove::Expire,
        ] {
            let moved = decide(&hold(state, Some(id(1))), step, Timestamp(1_000));
            assert!(!matches!(moved, Ok(Moved::To(..))), "{state:?} {step:?} moved again");
        }
    }
}

#[test]
fn a_shortage_hits_the_newest_orders_until_it_is_shared_out() {
    let holds = [('c', 2), ('b', 1), ('a', 5)];
    assert_eq!(hit(0, &holds), []);
    assert_eq!(hit(2, &holds), [('c', 2)]);
    assert_eq!(hit(4, &holds), [('c', 2), ('b', 1), ('a', 1)]);
    assert_eq!(hit(99, &holds).iter().map(|(_, missing)| missing).sum::<i64>(), 8);
}

#[test]
fn a_count_below_the_promises_records_the_shortage() {
    let level = Level { on_hand: 10, held: 2, committed: 5, shortage: 0 };
    let entries = count(level, 10, 4).unwrap();
    assert_eq!(entries, [(EntryKind::Shortage, 3), (EntryKind::Adjust, -6)]);
    let after = entries.into_iter().fold(level, |l, (kind, q)| post(l, kind, q).unwrap());
    assert_eq!(after, Level { on_hand: 4, held: 2, committed: 5, shortage: 3 });
    assert_eq!(after.available(), 0);
    let found = count(after, 4, 12).unwrap();
    let after = found.into_iter().fold(after, |l, (kind, q)| post(l, kind, q).unwrap());
    assert_eq!(after, Level { on_hand: 12, held: 2, committed: 5, shortage: 0 });
    assert!(count(level, 9, 4).is_err());
}

/// Up to four warehouses with so many free pieces each, for up to five wants.
fn stocked() -> impl Strategy<Value = Vec<(Want, Vec<WarehouseLevel>)>> {
    let one = (1_u32..8, proptest::collection::vec(0_i64..9, 1..5));
    proptest::collection::vec(one, 1..6).prop_map(|wants| {
        let shelves = |free: Vec<i64>| (1..).zip(free).map(|(n, free)| shelf(n, free, 0)).collect();
        let want = |(n, (quantity, free))| (Want { sku: id(n), quantity }, shelves(free));
        (10..).zip(wants).map(want).collect()
    })
}

proptest! {
    /// Together as one by one: what is taken is there, all of it, and from no warehouse more than it has;
    /// and one warehouse alone wherever one has everything.
    #[test]
    fn what_is_allocated_together_is_there(wants in stocked()) {
        let alone = wants.iter().map(|(want, levels)| allocate(*want, levels)).find(Result::is_err);
        let taken = match (allocate_together(&wants), alone) {
            (Ok(taken), None) => taken,
            (refused, Some(alone)) => return { prop_assert_eq!(refused, alone); Ok(()) },
            (Err(short), None) => panic!("{short:?}"),
        };
        for (want, levels) in &wants {
            let of = || taken.iter().filter(|a| a.sku == want.sku);
            prop_assert_eq!(of().map(|a| a.quantity).sum::<u32>(), want.quantity);
            for a in of() {
                let there = levels.iter().find(|at| at.warehouse == a.warehouse).unwrap();
                prop_assert!(i64::from(a.quantity) <= there.level.available());
            }
        }
        let has_all = |n: u8| wants.iter().all(|(want, levels)| {
            let here = levels.iter().find(|at| at.warehouse == id(n));
            here.is_some_and(|at| at.level.available() >= i64::from(want.quantity))
        });
        if (1..5).any(has_all) {
            prop_assert!(taken.iter().all(|a| a.warehouse == taken[0].warehouse), "{:?}", taken);
        }
    }

    #[test]
    fn what_is_allocated_is_there(
        shelves in proptest::collection::vec((0_i64..20, 0_i64..10), 0..6),
        quantity in 1_u32..60,
    ) {
        let levels: Vec<_> = shelves
            .iter()
            .enumerate()
            .map(|(i, (on_hand, held))| shelf(i as u8, *on_hand, (*held).min(*on_hand)))
            .collect();
        let sku: Sku = id(9);
        let left: i64 = levels.iter().map(|l| l.level.available()).sum();
        match allocate(Want { sku, quantity }, &levels) {
            Err(refused) => prop_assert!(left < i64::from(quantity) && i64::from(refused.left) == left),
            Ok(taken) => {
                prop_assert_eq!(taken.iter().map(|a| a.quantity).sum::<u32>(), quantity);
                for a in &taken {
                    let at = |w: WarehouseId| levels.iter().find(|l| l.warehouse == w).unwrap();
                    prop_assert!(i64::from(a.quantity) <= at(a.warehouse).level.available());
                    let kept = post(at(a.warehouse).level, EntryKind::Hold, i64::from(a.quantity));
                    prop_assert!(kept.is_some());
                }
            }
        }
    }
}

#[test]
fn first_stock_is_spread_and_none_of_it_lost() {
    use crate::rules::spread;
    assert_eq!(spread(10, 3), [6, 2, 2]);
    assert_eq!(spread(3, 3), [3, 0, 0]);
    assert_eq!(spread(100, 1), [100]);
    for quantity in (0..200).chain([u32::MAX]) {
        for warehouses in 0..6 {
            let shares = spread(quantity, warehouses);
            assert_eq!(shares.iter().map(|n| u64::from(*n)).sum::<u64>(), u64::from(quantity));
            assert!(shares.len() <= warehouses.max(1));
        }
    }
}
fn shipped(state: HoldState, step: &ParcelStock, on_hand: i64) -> Result<(), StockRefusal> {
    let hold = hold_with_two(state);
    let level = Level { on_hand, committed: 2, ..Level::default() };
    parcel(&hold, step, |_, _| Some(level)).map(|_| ())
}

fn hold_with_two(state: HoldState) -> Hold {
    Hold {
        checkout: id(1),
        state,
        order: Some(id(2)),
        deadline: Timestamp(0),
        allocations: vec![two()],
    }
}

fn two() -> Allocation {
    Allocation { sku: id(3), warehouse: id(4), quantity: 2 }
}

#[test]
fn a_parcel_takes_only_what_its_order_committed() {
    let hold = hold_with_two(HoldState::Committed);
    let mut step = ParcelStock { checkout: hold.checkout, order: hold.order, lines: vec![two()] };
    assert_eq!(shipped(HoldState::Committed, &step, 5), Ok(()));
    assert_eq!(shipped(HoldState::Shipped, &step, 5), Ok(()), "another parcel of it");
    let gone = Err(StockRefusal::HoldGone(HoldState::Restocked));
    assert_eq!(shipped(HoldState::Restocked, &step, 5), gone, "cancelled first");
    let short = Err(StockRefusal::BadQuantity);
    assert_eq!(shipped(HoldState::Committed, &step, 1), short, "a count found one only");
    step.lines[0].quantity = 3;
    assert_eq!(shipped(HoldState::Committed, &step, 9), short, "more than it holds");
    step.lines[0].quantity = 1;
    step.order = Some(id(9));
    assert!(shipped(HoldState::Committed, &step, 9).is_err(), "another order's");
    step.order = None;
    assert_eq!(shipped(HoldState::Shipped, &step, 0), Ok(()), "it came back");
    assert!(shipped(HoldState::Committed, &step, 5).is_err(), "what never left can't come back");
}

#[test]
fn what_has_shipped_is_not_restocked() {
    let order = id(2);
    let hold = hold_with_two(HoldState::Shipped);
    let refused = decide(&hold, HoldMove::Restock(order), Timestamp(0));
    assert_eq!(refused, Err(StockRefusal::HoldGone(HoldState::Shipped)));
}
