//! Rules of parcels and returns: tables and properties.

use crate::rules::{self, Due, delivered, returnable};
use crate::{
    Dispatch, Draft, Fulfillment, FulfillmentRefusal, FulfillmentStatus, Pace, Parcel, ParcelLine,
    ParcelMove, ParcelState, ReturnLine, ReturnReason, ReturnRequest, ReturnState, ReturnStep,
    Scan, Verdict,
};
use proptest::prelude::*;
use souk_kernel::{Currency, DAY_MS, Id, Money, Sku, Timestamp, share};
use souk_orders::OrderState;
use souk_orders::contract::samples;
use souk_pricing::{PricedLine, Quote};

const NOW: Timestamp = Timestamp(1_790_000_000_000);

fn id<N>(n: u8) -> Id<N> {
    Id::from_bytes([n; 16])
}

fn parcel(no: u16, sku: Sku, quantity: u32) -> Parcel {
    Parcel {
        no,
        seller: id(7),
        warehouse: id(8),
        lines: vec![ParcelLine { sku, quantity }],
        scans: vec![Scan { state: ParcelState::Label, at: NOW }],
        tracking: None,
        carrier: None,
    }
}

fn two_parcels() -> Fulfillment {
    Fulfillment {
        order: id(1),
        user: id(2),
        checkout: id(3),
        version: 1,
        promised: None,
        parcels: vec![parcel(1, id(4), 2), parcel(2, id(5), 1)],
        returns: Vec::new(),
    }
}

const WAY: [ParcelState; 5] = [
    ParcelState::Packed,
    ParcelState::PickedUp,
    ParcelState::InTransit,
    ParcelState::OutForDelivery,
    ParcelState::Delivered,
];

/// The parcel goes so many steps of the way.
fn along(all: &Fulfillment, no: u16, steps: usize) -> Fulfillment {
    let mut draft = Draft::of(all);
    WAY[..steps].iter().for_each(|to| draft.move_parcel(no, *to, NOW).expect("drawn"));
    draft.step(&Pace::default()).next
}

fn ask(n: u8, quantity: u32) -> ReturnRequest {
    let (lines, reason) = (vec![(id(4), quantity)], ReturnReason::ChangedMind);
    ReturnRequest { key: [n; 16], id: id(n), lines, reason }
}

#[test]
fn the_status_follows_the_parcels() {
    let all = two_parcels();
    assert_eq!(all.progress().status(), FulfillmentStatus::Unfulfilled);
    let one = along(&all, 1, 2);
    assert_eq!(one.progress().status(), FulfillmentStatus::Partly);
    assert_eq!(rules::order_follows(OrderState::Confirmed, &one.progress()), []);
    let both = along(&one, 2, 2);
    let to = rules::order_follows(OrderState::Confirmed, &both.progress());
    assert_eq!(to, [OrderState::Shipped]);
    let there = along(&along(&all, 1, 5), 2, 5);
    let to = rules::order_follows(OrderState::Confirmed, &there.progress());
    assert_eq!(to, [OrderState::Shipped, OrderState::Delivered]);
    assert_eq!(rules::order_follows(OrderState::Delivered, &there.progress()), []);
}

/// The edges as the carrier knows them.
const PARCEL_EDGES: [(ParcelState, ParcelState); 20] = {
    use ParcelState::{
        Cancelled, Delivered, Failed, InTransit, Label, Lost, OutForDelivery, Packed, PickedUp,
        ReturnedToSender,
    };
    [
        (Label, Packed),
        (Label, Cancelled),
        (Packed, PickedUp),
        (Packed, Cancelled),
        (PickedUp, InTransit),
        (PickedUp, OutForDelivery),
        (PickedUp, Delivered),
        (PickedUp, Failed),
        (PickedUp, Lost),
        (InTransit, OutForDelivery),
        (InTransit, Delivered),
        (InTransit, Failed),
        (InTransit, Lost),
        (OutForDelivery, Delivered),
        (OutForDelivery, Failed),
        (OutForDelivery, Lost),
        (Failed, OutForDelivery),
        (Failed, Delivered),
        (Failed, ReturnedToSender),
        (Failed, Lost),
    ]
};

