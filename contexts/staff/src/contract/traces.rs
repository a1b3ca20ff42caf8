//! What was written of an order's money beside the order: documents and lines of the seller ledger.

use super::{Bench, Maker, NOW};
use crate::{Moment, Source};
use souk_invoices::{Content, Draft, Issue, Kind, Source as Reason};
use souk_kernel::{Currency, Id, Money, OrderId, SellerId, UserId, one};
use souk_orders::Order;
use souk_orders::contract::samples;
use souk_sellers::port::Posting;
use souk_sellers::{Line, LineKind};

/// An order with ids of its own.
fn order(maker: &Maker) -> Order {
    let sample = samples::confirmed(samples::quote(&[samples::line()], NOW));
    let (id, checkout) = (maker.0.mint_anywhere(), maker.0.mint_anywhere());
    Order { id, checkout, payment: maker.0.mint_anywhere(), ..sample }
}

fn issue((order, user): (OrderId, UserId), seller: SellerId, source: Reason, seen: usize) -> Issue {
    let kind = if source == Reason::Order { Kind::Invoice } else { Kind::CreditNote };
    let total = Money::new(1_299, Currency::Eur);
    let corrects = (kind == Kind::CreditNote).then_some(1);
    let content = Content { kind, corrects, lines: Vec::new(), rates: Vec::new(), total };
    Issue { order, source, drafts: vec![Draft { seller, order, user, source, content }], seen }
}

fn line(maker: &Maker, order: OrderId, seller: SellerId, kind: LineKind, minor: i64) -> Line {
    Line {
        id: maker.0.mint_anywhere(),
        seller,
        order: Some(order),
        kind,
        cause: Id::from_uuid(order.uuid()),
        sku: None,
        quantity: 1,
        amount: Money::new(minor, Currency::Eur),
        basis_points: 1_000,
        of: None,
        at: NOW,
    }
}

async fn traced(bench: &Bench, order: &Order) -> Vec<Moment> {
    let mut found = bench.desk.traces(order).await.expect("the store answers");
    found.retain(|moment| matches!(moment.source, Source::Document | Source::Books));
    found.sort_by(|a, b| (a.source, &a.what).cmp(&(b.source, &b.what)));
    found
}

pub(super) async fn documents_and_seller_lines(bench: Bench) {
    let maker = Maker::new();
    let (mine, other) = (order(&maker), order(&maker));
    let seller: SellerId = maker.0.mint_anywhere();
    let refund = Reason::Refund(Id::from_bytes([9; 16]));
    for (of, source, seen) in
        [(&mine, Reason::Order, 0), (&other, Reason::Order, 0), (&mine, refund, 1)]
    {
        let asked = issue((of.id, of.user), seller, source, seen);
        one(bench.invoices.issue(vec![asked]).await).expect("issued");
    }
    let sold = line(&maker, mine.id, seller, LineKind::Sale, 1_299);
    let kept = line(&maker, mine.id, seller, LineKind::Commission, -130);
    let lines = vec![sold, kept];
    let posting = Posting { order: mine.id, expected_lines: 0, lines };
    assert_eq!(one(bench.books.post(vec![posting]).await), Ok(()));
    let found = traced(&bench, &mine).await;
    let shown: Vec<_> = found.iter().map(|m| (m.source, m.what.as_str(), m.at)).collect();
    let (books, papers) = (Source::Books, Source::Document);
    assert_eq!(shown[..2], [(books, "commission", NOW), (books, "sale", NOW)]);
    let written: Vec<_> = shown[2..].iter().map(|(source, what, _)| (*source, *what)).collect();
    assert_eq!(written, [(papers, "credit note 000003"), (papers, "invoice 000001")]);
    assert_eq!(found[0].detail, format!("-1.30 EUR, seller {seller}"));
    let of = format!("12.99 EUR of invoice 000001 for {refund}, seller {seller}");
    assert_eq!(found[2].detail, of);
    let theirs = traced(&bench, &other).await;
    assert_eq!(theirs.len(), 1, "no other order's");
}
