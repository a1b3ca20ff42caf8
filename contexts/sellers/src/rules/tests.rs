//! Tests of the rules: examples, and properties of the ledger.

use super::ledger::{Reversal, commission, reversal, sale};
use super::listing::{ProductDraft, VariantDraft, compose, may_describe, sells, variant_key};
use super::offers::{Fix, judge};
use super::*;
use crate::{Charged, Line, LineKind, SellerMember, Sold};
use proptest::prelude::*;
use souk_catalog::{HOUSE_SELLER, Listing, Offer, TaxClass};
use souk_kernel::{Currency, Id, ManualClock, Mint, Money, OrderId, SeededEntropy, SellerId, Sku};
use std::collections::BTreeMap;
use std::sync::Arc;

const NOW: Timestamp = Timestamp(1_790_000_000_000);

fn mint() -> Mint {
    Mint::new(Arc::new(ManualClock::at(NOW)), Arc::new(SeededEntropy::new(5)))
}

fn seller(n: u8) -> SellerId {
    Id::from_bytes([n; 16])
}

fn sku(n: u8) -> Sku {
    Id::from_bytes([100 + n; 16])
}

fn order() -> OrderId {
    Id::from_bytes([9; 16])
}

fn account(state: SellerState) -> SellerAccount {
    SellerAccount {
        id: seller(1),
        state,
        reason: String::new(),
        since: NOW,
        by: None,
        applied_at: NOW,
        version: 3,
    }
}

fn rate(from: i64, basis_points: u16) -> Rate {
    Rate { from: Timestamp(from), basis_points, by: None }
}

#[test]
fn a_session_ends_with_its_time() {
    let member = SellerMember {
        id: Id::from_bytes([2; 16]),
        seller: seller(1),
        email: souk_accounts::Email::stored("ada@example.com".to_owned()),
        created: NOW,
    };
    let session = SellerSession { member, account: account(SellerState::Active), expires: NOW };
    assert_eq!([-1, 0, 1].map(|ms| is_live(&session, NOW.plus_ms(ms))), [true, false, false]);
}

#[test]
fn a_seller_moves_along_its_edges_only() {
    use SellerState::{Active, Applied, Suspended};
    for (from, to, may) in [
        (Applied, Active, true),
        (Applied, Suspended, true),
        (Active, Suspended, true),
        (Suspended, Active, true),
        (Active, Applied, false),
        (Suspended, Applied, false),
        (Active, Active, false),
    ] {
        let ask = SellerChange::State {
            seller: seller(1),
            expected: from,
            state: to,
            reason: " late parcels ".into(),
            by: None,
        };
        let stored = account(from);
        let done = change(Some((&stored, rate(0, 900))), &ask, NOW.plus_ms(-5));
        assert_eq!(done.is_ok(), may, "{from:?} {to:?}");
        if let Ok(done) = done {
            assert_eq!((done.account.state, done.account.version, done.told), (to, 4, true));
            assert_eq!(done.account.reason, "late parcels");
            assert_eq!(done.account.since, NOW, "never before what was");
        }
        let other = account(if from == Active { Suspended } else { Active });
        let stale = change(Some((&other, rate(0, 900))), &ask, NOW);
        assert_eq!(stale, Err(SellerRefusal::StateChanged(other.state)));
    }
    let nobody = SellerChange::Rate { seller: seller(1), expected: 1, basis_points: 2, by: None };
    assert_eq!(change(None, &nobody, NOW), Err(SellerRefusal::NotFound));
}

#[test]
fn a_new_rate_never_reaches_back() {
    let stored = account(SellerState::Active);
    let ask = |expected, basis_points| SellerChange::Rate {
        seller: seller(1),
        expected,
        basis_points,
        by: None,
    };
    let done = change(Some((&stored, rate(NOW.0 + 9, 900))), &ask(900, 1_200), NOW).unwrap();
    assert_eq!(done.rate.map(|rate| rate.from), Some(NOW.plus_ms(10)), "after the one before");
    assert!(!done.told);
    let stale = change(Some((&stored, rate(0, 900))), &ask(800, 1_200), NOW);
    assert_eq!(stale, Err(SellerRefusal::RateChanged(900)));
    let bad = change(Some((&stored, rate(0, 900))), &ask(900, 10_001), NOW);
    assert_eq!(bad, Err(SellerRefusal::BadRate));
    let rates = [rate(30, 3), rate(10, 1), rate(20, 2)];
    let at = |at| rate_at(&rates, Timestamp(at)).unwrap();
    assert_eq!([at(5), at(10), at(19), at(20), at(99)], [1, 1, 1, 2, 3]);
    assert_eq!(rate_at(&[], NOW), None);
}

