//! Every rule of a cart by example, and what must hold for any history.

use super::*;
use proptest::prelude::*;
use souk_kernel::{Currency, Id};

const AT: Timestamp = Timestamp(1_000_000);
const KEEP: Timestamp = Timestamp(9_000_000);

fn id<N>(n: u8) -> Id<N> {
    Id::from_bytes([n; 16])
}

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::Eur)
}

fn line(offer: u8, quantity: u32) -> Line {
    Line { offer: id(offer), quantity, price: eur(100), added_at: AT }
}

fn intent(step: Step) -> CartIntent {
    CartIntent { user: id(1), at: AT, step }
}

fn adding(offer: u8, quantity: u32) -> Step {
    Step::Add { line: line(offer, quantity), expected_version: None, keep_until: KEEP }
}

fn setting(offer: u8, quantity: u32, price: i64) -> Step {
    let price = eur(price);
    Step::Set { offer: id(offer), quantity, price, expected_version: None, keep_until: KEEP }
}

fn merging(lines: Vec<Line>, saved: Vec<Line>) -> Step {
    Step::Merge { from: id(2), from_version: 3, lines, saved, keep: (KEEP, KEEP) }
}

fn with(lines: &[(u8, u32)]) -> Cart {
    let lines = lines.iter().map(|&(offer, quantity)| line(offer, quantity)).collect();
    Cart { version: 5, lines, expires_at: KEEP, ..Cart::empty(id(1)) }
}

fn after(cart: Cart, step: Step) -> Decision {
    decide(Some(cart), &intent(step))
}

fn changed(decision: &Decision) -> (&Cart, &[Notice]) {
    match &decision.answer {
        CartAnswer::Changed(cart, notices) => (cart, notices),
        other => panic!("not changed: {other:?}"),
    }
}

fn quantities(cart: &Cart) -> Vec<(u8, u32)> {
    cart.lines.iter().map(|line| (line.offer.bytes()[0], line.quantity)).collect()
}

#[test]
fn the_first_line_makes_version_one() {
    let decision = decide(None, &intent(adding(7, 2)));
    let (cart, notices) = changed(&decision);
    assert_eq!((cart.version, quantities(cart), notices), (1, vec![(7, 2)], &[][..]));
    assert_eq!((cart.updated_at, cart.expires_at, decision.write), (AT, KEEP, true));
}

#[test]
fn adding_sums_takes_the_new_price_and_stops_at_the_limit() {
    let more = Line { price: eur(120), ..line(7, 98) };
    let step = Step::Add { line: more, expected_version: Some(5), keep_until: KEEP };
    let decision = after(with(&[(7, 2)]), step);
    let (cart, notices) = changed(&decision);
    assert_eq!(quantities(cart), [(7, 99)]);
    assert_eq!(cart.lines[0].price, eur(120));
    assert_eq!(notices, [Notice::Capped { offer: id(7), quantity: 99 }]);
}

#[test]
fn a_full_cart_takes_more_of_a_line_but_no_other_line() {
    let lines: Vec<(u8, u32)> = (0..200).map(|offer| (offer, 1)).collect();
    assert!(matches!(after(with(&lines), adding(201, 1)).answer, CartAnswer::Full(_)));
    assert!(after(with(&lines), adding(199, 1)).answer.done());
}

#[test]
fn setting_needs_a_line_and_changes_nothing_when_nothing_differs() {
    assert!(matches!(after(with(&[]), setting(7, 1, 100)).answer, CartAnswer::NoLine(_)));
    let same = after(with(&[(7, 3)]), setting(7, 3, 100));
    assert_eq!((changed(&same).0.version, same.write), (5, false));
    let decision = after(with(&[(7, 3)]), setting(7, 4, 110));
    let (cart, _) = changed(&decision);
    assert_eq!((cart.version, quantities(cart)), (6, vec![(7, 4)]));
    assert_eq!(
        quantities(changed(&after(with(&[(7, 3), (8, 1)]), setting(7, 0, 100))).0),
        [(8, 1)]
    );
}

