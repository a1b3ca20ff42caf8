//! The arithmetic of documents, as properties.

use crate::rules::{credits, invoices, told_apart};
use crate::{Back, Document, Draft, Kind, Source};
use proptest::prelude::*;
use souk_kernel::{Currency, Id, Money, SellerId, Sku, Timestamp, share};
use souk_orders::contract::samples;
use souk_orders::{Order, ShipTo};
use souk_pricing::{
    Country, Destination, PricedLine, Pricing, QuoteLine, ShippingMethod, TaxClass,
};
use std::sync::Arc;

fn order(lines: &[(u8, i64, u32, TaxClass)], country: &[u8; 2]) -> Order {
    let line =
        |(n, (seller, minor, quantity, class)): (usize, &(u8, i64, u32, TaxClass))| PricedLine {
            sku: Id::from_bytes([n as u8 + 1; 16]),
            seller: Id::from_bytes([100 + seller; 16]),
            quantity: *quantity,
            unit_price: Money::new(*minor, Currency::Eur),
            tax_class: *class,
            weight_g: 700,
            ..samples::line()
        };
    let lines: Vec<_> = lines.iter().enumerate().map(line).collect();
    let there = Destination::country(Country::of(country));
    let pricing = Pricing::default_shop(Currency::Eur);
    let quote = pricing.quote(&lines, &there, ShippingMethod::Express, Timestamp(0)).unwrap();
    Order { ship_to: Some(Arc::new(ShipTo::default())), ..samples::confirmed(quote) }
}

fn issued(drafts: Vec<Draft>, all: &mut Vec<Document>) {
    for draft in drafts {
        let number = all.len() as u64 + 1;
        all.push(Document { number, issued_at: Timestamp(0), draft });
    }
}

/// Lines, rates and total of a document are the same money.
fn adds_up(document: &Document) {
    let content = &document.draft.content;
    let lines: i64 = content.lines.iter().map(|line| line.total.minor).sum();
    let taxes: i64 = content.lines.iter().map(|line| line.tax.minor).sum();
    let rates: i64 = content.rates.iter().map(crate::RateSum::gross).sum();
    let of_rates: i64 = content.rates.iter().map(|rate| rate.tax.minor).sum();
    assert_eq!((lines, rates, taxes), (content.total.minor, content.total.minor, of_rates));
    assert!(content.rates.iter().all(|rate| rate.net.minor >= 0 && rate.tax.minor >= 0));
}

/// The id of a refund that documents are issued for.
fn refund(n: usize) -> Source {
    Source::Refund(Id::from_bytes([n as u8; 16]))
}

fn sku(line: usize) -> Sku {
    Id::from_bytes([line as u8 + 1; 16])
}

fn back(minor: i64, goods: &[(Sku, u32)]) -> Back {
    Back { amount: Money::new(minor, Currency::Eur), goods: goods.to_vec() }
}

/// What goes back for pieces of a line after others of it, as fulfillment reckons it.
fn owed(order: &Order, line: usize, before: u32, pieces: u32) -> i64 {
    let line = &order.quote.lines[line];
    let part = |n| share(line.total.minor, line.item.quantity, n);
    part(before + pieces) - part(before)
}

/// Seller, rate and money of notes.
fn credited(drafts: &[Draft]) -> Vec<(SellerId, u16, i64)> {
    let rates = |draft: &Draft| {
        let rates = draft.content.rates.clone();
        rates.into_iter().map(|sum| (draft.seller, sum.rate_bp, sum.gross())).collect::<Vec<_>>()
    };
    drafts.iter().flat_map(rates).collect()
}

fn sum(all: &[Document], kind: Kind, of: Option<SellerId>) -> i64 {
    let those = all.iter().filter(|d| d.draft.content.kind == kind);
    let those = those.filter(|d| of.is_none_or(|seller| d.draft.seller == seller));
    those.map(|d| d.draft.content.total.minor).sum()
}

fn class() -> impl Strategy<Value = TaxClass> {
    (0..3_usize).prop_map(|n| TaxClass::ALL[n])
}

fn country() -> impl Strategy<Value = &'static [u8; 2]> {
    // Tax included, and on top.
    prop_oneof![Just(b"DE"), Just(b"US"), Just(b"FR"), Just(b"CH")]
}

