//! Wishes and alerts.

use crate::outbox;
use crate::store::{Priority, Store};
use crate::tx::Tx;
use async_trait::async_trait;
use rusqlite::Row;
use rusqlite::types::Type;
use souk_kernel::{Currency, Money, OfferId, PortError, ProductId, Timestamp, UserId};
use souk_lists::{Adopted, Alert, AlertId, Awaited, Lists, Put, Wish, event, rules};

fn wrong(column: usize, text: String) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, text.into())
}

fn currency(row: &Row<'_>, column: usize) -> rusqlite::Result<Currency> {
    let code: String = row.get(column)?;
    code.parse().map_err(|_| wrong(column, format!("unknown currency {code}")))
}

fn wish(row: &Row<'_>) -> rusqlite::Result<Wish> {
    Ok(Wish {
        offer: OfferId::from_bytes(row.get(0)?),
        product: ProductId::from_bytes(row.get(1)?),
        price: Money::new(row.get(2)?, currency(row, 3)?),
        added_at: Timestamp(row.get(4)?),
    })
}

fn alert(row: &Row<'_>) -> rusqlite::Result<Alert> {
    let name: String = row.get(4)?;
    let awaited = match name.as_str() {
        "stock" => Awaited::Stock,
        "price" => Awaited::PriceBelow(Money::new(row.get(5)?, currency(row, 6)?)),
        _ => return Err(wrong(4, format!("nobody waits for {name}"))),
    };
    Ok(Alert {
        id: AlertId::from_bytes(row.get(0)?),
        user: UserId::from_bytes(row.get(1)?),
        offer: OfferId::from_bytes(row.get(2)?),
        product: ProductId::from_bytes(row.get(3)?),
        awaited,
        told: row.get(7)?,
        since: Timestamp(row.get(8)?),
    })
}

fn own(tx: &Tx<'_>, user: UserId, now: Timestamp) -> Result<Vec<Wish>, PortError> {
    tx.rows(
        "SELECT offer, product, price, currency, added_at FROM wish
         WHERE user = ?1 AND keep_until > ?2 ORDER BY added_at DESC, offer DESC",
        (user.bytes(), now.0),
        wish,
    )
}

fn insert(tx: &Tx<'_>, user: UserId, wish: &Wish, keep_until: Timestamp) -> Result<(), PortError> {
    tx.execute(
        "INSERT INTO wish VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        (
            user.bytes(),
            wish.offer.bytes(),
            wish.product.bytes(),
            wish.price.minor,
            wish.price.currency.code(),
            wish.added_at.0,
            keep_until.0,
        ),
    )?;
    Ok(())
}

fn put(tx: &Tx<'_>, user: UserId, wish: &Wish, keep_until: Timestamp) -> Result<Put, PortError> {
    let ended = "DELETE FROM wish WHERE user = ?1 AND keep_until <= ?2";
    tx.execute(ended, (user.bytes(), wish.added_at.0))?;
    let there = tx.first(
        "SELECT 1 FROM wish WHERE user = ?1 AND offer = ?2",
        (user.bytes(), wish.offer.bytes()),
        |_| Ok(()),
    )?;
    if there.is_some() {
        return Ok(Put::There);
    }
    let many = tx.first("SELECT count(*) FROM wish WHERE user = ?1", [user.bytes()], |row| {
        row.get::<_, i64>(0)
    })?;
    if many.unwrap_or(0) >= rules::MAX_WISHES as i64 {
        return Ok(Put::Full);
    }
    insert(tx, user, wish, keep_until)?;
    keep(tx, user, keep_until)?;
    Ok(Put::Added)
}

fn keep(tx: &Tx<'_>, user: UserId, until: Timestamp) -> Result<(), PortError> {
    tx.execute("UPDATE wish SET keep_until = ?2 WHERE user = ?1", (user.bytes(), until.0))?;
    Ok(())
}

