//! The mailbox.

mod preferences;

use crate::inventory::{spread, sql};
use crate::store::{Priority, Store};
use crate::tx::Tx;
use async_trait::async_trait;
use rusqlite::types::Type;
use rusqlite::{OptionalExtension, Row};
use souk_kernel::{Aggregate, Answers, MailId, OrderId, PortError, Timestamp, UserId};
use souk_notifications::{Envelope, Mail, MailKind, Mailbox, Page};

/// Mails in one job: a piece small enough to wait behind a purchase.
const PIECE: usize = 64;

const HEAD: &str = "id, kind, about, recipient, subject, created_at, sent_at";

/// `true` if the mail is new.
fn insert(tx: &Tx<'_>, mail: &Mail) -> Result<bool, PortError> {
    // Only a fact that was told is passed over: a mail's own id must be new.
    const OF_ORDER: &str =
        "INSERT INTO mail (key, id, kind, about, number, recipient, subject, text,
           html, created_at, sent_at, user)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
         ON CONFLICT (about, number, kind) WHERE user IS NULL DO NOTHING";
    const PERSONAL: &str =
        "INSERT INTO mail (key, id, kind, about, number, recipient, subject, text,
           html, created_at, sent_at, user)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
         ON CONFLICT (user, about, number, kind) WHERE user IS NOT NULL DO NOTHING";
    let rows = tx.execute(
        if mail.user.is_some() { PERSONAL } else { OF_ORDER },
        rusqlite::params![
            mail.id.key(),
            mail.id.bytes(),
            mail.kind.name(),
            mail.about.0.as_bytes(),
            mail.number.cast_signed(),
            mail.to,
            mail.subject,
            mail.text,
            mail.html,
            mail.created_at.0,
            mail.sent_at.map(|at| at.0),
            mail.user.as_ref().map(UserId::bytes),
        ],
    )?;
    Ok(rows == 1)
}

fn envelope(row: &Row<'_>) -> rusqlite::Result<Envelope> {
    let kind: String = row.get(1)?;
    let unknown = || {
        let text = format!("unknown kind of mail {kind}");
        rusqlite::Error::FromSqlConversionFailure(1, Type::Text, text.into())
    };
    Ok(Envelope {
        id: MailId::from_bytes(row.get(0)?),
        kind: MailKind::from_name(&kind).ok_or_else(unknown)?,
        about: Aggregate(OrderId::from_bytes(row.get(2)?).uuid()),
        to: row.get(3)?,
        subject: row.get(4)?,
        created_at: Timestamp(row.get(5)?),
        sent_at: row.get::<_, Option<i64>>(6)?.map(Timestamp),
    })
}

fn mail(row: &Row<'_>) -> rusqlite::Result<Mail> {
    let Envelope { id, kind, about, to, subject, created_at, sent_at } = envelope(row)?;
    let number = row.get::<_, i64>(7)?.cast_unsigned();
    let (text, html) = (row.get(8)?, row.get(9)?);
    let user = row.get::<_, Option<[u8; 16]>>(10)?.map(UserId::from_bytes);
    Ok(Mail { id, kind, about, number, user, to, subject, text, html, created_at, sent_at })
}

#[async_trait]
impl Mailbox for Store {
    async fn post(&self, mails: Vec<Mail>) -> Answers<bool, PortError> {
        let mut answers = Vec::with_capacity(mails.len());
        let mut rest = mails;
        while !rest.is_empty() {
            let after = rest.split_off(rest.len().min(PIECE));
            let piece = std::mem::replace(&mut rest, after);
            let many = piece.len();
            let run = self.write(Priority::Background, move |tx| {
                piece.iter().map(|mail| insert(tx, mail).map(Ok)).collect()
            });
            answers.extend(spread::<_, PortError>(run.await, many));
        }
        answers
    }

    async fn list(&self, page: Page) -> Result<Vec<Envelope>, PortError> {
        let before = page.before.map_or(i64::MAX, |id| id.key());
        self.read(|conn| {
            if let Some(about) = page.about {
                let select = format!(
                    "SELECT {HEAD} FROM mail WHERE about = ?1 AND user IS NULL AND key < ?2
                     ORDER BY key DESC LIMIT ?3"
                );
                let mut statement = conn.prepare_cached(&select)?;
                statement.query_map((about.0.as_bytes(), before, page.limit), envelope)?.collect()
            } else if let Some(user) = page.user {
                let select = format!(
                    "SELECT {HEAD} FROM mail WHERE user = ?1 AND key < ?2
                     ORDER BY key DESC LIMIT ?3"
                );
                let mut statement = conn.prepare_cached(&select)?;
                statement.query_map((user.bytes(), before, page.limit), envelope)?.collect()
            } else {
                let select =
                    format!("SELECT {HEAD} FROM mail WHERE key < ?1 ORDER BY key DESC LIMIT ?2");
                let mut statement = conn.prepare_cached(&select)?;
                statement.query_map((before, page.limit), envelope)?.collect()
            }
        })
    }

    async fn get(&self, id: MailId) -> Result<Option<Mail>, PortError> {
        let found = self.read(|conn| {
            let select =
                format!("SELECT {HEAD}, number, text, html, user FROM mail WHERE key = ?1");
            Ok(sql(conn.prepare_cached(&select)?.query_row([id.key()], mail).optional()))
        })??;
        Ok(found.filter(|mail| mail.id == id))
    }
    async fn erase(&self, user: UserId, orders: &[OrderId]) -> Result<(), PortError> {
        const BLANK: &str = "UPDATE mail SET recipient = '', subject = '', text = '', html = ''";
        let orders = orders.to_vec();
        self.write(Priority::Background, move |tx| {
            for order in &orders {
                let of_order = format!("{BLANK} WHERE about = ?1 AND user IS NULL");
                tx.execute(&of_order, [order.bytes()])?;
            }
            tx.execute(&format!("{BLANK} WHERE user = ?1"), [user.bytes()])?;
            Ok(())
        })
        .await
    }
}