proptest! {
    #[test]
    fn what_is_invoiced_is_what_was_charged(
        lines in proptest::collection::vec((0_u8..3, 1_i64..30_000, 1_u32..5, class()), 1..8),
        to in country(),
    ) {
        let order = order(&lines, to);
        let mut all = Vec::new();
        issued(invoices(&order), &mut all);
        all.iter().for_each(adds_up);
        prop_assert_eq!(sum(&all, Kind::Invoice, None), order.total().minor);
        let tax: i64 = all.iter().flat_map(|d| &d.draft.content.rates).map(|r| r.tax.minor).sum();
        prop_assert_eq!(tax, order.quote.tax.minor);
    }

    /// Whatever goes back, in whatever pieces: never more than was invoiced, of no seller; and when all
    /// has, nothing is left, of net and tax alike.
    #[test]
    fn credits_draw_down_what_is_left(
        lines in proptest::collection::vec((0_u8..3, 1_i64..30_000, 1_u32..5, class()), 1..6),
        parts in proptest::collection::vec(1_i64..20_000, 0..6),
        to in country(),
    ) {
        let order = order(&lines, to);
        let mut all = Vec::new();
        issued(invoices(&order), &mut all);
        let mut asked = 0;
        for (n, part) in parts.into_iter().enumerate() {
            let left = order.total().minor - asked;
            let source = refund(n);
            issued(credits(&all, source, Some(&back(part, &[]))), &mut all);
            asked += part.min(left);
            prop_assert_eq!(sum(&all, Kind::CreditNote, None), asked);
        }
        issued(credits(&all, Source::Cancelled, None), &mut all);
        all.iter().for_each(adds_up);
        for invoice in all.iter().filter(|d| d.draft.content.kind == Kind::Invoice) {
            let seller = Some(invoice.draft.seller);
            prop_assert_eq!(sum(&all, Kind::CreditNote, seller), sum(&all, Kind::Invoice, seller));
        }
        let tax = |kind| -> i64 {
            let those = all.iter().filter(|d| d.draft.content.kind == kind);
            those.flat_map(|d| &d.draft.content.rates).map(|r| r.tax.minor).sum()
        };
        prop_assert_eq!(tax(Kind::Invoice), tax(Kind::CreditNote));
        prop_assert!(credits(&all, Source::Cancelled, None).is_empty(), "nothing is left");
    }
}

proptest! {
    /// Pieces come back in any order, some money goes back for nothing in particular before and after:
    /// where all of it still counts, a return touches its own line's seller and rate alone, and all pieces
    /// of a line are credited what was invoiced for it, the tax included.
    #[test]
    fn a_return_is_credited_where_it_was_invoiced(
        lines in proptest::collection::vec((0_u8..3, 1_i64..30_000, 1_u32..5, class()), 1..6),
        picks in proptest::collection::vec((0_usize..6, 1_u32..4), 1..12),
        goodwill in 0_i64..500,
        to in country(),
    ) {
        let order = order(&lines, to);
        let mut all = Vec::new();
        issued(invoices(&order), &mut all);
        let mut gone = vec![0_u32; lines.len()];
        for (n, (line, pieces)) in picks.into_iter().enumerate() {
            let line = line % lines.len();
            let pieces = pieces.min(lines[line].2 - gone[line]);
            let minor = owed(&order, line, gone[line], pieces);
            let drafts = credits(&all, refund(n), Some(&back(minor, &[(sku(line), pieces)])));
            let QuoteLine { item, rate_bp, .. } = &order.quote.lines[line];
            let theirs = if minor > 0 { vec![(item.seller, *rate_bp, minor)] } else { Vec::new() };
            prop_assert_eq!(credited(&drafts), theirs);
            issued(drafts, &mut all);
            gone[line] += pieces;
        }
        for (n, line) in order.quote.lines.iter().enumerate().filter(|(n, _)| gone[*n] == lines[*n].2) {
            let notes = all.iter().filter(|d| d.draft.content.kind == Kind::CreditNote);
            let of = notes.flat_map(|d| &d.draft.content.lines).filter(|l| l.sku == Some(sku(n)));
            let of: Vec<_> = of.map(|l| (l.total.minor, l.tax.minor)).collect();
            let total: i64 = of.iter().map(|(total, _)| total).sum();
            let tax: i64 = of.iter().map(|(_, tax)| tax).sum();
            prop_assert_eq!((total, tax), (line.total.minor, line.tax.minor));
        }
        issued(credits(&all, refund(98), Some(&back(goodwill, &[]))), &mut all);
        issued(credits(&all, Source::Cancelled, None), &mut all);
        all.iter().for_each(adds_up);
        for invoice in all.iter().filter(|d| d.draft.content.kind == Kind::Invoice) {
            let seller = Some(invoice.draft.seller);
            prop_assert_eq!(sum(&all, Kind::CreditNote, seller), sum(&all, Kind::Invoice, seller));
        }
    }

    /// Whatever else went back before: a return is credited to the minor unit, first where its goods were
    /// invoiced, and nothing is credited below nothing.
    #[test]
    fn a_return_after_goodwill_is_credited_in_full(
        lines in proptest::collection::vec((0_u8..3, 1_i64..30_000, 1_u32..5, class()), 1..6),
        goodwill in 0_i64..60_000,
        pick in 0_usize..6,
        to in country(),
    ) {
        let order = order(&lines, to);
        let mut all = Vec::new();
        issued(invoices(&order), &mut all);
        issued(credits(&all, refund(0), Some(&back(goodwill, &[]))), &mut all);
        let (line, left) = (pick % lines.len(), order.total().minor - sum(&all, Kind::CreditNote, None));
        let minor = owed(&order, line, 0, lines[line].2);
        let drafts = credits(&all, refund(1), Some(&back(minor, &[(sku(line), lines[line].2)])));
        let total: i64 = drafts.iter().map(|draft| draft.content.total.minor).sum();
        prop_assert_eq!(total, minor.min(left));
        issued(drafts, &mut all);
        issued(credits(&all, Source::Cancelled, None), &mut all);
        all.iter().for_each(adds_up);
        prop_assert_eq!(sum(&all, Kind::CreditNote, None), order.total().minor);
    }
}

