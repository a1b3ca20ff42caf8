//! The seller ledger's arithmetic.
//!
//! An order's charge is split once, when it is confirmed: each marketplace line to its seller, the rest
//! (shipping, the shop's own goods) to the shop. So all sale lines of an order together are its total.
//! What goes back draws down what is left of those lines, and never more; a commission goes back so far
//! that what stays is the commission of what stays, by the rate in the line.

use crate::{Charged, Line, LineId, LineKind, Sold};
use souk_catalog::HOUSE_SELLER;
use souk_kernel::{Currency, Id, Mint, Money, OrderId, SellerId, Sku, Timestamp, draw};
use std::collections::BTreeMap;

/// What goes back of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reversal {
    /// All that is left: it was cancelled.
    Whole,
    /// An amount of money. Where it is of certain goods (a return), it is drawn from their lines
    /// first, in proportion to what those pieces cost; else from every line, in proportion to what is
    /// left of each.
    Amount {
        /// Minor units, above zero.
        minor: i64,
        /// Goods and how many of them; empty: of the order as a whole.
        goods: Vec<(Sku, u32)>,
    },
}

/// The commission on an amount, rounded half to even.
#[must_use]
pub fn commission(minor: i64, basis_points: u16) -> i64 {
    let exact = i128::from(minor) * i128::from(basis_points);
    let (whole, rest) = (exact.div_euclid(10_000), exact.rem_euclid(10_000));
    let up = rest > 5_000 || (rest == 5_000 && whole % 2 != 0);
    // A part of an amount is within the amount's range.
    i64::try_from(whole + i128::from(up)).unwrap_or(minor)
}

/// Makes lines of one order.
struct Writer<'a> {
    order: OrderId,
    cause: Id<()>,
    currency: Currency,
    mint: &'a Mint,
    at: Timestamp,
    lines: Vec<Line>,
}

impl Writer<'_> {
    fn add(&mut self, seller: SellerId, kind: LineKind, minor: i64, about: About) -> LineId {
        let id = self.mint.mint_anywhere();
        self.lines.push(Line {
            id,
            seller,
            order: Some(self.order),
            kind,
            cause: self.cause,
            sku: about.sku,
            quantity: about.quantity,
            amount: Money::new(minor, self.currency),
            basis_points: about.basis_points,
            of: about.of,
            at: self.at,
        });
        id
    }
}

#[derive(Clone, Copy, Default)]
struct About {
    sku: Option<Sku>,
    quantity: u32,
    basis_points: u16,
    of: Option<LineId>,
}

/// The lines of an order that was confirmed: none where no seller of `rates` sold anything in it.
///
/// `rates`: of each marketplace seller, the rate in force when the order was placed.
#[must_use]
pub fn sale(
    charged: &Charged,
    rates: &BTreeMap<SellerId, u16>,
    mint: &Mint,
    at: Timestamp,
) -> Vec<Line> {
    let theirs: Vec<(&Sold, u16)> = charged
        .lines
        .iter()
        .filter_map(|sold| rates.get(&sold.seller).map(|rate| (sold, *rate)))
        .collect();
    if theirs.is_empty() {
        return Vec::new();
    }
    let mut writer = Writer {
        order: charged.order,
        cause: Id::from_uuid(charged.order.uuid()),
        currency: charged.total.currency,
        mint,
        at,
        lines: Vec::new(),
    };
    let mut sold_by_others = 0;
    for (sold, basis_points) in theirs {
        let about = About { sku: Some(sold.sku), quantity: sold.quantity, basis_points, of: None };
        let of = writer.add(sold.seller, LineKind::Sale, sold.minor, about);
        let kept = commission(sold.minor, basis_points);
        let about = About { quantity: 0, of: Some(of), ..about };
        writer.add(sold.seller, LineKind::Commission, -kept, about);
        sold_by_others += sold.minor;
    }
    let rest = charged.total.minor - sold_by_others;
    if rest != 0 {
        writer.add(HOUSE_SELLER, LineKind::Sale, rest, About::default());
    }
    writer.lines
}