#[test]
fn removing_the_last_line_leaves_a_version_without_lines() {
    let step = Step::Remove { offer: id(7), expected_version: Some(5) };
    let decision = after(with(&[(7, 3)]), step.clone());
    let (cart, _) = changed(&decision);
    assert_eq!((cart.version, cart.lines.len(), decision.write), (6, 0, true));
    let again = after(cart.clone(), Step::Remove { offer: id(7), expected_version: None });
    assert_eq!((changed(&again).0.version, again.write), (6, false));
    assert!(matches!(after(cart.clone(), step).answer, CartAnswer::Stale(_)));
}

#[test]
fn a_frozen_cart_refuses_every_change_by_hand() {
    let mut cart = with(&[(7, 3)]);
    cart.frozen = Some(Freeze::Order(id(40)));
    for step in [
        adding(7, 1),
        setting(7, 1, 100),
        setting(7, 0, 100),
        Step::Remove { offer: id(7), expected_version: None },
        Step::Freeze { expected_version: 5, by: id(41) },
        Step::Claim { into: id(2) },
    ] {
        let decision = after(cart.clone(), step);
        assert_eq!(decision.answer, CartAnswer::Frozen(cart.clone()));
        assert!(!decision.write);
    }
}

#[test]
fn an_order_freezes_the_version_that_was_shown_once() {
    let stale = after(with(&[(7, 3)]), Step::Freeze { expected_version: 4, by: id(40) });
    assert!(matches!(stale.answer, CartAnswer::Stale(_)));
    let step = Step::Freeze { expected_version: 5, by: id(40) };
    let first = after(with(&[(7, 3)]), step.clone());
    let (cart, _) = changed(&first);
    assert_eq!((cart.version, cart.frozen), (5, Some(Freeze::Order(id(40)))));
    let again = after(cart.clone(), step);
    assert_eq!((again.answer.done(), again.write), (true, false));
}

#[test]
fn a_thawed_cart_is_as_before_and_its_order_cannot_freeze_it_again() {
    let mut cart = with(&[(7, 3)]);
    cart.frozen = Some(Freeze::Order(id(40)));
    let other = after(cart.clone(), Step::Thaw { by: id(41) });
    assert_eq!((changed(&other).0.frozen.is_some(), other.write), (true, false));
    let thawed = after(cart, Step::Thaw { by: id(40) });
    let (cart, _) = changed(&thawed);
    assert_eq!((cart.version, cart.frozen, quantities(cart)), (5, None, vec![(7, 3)]));
    let late = after(cart.clone(), Step::Freeze { expected_version: 5, by: id(40) });
    assert!(matches!(late.answer, CartAnswer::Stale(_)));
    assert!(after(cart.clone(), Step::Freeze { expected_version: 5, by: id(41) }).answer.done());
}

#[test]
fn what_was_ordered_leaves_once() {
    let mut cart = with(&[(7, 3), (8, 2), (9, 1)]);
    cart.frozen = Some(Freeze::Order(id(40)));
    let step = Step::Ordered { by: id(40), lines: vec![(id(7), 3), (id(8), 1), (id(99), 5)] };
    let decision = after(cart, step.clone());
    let (cart, _) = changed(&decision);
    assert_eq!((cart.version, cart.frozen, quantities(cart)), (6, None, vec![(8, 1), (9, 1)]));
    let again = after(cart.clone(), step);
    assert_eq!((quantities(changed(&again).0), again.write), (vec![(8, 1), (9, 1)], false));
}

#[test]
fn lines_that_are_forgotten_do_not_come_back_with_the_next_one() {
    let mut old = with(&[(7, 3)]);
    old.expires_at = AT;
    let decision = after(old.clone(), adding(8, 1));
    assert_eq!((changed(&decision).0.version, quantities(changed(&decision).0)), (7, vec![(8, 1)]));
    let refused = after(old.clone(), setting(7, 4, 100));
    assert!(matches!(&refused.answer, CartAnswer::NoLine(cart) if cart.version == 6));
    assert!(refused.write, "that they are forgotten is written");
    old.frozen = Some(Freeze::Order(id(40)));
    assert!(!old.expired(AT), "an order that is being paid keeps its cart");
}