#[test]
fn a_parcel_moves_along_drawn_edges_only() {
    for from in ParcelState::ALL {
        for to in ParcelState::ALL {
            let mut all = two_parcels();
            all.parcels[0].scans.push(Scan { state: from, at: NOW });
            let scan = ParcelMove::Scan(to);
            let moved = Draft::of(&all).carry_out(1, &scan, &quote(), NOW);
            let drawn = PARCEL_EDGES.contains(&(from, to));
            assert_eq!(moved.is_ok(), drawn, "{from:?} to {to:?}");
        }
        let by_hand = rules::by_hand(from);
        assert_eq!(
            by_hand.is_empty(),
            !PARCEL_EDGES.iter().any(|(a, b)| {
                *a == from
                    && !matches!(
                        b,
                        ParcelState::Packed | ParcelState::PickedUp | ParcelState::Cancelled
                    )
            })
        );
        assert!(by_hand.iter().all(|to| PARCEL_EDGES.contains(&(from, *to))), "{from:?}");
    }
}

#[test]
fn a_lost_parcel_ends_with_its_money_owed_once() {
    let all = along(&two_parcels(), 1, 3);
    let lost = ParcelMove::Scan(ParcelState::Lost);
    let mut draft = Draft::of(&all);
    let plain = draft.move_parcel(1, ParcelState::Lost, NOW);
    let still = Err(FulfillmentRefusal::ParcelState(ParcelState::InTransit));
    assert_eq!(plain, still, "not without what is owed for it");
    draft.carry_out(1, &lost, &quote(), NOW).expect("it has left");
    let again = draft.carry_out(1, &lost, &quote(), NOW);
    assert_eq!(again, Err(FulfillmentRefusal::ParcelState(ParcelState::Lost)));
    let step = draft.step(&Pace::default());
    assert_eq!(
        (step.due, step.stock.len()),
        (Some(NOW), 0),
        "owed now; nothing is on a shelf again"
    );
    assert_eq!(step.events.iter().map(|e| &*e.kind).collect::<Vec<_>>(), ["parcel.lost"]);
    let back = &step.next.returns[..];
    assert_eq!(back.len(), 1);
    assert_eq!((back[0].state(), back[0].pieces(id(4))), (ReturnState::WrittenOff, 2));
    assert_eq!(back[0].refund.expect("owed").amount, Money::new(20_00, Currency::Eur));
    assert_eq!((step.next.progress().lost, returnable(&step.next, id(4), NOW)), (1, 0));
    let whole = along(&step.next, 2, 5).progress();
    assert_eq!(whole.status(), FulfillmentStatus::Delivered, "nobody waits for it any more");
}

#[test]
fn whoever_ships_says_the_carrier_and_its_number() {
    let ship = |carrier: &str, tracking: &str| Dispatch::parse(carrier, tracking);
    let given = ship(" Post & Sons ", " 00 3404-x1 ").expect("plain");
    assert_eq!(
        (given.carrier.as_deref(), given.tracking.as_deref()),
        (Some("Post & Sons"), Some("003404-X1"))
    );
    assert_eq!(ship("", " ").expect("both may be empty"), Dispatch::default());
    let long = "x".repeat(41);
    for (carrier, tracking) in
        [("", "no <b>"), ("", long.as_str()), (long.as_str(), ""), ("a\nb", "")]
    {
        let refused = ship(carrier, tracking);
        assert!(matches!(refused, Err(FulfillmentRefusal::BadDispatch(_))), "{carrier} {tracking}");
    }
    let mut draft = Draft::of(&two_parcels());
    draft.carry_out(1, &ParcelMove::Ship(given), &quote(), NOW).expect("it has its label");
    let late = ParcelMove::Ship(ship("Other", "2").expect("plain"));
    let left = Err(FulfillmentRefusal::ParcelState(ParcelState::PickedUp));
    assert_eq!(draft.carry_out(1, &late, &quote(), NOW), left);
    let parcel = &draft.next().parcels[0];
    let same = ParcelMove::Ship(ship("", "00 3404-x1").expect("plain"));
    assert!(same.is_done(parcel) && !late.is_done(parcel), "asked twice, and asked otherwise");
    assert!(
        !ParcelMove::Pack.is_done(parcel) && !ParcelMove::Scan(ParcelState::Lost).is_done(parcel)
    );
    assert_eq!(parcel.tracking_number(id(1)), "003404-X1");
    assert_eq!(parcel.carrier.as_deref(), Some("Post & Sons"), "as it was shipped");
    let packed: Vec<_> = parcel.scans.iter().map(|scan| scan.state).collect();
    assert_eq!(packed, [ParcelState::Label, ParcelState::Packed, ParcelState::PickedUp]);
}

