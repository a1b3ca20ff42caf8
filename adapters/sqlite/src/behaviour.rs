//! Shoppers' acts: sums by product, the last acts of each shopper, searches.

use crate::store::{Priority, Store};
use crate::tx::Tx;
use async_trait::async_trait;
use souk_kernel::{PortError, ProductId, Timestamp, UserId};
use souk_search::behaviour::{
    Act, FADES_AFTER_MS, Interest, KEPT_INTERESTS, KEPT_SEARCHES, SUGGESTED_AFTER, Seen, Tally,
};
use souk_search::port::Behaviour;

/// Acts in one job: a piece small enough to wait behind a purchase.
const PIECE: usize = 128;

fn parse(body: &str) -> Result<Interest, PortError> {
    serde_json::from_str(body).map_err(|e| PortError::Corrupt(format!("an interest: {e}")))
}

fn see(tx: &Tx<'_>, seen: &Seen, number: i64) -> Result<(), PortError> {
    let product = seen.interest.product;
    let (views, orders) = match seen.interest.act {
        Act::Looked => (1, 0),
        Act::Bought => (0, 1),
    };
    tx.execute(
        "INSERT INTO behaviour_tally VALUES (?1, ?2, ?3) ON CONFLICT (product) DO UPDATE SET
           views = min(views + excluded.views, 4294967295),
           orders = min(orders + excluded.orders, 4294967295)",
        (product.bytes(), views, orders),
    )?;
    let Some(user) = seen.user else { return Ok(()) };
    let mut interest = seen.interest.clone();
    let before: Option<String> = tx.first(
        "SELECT body FROM behaviour_interest WHERE user = ?1 AND product = ?2",
        (user.bytes(), product.bytes()),
        |row| row.get(0),
    )?;
    if let Some(before) = before {
        interest.act = interest.act.max(parse(&before)?.act);
    }
    let body = serde_json::to_string(&interest).map_err(|e| PortError::Corrupt(e.to_string()))?;
    tx.execute(
        "INSERT INTO behaviour_interest VALUES (?1, ?2, ?3, ?4) ON CONFLICT (user, product)
         DO UPDATE SET number = excluded.number, body = excluded.body",
        (user.bytes(), product.bytes(), number, body),
    )?;
    tx.execute(
        "DELETE FROM behaviour_interest WHERE user = ?1 AND product IN (
           SELECT product FROM behaviour_interest WHERE user = ?1
           ORDER BY number DESC LIMIT -1 OFFSET ?2)",
        (user.bytes(), KEPT_INTERESTS as i64),
    )?;
    Ok(())
}

fn see_all(tx: &Tx<'_>, seen: &[Seen]) -> Result<(), PortError> {
    let many = seen.len() as i64;
    let last: Option<i64> = tx.first(
        "UPDATE behaviour_state SET number = number + ?1 RETURNING number",
        [many],
        |row| row.get(0),
    )?;
    let first = last.unwrap_or(many) - many;
    seen.iter().zip(first + 1..).try_for_each(|(seen, number)| see(tx, seen, number))
}

fn ask(tx: &Tx<'_>, text: &str) -> Result<(), PortError> {
    let known = tx.execute(
        "UPDATE behaviour_search SET times = min(times + 1, 4294967295) WHERE text = ?1",
        [text],
    )?;
    if known == 0 {
        tx.execute(
            "INSERT INTO behaviour_search SELECT ?1, 1
             WHERE (SELECT count(*) FROM behaviour_search) < ?2",
            (text, KEPT_SEARCHES as i64),
        )?;
    }
    Ok(())
}

fn fade(tx: &Tx<'_>, now: Timestamp) -> Result<(), PortError> {
    let first = "UPDATE behaviour_state SET faded_at = ?1 WHERE faded_at IS NULL";
    tx.execute(first, [now.0])?;
    let due = tx.execute(
        "UPDATE behaviour_state SET faded_at = ?1 WHERE ?1 - faded_at >= ?2",
        (now.0, FADES_AFTER_MS),
    )?;
    if due == 0 {
        return Ok(());
    }
    for halve in [
        "UPDATE behaviour_tally SET views = views / 2, orders = orders / 2",
        "DELETE FROM behaviour_tally WHERE views + orders = 0",
        "UPDATE behaviour_search SET times = times / 2",
        "DELETE FROM behaviour_search WHERE times = 0",
    ] {
        tx.execute(halve, [])?;
    }
    Ok(())
}