#[test]
fn an_order_is_as_far_as_its_least_advanced_parcel() {
    let of = |labelled, packed, travelling, arrived, called_off| {
        stage(&Parcels { labelled, packed, travelling, arrived, called_off }, false)
    };
    assert_eq!(of(0, 0, 0, 0, 0), Stage::ToPack);
    assert_eq!(of(1, 1, 1, 1, 1), Stage::ToPack);
    assert_eq!(of(0, 1, 1, 1, 0), Stage::ToShip);
    assert_eq!(of(0, 0, 1, 1, 0), Stage::Shipped);
    assert_eq!(of(0, 0, 0, 2, 1), Stage::Delivered);
    assert_eq!(of(0, 0, 0, 0, 2), Stage::Cancelled);
    assert_eq!(stage(&Parcels::default(), true), Stage::Cancelled);
}

#[test]
fn commissions_round_half_to_even() {
    assert_eq!(commission(10_00, 1_000), 1_00);
    assert_eq!([commission(5, 1_000), commission(15, 1_000), commission(25, 1_000)], [0, 2, 2]);
    assert_eq!(commission(i64::MAX, 10_000), i64::MAX);
    assert_eq!((commission(999, 0), commission(0, 1_000)), (0, 0));
}

fn charged(lines: &[(u8, i64)], shipping: i64) -> Charged {
    let sold = |(n, (seller_no, minor)): (u8, &(u8, i64))| Sold {
        seller: seller(*seller_no),
        sku: sku(n),
        quantity: 2,
        minor: *minor,
    };
    let lines: Vec<Sold> = (0..).zip(lines).map(sold).collect();
    let total = lines.iter().map(|line| line.minor).sum::<i64>() + shipping;
    let total = Money::new(total, Currency::Eur);
    Charged { order: order(), placed: NOW, total, lines }
}

fn sum(lines: &[Line], kinds: &[LineKind]) -> i64 {
    let of = lines.iter().filter(|line| kinds.contains(&line.kind));
    of.map(|line| line.amount.minor).sum()
}

#[test]
fn an_order_of_the_shop_alone_leaves_no_lines() {
    let rates = BTreeMap::from([(seller(1), 1_000)]);
    let only_ours = charged(&[(7, 1_000), (8, 500)], 499);
    assert_eq!(sale(&only_ours, &rates, &mint(), NOW), []);
    assert_eq!(
        reversal(&[], (order(), Id::from_bytes([1; 16])), &Reversal::Whole, &mint(), NOW),
        []
    );
}

#[test]
fn a_return_is_drawn_from_the_lines_that_came_back() {
    let rates = BTreeMap::from([(seller(1), 1_000), (seller(2), 500)]);
    let lines = sale(&charged(&[(1, 2_000), (2, 3_000)], 499), &rates, &mint(), NOW);
    assert_eq!(sum(&lines, &[LineKind::Sale]), 5_499);
    assert_eq!(sum(&lines, &[LineKind::Commission]), -350);
    let one_piece = Reversal::Amount { minor: 1_500, goods: vec![(sku(1), 1)] };
    let cause = Id::from_bytes([1; 16]);
    let back = reversal(&lines, (order(), cause), &one_piece, &mint(), NOW);
    let shown: Vec<_> =
        back.iter().map(|l| (l.seller, l.kind, l.amount.minor, l.basis_points)).collect();
    let reversed = LineKind::CommissionReversal;
    assert_eq!(shown, [(seller(2), LineKind::Refund, -1_500, 500), (seller(2), reversed, 75, 500)]);
    let all: Vec<Line> = lines.iter().chain(&back).cloned().collect();
    assert_eq!(reversal(&all, (order(), cause), &one_piece, &mint(), NOW), [], "once");
    let ours = Reversal::Amount { minor: 400, goods: vec![(sku(9), 1)] };
    let back = reversal(&all, (order(), Id::from_bytes([2; 16])), &ours, &mint(), NOW);
    let shown: Vec<_> = back.iter().map(|l| (l.seller, l.kind, l.amount.minor)).collect();
    assert_eq!(shown, [(HOUSE_SELLER, LineKind::Refund, -400)], "no seller pays for others' goods");
}