#[test]
fn a_merge_sums_caps_and_says_what_found_no_room() {
    let mut lines: Vec<(u8, u32)> = (0..199).map(|offer| (offer, 1)).collect();
    lines[7].1 = 98;
    let incoming = vec![line(7, 5), line(200, 1), line(201, 1)];
    let step = merging(incoming, vec![line(202, 3)]);
    let decision = after(with(&lines), step.clone());
    let (cart, notices) = changed(&decision);
    assert_eq!((cart.lines.len(), cart.lines[7].quantity), (200, 99));
    let capped = Notice::Capped { offer: id(7), quantity: 99 };
    assert_eq!(notices, [capped, Notice::SavedInstead { offer: id(201) }]);
    assert_eq!(cart.saved, [line(201, 1), line(202, 3)]);
    assert_eq!(cart.kept, notices, "told until it is read");
    let again = after(cart.clone(), step);
    assert_eq!((changed(&again).0, again.write), (cart, false));
}

#[test]
fn what_finds_no_room_anywhere_is_told_to_be_lost() {
    let lines: Vec<(u8, u32)> = (0..200).map(|offer| (offer, 1)).collect();
    let mut full = with(&lines);
    full.saved = (0..100).map(|offer| line(offer, 1)).collect();
    let decision = after(full, merging(vec![line(201, 1), line(3, 1)], vec![line(202, 1)]));
    let (cart, notices) = changed(&decision);
    let lost = |offer| Notice::NotMerged { offer: id(offer) };
    assert_eq!(notices, [lost(201), lost(202)]);
    assert_eq!((cart.lines[3].quantity, cart.saved.len()), (2, MAX_SAVED));
}

#[test]
fn a_kept_notice_goes_when_it_is_read_or_its_line_is_touched() {
    let mut cart = with(&[(7, 99), (8, 1)]);
    let capped = Notice::Capped { offer: id(7), quantity: 99 };
    cart.kept = vec![capped, Notice::SavedInstead { offer: id(8) }];
    assert_eq!(view(cart.clone(), &[]).notices[..2], cart.kept[..]);
    let touched = after(cart.clone(), setting(7, 5, 100));
    assert_eq!(changed(&touched).0.kept, [Notice::SavedInstead { offer: id(8) }]);
    let removed = after(cart.clone(), Step::Remove { offer: id(8), expected_version: None });
    assert_eq!(changed(&removed).0.kept, [capped]);
    let read = after(cart, Step::Acknowledge { seen: vec![(id(7), eur(120))] });
    let (cart, _) = changed(&read);
    assert_eq!((cart.version, cart.kept.len(), cart.lines[0].price), (5, 0, eur(120)));
    let view = view(cart.clone(), &[Some(Offering { price: eur(130), available: 99 })]);
    let told = Notice::PriceChanged { offer: id(7), from: eur(120), to: eur(130) };
    assert_eq!(view.notices[0], told, "only what was seen is read");
}

#[test]
fn saved_lines_are_bounded_and_frozen_with_the_rest() {
    let mut cart = with(&[(200, 1)]);
    cart.saved = (0..100).map(|offer| line(offer, 1)).collect();
    let keep = (KEEP, KEEP);
    let save = Step::Save { offer: id(200), expected_version: None, keep };
    assert!(matches!(after(cart.clone(), save.clone()).answer, CartAnswer::Full(_)));
    cart.lines = (0..200).map(|offer| line(offer, 1)).collect();
    cart.saved[0] = line(250, 1);
    let restore = Step::Restore { offer: id(250), expected_version: None, keep };
    assert!(matches!(after(cart.clone(), restore.clone()).answer, CartAnswer::Full(_)));
    let stale = Step::DropSaved { offer: id(250), expected_version: Some(4) };
    assert!(matches!(after(cart.clone(), stale).answer, CartAnswer::Stale(_)));
    cart.frozen = Some(Freeze::Order(id(40)));
    for step in [save, restore, Step::DropSaved { offer: id(250), expected_version: None }] {
        assert!(matches!(after(cart.clone(), step).answer, CartAnswer::Frozen(_)));
    }
}

#[test]
fn a_merge_that_nobody_finished_does_not_keep_a_cart_for_ever() {
    let mut cart = with(&[(7, 3)]);
    cart.frozen = Some(Freeze::Merge(id(2)));
    assert!(!cart.expired(AT));
    assert!(cart.expired(KEEP));
    let gone = expire(cart, KEEP);
    assert_eq!((gone.lines.len(), gone.frozen), (0, None));
}

