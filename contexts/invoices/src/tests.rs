//! The arithmetic of documents, as properties.

use crate::rules::{credits, invoices};
use crate::{Document, Draft, Kind, Source};
use proptest::prelude::*;
use souk_kernel::{Currency, Id, Money, SellerId, Timestamp};
use souk_orders::contract::samples;
use souk_orders::{Order, ShipTo};
use souk_pricing::{Country, Destination, PricedLine, Pricing, ShippingMethod, TaxClass};
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
            let source = Source::Refund(Id::from_bytes([n as u8; 16]));
            let amount = Money::new(part, Currency::Eur);
            issued(credits(&all, source, Some(amount)), &mut all);
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