proptest! {
    /// Whatever goes back, in whatever pieces: the ledger is what was charged less what went back, no
    /// line is drawn below nothing, and what stays of a commission is the commission of what stays.
    #[test]
    fn the_ledger_sums_to_what_was_charged(
        goods in prop::collection::vec((0_u8..4, 0_i64..20_000), 1..6),
        shipping in 0_i64..1_000,
        basis_points in prop::collection::vec(0_u16..=10_000, 3),
        backs in prop::collection::vec((1_i64..15_000, prop::option::of(0_u8..6)), 0..8),
        cancelled in any::<bool>(),
    ) {
        let rates: BTreeMap<SellerId, u16> = (1..4).map(seller).zip(basis_points).collect();
        let charged = charged(&goods, shipping);
        let mint = mint();
        let mut lines = sale(&charged, &rates, &mint, NOW);
        prop_assume!(!lines.is_empty());
        prop_assert_eq!(sum(&lines, &[LineKind::Sale]), charged.total.minor);
        let mut went_back = 0;
        for (n, (minor, of)) in (1..).zip(backs) {
            let goods = of.map_or_else(Vec::new, |n| vec![(sku(n), 1)]);
            let left = charged.total.minor - went_back;
            let back = Reversal::Amount { minor, goods };
            lines.extend(reversal(&lines, (order(), Id::from_bytes([n; 16])), &back, &mint, NOW));
            went_back += minor.min(left);
            prop_assert_eq!(sum(&lines, &[LineKind::Refund]), -went_back);
        }
        if cancelled {
            let cause = Id::from_uuid(order().uuid());
            lines.extend(reversal(&lines, (order(), cause), &Reversal::Whole, &mint, NOW));
            prop_assert_eq!(sum(&lines, &[LineKind::Sale, LineKind::Refund]), 0);
            let commissions = [LineKind::Commission, LineKind::CommissionReversal];
            prop_assert_eq!(sum(&lines, &commissions), 0);
        }
        for line in lines.iter().filter(|line| line.kind == LineKind::Sale) {
            let of = |kind, of| -> i64 {
                let found = lines.iter().filter(|l| l.kind == kind && l.of == Some(of));
                found.map(|l| l.amount.minor).sum()
            };
            let left = line.amount.minor + of(LineKind::Refund, line.id);
            prop_assert!(left >= 0);
            let own = |l: &&Line| l.kind == LineKind::Commission && l.of == Some(line.id);
            if let Some(taken) = lines.iter().find(own) {
                let stays = -taken.amount.minor - of(LineKind::CommissionReversal, taken.id);
                prop_assert_eq!(stays, commission(left, line.basis_points));
            } else {
                prop_assert_eq!(line.seller, HOUSE_SELLER);
            }
        }
    }
}

fn choice(colour: &str, price: i64) -> VariantDraft {
    let options = BTreeMap::from([("colour".to_owned(), colour.to_owned())]);
    VariantDraft {
        key: variant_key(&options),
        title: colour.into(),
        options,
        price,
        tax_class: TaxClass::Standard,
        weight_g: 100,
        on_sale: true,
        first_stock: 0,
    }
}

fn draft(title: &str, variants: Vec<VariantDraft>) -> ProductDraft {
    let category_path = vec!["Kitchen".to_owned()];
    ProductDraft { title: title.into(), category_path, variants, ..ProductDraft::default() }
}

fn composed(known: Option<&Listing>, by: u8, draft: ProductDraft) -> Listing {
    compose(known, seller(by), draft, Currency::Eur, (&mint(), NOW))
}

