//! Insights: trails, warmth, what is ordered together, prices of the last weeks.

use crate::store::{Priority, Store};
use crate::tx::Tx;
use async_trait::async_trait;
use rusqlite::types::Type;
use rusqlite::{Connection, Row};
use souk_insights::{
    Deal, History, Insights, Look, Pair, PriceMove, Purchase, Together, Viewed, rules,
};
use souk_kernel::{Currency, Money, OfferId, PortError, ProductId, Timestamp, UserId};

/// Rows in one job: a piece small enough to wait behind a purchase.
const PIECE: usize = 64;

fn warm(
    tx: &Tx<'_>,
    product: ProductId,
    weight: f64,
    orders: u32,
    at: Timestamp,
) -> Result<(), PortError> {
    let known: Option<f64> = tx.first(
        "SELECT warmth FROM insight_product WHERE product = ?1",
        [product.bytes()],
        |row| row.get(0),
    )?;
    tx.execute(
        "INSERT INTO insight_product VALUES (?1, ?2, ?3) ON CONFLICT (product) DO UPDATE SET
           warmth = excluded.warmth, orders = min(orders + excluded.orders, 4294967295)",
        (product.bytes(), rules::warmed(known, weight, at), orders),
    )?;
    Ok(())
}

fn shorten(tx: &Tx<'_>, user: UserId) -> Result<(), PortError> {
    tx.execute(
        "DELETE FROM insight_trail WHERE user = ?1 AND product IN (
           SELECT product FROM insight_trail WHERE user = ?1
           ORDER BY at DESC, product DESC LIMIT -1 OFFSET ?2)",
        (user.bytes(), rules::TRAIL as i64),
    )?;
    Ok(())
}

fn look(tx: &Tx<'_>, look: &Look) -> Result<(), PortError> {
    let mut before = None;
    if let Some(user) = look.user {
        let row = (user.bytes(), look.product.bytes());
        let known = "SELECT at FROM insight_trail WHERE user = ?1 AND product = ?2";
        before = tx.first(known, row, |row| row.get(0).map(Timestamp))?;
        tx.execute(
            "INSERT INTO insight_trail VALUES (?1, ?2, ?3)
             ON CONFLICT (user, product) DO UPDATE SET at = max(at, excluded.at)",
            (user.bytes(), look.product.bytes(), look.at.0),
        )?;
        shorten(tx, user)?;
    }
    if rules::is_new_look(before, look.at) {
        warm(tx, look.product, rules::LOOK, 0, look.at)?;
    }
    Ok(())
}

/// Whether the order is new.
fn count(tx: &Tx<'_>, purchase: &Purchase) -> Result<bool, PortError> {
    let new = tx.execute(
        "INSERT INTO insight_counted VALUES (?1, ?2) ON CONFLICT DO NOTHING",
        (purchase.order.bytes(), purchase.at.0),
    )?;
    if new == 0 {
        return Ok(false);
    }
    tx.execute("UPDATE insight_total SET orders = orders + 1", [])?;
    for product in &purchase.products {
        warm(tx, *product, rules::ORDER, 1, purchase.at)?;
        for other in purchase.products.iter().filter(|other| *other != product) {
            tx.execute(
                "INSERT INTO insight_pair VALUES (?1, ?2, 1, ?3)
                 ON CONFLICT (product, other) DO UPDATE SET
                   orders = min(orders + 1, 4294967295), last_at = max(last_at, excluded.last_at)",
                (product.bytes(), other.bytes(), purchase.at.0),
            )?;
        }
        if purchase.products.len() > 1 {
            tx.execute(
                "DELETE FROM insight_pair WHERE product = ?1 AND other IN (
                   SELECT other FROM insight_pair WHERE product = ?1
                   ORDER BY orders DESC, last_at DESC, other DESC LIMIT -1 OFFSET ?2)",
                (product.bytes(), rules::PAIRS as i64),
            )?;
        }
    }
    Ok(true)
}

