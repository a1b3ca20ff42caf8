//! The arithmetic of documents, without a store. Every sum is exact: shares are split by largest
//! remainder, and the last credit note takes what is left.

mod credits;

pub use credits::credits;

use crate::{Content, Document, Draft, Kind, Line, RateSum, Source};
use souk_kernel::{Currency, Money, SellerId};
use souk_orders::{Order, OrderState};
use souk_pricing::{Quote, QuoteLine};
use std::collections::BTreeMap;

/// Whether an order's invoices may be issued: it is sold.
#[must_use]
pub const fn is_sold(order: &Order) -> bool {
    matches!(order.state, OrderState::Confirmed | OrderState::Shipped | OrderState::Delivered)
}

/// The invoices of an order: one for each seller, with its share of the shipping. Together they are what
/// was charged.
#[must_use]
pub fn invoices(order: &Order) -> Vec<Draft> {
    let quote = &order.quote;
    let mut sellers: BTreeMap<SellerId, Vec<&QuoteLine>> = BTreeMap::new();
    for line in &quote.lines {
        sellers.entry(line.item.seller).or_default().push(line);
    }
    let weight = |lines: &Vec<&QuoteLine>| {
        lines.iter().map(|line| line.subtotal.minor.unsigned_abs()).sum::<u64>()
    };
    let weights: Vec<u64> = sellers.values().map(weight).collect();
    let prices = quote.shipping.split(&weights);
    let taxes = quote.shipping_tax.split(&weights);
    let draft = |((seller, lines), (price, tax)): ((SellerId, Vec<&QuoteLine>), (Money, Money))| {
        let mut all: Vec<Line> = lines.into_iter().map(goods).collect();
        if price.minor > 0 {
            all.push(shipping(quote, price, tax));
        }
        let (order, user) = (order.id, order.user);
        Draft { seller, order, user, source: Source::Order, content: invoice(quote, all) }
    };
    sellers.into_iter().zip(prices.into_iter().zip(taxes)).map(draft).collect()
}

fn goods(line: &QuoteLine) -> Line {
    Line {
        title: line.item.title.to_string(),
        sku: Some(line.item.sku),
        quantity: line.item.quantity,
        unit_price: line.item.unit_price,
        rate_bp: line.rate_bp,
        tax: line.tax,
        total: line.total,
    }
}

fn shipping(quote: &Quote, price: Money, tax: Money) -> Line {
    let on_top = if quote.tax_inclusive { 0 } else { tax.minor };
    let total = Money::new(price.minor + on_top, price.currency);
    let rate_bp = quote.shipping_rate_bp;
    Line {
        title: "Shipping".into(),
        sku: None,
        quantity: 1,
        unit_price: price,
        rate_bp,
        tax,
        total,
    }
}

fn invoice(quote: &Quote, lines: Vec<Line>) -> Content {
    content(Kind::Invoice, None, lines, quote.currency)
}

/// A document over these lines.
fn content(kind: Kind, corrects: Option<u64>, lines: Vec<Line>, currency: Currency) -> Content {
    let mut rates: BTreeMap<u16, RateSum> = BTreeMap::new();
    let zero = Money::zero(currency);
    let mut total = zero;
    for line in &lines {
        let sum = rates.entry(line.rate_bp);
        let sum = sum.or_insert(RateSum { rate_bp: line.rate_bp, net: zero, tax: zero });
        sum.net.minor += line.total.minor - line.tax.minor;
        sum.tax.minor += line.tax.minor;
        total.minor += line.total.minor;
    }
    let rates = rates.into_values().collect();
    Content { kind, corrects, lines, rates, total }
}

/// An order's documents, where lines of invoices of old are told which goods they are.
#[must_use]
pub fn told_apart(mut all: Vec<Document>, order: &Order) -> Vec<Document> {
    let anew = invoices(order);
    for document in all.iter_mut().filter(|d| d.draft.content.kind == Kind::Invoice) {
        let same = anew.iter().find(|draft| draft.seller == document.draft.seller);
        let lines = same.map_or(&[][..], |draft| &draft.content.lines);
        for (line, known) in document.draft.content.lines.iter_mut().zip(lines) {
            line.sku = line.sku.or(known.sku);
        }
    }
    all
}