#[test]
fn a_product_of_one_seller_is_theirs_to_write() {
    let first = composed(None, 1, draft("Pot", vec![choice("Red", 900), choice("Blue", 0)]));
    assert_eq!(first.variants.iter().map(|v| v.key.as_str()).collect::<Vec<_>>(), ["red", "blue"]);
    assert_eq!(first.offers.iter().map(|o| o.buyable).collect::<Vec<_>>(), [true, false]);
    assert!(sells(&first, seller(1)) && may_describe(&first, seller(1)));
    let again = composed(Some(&first), 1, draft("Big pot", vec![choice("Red", 950)]));
    assert_eq!((again.product.id, again.product.title.as_str()), (first.product.id, "Big pot"));
    assert_eq!(again.offers[0].id, first.offers[0].id);
    assert_eq!(again.offers[0].price.minor, 950);
}

#[test]
fn a_form_s_id_gets_the_department_s_bucket() {
    let id = mint().mint_anywhere();
    let bucket = souk_catalog::department_bucket(Some("Kitchen"));
    let moved = super::listing::moved_to(id, bucket);
    assert_eq!((moved.bucket(), moved.key(), moved.tail()), (bucket, id.key(), id.tail()));
    let made = ProductDraft { id: Some(id), ..draft("Pot", vec![choice("Red", 900)]) };
    assert_eq!(composed(None, 1, made).product.id, moved);
}

#[test]
fn where_two_sell_each_writes_its_own_offers_only() {
    let mut known = composed(None, 1, draft("Pot", vec![choice("Red", 900)]));
    let theirs = Offer { id: sku(77), seller: seller(2), ..known.offers[0].clone() };
    known.offers.push(theirs);
    assert!(!may_describe(&known, seller(1)));
    let asked = draft("Mine alone", vec![choice("Red", 500), choice("Green", 1)]);
    let next = composed(Some(&known), 2, asked);
    assert_eq!(next.product, known.product, "described by nobody alone");
    assert_eq!(next.variants, known.variants, "no choice of its own");
    assert_eq!(next.offers.len(), 1, "nobody else's offer");
    assert_eq!((next.offers[0].id, next.offers[0].seller), (sku(77), seller(2)));
    let images = vec!["a".into()];
    let product = souk_catalog::Product { images, ..known.product.clone() };
    let pictured = super::listing::redescribed(&known, seller(2), product);
    assert_eq!(pictured.offers.iter().map(|offer| offer.id).collect::<Vec<_>>(), [sku(77)]);
}

#[test]
fn what_is_to_be_fixed_is_named() {
    let mut listing = composed(None, 1, draft("Pot", vec![choice("Red", 900)]));
    let (product, offer) = (&mut listing.product, &mut listing.offers[0]);
    product.images.push("a".into());
    product.description = "A pot.".into();
    let fine = judge(product, offer, 3, SellerState::Active);
    assert!(fine.buyable && fine.discoverable && fine.fixes.is_empty(), "{fine:?}");
    let fixes = |health: super::offers::Health| (health.buyable, health.discoverable, health.fixes);
    let sold_out = judge(product, offer, 0, SellerState::Active);
    assert_eq!(fixes(sold_out), (false, true, vec![Fix::NoStock]));
    let suspended = judge(product, offer, 3, SellerState::Suspended);
    assert_eq!(fixes(suspended), (false, false, vec![Fix::Suspended]));
    let new = judge(product, offer, 3, SellerState::Applied);
    assert_eq!(fixes(new), (false, false, vec![Fix::NotApproved]));
    product.hidden = true;
    let hidden = judge(product, offer, 3, SellerState::Active);
    assert_eq!(fixes(hidden), (false, false, vec![Fix::Hidden]));
    product.hidden = false;
    offer.buyable = false;
    let off = judge(product, offer, 3, SellerState::Active);
    assert_eq!(fixes(off), (false, true, vec![Fix::OffSale]));
    offer.price.minor = 0;
    offer.weight_g = 0;
    product.images.clear();
    product.description.clear();
    product.category_path.clear();
    let bare = judge(product, offer, 3, SellerState::Active);
    let all =
        vec![Fix::NoPrice, Fix::NoCategory, Fix::NoPicture, Fix::NoDescription, Fix::NoWeight];
    assert_eq!(fixes(bare), (false, false, all));
}