fn price(tx: &Tx<'_>, to: &PriceMove) -> Result<(), PortError> {
    let known: Option<String> =
        tx.first("SELECT body FROM insight_price WHERE offer = ?1", [to.offer.bytes()], |row| {
            row.get(0)
        })?;
    let corrupt = |e: serde_json::Error| PortError::Corrupt(format!("prices of {}: {e}", to.offer));
    let known: Option<History> =
        known.map(|body| serde_json::from_str(&body).map_err(corrupt)).transpose()?;
    let Some(history) = rules::moved(known, to) else { return Ok(()) };
    let body = serde_json::to_string(&history).map_err(corrupt)?;
    tx.execute(
        "INSERT INTO insight_price VALUES (?1, ?2)
         ON CONFLICT (offer) DO UPDATE SET body = excluded.body",
        (to.offer.bytes(), body),
    )?;
    tx.execute("DELETE FROM insight_deal WHERE offer = ?1", [to.offer.bytes()])?;
    if let Some(deal) = rules::deal(to, &history) {
        tx.execute(
            "INSERT INTO insight_deal VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            (
                deal.offer.bytes(),
                deal.product.bytes(),
                deal.price.minor,
                deal.was.minor,
                deal.price.currency.code(),
                deal.since.0,
                deal.saved(),
                deal.until().0,
            ),
        )?;
    }
    Ok(())
}

const DEAL: &str = "offer, product, price, was, currency, since";

fn deal(row: &Row<'_>) -> rusqlite::Result<Deal> {
    let currency: String = row.get(4)?;
    let currency: Currency = currency.parse().map_err(|_| {
        let text = format!("unknown currency {currency}");
        rusqlite::Error::FromSqlConversionFailure(4, Type::Text, text.into())
    })?;
    Ok(Deal {
        offer: OfferId::from_bytes(row.get(0)?),
        product: ProductId::from_bytes(row.get(1)?),
        price: Money::new(row.get(2)?, currency),
        was: Money::new(row.get(3)?, currency),
        since: Timestamp(row.get(5)?),
    })
}

fn together(conn: &Connection, product: ProductId) -> rusqlite::Result<Together> {
    let own = "SELECT orders FROM insight_product WHERE product = ?1 AND orders > 0";
    let mut found = conn.prepare_cached(own)?;
    let mut rows = found.query([product.bytes()])?;
    let Some(row) = rows.next()? else { return Ok(Together::default()) };
    let own = row.get(0)?;
    let all = "SELECT orders FROM insight_total";
    let orders: i64 = conn.prepare_cached(all)?.query_row([], |row| row.get(0))?;
    let mut pairs = conn.prepare_cached(
        "SELECT pair.other, pair.orders, each.orders FROM insight_pair AS pair
         JOIN insight_product AS each ON each.product = pair.other
         WHERE pair.product = ?1 ORDER BY pair.other",
    )?;
    let pair = |row: &Row<'_>| {
        let other = ProductId::from_bytes(row.get(0)?);
        Ok(Pair { other, both: row.get(1)?, others: row.get(2)? })
    };
    let pairs = pairs.query_map([product.bytes()], pair)?.collect::<Result<_, _>>()?;
    Ok(Together { orders: orders.cast_unsigned(), own, pairs })
}

/// Takes at most `limit` out of each kind; says whether some kind had as many.
fn prune(tx: &Tx<'_>, now: Timestamp, limit: usize) -> Result<bool, PortError> {
    let limit = limit as i64;
    let cold = tx.rows(
        "SELECT product FROM insight_product WHERE warmth < ?1 ORDER BY warmth LIMIT ?2",
        (rules::cold(now), limit),
        |row| row.get::<_, [u8; 16]>(0),
    )?;
    for product in &cold {
        tx.execute("DELETE FROM insight_product WHERE product = ?1", [product])?;
        tx.execute("DELETE FROM insight_pair WHERE product = ?1", [product])?;
    }
    let looks = tx.execute(
        "DELETE FROM insight_trail WHERE (user, product) IN (
           SELECT user, product FROM insight_trail WHERE at < ?1 ORDER BY at LIMIT ?2)",
        (now.plus_ms(-rules::TRAIL_MS).0, limit),
    )?;
    let marks = tx.execute(
        "DELETE FROM insight_counted WHERE order_id IN (
           SELECT order_id FROM insight_counted WHERE at < ?1 ORDER BY at LIMIT ?2)",
        (now.plus_ms(-rules::COUNTED_MS).0, limit),
    )?;
    let ended = tx.execute(
        "DELETE FROM insight_deal WHERE offer IN (
           SELECT offer FROM insight_deal WHERE until <= ?1 ORDER BY until LIMIT ?2)",
        (now.0, limit),
    )?;
    Ok(limit > 0 && [cold.len(), looks, marks, ended].contains(&(limit as usize)))
}

