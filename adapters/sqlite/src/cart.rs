//! The port of carts.

use crate::inventory::{spread, sql};
use crate::store::{Priority, Store};
use crate::tx::Tx;
use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension};
use souk_cart::{Cart, CartAnswer, CartIntent, Carts, Swept, rules};
use souk_kernel::{Answers, PortError, Timestamp, UserId};

/// Decides and writes one intent.
pub(crate) fn apply_one(tx: &mut Tx<'_>, intent: &CartIntent) -> Result<CartAnswer, PortError> {
    let decision = rules::decide(read(tx.conn, intent.user)?, intent);
    if decision.write {
        write(tx, decision.answer.cart())?;
    }
    Ok(decision.answer)
}

fn read(conn: &Connection, user: UserId) -> Result<Option<Cart>, PortError> {
    let body: Option<String> =
        sql(sql(conn.prepare_cached("SELECT body FROM cart WHERE user = ?1"))?
            .query_row([user.bytes()], |row| row.get(0))
            .optional())?;
    let parse = |body: String| {
        serde_json::from_str(&body).map_err(|e| PortError::Corrupt(format!("cart of {user}: {e}")))
    };
    body.map(parse).transpose()
}

fn write(tx: &Tx<'_>, cart: &Cart) -> Result<(), PortError> {
    let body = serde_json::to_string(cart).map_err(|e| PortError::Corrupt(e.to_string()))?;
    let due = cart.due();
    tx.execute(
        "INSERT INTO cart (user, body, has_lines, expires_at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (user) DO UPDATE SET body = excluded.body, has_lines = excluded.has_lines,
           expires_at = excluded.expires_at",
        (cart.owner.bytes(), body, due.is_some(), due.unwrap_or(cart.expires_at).0),
    )?;
    Ok(())
}

#[async_trait]
impl Carts for Store {
    async fn get(&self, user: UserId) -> Result<Option<Cart>, PortError> {
        self.read(|conn| Ok(read(conn, user)))?
    }

    async fn apply(&self, intents: Vec<CartIntent>) -> Answers<CartAnswer, PortError> {
        let many = intents.len();
        let run = self.write(Priority::Purchase, move |tx| {
            intents.iter().map(|intent| apply_one(tx, intent).map(Ok)).collect()
        });
        spread(run.await, many)
    }

    async fn sweep(
        &self,
        now: Timestamp,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Swept, PortError> {
        self.write(Priority::Background, move |tx| {
            let after = after.map_or([0; 16], |user| *user.bytes());
            let looked = tx.rows(
                "SELECT user, has_lines AND expires_at <= ?2 FROM cart WHERE user > ?1
                 ORDER BY user LIMIT ?3",
                (after, now.0, limit),
                |row| Ok((UserId::from_bytes(row.get(0)?), row.get::<_, bool>(1)?)),
            )?;
            let mut expired = 0;
            for (user, _) in looked.iter().filter(|(_, due)| *due) {
                if let Some(cart) = read(tx.conn, *user)?.filter(|cart| cart.expired(now)) {
                    write(tx, &rules::expire(cart, now))?;
                    expired += 1;
                }
            }
            let full = looked.len() == limit as usize;
            Ok(Swept { expired, next: looked.last().filter(|_| full).map(|(user, _)| *user) })
        })
        .await
    }
}