/// The simulated carrier has its own way with each parcel; sent out once more by hand, it arrives.
#[test]
fn a_second_try_arrives() {
    let pace = Pace { speed: 1, failures: 1_000 };
    let mut draft = Draft::of(&along(&two_parcels(), 1, 4));
    draft.move_parcel(1, ParcelState::Failed, NOW).expect("drawn");
    draft.move_parcel(1, ParcelState::OutForDelivery, NOW).expect("tried again");
    let late = NOW.plus_ms(30 * DAY_MS);
    let next = pace.now(draft.next(), late);
    assert!(next.contains(&Due::Move(1, ParcelState::Delivered)), "{next:?}");
}

/// What is reckoned again at another speed: whatever a carrier or a warehouse still has to do, and
/// nothing else.
#[test]
fn only_what_is_under_way_is_reckoned_by_a_speed() {
    let pace = Pace { speed: 3, failures: 0 };
    let there = along(&along(&two_parcels(), 1, 5), 2, 5);
    assert_eq!((pace.reckons(&two_parcels()), pace.reckons(&there)), (Some(3), None));
    let mut draft = Draft::of(&there);
    draft.request(&ask(9, 1), NOW).expect("arrived");
    assert_eq!(pace.reckons(draft.next()), Some(3), "its return is on its way");
    draft.move_return(id(9), ReturnState::Rejected, NOW).expect("drawn");
    assert_eq!(pace.reckons(draft.next()), None);
    let by_hand = Pace { speed: 0, failures: 0 };
    assert_eq!((by_hand.due(&two_parcels()), by_hand.reckons(&two_parcels())), (None, Some(0)));
}

#[test]
fn a_clock_that_steps_back_turns_no_way_around() {
    let mut draft = Draft::of(&along(&two_parcels(), 1, 5));
    draft.request(&ask(9, 1), NOW).expect("arrived");
    let earlier = NOW.plus_ms(-DAY_MS);
    draft.move_return(id(9), ReturnState::Received, earlier).expect("drawn");
    draft.move_parcel(2, ParcelState::Packed, earlier).expect("drawn");
    let scans: Vec<Timestamp> = draft.next().parcels[1].scans.iter().map(|scan| scan.at).collect();
    assert_eq!(scans, [NOW, NOW]);
    assert_eq!(draft.next().returns[0].since(), NOW);
}

#[test]
fn each_fact_has_a_number_of_its_own() {
    let mut draft = Draft::of(&two_parcels());
    for no in [1, 2] {
        draft.move_parcel(no, ParcelState::Packed, NOW).expect("drawn");
        draft.move_parcel(no, ParcelState::PickedUp, NOW).expect("drawn");
    }
    let step = draft.step(&Pace::default());
    let numbers: Vec<u64> = step.events.iter().map(|event| event.number).collect();
    assert_eq!((numbers, step.expected_version, step.next.version), (vec![3, 5], 1, 5));
    assert_eq!(step.stock.len(), 2, "each takes its own pieces off the shelf");
}

#[test]
fn a_cancelled_order_keeps_its_parcels_here() {
    let mut draft = Draft::of(&along(&two_parcels(), 2, 1));
    draft.call_off(NOW);
    let next = draft.step(&Pace { speed: 1, failures: 0 });
    assert!(next.next.parcels.iter().all(|p| p.state() == ParcelState::Cancelled));
    assert_eq!((next.due, next.stock.len()), (None, 0));
}

#[test]
fn a_return_is_refused_by_name() {
    let all = two_parcels();
    let refused = |all: &Fulfillment, ask: &ReturnRequest, at| Draft::of(all).request(ask, at);
    let sku: Sku = id(4);
    assert_eq!(refused(&all, &ask(9, 1), NOW), Err(FulfillmentRefusal::NotDelivered(sku)));
    let there = along(&all, 1, 5);
    assert_eq!(refused(&there, &ask(9, 0), NOW), Err(FulfillmentRefusal::Empty));
    let too_many = Err(FulfillmentRefusal::TooMany { sku, left: 2 });
    assert_eq!(refused(&there, &ask(9, 3), NOW), too_many);
    let late = NOW.plus_ms(30 * DAY_MS + 1);
    assert_eq!(refused(&there, &ask(9, 1), late), Err(FulfillmentRefusal::WindowClosed(sku)));
    assert_eq!(refused(&there, &ask(9, 1), NOW.plus_ms(30 * DAY_MS)), Ok(()));
}

#[test]
fn the_same_request_is_one_return() {
    let mut draft = Draft::of(&along(&two_parcels(), 1, 5));
    draft.request(&ask(9, 1), NOW).expect("arrived");
    draft.request(&ask(9, 1), NOW).expect("the same");
    assert_eq!(draft.next().returns.len(), 1);
    assert_eq!(draft.request(&ask(9, 2), NOW), Err(FulfillmentRefusal::KeyReused));
    draft.move_return(id(9), ReturnState::Rejected, NOW).expect("drawn");
    assert_eq!(returnable(draft.next(), id(4), NOW), 2, "rejected: it counts as never asked for");
}