#[async_trait]
impl Insights for Store {
    async fn look(&self, looks: Vec<Look>) -> Result<(), PortError> {
        for piece in looks.chunks(PIECE) {
            let piece = piece.to_vec();
            let all = move |tx: &mut Tx<'_>| piece.iter().try_for_each(|seen| look(tx, seen));
            self.write(Priority::Background, all).await?;
        }
        Ok(())
    }

    async fn trail(&self, user: UserId, limit: usize) -> Result<Vec<Viewed>, PortError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.read(|conn| {
            let mut found = conn.prepare_cached(
                "SELECT product, at FROM insight_trail WHERE user = ?1
                 ORDER BY at DESC, product DESC LIMIT ?2",
            )?;
            let viewed = |row: &Row<'_>| {
                let product = ProductId::from_bytes(row.get(0)?);
                Ok(Viewed { product, at: Timestamp(row.get(1)?) })
            };
            found.query_map((user.bytes(), limit), viewed)?.collect()
        })
    }

    async fn adopt(&self, from: UserId, into: UserId) -> Result<(), PortError> {
        self.write(Priority::Background, move |tx| {
            tx.execute(
                "INSERT INTO insight_trail
                 SELECT ?2, product, at FROM insight_trail WHERE user = ?1
                 ON CONFLICT (user, product) DO UPDATE SET at = max(at, excluded.at)",
                (from.bytes(), into.bytes()),
            )?;
            tx.execute("DELETE FROM insight_trail WHERE user = ?1", [from.bytes()])?;
            shorten(tx, into)
        })
        .await
    }

    async fn forget(&self, user: UserId) -> Result<(), PortError> {
        self.write(Priority::Background, move |tx| {
            tx.execute("DELETE FROM insight_trail WHERE user = ?1", [user.bytes()]).map(|_| ())
        })
        .await
    }

    async fn count(&self, purchases: Vec<Purchase>) -> Result<usize, PortError> {
        let mut new = 0;
        for piece in purchases.chunks(PIECE / 4) {
            let piece = piece.to_vec();
            let all = move |tx: &mut Tx<'_>| {
                piece
                    .iter()
                    .try_fold(0, |sum, purchase| Ok(sum + usize::from(count(tx, purchase)?)))
            };
            new += self.write(Priority::Background, all).await?;
        }
        Ok(new)
    }

    async fn together(&self, product: ProductId) -> Result<Together, PortError> {
        self.read_together(|conn| together(conn, product))
    }

    async fn warmest(&self, limit: usize) -> Result<Vec<ProductId>, PortError> {
        self.read(|conn| {
            let mut found = conn.prepare_cached(
                "SELECT product FROM insight_product ORDER BY warmth DESC, product LIMIT ?1",
            )?;
            let product = |row: &Row<'_>| row.get(0).map(ProductId::from_bytes);
            found.query_map([limit as i64], product)?.collect()
        })
    }

    async fn price(&self, moves: Vec<PriceMove>) -> Result<(), PortError> {
        for piece in moves.chunks(PIECE) {
            let piece = piece.to_vec();
            let all = move |tx: &mut Tx<'_>| piece.iter().try_for_each(|to| price(tx, to));
            self.write(Priority::Background, all).await?;
        }
        Ok(())
    }

    async fn deals(&self, now: Timestamp, limit: usize) -> Result<Vec<Deal>, PortError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.read(|conn| {
            let best = format!(
                "SELECT {DEAL} FROM insight_deal WHERE until > ?1
                 ORDER BY saved DESC, offer LIMIT ?2"
            );
            conn.prepare_cached(&best)?.query_map((now.0, limit), deal)?.collect()
        })
    }

    async fn deals_of(
        &self,
        products: &[ProductId],
        now: Timestamp,
    ) -> Result<Vec<Option<Deal>>, PortError> {
        self.read_together(|conn| {
            let best = format!(
                "SELECT {DEAL} FROM insight_deal WHERE product = ?1 AND until > ?2
                 ORDER BY saved DESC, offer LIMIT 1"
            );
            let mut found = conn.prepare_cached(&best)?;
            let one = |product: &ProductId| {
                found.query_map((product.bytes(), now.0), deal)?.next().transpose()
            };
            products.iter().map(one).collect()
        })
    }

    async fn prune(&self, now: Timestamp, limit: usize) -> Result<bool, PortError> {
        self.write(Priority::Background, move |tx| prune(tx, now, limit)).await
    }
}