#[async_trait]
impl Behaviour for Store {
    async fn record(
        &self,
        seen: Vec<Seen>,
        searches: Vec<String>,
        _: Timestamp,
    ) -> Result<(), PortError> {
        for piece in seen.chunks(PIECE) {
            let piece = piece.to_vec();
            self.write(Priority::Background, move |tx| see_all(tx, &piece)).await?;
        }
        for piece in searches.chunks(PIECE) {
            let piece = piece.to_vec();
            let ask_all = move |tx: &mut Tx<'_>| piece.iter().try_for_each(|text| ask(tx, text));
            self.write(Priority::Background, ask_all).await?;
        }
        Ok(())
    }

    async fn recent(&self, user: UserId) -> Result<Vec<Interest>, PortError> {
        let bodies: Vec<String> = self.read(|conn| {
            let mut all = conn.prepare_cached(
                "SELECT body FROM behaviour_interest WHERE user = ?1 ORDER BY number DESC",
            )?;
            all.query_map([user.bytes()], |row| row.get(0))?.collect()
        })?;
        bodies.iter().map(|body| parse(body)).collect()
    }

    async fn tallies(
        &self,
        after: Option<ProductId>,
        limit: usize,
    ) -> Result<Vec<Tally>, PortError> {
        let after = after.map(|product| product.bytes().to_vec()).unwrap_or_default();
        self.read(|conn| {
            let mut some = conn.prepare_cached(
                "SELECT product, views, orders FROM behaviour_tally WHERE product > ?1
                 ORDER BY product LIMIT ?2",
            )?;
            let tally = |row: &rusqlite::Row<'_>| {
                let product = ProductId::from_bytes(row.get(0)?);
                Ok(Tally { product, views: row.get(1)?, orders: row.get(2)? })
            };
            some.query_map((after, limit as i64), tally)?.collect()
        })
    }

    async fn totals(&self) -> Result<(u64, u64), PortError> {
        let (views, orders): (i64, i64) = self.read(|conn| {
            let sums = "SELECT coalesce(sum(views), 0), coalesce(sum(orders), 0)
                        FROM behaviour_tally";
            conn.prepare_cached(sums)?.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        })?;
        Ok((views.cast_unsigned(), orders.cast_unsigned()))
    }

    async fn searches(&self, prefix: &str, limit: usize) -> Result<Vec<String>, PortError> {
        // No LIKE: what was typed has no wildcards. The greatest character ends the range.
        let end = format!("{prefix}\u{10ffff}");
        self.read(|conn| {
            let mut found = conn.prepare_cached(
                "SELECT text FROM behaviour_search WHERE text >= ?1 AND text < ?2 AND times >= ?3
                 ORDER BY times DESC, text LIMIT ?4",
            )?;
            let asked = (prefix, end, SUGGESTED_AFTER, limit as i64);
            found.query_map(asked, |row| row.get(0))?.collect()
        })
    }

    async fn fade(&self, now: Timestamp) -> Result<(), PortError> {
        let last = "SELECT faded_at FROM behaviour_state";
        let last: Option<i64> =
            self.read(|conn| conn.prepare_cached(last)?.query_row([], |row| row.get(0)))?;
        if last.is_some_and(|at| now.0 - at < FADES_AFTER_MS) {
            return Ok(());
        }
        self.write(Priority::Background, move |tx| fade(tx, now)).await
    }

    async fn forget(&self, user: UserId) -> Result<(), PortError> {
        self.write(Priority::Background, move |tx| {
            tx.execute("DELETE FROM behaviour_interest WHERE user = ?1", [user.bytes()]).map(|_| ())
        })
        .await
    }
}
