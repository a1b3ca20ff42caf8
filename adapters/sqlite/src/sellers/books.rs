//! The seller ledger and sellers' lists of orders.

use super::whole;
use crate::inventory::spread;
use crate::store::{Priority, Store};
use crate::tx::Tx;
use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, Row};
use souk_kernel::{
    Answers, Currency, DAY_MS, Id, Money, OrderId, PortError, SellerId, Sku, Timestamp,
};
use souk_sellers::port::{FindOrders, PostRefusal, Posting, Tally, Which};
use souk_sellers::{Books, DaySales, Line, LineId, LineKind, SellerOrder, Stage};

/// The columns of [`line`].
const LINE: &str = "id, seller, order_id, kind, cause, sku, quantity, minor, currency, basis_points, \
                    of_line, at";
/// The columns of [`order`].
const ORDER: &str = "seller, order_id, placed_at, stage, minor, currency, pieces, returns, version";

fn optional<N>(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<Id<N>>> {
    Ok(row.get::<_, Option<[u8; 16]>>(at)?.map(Id::from_bytes))
}

fn money(row: &Row<'_>, at: usize) -> rusqlite::Result<Money> {
    let code: String = row.get(at + 1)?;
    let currency: Currency = code.parse().map_err(|_| rusqlite::Error::InvalidQuery)?;
    Ok(Money::new(row.get(at)?, currency))
}

fn line(row: &Row<'_>) -> rusqlite::Result<Line> {
    let kind: String = row.get(3)?;
    Ok(Line {
        id: LineId::from_bytes(row.get(0)?),
        seller: SellerId::from_bytes(row.get(1)?),
        order: optional(row, 2)?,
        kind: LineKind::from_name(&kind).ok_or(rusqlite::Error::InvalidQuery)?,
        cause: Id::from_bytes(row.get(4)?),
        sku: optional(row, 5)?,
        quantity: row.get(6)?,
        amount: money(row, 7)?,
        basis_points: row.get(9)?,
        of: optional(row, 10)?,
        at: Timestamp(row.get(11)?),
    })
}

/// An order's lines, as they were appended.
pub(crate) fn of_order(conn: &Connection, order: OrderId) -> rusqlite::Result<Vec<Line>> {
    let sql = format!(
        "SELECT {LINE} FROM seller_line WHERE order_key = ?1 AND order_id = ?2 ORDER BY key"
    );
    let mut statement = conn.prepare_cached(&sql)?;
    let lines = statement.query_map((order.key(), order.bytes()), line)?;
    lines.collect()
}

fn order(row: &Row<'_>) -> rusqlite::Result<SellerOrder> {
    let stage: String = row.get(3)?;
    Ok(SellerOrder {
        seller: SellerId::from_bytes(row.get(0)?),
        order: OrderId::from_bytes(row.get(1)?),
        placed: Timestamp(row.get(2)?),
        stage: Stage::from_name(&stage).ok_or(rusqlite::Error::InvalidQuery)?,
        total: money(row, 4)?,
        pieces: row.get(6)?,
        returns: row.get(7)?,
        version: row.get::<_, i64>(8)?.unsigned_abs(),
    })
}

fn append(tx: &Tx<'_>, line: &Line) -> Result<(), PortError> {
    tx.execute(
        "INSERT INTO seller_line VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        (
            line.id.key(),
            line.id.bytes(),
            line.seller.bytes(),
            line.order.map_or(0, Id::key),
            line.order.as_ref().map(Id::bytes),
            line.kind.name(),
            line.cause.bytes(),
            line.sku.as_ref().map(Sku::bytes),
            line.quantity,
            line.amount.minor,
            line.amount.currency.code(),
            line.basis_points,
            line.of.as_ref().map(Id::bytes),
            line.at.0,
        ),
    )?;
    tx.execute(
        "INSERT INTO seller_balance VALUES (?1, ?2, ?3)
         ON CONFLICT (seller, currency) DO UPDATE SET minor = minor + excluded.minor",
        (line.seller.bytes(), line.amount.currency.code(), line.amount.minor),
    )?;
    Ok(())
}

fn post(tx: &Tx<'_>, posting: &Posting) -> Result<Result<(), PostRefusal>, PortError> {
    let sql = "SELECT count(*) FROM seller_line WHERE order_key = ?1 AND order_id = ?2";
    let of = (posting.order.key(), posting.order.bytes());
    let lines: i64 = tx.first(sql, of, |row| row.get(0))?.unwrap_or_default();
    if usize::try_from(lines) != Ok(posting.expected_lines) {
        return Ok(Err(PostRefusal::Stale));
    }
    posting.lines.iter().try_for_each(|line| append(tx, line))?;
    Ok(Ok(()))
}

fn put(tx: &Tx<'_>, row: &SellerOrder) -> Result<(), PortError> {
    tx.execute(
        "INSERT INTO seller_order VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
         ON CONFLICT (seller, order_key) DO UPDATE SET placed_at = excluded.placed_at,
           stage = excluded.stage, minor = excluded.minor, currency = excluded.currency,
           pieces = excluded.pieces, returns = excluded.returns, version = excluded.version
         WHERE excluded.version >= version",
        (
            row.seller.bytes(),
            row.order.key(),
            row.order.bytes(),
            row.placed.0,
            row.stage.name(),
            row.total.minor,
            row.total.currency.code(),
            row.pieces,
            row.returns,
            row.version.cast_signed(),
        ),
    )
    .map(drop)
}

