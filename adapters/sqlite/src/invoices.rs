//! The port of invoices.

use crate::inventory::spread;
use crate::store::{Priority, Store};
use crate::tx::Tx;
use async_trait::async_trait;
use rusqlite::{Connection, Row};
use souk_invoices::{Content, Document, Draft, Invoices, Issue, IssueRefusal};
use souk_kernel::{Answers, OrderId, PortError, SellerId, Timestamp, UserId};

const OF_ORDER: &str = "SELECT seller, number, order_id, user, source, body, issued_at FROM invoice
  WHERE order_key = ?1 AND order_id = ?2 ORDER BY seller, number";

const OF_SELLER: &str =
    "SELECT seller, number, order_id, user, source, body, issued_at FROM invoice
  WHERE seller = ?1 AND number > ?2 ORDER BY number LIMIT ?3";

fn document(row: &Row<'_>) -> rusqlite::Result<Document> {
    let bad = |_| rusqlite::Error::InvalidQuery;
    let text = |at| row.get_ref(at).and_then(|v| v.as_str().map_err(Into::into));
    let content: Content =
        serde_json::from_str(text(5)?).map_err(|_| rusqlite::Error::InvalidQuery)?;
    let draft = Draft {
        seller: SellerId::from_bytes(row.get(0)?),
        order: OrderId::from_bytes(row.get(2)?),
        user: UserId::from_bytes(row.get(3)?),
        source: text(4)?.parse().map_err(bad)?,
        content,
    };
    let number = row.get::<_, i64>(1)?.unsigned_abs();
    Ok(Document { number, issued_at: Timestamp(row.get(6)?), draft })
}

/// An order's documents, by seller and number.
pub(crate) fn of_order(conn: &Connection, order: OrderId) -> rusqlite::Result<Vec<Document>> {
    let mut statement = conn.prepare_cached(OF_ORDER)?;
    let rows = statement.query_map((order.key(), order.bytes()), document)?;
    rows.collect()
}

/// Numbers come from the rows themselves: the writer is alone, and no row ever goes.
fn keep(tx: &Tx<'_>, draft: Draft) -> Result<Document, PortError> {
    let content = &draft.content;
    let last: Option<i64> = tx
        .first(
            "SELECT max(number) FROM invoice WHERE seller = ?1",
            [draft.seller.bytes()],
            |row| row.get(0),
        )?
        .flatten();
    let number = last.unwrap_or(0) + 1;
    let body = serde_json::to_string(content).map_err(|e| PortError::Corrupt(e.to_string()))?;
    tx.execute(
        "INSERT INTO invoice (seller, number, order_key, order_id, user, source, kind, minor,
           currency, body, issued_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        (
            draft.seller.bytes(),
            number,
            draft.order.key(),
            draft.order.bytes(),
            draft.user.bytes(),
            draft.source.to_string(),
            content.kind.name(),
            content.total.minor,
            content.total.currency.code(),
            body,
            tx.now.0,
        ),
    )?;
    Ok(Document { number: number.unsigned_abs(), issued_at: tx.now, draft })
}

fn issue(tx: &Tx<'_>, issue: Issue) -> Result<Result<Vec<Document>, IssueRefusal>, PortError> {
    let all = tx.rows(OF_ORDER, (issue.order.key(), issue.order.bytes()), document)?;
    let seen = all.len();
    let before: Vec<Document> =
        all.into_iter().filter(|document| document.draft.source == issue.source).collect();
    if !before.is_empty() {
        return Ok(Ok(before));
    }
    if seen != issue.seen {
        return Ok(Err(IssueRefusal::Stale));
    }
    let kept: Result<Vec<_>, _> = issue.drafts.into_iter().map(|draft| keep(tx, draft)).collect();
    kept.map(Ok)
}

#[async_trait]
impl Invoices for Store {
    async fn issue(&self, batch: Vec<Issue>) -> Answers<Vec<Document>, IssueRefusal> {
        let many = batch.len();
        let run = self.write(Priority::Background, move |tx| {
            batch.iter().map(|one| issue(tx, one.clone())).collect()
        });
        spread(run.await, many)
    }

    async fn of_order(&self, order: OrderId) -> Result<Vec<Document>, PortError> {
        self.read(|conn| of_order(conn, order))
    }

    async fn of_seller(
        &self,
        seller: SellerId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<Document>, PortError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.read(|conn| {
            let mut statement = conn.prepare_cached(OF_SELLER)?;
            let after = after.cast_signed();
            let rows = statement.query_map((seller.bytes(), after, limit), document)?;
            rows.collect()
        })
    }
}