#[test]
fn a_claimed_cart_goes_to_one_account() {
    let first = after(with(&[(7, 2)]), Step::Claim { into: id(2) });
    let (claimed, _) = changed(&first);
    assert_eq!(claimed.frozen, Some(Freeze::Merge(id(2))));
    let again = after(claimed.clone(), Step::Claim { into: id(2) });
    assert_eq!((again.answer.done(), again.write), (true, false), "its own again");
    let other = after(claimed.clone(), Step::Claim { into: id(3) });
    assert_eq!((other.answer, other.write), (CartAnswer::Frozen(claimed.clone()), false));
}

#[test]
fn a_late_release_does_not_empty_what_was_claimed_anew() {
    let mut cart = with(&[(7, 3)]);
    cart.frozen = Some(Freeze::Merge(id(2)));
    let late = after(cart.clone(), Step::Release { into: id(2), from_version: 4 });
    assert_eq!((late.write, changed(&late).0), (false, &cart));
    let due = after(cart, Step::Release { into: id(2), from_version: 5 });
    assert_eq!((changed(&due).0.version, changed(&due).0.lines.len()), (6, 0));
}

#[test]
fn the_view_tells_what_changed() {
    let offering = |price, available| Some(Offering { price: eur(price), available });
    let cart = with(&[(1, 2), (2, 2), (3, 2), (4, 2), (5, 1)]);
    let offerings = [offering(100, 9), offering(90, 2), offering(100, 1), None, offering(110, 0)];
    let view = view(cart, &offerings);
    assert_eq!(
        view.notices,
        [
            Notice::PriceChanged { offer: id(2), from: eur(100), to: eur(90) },
            Notice::StockShort { offer: id(3), available: 1 },
            Notice::Gone { offer: id(4) },
            Notice::PriceChanged { offer: id(5), from: eur(100), to: eur(110) },
            Notice::StockShort { offer: id(5), available: 0 },
        ]
    );
    let buyable: Vec<bool> = view.lines.iter().map(|line| line.buyable).collect();
    assert_eq!(buyable, [true, true, false, false, false]);
    assert_eq!((view.lines[1].price, view.lines[1].was), (eur(90), eur(100)));
    let mut cart = with(&[(1, 2)]);
    cart.saved = vec![line(2, 1), line(3, 1)];
    let view = super::view(cart, &[offering(100, 9), offering(90, 5), None]);
    assert_eq!(view.notices, [], "what is saved stops nobody");
    let saved: Vec<_> = view.saved.iter().map(|l| (l.price, l.was, l.available)).collect();
    assert_eq!(saved, [(eur(90), eur(100), 5), (eur(100), eur(100), 0)]);
}

#[test]
fn a_stored_cart_reads_back() {
    let mut cart = with(&[(7, 3)]);
    cart.frozen = Some(Freeze::Merge(id(2)));
    cart.merged.push(Merged { from: id(9), version: 4 });
    cart.ended = Some(id(40));
    cart.saved = vec![line(8, 1)];
    cart.kept = vec![Notice::Capped { offer: id(7), quantity: 99 }];
    let text = serde_json::to_string(&cart).unwrap();
    assert_eq!(serde_json::from_str::<Cart>(&text).unwrap(), cart);
    // As carts were stored before anything could be saved for later.
    let old = with(&[(7, 3)]);
    let mut plain = serde_json::to_value(&old).unwrap();
    plain.as_object_mut().unwrap().remove("saved_until");
    assert_eq!(serde_json::from_value::<Cart>(plain).unwrap(), old);
}