fn adopt(tx: &Tx<'_>, from: UserId, into: UserId, now: Timestamp) -> Result<Adopted, PortError> {
    for user in [from, into] {
        tx.execute("DELETE FROM wish WHERE user = ?1 AND keep_until <= ?2", (user.bytes(), now.0))?;
    }
    if from != into {
        let (moved, left_out) = rules::merged(&own(tx, into, now)?, &own(tx, from, now)?);
        tx.execute("DELETE FROM wish WHERE user = ?1", [from.bytes()])?;
        for wish in &moved {
            insert(tx, into, wish, Timestamp(i64::MAX))?;
        }
        keep(tx, into, Timestamp(i64::MAX))?;
        return Ok(Adopted { moved: moved.len() as u32, left_out });
    }
    keep(tx, into, Timestamp(i64::MAX))?;
    Ok(Adopted::default())
}

fn ask(tx: &Tx<'_>, alert: &Alert) -> Result<Put, PortError> {
    let there = tx.first(
        "SELECT 1 FROM alert WHERE offer = ?1 AND awaited = ?2 AND user = ?3",
        (alert.offer.bytes(), alert.awaited.name(), alert.user.bytes()),
        |_| Ok(()),
    )?;
    if there.is_some() {
        return Ok(Put::There);
    }
    let many = "SELECT count(*) FROM alert WHERE user = ?1";
    let many = tx.first(many, [alert.user.bytes()], |row| row.get::<_, i64>(0))?;
    if many.unwrap_or(0) >= rules::MAX_ALERTS as i64 {
        return Ok(Put::Full);
    }
    let below = match alert.awaited {
        Awaited::Stock => None,
        Awaited::PriceBelow(below) => Some(below),
    };
    tx.execute(
        "INSERT INTO alert (offer, awaited, user, id, product, below, currency, told, since)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        (
            alert.offer.bytes(),
            alert.awaited.name(),
            alert.user.bytes(),
            alert.id.bytes(),
            alert.product.bytes(),
            below.map(|below| below.minor),
            below.map(|below| below.currency.code()),
            alert.told,
            alert.since.0,
        ),
    )?;
    Ok(Put::Added)
}

fn came_back(tx: &Tx<'_>, offer: OfferId, at: Timestamp, limit: usize) -> Result<usize, PortError> {
    let due = tx.rows(
        "SELECT id, user, offer, product, awaited, below, currency, told, since FROM alert
         WHERE offer = ?1 AND awaited = 'stock' ORDER BY user LIMIT ?2",
        (offer.bytes(), limit as i64),
        alert,
    )?;
    for alert in &due {
        tx.execute("DELETE FROM alert WHERE id = ?1", [alert.id.bytes()])?;
        outbox::insert(tx, &event::told(alert, None, at))?;
    }
    Ok(due.len())
}

fn price_fell(
    tx: &Tx<'_>,
    (offer, price): (OfferId, Money),
    at: Timestamp,
    limit: usize,
) -> Result<usize, PortError> {
    let due = tx.rows(
        "SELECT id, user, offer, product, awaited, below, currency, told, since FROM alert
         WHERE offer = ?1 AND awaited = 'price' AND below > ?2 AND currency = ?3
         ORDER BY user LIMIT ?4",
        (offer.bytes(), price.minor, price.currency.code(), limit as i64),
        alert,
    )?;
    let mut told = 0;
    for alert in due.iter().filter(|alert| rules::is_awaited(alert, price)) {
        let after = rules::told(alert, price);
        tx.execute(
            "UPDATE alert SET below = ?2, told = ?3 WHERE id = ?1",
            (alert.id.bytes(), price.minor, after.told),
        )?;
        outbox::insert(tx, &event::told(alert, Some(price), at))?;
        told += 1;
    }
    Ok(told)
}

#[async_trait]
impl Lists for Store {
    async fn wish(
        &self,
        user: UserId,
        wish: Wish,
        keep_until: Timestamp,
    ) -> Result<Put, PortError> {
        self.write(Priority::Background, move |tx| put(tx, user, &wish, keep_until)).await
    }

