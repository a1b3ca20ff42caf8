//! The arithmetic of documents, without a store. Every sum is exact: shares are split by largest
//! remainder, and the last credit note takes what is left.

use crate::{Content, Document, Draft, Kind, Line, RateSum, Source};
use souk_kernel::{Money, SellerId};
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
    Line { title: "Shipping".into(), quantity: 1, unit_price: price, rate_bp, tax, total }
}

fn invoice(quote: &Quote, lines: Vec<Line>) -> Content {
    let mut rates: BTreeMap<u16, RateSum> = BTreeMap::new();
    let zero = Money::zero(quote.currency);
    let mut total = zero;
    for line in &lines {
        let sum = rates.entry(line.rate_bp);
        let sum = sum.or_insert(RateSum { rate_bp: line.rate_bp, net: zero, tax: zero });
        sum.net.minor += line.total.minor - line.tax.minor;
        sum.tax.minor += line.tax.minor;
        total.minor += line.total.minor;
    }
    let rates = rates.into_values().collect();
    Content { kind: Kind::Invoice, corrects: None, lines, rates, total }
}

/// What is left of an invoice after its credit notes, by rate. `all`: the documents of one order and
/// seller.
fn left(all: &[&Document]) -> Vec<RateSum> {
    let invoice = all.iter().find(|d| d.draft.content.kind == Kind::Invoice);
    let mut left = invoice.map(|d| d.draft.content.rates.clone()).unwrap_or_default();
    let notes = all.iter().filter(|d| d.draft.content.kind == Kind::CreditNote);
    for credited in notes.flat_map(|d| &d.draft.content.rates) {
        if let Some(sum) = left.iter_mut().find(|sum| sum.rate_bp == credited.rate_bp) {
            sum.net.minor -= credited.net.minor;
            sum.tax.minor -= credited.tax.minor;
        }
    }
    left
}

/// The credit notes for an amount that goes back (`None`: all that is left), over an order's sellers in
/// proportion to what is left of their invoices. `all`: the order's documents.
#[must_use]
pub fn credits(all: &[Document], source: Source, amount: Option<Money>) -> Vec<Draft> {
    let mut sellers: BTreeMap<SellerId, Vec<&Document>> = BTreeMap::new();
    for document in all {
        sellers.entry(document.draft.seller).or_default().push(document);
    }
    let lefts: Vec<Vec<RateSum>> = sellers.values().map(|all| left(all)).collect();
    let sum = |rates: &Vec<RateSum>| rates.iter().map(RateSum::gross).sum::<i64>();
    let weights: Vec<u64> = lefts.iter().map(|l| sum(l).max(0).unsigned_abs()).collect();
    let most = i64::try_from(weights.iter().sum::<u64>()).unwrap_or(i64::MAX);
    let Some(first) = all.first() else { return Vec::new() };
    let currency = first.draft.content.total.currency;
    let minor = amount.map_or(most, |amount| amount.minor.min(most));
    let shares = Money::new(minor, currency).split(&weights);
    let note = |((all, left), share): ((&Vec<&Document>, &Vec<RateSum>), Money)| {
        let invoice = all.iter().find(|d| d.draft.content.kind == Kind::Invoice)?;
        let content = credit(invoice, left, share)?;
        Some(Draft { source, content, ..invoice.draft.clone() })
    };
    sellers.values().zip(&lefts).zip(shares).filter_map(note).collect()
}

/// A credit note over `share`, which is at most what is left; `None`: nothing goes back.
fn credit(invoice: &Document, left: &[RateSum], share: Money) -> Option<Content> {
    if share.minor <= 0 {
        return None;
    }
    let weights: Vec<u64> = left.iter().map(|sum| sum.gross().max(0).unsigned_abs()).collect();
    let mut rates = Vec::with_capacity(left.len());
    for (sum, part) in left.iter().zip(share.split(&weights)) {
        if part.minor == 0 {
            continue;
        }
        let tax = tax_of(sum, part.minor);
        let (net, tax) = (part.minor - tax, tax);
        let money = |minor| Money::new(minor, share.currency);
        rates.push(RateSum { rate_bp: sum.rate_bp, net: money(net), tax: money(tax) });
    }
    let line = |sum: &RateSum| {
        let total = Money::new(sum.gross(), share.currency);
        Line {
            title: format!("Credit for invoice {}", invoice.label()),
            quantity: 1,
            unit_price: total,
            rate_bp: sum.rate_bp,
            tax: sum.tax,
            total,
        }
    };
    let lines = rates.iter().map(line).collect();
    let corrects = Some(invoice.number);
    Some(Content { kind: Kind::CreditNote, corrects, lines, rates, total: share })
}

/// The tax in a part of what is left, to the nearest unit. The last part is all of it, and so is its tax:
/// nothing remains.
fn tax_of(left: &RateSum, part: i64) -> i64 {
    let gross = left.gross();
    if gross == 0 {
        return left.tax.minor;
    }
    let scaled = i128::from(left.tax.minor) * i128::from(part) * 2 + i128::from(gross);
    i64::try_from(scaled / (i128::from(gross) * 2)).unwrap_or(0)
}
