//! Credit notes: what of which invoice does not count any more.
//!
//! What is left is kept by seller and rate: no credit draws below it, of net and tax alike. The money of a
//! return is drawn from where its goods were invoiced; the rest (shipping, goodwill) from everything, in
//! proportion to what is left there.

use super::content;
use crate::{Back, Document, Draft, Kind, Line, RateSum, Source};
use souk_kernel::{Money, SellerId, Sku, draw, share};
use std::collections::BTreeMap;

/// What one seller taxed at one rate, in one order.
struct Cell<'a> {
    invoice: &'a Document,
    left: RateSum,
    /// What goes back of its goods now.
    named: Vec<Named<'a>>,
}

/// Pieces that came back, at what was invoiced for them.
struct Named<'a> {
    line: &'a Line,
    pieces: u32,
    total: i64,
    tax: i64,
}

/// The documents of one order and seller.
type OfSeller<'a> = Vec<&'a Document>;

fn of_kind<'a>(all: &'a OfSeller<'_>, kind: Kind) -> impl Iterator<Item = &'a Document> {
    all.iter().copied().filter(move |document| document.draft.content.kind == kind)
}

/// What is left of an invoice after its credit notes, by rate.
fn cells<'a>(all: &OfSeller<'a>) -> Vec<Cell<'a>> {
    let is_invoice = |document: &&&Document| document.draft.content.kind == Kind::Invoice;
    let Some(invoice) = all.iter().find(is_invoice).copied() else { return Vec::new() };
    let cell = |sum: &RateSum| {
        let mut left = *sum;
        let rates = of_kind(all, Kind::CreditNote).flat_map(|note| &note.draft.content.rates);
        for credited in rates.filter(|credited| credited.rate_bp == left.rate_bp) {
            left.net.minor -= credited.net.minor;
            left.tax.minor -= credited.tax.minor;
        }
        Cell { invoice, left, named: Vec::new() }
    };
    invoice.draft.content.rates.iter().map(cell).collect()
}

/// Names what came back in the cell that it was invoiced in. Pieces that earlier notes credited come before.
fn name<'a>(cells: &mut [Cell<'a>], all: &OfSeller<'a>, goods: &[(Sku, u32)]) {
    for (sku, pieces) in goods {
        for cell in cells.iter_mut() {
            let (lines, rate) = (&cell.invoice.draft.content.lines, cell.left.rate_bp);
            let is_theirs = |line: &&Line| line.sku == Some(*sku) && line.rate_bp == rate;
            let theirs = || lines.iter().filter(is_theirs);
            let Some(line) = theirs().next() else { continue };
            let notes = of_kind(all, Kind::CreditNote).flat_map(|note| &note.draft.content.lines);
            let before: u32 =
                notes.filter(|line| line.sku == Some(*sku)).map(|line| line.quantity).sum();
            let bought: u32 = theirs().map(|line| line.quantity).sum();
            let part = |of: fn(&Line) -> i64| {
                let whole: i64 = theirs().map(of).sum();
                share(whole, bought, before.saturating_add(*pieces)) - share(whole, bought, before)
            };
            let (total, tax) = (part(|line| line.total.minor), part(|line| line.tax.minor));
            if total > 0 {
                cell.named.push(Named { line, pieces: *pieces, total, tax });
            }
        }
    }
}