    async fn unwish(&self, user: UserId, offer: OfferId) -> Result<bool, PortError> {
        self.write(Priority::Background, move |tx| {
            let gone = "DELETE FROM wish WHERE user = ?1 AND offer = ?2";
            Ok(tx.execute(gone, (user.bytes(), offer.bytes()))? > 0)
        })
        .await
    }

    async fn wishes(&self, user: UserId, now: Timestamp) -> Result<Vec<Wish>, PortError> {
        self.read(|conn| {
            let mut all = conn.prepare_cached(
                "SELECT offer, product, price, currency, added_at FROM wish
                 WHERE user = ?1 AND keep_until > ?2 ORDER BY added_at DESC, offer DESC",
            )?;
            all.query_map((user.bytes(), now.0), wish)?.collect()
        })
    }

    async fn adopt(
        &self,
        from: UserId,
        into: UserId,
        now: Timestamp,
    ) -> Result<Adopted, PortError> {
        self.write(Priority::Background, move |tx| adopt(tx, from, into, now)).await
    }

    async fn alert(&self, alert: Alert) -> Result<Put, PortError> {
        self.write(Priority::Background, move |tx| ask(tx, &alert)).await
    }

    async fn withdraw(&self, user: UserId, id: AlertId) -> Result<bool, PortError> {
        self.write(Priority::Background, move |tx| {
            let gone = "DELETE FROM alert WHERE id = ?1 AND user = ?2";
            Ok(tx.execute(gone, (id.bytes(), user.bytes()))? > 0)
        })
        .await
    }

    async fn alerts(&self, user: UserId) -> Result<Vec<Alert>, PortError> {
        self.read(|conn| {
            let mut all = conn.prepare_cached(
                "SELECT id, user, offer, product, awaited, below, currency, told, since
                 FROM alert WHERE user = ?1 ORDER BY since DESC, id DESC",
            )?;
            all.query_map([user.bytes()], alert)?.collect()
        })
    }

    async fn awaited(
        &self,
        after: Option<OfferId>,
        limit: usize,
    ) -> Result<Vec<OfferId>, PortError> {
        let after = after.map(|offer| offer.bytes().to_vec()).unwrap_or_default();
        self.read(|conn| {
            let mut some = conn.prepare_cached(
                "SELECT DISTINCT offer FROM alert WHERE awaited = 'stock' AND offer > ?1
                 ORDER BY offer LIMIT ?2",
            )?;
            let offer = |row: &Row<'_>| row.get(0).map(OfferId::from_bytes);
            some.query_map((after, limit as i64), offer)?.collect()
        })
    }

    async fn came_back(
        &self,
        offer: OfferId,
        at: Timestamp,
        limit: usize,
    ) -> Result<usize, PortError> {
        self.write(Priority::Background, move |tx| came_back(tx, offer, at, limit)).await
    }

    async fn price_fell(
        &self,
        offer: OfferId,
        price: Money,
        at: Timestamp,
        limit: usize,
    ) -> Result<usize, PortError> {
        self.write(Priority::Background, move |tx| price_fell(tx, (offer, price), at, limit)).await
    }

    async fn forget(&self, user: UserId) -> Result<(), PortError> {
        self.write(Priority::Background, move |tx| {
            tx.execute("DELETE FROM wish WHERE user = ?1", [user.bytes()])?;
            tx.execute("DELETE FROM alert WHERE user = ?1", [user.bytes()])?;
            Ok(())
        })
        .await
    }

    async fn prune(&self, now: Timestamp, limit: usize) -> Result<usize, PortError> {
        self.write(Priority::Background, move |tx| {
            tx.execute(
                "DELETE FROM wish WHERE (user, offer) IN (
                   SELECT user, offer FROM wish WHERE keep_until <= ?1 LIMIT ?2)",
                (now.0, limit as i64),
            )
        })
        .await
    }
}