/// A sale line with what is left of it.
struct Open<'a> {
    sale: &'a Line,
    left: i64,
    commission: Option<(&'a Line, i64)>,
}

fn open(lines: &[Line]) -> Vec<Open<'_>> {
    let back = |kind: LineKind, of: LineId| -> i64 {
        let found = lines.iter().filter(|line| line.kind == kind && line.of == Some(of));
        found.map(|line| line.amount.minor).sum()
    };
    let sales = lines.iter().filter(|line| line.kind == LineKind::Sale);
    let open = |sale: &'_ Line| {
        let own = |line: &&Line| line.kind == LineKind::Commission && line.of == Some(sale.id);
        let commission = lines.iter().find(own).map(|line| {
            let given_back = back(LineKind::CommissionReversal, line.id);
            (line, -line.amount.minor - given_back)
        });
        (sale.amount.minor + back(LineKind::Refund, sale.id), commission)
    };
    sales
        .map(|sale| {
            let (left, commission) = open(sale);
            Open { sale, left, commission }
        })
        .collect()
}

/// The weights of a draw: what the named goods cost, or what is left of each line. Goods that no line names
/// are the shop's own, or of somebody without an account: they are in the line without goods.
fn weights(open: &[Open<'_>], goods: &[(Sku, u32)]) -> Vec<u64> {
    let is_named = |sku: Sku| open.iter().any(|line| line.sale.sku == Some(sku));
    let is_unnamed = goods.iter().any(|(sku, pieces)| *pieces > 0 && !is_named(*sku));
    let weight = |line: &Open<'_>| {
        if goods.is_empty() {
            return line.left.max(0).unsigned_abs();
        }
        let each = u128::from(line.sale.amount.minor.max(0).unsigned_abs());
        if line.sale.sku.is_none() {
            return if is_unnamed { u64::try_from(each).unwrap_or(u64::MAX) } else { 0 };
        }
        let named = goods.iter().filter(|(sku, _)| line.sale.sku == Some(*sku));
        let pieces: u64 = named.map(|(_, pieces)| u64::from(*pieces)).sum();
        let part = each * u128::from(pieces) / u128::from(line.sale.quantity.max(1));
        u64::try_from(part).unwrap_or(u64::MAX)
    };
    open.iter().map(weight).collect()
}

/// The lines of what goes back, given every line of the order so far; none where nothing is left, or
/// where this cause has its lines already.
#[must_use]
pub fn reversal(
    lines: &[Line],
    (order, cause): (OrderId, Id<()>),
    reversal: &Reversal,
    mint: &Mint,
    at: Timestamp,
) -> Vec<Line> {
    let taken = |line: &&Line| line.kind == LineKind::Refund && line.cause == cause;
    let Some(first) = lines.first() else { return Vec::new() };
    if lines.iter().any(|line| taken(&line)) {
        return Vec::new();
    }
    let open = open(lines);
    let left: Vec<i64> = open.iter().map(|line| line.left).collect();
    let all: i64 = left.iter().sum();
    let parts = match reversal {
        Reversal::Amount { minor, goods } if *minor < all => {
            draw(*minor, &left, &weights(&open, goods))
        }
        Reversal::Whole | Reversal::Amount { .. } => left,
    };
    let currency = first.amount.currency;
    let mut writer = Writer { order, cause, currency, mint, at, lines: Vec::new() };
    for (line, part) in open.iter().zip(parts) {
        if part == 0 {
            continue;
        }
        let (seller, basis_points) = (line.sale.seller, line.sale.basis_points);
        let about =
            About { sku: line.sale.sku, basis_points, of: Some(line.sale.id), ..About::default() };
        writer.add(seller, LineKind::Refund, -part, about);
        if let Some((taken, stands)) = line.commission {
            let stays = commission(line.left - part, basis_points);
            if stands > stays {
                let about = About { of: Some(taken.id), ..about };
                writer.add(seller, LineKind::CommissionReversal, stands - stays, about);
            }
        }
    }
    writer.lines
}