fn any_step() -> impl Strategy<Value = Step> {
    let version = || proptest::option::weighted(0.3, 0_u64..12);
    let lines = || proptest::collection::vec((0_u8..6, 1_u32..60), 0..5);
    prop_oneof![
        4 => (0_u8..6, 1_u32..60, version()).prop_map(|(offer, quantity, expected_version)| {
            Step::Add { line: line(offer, quantity), expected_version, keep_until: KEEP }
        }),
        2 => (0_u8..6, 0_u32..150, 90_i64..110)
            .prop_map(|(offer, quantity, price)| setting(offer, quantity, price)),
        2 => (0_u8..6, version())
            .prop_map(|(offer, expected_version)| Step::Remove { offer: id(offer), expected_version }),
        2 => (0_u64..12, 40_u8..43)
            .prop_map(|(expected_version, by)| Step::Freeze { expected_version, by: id(by) }),
        1 => (40_u8..43).prop_map(|by| Step::Thaw { by: id(by) }),
        1 => (40_u8..43, lines()).prop_map(|(by, lines)| {
            let lines = lines.into_iter().map(|(offer, quantity)| (id(offer), quantity)).collect();
            Step::Ordered { by: id(by), lines }
        }),
        1 => (2_u8..4).prop_map(|into| Step::Claim { into: id(into) }),
        1 => (2_u8..4, 0_u64..4, lines()).prop_map(|(from, from_version, lines)| {
            let lines = lines.into_iter().map(|(offer, quantity)| line(offer, quantity)).collect();
            let (keep, saved) = ((KEEP, KEEP), Vec::new());
            Step::Merge { from: id(from), from_version, lines, saved, keep }
        }),
        2 => (0_u8..6, version()).prop_map(|(offer, expected_version)| {
            Step::Save { offer: id(offer), expected_version, keep: (KEEP, KEEP) }
        }),
        2 => (0_u8..6, version()).prop_map(|(offer, expected_version)| {
            Step::Restore { offer: id(offer), expected_version, keep: (KEEP, KEEP) }
        }),
        1 => (0_u8..6).prop_map(|offer| {
            Step::DropSaved { offer: id(offer), expected_version: None }
        }),
        1 => (0_u8..6, 90_i64..110)
            .prop_map(|(offer, price)| Step::Acknowledge { seen: vec![(id(offer), eur(price))] }),
        1 => (2_u8..4, 0_u64..12)
            .prop_map(|(into, from_version)| Step::Release { into: id(into), from_version }),
    ]
}