#[test]
fn one_piece_of_one_seller_is_credited_by_that_seller() {
    let lines = [(1, 76_90, 3, TaxClass::Standard), (2, 79_80, 1, TaxClass::Standard)];
    let order = order(&lines, b"DE");
    let mut all = Vec::new();
    issued(invoices(&order), &mut all);
    let notes = credits(&all, refund(0), Some(&back(76_90, &[(sku(0), 1)])));
    assert_eq!(credited(&notes), [(Id::from_bytes([101; 16]), 1_900, 76_90)]);
    let line = &notes[0].content.lines[0];
    assert_eq!((line.sku, line.quantity, line.unit_price.minor), (Some(sku(0)), 1, 76_90));
}

#[test]
fn a_return_is_credited_at_the_rate_of_its_goods() {
    let lines = [(1, 10_90, 1, TaxClass::Reduced), (1, 49_90, 1, TaxClass::Standard)];
    let order = order(&lines, b"DE");
    let mut all = Vec::new();
    issued(invoices(&order), &mut all);
    let credit = back(10_90, &[(sku(0), 1)]);
    let notes = credits(&all, refund(0), Some(&credit));
    assert_eq!(credited(&notes), [(Id::from_bytes([101; 16]), 700, 10_90)]);
    assert_eq!(notes[0].content.rates[0].tax, order.quote.lines[0].tax);
    // An invoice of old does not say which goods its lines are.
    let mut of_old = all.clone();
    of_old[0].draft.content.lines.iter_mut().for_each(|line| line.sku = None);
    assert_ne!(credits(&of_old, refund(0), Some(&credit)), notes);
    let told = told_apart(of_old, &order);
    assert_eq!(told, all);
    assert_eq!(credits(&told, refund(0), Some(&credit)), notes);
}

#[test]
fn shipping_is_shared_and_taxed_like_the_goods() {
    let order =
        order(&[(0, 30_00, 1, TaxClass::Standard), (1, 10_00, 1, TaxClass::Standard)], b"DE");
    let drafts = invoices(&order);
    assert_eq!(drafts.len(), 2);
    let shipping: Vec<_> = drafts.iter().map(|d| d.content.lines.last().unwrap()).collect();
    assert!(shipping.iter().all(|line| line.title == "Shipping" && line.rate_bp == 1_900));
    let parts: Vec<i64> = shipping.iter().map(|line| line.total.minor).collect();
    assert_eq!(parts.iter().sum::<i64>(), order.quote.shipping.minor);
    assert!((parts[0] - 3 * parts[1]).abs() <= 3, "{parts:?}");
}