/// The credit notes for what goes back (`None`: all that is left). `all`: the order's documents.
#[must_use]
pub fn credits(all: &[Document], source: Source, back: Option<&Back>) -> Vec<Draft> {
    let mut sellers: BTreeMap<SellerId, OfSeller<'_>> = BTreeMap::new();
    for document in all {
        sellers.entry(document.draft.seller).or_default().push(document);
    }
    let goods = back.map_or(&[][..], |back| &back.goods);
    let mut open: Vec<Cell<'_>> = Vec::new();
    for theirs in sellers.values() {
        let mut cells = cells(theirs);
        name(&mut cells, theirs, goods);
        open.extend(cells);
    }
    let left: Vec<i64> = open.iter().map(|cell| cell.left.gross().max(0)).collect();
    let named: Vec<i64> =
        open.iter().map(|cell| cell.named.iter().map(|n| n.total).sum()).collect();
    let weighs = if named.iter().all(|minor| *minor == 0) { &left } else { &named };
    let weights: Vec<u64> = weighs.iter().map(|minor| minor.unsigned_abs()).collect();
    let all_left: i64 = left.iter().sum();
    let parts = draw(back.map_or(all_left, |back| back.amount.minor), &left, &weights);
    let mut notes: BTreeMap<SellerId, (&Document, Vec<Line>)> = BTreeMap::new();
    for (cell, part) in open.iter().zip(parts).filter(|(_, part)| *part > 0) {
        let note = notes.entry(cell.invoice.draft.seller);
        note.or_insert((cell.invoice, Vec::new())).1.extend(cell.credit(part));
    }
    let draft = |(invoice, lines): (&Document, Vec<Line>)| {
        let currency = invoice.draft.content.total.currency;
        let content = content(Kind::CreditNote, Some(invoice.number), lines, currency);
        Draft { source, content, ..invoice.draft.clone() }
    };
    notes.into_values().map(draft).collect()
}

impl Cell<'_> {
    /// The lines of a credit over `part`, which is at most what is left: first the goods, then the rest.
    fn credit(&self, part: i64) -> Vec<Line> {
        let named: i64 = self.named.iter().map(|named| named.total).sum();
        let weights: Vec<u64> = self.named.iter().map(|n| n.total.unsigned_abs()).collect();
        let shares = self.money(part.min(named)).split(&weights);
        let mut lines: Vec<Line> =
            self.named.iter().zip(shares).map(|(n, s)| n.credit(s)).collect();
        if part > named {
            let tax: i64 = lines.iter().map(|line| line.tax.minor).sum();
            let left = (self.left.gross() - named, self.left.tax.minor - tax);
            lines.push(self.rest(part - named, left));
        }
        self.fit(&mut lines);
        lines
    }

    fn money(&self, minor: i64) -> Money {
        Money::new(minor, self.left.net.currency)
    }

    /// Money of no goods: taxed as what is left, by gross and tax.
    fn rest(&self, part: i64, (gross, tax): (i64, i64)) -> Line {
        let total = self.money(part);
        Line {
            title: format!("Credit for invoice {}", self.invoice.label()),
            sku: None,
            quantity: 1,
            unit_price: total,
            rate_bp: self.left.rate_bp,
            tax: self.money(nearest(tax.max(0), part, gross)),
            total,
        }
    }

    /// Keeps the tax, and what is without it, within what is left: the last credit takes all of both.
    fn fit(&self, lines: &mut [Line]) {
        let total: i64 = lines.iter().map(|line| line.total.minor).sum();
        let tax: i64 = lines.iter().map(|line| line.tax.minor).sum();
        let least = (total - self.left.net.minor).max(0);
        let mut off = tax.min(self.left.tax.minor).max(least) - tax;
        for line in lines.iter_mut().rev() {
            let fits = (line.tax.minor + off).clamp(0, line.total.minor);
            off -= fits - line.tax.minor;
            line.tax.minor = fits;
        }
    }
}

impl Named<'_> {
    /// Its credit, of which `share` goes back: all of it, but where less is left.
    fn credit(&self, share: Money) -> Line {
        let Line { title, sku, unit_price, rate_bp, .. } = self.line.clone();
        let tax = Money::new(nearest(self.tax, share.minor, self.total), share.currency);
        Line { title, sku, quantity: self.pieces, unit_price, rate_bp, tax, total: share }
    }
}

/// So much of an amount as `part` is of `whole`, to the nearest unit.
fn nearest(amount: i64, part: i64, whole: i64) -> i64 {
    if whole <= 0 {
        return amount;
    }
    let scaled = i128::from(amount) * i128::from(part) * 2 + i128::from(whole);
    i64::try_from(scaled / (i128::from(whole) * 2)).unwrap_or(amount)
}