#[test]
fn what_several_sellers_sold_is_a_return_for_each() {
    let mut all = two_parcels();
    all.parcels[1] = Parcel { seller: id(3), ..parcel(2, id(5), 2) };
    let mut draft = Draft::of(&along(&along(&all, 1, 5), 2, 5));
    let reason = ReturnReason::ChangedMind;
    let ask = |quantity| {
        let lines = vec![(id(5), quantity), (id(4), 2)];
        ReturnRequest { key: [9; 16], id: id(9), lines, reason }
    };
    draft.request(&ask(1), NOW).expect("arrived");
    draft.request(&ask(1), NOW).expect("the same");
    let backs = draft.next().requested(id(9));
    let pieces: Vec<_> = backs.iter().map(|b| (b.pieces(id(4)), b.pieces(id(5)))).collect();
    assert_eq!(pieces.len(), 2);
    assert!(pieces.contains(&(2, 0)) && pieces.contains(&(0, 1)), "{pieces:?}");
    assert_eq!((backs[0].id, draft.next().returns.len()), (id(9), 2));
    assert_eq!(draft.request(&ask(2), NOW), Err(FulfillmentRefusal::KeyReused));
    let once = draft.clone().step(&Pace::default());
    assert_eq!(once.events.len(), 2, "each is told");
}

#[test]
fn what_the_carrier_brings_back_is_a_return() {
    let mut draft = Draft::of(&along(&two_parcels(), 1, 4));
    draft.move_parcel(1, ParcelState::Failed, NOW).expect("drawn");
    draft.move_parcel(1, ParcelState::ReturnedToSender, NOW).expect("drawn");
    let back = &draft.next().returns[0];
    assert_eq!((back.state(), back.pieces(id(4))), (ReturnState::Received, 2));
    assert_eq!(delivered(draft.next(), id(4), Timestamp(0)), 0);
}

/// The edges as the warehouse knows them, and the refund behind them.
const RETURN_EDGES: [(ReturnState, ReturnState); 10] = {
    use ReturnState::{
        Inspected, Label, Received, Refunded, Rejected, Requested, Restocked, WrittenOff,
    };
    [
        (Requested, Label),
        (Requested, Rejected),
        (Label, Received),
        (Label, Rejected),
        (Received, Inspected),
        (Received, Rejected),
        (Inspected, Restocked),
        (Inspected, WrittenOff),
        (Restocked, Refunded),
        (WrittenOff, Refunded),
    ]
};

#[test]
fn a_return_moves_along_drawn_edges_only() {
    let mut draft = Draft::of(&along(&two_parcels(), 1, 5));
    draft.request(&ask(9, 1), NOW).expect("arrived");
    for from in ReturnState::ALL {
        for to in ReturnState::ALL {
            let mut draft = draft.clone();
            draft.next.returns[0].steps.push(ReturnStep { state: from, at: NOW });
            let moved = draft.move_return(id(9), to, NOW);
            let drawn = RETURN_EDGES.contains(&(from, to));
            assert_eq!(moved.is_ok(), drawn, "{from:?} to {to:?}");
        }
    }
}

/// Two of a SKU for so much.
fn quote() -> Quote {
    let line = PricedLine { sku: id(4), seller: id(7), quantity: 2, ..samples::line() };
    samples::quote(&[line], NOW)
}

#[test]
fn a_return_is_inspected_once_and_refunded_once() {
    let mut draft = Draft::of(&along(&two_parcels(), 1, 5));
    draft.request(&ask(9, 1), NOW).expect("arrived");
    draft.move_return(id(9), ReturnState::Received, NOW).expect("drawn");
    let before = draft.stock.len();
    let found = |sku: u8, restock| [Verdict { sku: id(sku), restock }];
    for wrong in [found(4, 2), found(5, 1)] {
        let bad = Err(FulfillmentRefusal::BadVerdict(wrong[0].sku));
        assert_eq!(draft.inspect(id(9), &wrong, &quote(), NOW), bad, "more than came back");
    }
    draft.inspect(id(9), &found(4, 1), &quote(), NOW).expect("received");
    let again = draft.inspect(id(9), &found(4, 1), &quote(), NOW);
    assert_eq!(again, Err(FulfillmentRefusal::ReturnState(ReturnState::Restocked)));
    assert_eq!(draft.stock.len(), before + 1, "one piece is on the shelf again, once");
    let owed = draft.next().returns[0].refund.expect("inspected").amount;
    assert_eq!(owed, Money::new(10_00, Currency::Eur));
    draft.refunded(id(9), owed, NOW).expect("owed");
    let again = draft.refunded(id(9), owed, NOW);
    assert_eq!(again, Err(FulfillmentRefusal::ReturnState(ReturnState::Refunded)));
    let late = draft.inspect(id(9), &found(4, 1), &quote(), NOW);
    assert_eq!(late, Err(FulfillmentRefusal::ReturnState(ReturnState::Refunded)));
}

