//! The ledger and the lists of orders.

use super::{Maker, NOW, case_list};
use crate::port::{FindOrders, PostRefusal, Posting, Tally, Which};
use crate::{DaySales, Line, LineKind, SellerOrder, Stage};
use souk_kernel::{Currency, DAY_MS, Id, Money, OrderId, SellerId, Timestamp, one};

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::Eur)
}

impl Maker {
    fn line(&self, seller: SellerId, order: OrderId, kind: LineKind, minor: i64) -> Line {
        Line {
            id: self.id(),
            seller,
            order: Some(order),
            kind,
            cause: Id::from_uuid(order.uuid()),
            sku: Some(self.id()),
            quantity: u32::from(kind == LineKind::Sale) * 2,
            amount: eur(minor),
            basis_points: 1_250,
            of: None,
            at: NOW,
        }
    }
}

fn posting(order: OrderId, expected_lines: usize, lines: &[Line]) -> Posting {
    Posting { order, expected_lines, lines: lines.to_vec() }
}

fn row(seller: SellerId, order: OrderId, stage: Stage, version: u64) -> SellerOrder {
    let (placed, total) = (NOW, eur(1_299));
    SellerOrder { seller, order, placed, stage, total, pieces: 3, returns: 0, version }
}

case_list! {
    async fn lines_are_appended_once_and_add_up(bench) {
        let maker = Maker::new();
        let (ada, bob) = (maker.id(), maker.id());
        let (first, second) = (maker.id(), maker.id());
        let sale = maker.line(ada, first, LineKind::Sale, 2_000);
        let mut taken = maker.line(ada, first, LineKind::Commission, -250);
        taken.of = Some(sale.id);
        taken.sku = None;
        let other = maker.line(bob, first, LineKind::Sale, 700);
        let lines = [sale.clone(), taken.clone(), other.clone()];
        assert_eq!(one(bench.books.post(vec![posting(first, 0, &lines)]).await), Ok(()));
        let again = one(bench.books.post(vec![posting(first, 0, &lines)]).await);
        assert_eq!(again, Err(PostRefusal::Stale));
        let mut usd = maker.line(ada, second, LineKind::Sale, 5);
        usd.amount = Money::new(5, Currency::Usd);
        let back = maker.line(ada, first, LineKind::Refund, -2_000);
        let batch = vec![
            posting(second, 0, std::slice::from_ref(&usd)),
            posting(second, 0, &lines),
            posting(first, 3, std::slice::from_ref(&back)),
        ];
        let done = bench.books.post(batch).await;
        assert_eq!(done, [Ok(()), Err(PostRefusal::Stale), Ok(())], "each for itself");
        let of = bench.books.lines_of(&[second, maker.id(), first]).await;
        let expected =
            vec![vec![usd.clone()], Vec::new(), vec![sale.clone(), taken.clone(), other, back.clone()]];
        assert_eq!(of, Ok(expected));
        let mut balance = bench.books.balance(ada).await.unwrap_or_default();
        balance.sort_by_key(|amount| amount.currency);
        assert_eq!(balance, [eur(-250), Money::new(5, Currency::Usd)]);
        assert_eq!(bench.books.balance(bob).await, Ok(vec![eur(700)]));
        assert_eq!(bench.books.balance(maker.id()).await, Ok(Vec::new()));
        let page = |before, limit| bench.books.lines(ada, before, limit);
        assert_eq!(page(None, 2).await, Ok(vec![back.clone(), usd]), "the newest first");
        let rest = page(Some(back.id), 9).await.unwrap_or_default();
        assert_eq!(rest[1..], [taken, sale]);
    }

    async fn a_payout_is_of_no_order(bench) {
        let maker = Maker::new();
        let (ada, nothing) = (maker.id(), maker.id());
        let mut line = maker.line(ada, nothing, LineKind::Payout, -100);
        (line.order, line.sku) = (None, None);
        let paid = posting(nothing, 0, std::slice::from_ref(&line));
        assert_eq!(one(bench.books.post(vec![paid]).await), Ok(()));
        assert_eq!(bench.books.lines(ada, None, 9).await, Ok(vec![line]));
        assert_eq!(bench.books.lines_of(&[nothing]).await, Ok(vec![Vec::new()]));
        assert_eq!(bench.books.balance(ada).await, Ok(vec![eur(-100)]));
    }

    async fn sales_are_counted_by_day(bench) {
        let maker = Maker::new();
        let ada = maker.id();
        let day = Timestamp(NOW.0 / DAY_MS * DAY_MS);
        for (at, minor) in [(day.plus_ms(-1), 1), (day, 10), (day.plus_ms(DAY_MS - 1), 100)] {
            let order = maker.id();
            let mut lines = vec![
                maker.line(ada, order, LineKind::Sale, minor),
                maker.line(ada, order, LineKind::Sale, minor),
                maker.line(ada, order, LineKind::Commission, -minor),
            ];
            lines.iter_mut().for_each(|line| line.at = at);
            assert_eq!(one(bench.books.post(vec![posting(order, 0, &lines)]).await), Ok(()));
        }
        let today = DaySales { day, orders: 2, pieces: 8, minor: 220 };
        assert_eq!(bench.books.sales(ada, day).await, Ok(vec![today]));
        let yesterday =
            DaySales { day: day.plus_ms(-DAY_MS), orders: 1, pieces: 4, minor: 2 };
        let both = bench.books.sales(ada, day.plus_ms(-DAY_MS)).await;
        assert_eq!(both, Ok(vec![yesterday, today]));
        assert_eq!(bench.books.sales(maker.id(), day).await, Ok(Vec::new()));
    }

    async fn an_older_row_never_replaces_a_newer_one(bench) {
        let maker = Maker::new();
        let (ada, order) = (maker.id(), maker.id());
        let newer = row(ada, order, Stage::Shipped, 7);
        assert_eq!(bench.books.file(vec![row(ada, order, Stage::ToPack, 3), newer]).await, Ok(()));
        let older = row(ada, order, Stage::ToShip, 6);
        assert_eq!(bench.books.file(vec![older]).await, Ok(()));
        assert_eq!(bench.books.order(ada, order).await, Ok(Some(newer)));
        let same = SellerOrder { returns: 2, ..newer };
        assert_eq!(bench.books.file(vec![same]).await, Ok(()), "computed again");
        assert_eq!(bench.books.order(ada, order).await, Ok(Some(same)));
        assert_eq!(bench.books.order(maker.id(), order).await, Ok(None), "somebody else's");
        assert_eq!(bench.books.order(ada, maker.id()).await, Ok(None));
    }

    async fn orders_come_in_pages_by_stage(bench) {
        let maker = Maker::new();
        let (ada, bob) = (maker.id(), maker.id());
        let stages =
            [Stage::ToPack, Stage::Shipped, Stage::ToPack, Stage::ToShip, Stage::Cancelled];
        let mut rows: Vec<SellerOrder> =
            stages.iter().map(|stage| row(ada, maker.id(), *stage, 1)).collect();
        rows[1].returns = 1;
        let theirs = SellerOrder { seller: bob, ..rows[0] };
        assert_eq!(bench.books.file(rows.iter().copied().chain([theirs]).collect()).await, Ok(()));
        rows.reverse();
        let find = |which, before, limit| {
            bench.books.orders(FindOrders { seller: ada, which, before, limit })
        };
        assert_eq!(find(Which::All, None, 2).await, Ok(rows[..2].to_vec()));
        assert_eq!(find(Which::All, Some(rows[1].order), 9).await, Ok(rows[2..].to_vec()));
        let to_pack = find(Which::At(Stage::ToPack), None, 9).await;
        assert_eq!(to_pack, Ok(vec![rows[2], rows[4]]));
        let older = find(Which::At(Stage::ToPack), Some(rows[2].order), 9).await;
        assert_eq!(older, Ok(vec![rows[4]]));
        assert_eq!(find(Which::Returns, None, 9).await, Ok(vec![rows[3]]));
        let tally = Tally { to_pack: 2, to_ship: 1, returns: 1 };
        assert_eq!(bench.books.tally(ada).await, Ok(tally));
        assert_eq!(bench.books.tally(maker.id()).await, Ok(Tally::default()));
    }
}