proptest! {
    #[test]
    fn any_history_keeps_a_cart_sound(steps in proptest::collection::vec(any_step(), 0..60)) {
        let mut cart = Cart::empty(id(1));
        for step in steps {
            let decision = after(cart.clone(), step.clone());
            let next = decision.answer.cart().clone();
            prop_assert_eq!(decision.write, next != cart, "{:?}", &step);
            prop_assert!(decision.answer.done() || next == cart, "a refusal changes nothing");
            let read = matches!(step, Step::Acknowledge { .. });
            let lines_changed = !read && (next.lines != cart.lines || next.saved != cart.saved);
            prop_assert!(!read || quantities(&next) == quantities(&cart));
            prop_assert!(!lines_changed || next.version == cart.version + 1, "{:?}", &step);
            prop_assert!(next.version >= cart.version);
            prop_assert!(next.lines.iter().all(|l| (1..=MAX_QUANTITY).contains(&l.quantity)));
            for lines in [&next.lines, &next.saved] {
                let mut offers: Vec<_> = lines.iter().map(|line| line.offer).collect();
                offers.sort();
                offers.dedup();
                prop_assert_eq!(offers.len(), lines.len(), "each offer once");
            }
            if let (Some(Freeze::Order(_)), Some(Freeze::Order(_))) = (cart.frozen, next.frozen) {
                let arrived = matches!(step, Step::Merge { .. });
                prop_assert!(!lines_changed || arrived, "lines moved while an order paid");
            }
            cart = next;
        }
    }

    #[test]
    fn steps_of_orders_and_merges_may_be_repeated(
        before in proptest::collection::vec(any_step(), 0..20),
        step in any_step(),
    ) {
        let by_hand = matches!(
            step,
            Step::Add { .. } | Step::Set { .. } | Step::Remove { .. } | Step::Save { .. }
                | Step::Restore { .. } | Step::DropSaved { .. }
        );
        prop_assume!(!by_hand);
        let cart = before.into_iter().fold(Cart::empty(id(1)), |cart, step| {
            after(cart, step).answer.cart().clone()
        });
        let once = after(cart, step.clone()).answer;
        let twice = after(once.cart().clone(), step);
        prop_assert_eq!(once.cart(), twice.answer.cart());
        prop_assert!(!twice.write);
    }

    /// No piece is lost in a merge that is not told: an offer's pieces in cart and saved lines are the
    /// sum of both, or the limit, or a notice says what became of it. Merging again changes nothing.
    #[test]
    fn a_merge_conserves_the_sum_or_says_what_it_cut(
        own in proptest::collection::btree_map(0_u8..250, 1_u32..99, 0..200),
        own_saved in proptest::collection::btree_map(0_u8..250, 1_u32..99, 0..100),
        guests in proptest::collection::btree_map(0_u8..250, 1_u32..99, 0..200),
        guests_saved in proptest::collection::btree_map(0_u8..250, 1_u32..99, 0..100),
    ) {
        let lines = |of: &std::collections::BTreeMap<u8, u32>| -> Vec<Line> {
            of.iter().map(|(offer, quantity)| line(*offer, *quantity)).collect()
        };
        let pieces = |lines: &[Line], offer: u8| {
            lines.iter().find(|l| l.offer == id(offer)).map_or(0, |l| l.quantity)
        };
        let account = Cart { lines: lines(&own), saved: lines(&own_saved), ..with(&[]) };
        let step = merging(lines(&guests), lines(&guests_saved));
        let decision = after(account.clone(), step.clone());
        let (cart, notices) = changed(&decision);
        prop_assert!(cart.lines.len() <= MAX_LINES && cart.saved.len() <= MAX_SAVED);
        for offer in 0..250 {
            let told: Vec<&Notice> = notices.iter().filter(|n| n.offer() == id(offer)).collect();
            let before = pieces(&account.lines, offer) + pieces(&account.saved, offer);
            let came = guests.get(&offer).unwrap_or(&0) + guests_saved.get(&offer).unwrap_or(&0);
            let now = pieces(&cart.lines, offer) + pieces(&cart.saved, offer);
            prop_assert!(now >= before, "what was there stays");
            let full = [&cart.lines, &cart.saved].iter().any(|l| pieces(l, offer) == MAX_QUANTITY);
            prop_assert!(
                now == before + came || full || !told.is_empty(),
                "{} of {} + {}, and nobody is told", now, before, came
            );
            let capped = told.iter().any(|n| matches!(n, Notice::Capped { .. }));
            let wanted = pieces(&account.lines, offer) + guests.get(&offer).unwrap_or(&0);
            let in_lines = pieces(&cart.lines, offer) > 0;
            prop_assert_eq!(capped, in_lines && wanted > MAX_QUANTITY, "a cut is told, and only a cut");
        }
        let again = after(cart.clone(), step);
        prop_assert_eq!((changed(&again).0, again.write), (cart, false));
    }

    /// Two sign-ins interleaved in any way, each stopping anywhere, then one that goes through.
    #[test]
    fn lines_of_a_guest_arrive_once(
        schedule in proptest::collection::vec(0_usize..2, 0..6),
        quantity in 1_u32..40,
    ) {
        let mut guest = Cart { owner: id(2), ..with(&[(7, quantity), (8, 1)]) };
        let mut account = with(&[(7, 2)]);
        let mut runs = [(0, None::<Cart>), (0, None)];
        for which in schedule.into_iter().chain([0, 0, 0, 1, 1, 1]) {
            sign_in(&mut runs[which], &mut guest, &mut account);
        }
        prop_assert_eq!(quantities(&account), [(7, quantity + 2), (8, 1)]);
        prop_assert!(guest.lines.is_empty() && guest.frozen.is_none());
    }
}

/// The next of the three steps of a sign-in.
fn sign_in(run: &mut (usize, Option<Cart>), guest: &mut Cart, account: &mut Cart) {
    let into = account.owner;
    match (run.0, &run.1) {
        (0, _) => {
            let claim = CartIntent { user: guest.owner, at: AT, step: Step::Claim { into } };
            *guest = decide(Some(guest.clone()), &claim).answer.cart().clone();
            run.1 = guest.frozen.is_some().then(|| guest.clone());
        }
        (1, Some(claimed)) => {
            let lines = claimed.lines.clone();
            let from_version = claimed.version;
            let (saved, keep) = (claimed.saved.clone(), (KEEP, KEEP));
            let step = Step::Merge { from: claimed.owner, from_version, lines, saved, keep };
            *account = after(account.clone(), step).answer.cart().clone();
        }
        (2, Some(claimed)) => {
            let step = Step::Release { into, from_version: claimed.version };
            let release = CartIntent { user: guest.owner, at: AT, step };
            *guest = decide(Some(guest.clone()), &release).answer.cart().clone();
        }
        _ => {}
    }
    run.0 += 1;
}