/// The first key of a moment: lines lie in order of time.
const fn key_since(since: Timestamp) -> i64 {
    // An hour of grace: ids are minted by another clock than lines are dated by.
    (since.0 - souk_kernel::HOUR_MS) << 12
}

#[async_trait]
impl Books for Store {
    async fn post(&self, batch: Vec<Posting>) -> Answers<(), PostRefusal> {
        let many = batch.len();
        let run = self.write(Priority::Background, move |tx| {
            batch.iter().map(|posting| post(tx, posting)).collect()
        });
        spread(run.await, many)
    }

    async fn lines_of(&self, orders: &[OrderId]) -> Result<Vec<Vec<Line>>, PortError> {
        self.read(|conn| orders.iter().map(|order| of_order(conn, *order)).collect())
    }

    async fn lines(
        &self,
        seller: SellerId,
        before: Option<LineId>,
        limit: usize,
    ) -> Result<Vec<Line>, PortError> {
        let before = before.map_or(i64::MAX, Id::key);
        self.read(|conn| {
            let sql = format!(
                "SELECT {LINE} FROM seller_line WHERE seller = ?1 AND key < ?2
                 ORDER BY key DESC LIMIT ?3"
            );
            let values = (seller.bytes(), before, whole(limit));
            conn.prepare_cached(&sql)?.query_map(values, line)?.collect()
        })
    }

    async fn balance(&self, seller: SellerId) -> Result<Vec<Money>, PortError> {
        self.read(|conn| {
            let sql = "SELECT minor, currency FROM seller_balance WHERE seller = ?1";
            conn.prepare_cached(sql)?.query_map([seller.bytes()], |row| money(row, 0))?.collect()
        })
    }

    async fn sales(&self, seller: SellerId, since: Timestamp) -> Result<Vec<DaySales>, PortError> {
        self.read(|conn| {
            let sql = "SELECT at / ?3, count(DISTINCT order_key), sum(quantity), sum(minor)
                       FROM seller_line
                       WHERE seller = ?1 AND key >= ?2 AND at >= ?4 AND kind = 'sale'
                       GROUP BY 1 ORDER BY 1";
            let day = |row: &Row<'_>| {
                Ok(DaySales {
                    day: Timestamp(row.get::<_, i64>(0)? * DAY_MS),
                    orders: row.get::<_, i64>(1)?.unsigned_abs(),
                    pieces: row.get::<_, i64>(2)?.unsigned_abs(),
                    minor: row.get(3)?,
                })
            };
            let values = (seller.bytes(), key_since(since), DAY_MS, since.0);
            conn.prepare_cached(sql)?.query_map(values, day)?.collect()
        })
    }

    async fn file(&self, rows: Vec<SellerOrder>) -> Result<(), PortError> {
        self.write(Priority::Background, move |tx| rows.iter().try_for_each(|row| put(tx, row)))
            .await
    }

    async fn orders(&self, find: FindOrders) -> Result<Vec<SellerOrder>, PortError> {
        let before = find.before.map_or(i64::MAX, Id::key);
        let (which, stage) = match find.which {
            Which::All => ("", None),
            Which::At(stage) => ("AND stage = ?4", Some(stage.name())),
            Which::Returns => ("AND returns > 0", None),
        };
        self.read(|conn| {
            let sql = format!(
                "SELECT {ORDER} FROM seller_order
                 WHERE seller = ?1 AND order_key < ?2 AND (?4 IS NULL OR ?4 = stage) {which}
                 ORDER BY order_key DESC LIMIT ?3"
            );
            let values = (find.seller.bytes(), before, whole(find.limit), stage);
            conn.prepare_cached(&sql)?.query_map(values, order)?.collect()
        })
    }

    async fn order(
        &self,
        seller: SellerId,
        asked: OrderId,
    ) -> Result<Option<SellerOrder>, PortError> {
        self.read(|conn| {
            let sql = format!(
                "SELECT {ORDER} FROM seller_order
                 WHERE seller = ?1 AND order_key = ?2 AND order_id = ?3"
            );
            let values = (seller.bytes(), asked.key(), asked.bytes());
            conn.prepare_cached(&sql)?.query_row(values, order).optional()
        })
    }

    async fn tally(&self, seller: SellerId) -> Result<Tally, PortError> {
        self.read(|conn| {
            let sql = "SELECT
                (SELECT count(*) FROM seller_order WHERE seller = ?1 AND stage = 'to_pack'),
                (SELECT count(*) FROM seller_order WHERE seller = ?1 AND stage = 'to_ship'),
                (SELECT count(*) FROM seller_order WHERE seller = ?1 AND returns > 0)";
            conn.prepare_cached(sql)?.query_row([seller.bytes()], |row| {
                let many = |at| row.get::<_, i64>(at).map(i64::unsigned_abs);
                Ok(Tally { to_pack: many(0)?, to_ship: many(1)?, returns: many(2)? })
            })
        })
    }
}