#[test]
fn a_refund_is_one_of_its_return_and_try() {
    let one = rules::refund_id(id(1), id(9), 1);
    assert_eq!(rules::refund_id(id(1), id(9), 1), one, "however often it is asked for");
    for other in [(id(1), id(10), 1), (id(1), id(9), 2), (id(2), id(9), 1)] {
        assert_ne!(rules::refund_id(other.0, other.1, other.2), one, "{other:?}");
    }
}

/// One piece from each of two warehouses, sent back one by one: each warehouse gets its own.
#[test]
fn no_warehouse_gets_more_back_than_it_sent() {
    let mut all = two_parcels();
    all.parcels[1] = Parcel { warehouse: id(6), ..parcel(2, id(4), 1) };
    all.parcels[0].lines[0].quantity = 1;
    let mut draft = Draft::of(&along(&along(&all, 1, 5), 2, 5));
    let mut warehouses = Vec::new();
    for n in [10, 11] {
        draft.request(&ask(n, 1), NOW).expect("arrived");
        let back = draft.next().returned(id(n)).cloned().expect("asked for");
        let lines = vec![ReturnLine { restocked: 1, ..back.lines[0] }];
        let shelf = draft.shelf_of(&back, &lines);
        warehouses.extend(shelf.iter().map(|put| (put.warehouse, put.quantity)));
        draft.next.returns.last_mut().expect("asked for").lines = lines;
    }
    assert_eq!(warehouses, [(id(8), 1), (id(6), 1)]);
}

#[test]
fn the_carrier_takes_every_parcel_to_an_end() {
    let pace = Pace { speed: 10, failures: 0 };
    let mut all = two_parcels();
    let mut steps = 0;
    while let Some(at) = pace.due(&all) {
        let mut draft = Draft::of(&all);
        for due in pace.now(&all, at) {
            let Due::Move(no, to) = due else { panic!("{due:?}") };
            draft.move_parcel(no, to, at).expect("drawn");
        }
        all = draft.step(&pace).next;
        steps += 1;
        assert!(steps <= 10);
    }
    assert_eq!(all.progress().status(), FulfillmentStatus::Delivered);
    assert_eq!(Pace { speed: 0, failures: 0 }.due(&two_parcels()), None, "by hand");
    let text = serde_json::to_string(&all).expect("plain");
    let read: Fulfillment = serde_json::from_str(&text).expect("its own");
    assert_eq!(Fulfillment { version: all.version, ..read }, all);
}

proptest! {
    /// However a line comes back, all of it gives back what it cost, and no part less than nothing.
    #[test]
    fn shares_sum_to_the_whole(amount in 0_i64..10_000_000, cuts in prop::collection::vec(1_u32..9, 1..12)) {
        let of: u32 = cuts.iter().sum();
        let (mut before, mut sum) = (0, 0);
        for cut in cuts {
            let part = share(amount, of, before + cut) - share(amount, of, before);
            let fair = amount * i64::from(cut) / i64::from(of);
            prop_assert!(part >= 0 && (part - fair).abs() <= 1, "{part} for {cut} of {of}");
            sum += part;
            before += cut;
        }
        prop_assert_eq!(sum, amount);
    }

    /// Whoever asks in whatever order: no more comes back than arrived.
    #[test]
    fn never_more_back_than_arrived(asks in prop::collection::vec((1_u32..4, any::<bool>()), 1..20)) {
        let mut draft = Draft::of(&along(&two_parcels(), 1, 5));
        for (n, (quantity, rejected)) in (10_u8..).zip(asks) {
            let asked = draft.request(&ask(n, quantity), NOW);
            if asked.is_ok() && rejected {
                draft.move_return(id(n), ReturnState::Rejected, NOW).expect("drawn");
            }
            let live = draft.next().returns.iter().filter(|back| back.is_live());
            prop_assert!(live.map(|back| back.pieces(id(4))).sum::<u32>() <= 2);
        }
    }
}
