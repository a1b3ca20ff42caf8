//! The ports of sellers: accounts, members, sessions and rates here, the books in `books.rs`.

mod books;

pub(crate) use books::of_order;

use crate::outbox;
use crate::store::{Priority, Store};
use crate::tx::Tx;
use async_trait::async_trait;
use rusqlite::{OptionalExtension, Row};
use souk_accounts::{Email, TokenDigest};
use souk_kernel::{PortError, SellerId, Timestamp};
use souk_sellers::port::{AccountsPage, Credentials, NewSeller, NewSellerSession, Unopened};
use souk_sellers::{
    Rate, SellerAccount, SellerChange, SellerMember, SellerMemberId, SellerRefusal, SellerSession,
    SellerState, Sellers, StaffRef, event, rules,
};

/// The columns of [`account`].
const ACCOUNT: &str = "a.id, a.state, a.reason, a.since, a.by_staff, a.applied_at, a.version";
/// The columns of [`member`].
const MEMBER: &str = "m.id, m.seller, m.email, m.created_at";
const RATE: &str = "from_at, basis_points, by_staff";

fn whole(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

fn staff(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<StaffRef>> {
    Ok(row.get::<_, Option<[u8; 16]>>(at)?.map(StaffRef::from_bytes))
}

fn account(row: &Row<'_>) -> rusqlite::Result<SellerAccount> {
    account_at(row, 0)
}

fn account_at(row: &Row<'_>, at: usize) -> rusqlite::Result<SellerAccount> {
    let state: String = row.get(at + 1)?;
    Ok(SellerAccount {
        id: SellerId::from_bytes(row.get(at)?),
        state: SellerState::from_name(&state).ok_or(rusqlite::Error::InvalidQuery)?,
        reason: row.get(at + 2)?,
        since: Timestamp(row.get(at + 3)?),
        by: staff(row, at + 4)?,
        applied_at: Timestamp(row.get(at + 5)?),
        version: row.get::<_, i64>(at + 6)?.unsigned_abs(),
    })
}

fn member(row: &Row<'_>) -> rusqlite::Result<SellerMember> {
    Ok(SellerMember {
        id: SellerMemberId::from_bytes(row.get(0)?),
        seller: SellerId::from_bytes(row.get(1)?),
        email: Email::stored(row.get(2)?),
        created: Timestamp(row.get(3)?),
    })
}

fn rate(row: &Row<'_>) -> rusqlite::Result<Rate> {
    Ok(Rate { from: Timestamp(row.get(0)?), basis_points: row.get(1)?, by: staff(row, 2)? })
}

fn put_account(tx: &Tx<'_>, account: &SellerAccount) -> Result<(), PortError> {
    tx.execute(
        "INSERT INTO seller_account VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (id) DO UPDATE SET state = excluded.state, reason = excluded.reason,
           since = excluded.since, by_staff = excluded.by_staff, version = excluded.version",
        (
            account.id.bytes(),
            account.state.name(),
            &account.reason,
            account.since.0,
            account.by.as_ref().map(StaffRef::bytes),
            account.applied_at.0,
            account.version.cast_signed(),
        ),
    )
    .map(drop)
}

fn put_rate(tx: &Tx<'_>, seller: SellerId, rate: &Rate) -> Result<(), PortError> {
    tx.execute(
        "INSERT INTO seller_rate VALUES (?1, ?2, ?3, ?4)",
        (seller.bytes(), rate.from.0, rate.basis_points, rate.by.as_ref().map(StaffRef::bytes)),
    )
    .map(drop)
}

fn open(tx: &Tx<'_>, new: &NewSeller) -> Result<Result<(), Unopened>, PortError> {
    let NewSeller { account, member, password_hash, rate } = new;
    let known = "SELECT 1 FROM seller_account WHERE id = ?1";
    if tx.first(known, [account.id.bytes()], |_| Ok(()))?.is_some() {
        return Ok(Err(Unopened::SellerTaken));
    }
    let email = member.email.as_str();
    let taken = "SELECT 1 FROM seller_member WHERE email = ?1";
    if tx.first(taken, [email], |_| Ok(()))?.is_some() {
        return Ok(Err(Unopened::EmailTaken));
    }
    put_account(tx, account)?;
    put_rate(tx, account.id, rate)?;
    tx.execute(
        "INSERT INTO seller_member (key, id, seller, email, password_hash, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        (
            member.id.key(),
            member.id.bytes(),
            member.seller.bytes(),
            email,
            password_hash,
            member.created.0,
        ),
    )?;
    Ok(Ok(()))
}

/// Decides and writes a change with its fact, in whoever's transaction.
pub(crate) fn change(
    tx: &Tx<'_>,
    change: &SellerChange,
) -> Result<Result<SellerAccount, SellerRefusal>, PortError> {
    let id = change.seller();
    let sql = format!("SELECT {ACCOUNT} FROM seller_account a WHERE a.id = ?1");
    let stored = tx.first(&sql, [id.bytes()], account)?;
    let sql =
        format!("SELECT {RATE} FROM seller_rate WHERE seller = ?1 ORDER BY from_at DESC LIMIT 1");
    let newest = tx.first(&sql, [id.bytes()], rate)?;
    let changed = match rules::change(stored.as_ref().zip(newest), change, tx.now) {
        Ok(changed) => changed,
        Err(refusal) => return Ok(Err(refusal)),
    };
    put_account(tx, &changed.account)?;
    if let Some(rate) = &changed.rate {
        put_rate(tx, id, rate)?;
    }
    if changed.told {
        outbox::insert(tx, &event::changed(&changed.account, tx.now))?;
    }
    Ok(Ok(changed.account))
}

fn session(tx: &Tx<'_>, new: &NewSellerSession) -> Result<Result<bool, PortError>, PortError> {
    let known = "SELECT 1 FROM seller_member WHERE key = ?1 AND id = ?2";
    if tx.first(known, (new.member.key(), new.member.bytes()), |_| Ok(()))?.is_none() {
        return Ok(Ok(false));
    }
    let taken = "SELECT 1 FROM seller_session WHERE token = ?1";
    if tx.first(taken, [new.token.bytes()], |_| Ok(()))?.is_some() {
        return Ok(Err(PortError::Conflict("the session exists".into())));
    }
    tx.execute(
        "INSERT INTO seller_session (token, member, expires_at) VALUES (?1, ?2, ?3)",
        (new.token.bytes(), new.member.key(), new.expires.0),
    )?;
    Ok(Ok(true))
}

#[async_trait]
impl Sellers for Store {
    async fn open(&self, intent: NewSeller) -> Result<(), Unopened> {
        self.write(Priority::Purchase, move |tx| open(tx, &intent)).await?
    }

    async fn accounts(&self, ids: &[SellerId]) -> Result<Vec<Option<SellerAccount>>, PortError> {
        self.read(|conn| {
            let sql = format!("SELECT {ACCOUNT} FROM seller_account a WHERE a.id = ?1");
            let mut statement = conn.prepare_cached(&sql)?;
            ids.iter().map(|id| statement.query_row([id.bytes()], account).optional()).collect()
        })
    }

    async fn page(&self, page: AccountsPage) -> Result<Vec<SellerAccount>, PortError> {
        let before = page.before.unwrap_or(SellerId::from_bytes([0xFF; 16]));
        let state = page.state.map(SellerState::name);
        self.read(|conn| {
            let sql = format!(
                "SELECT {ACCOUNT} FROM seller_account a
                 WHERE a.id < ?1 AND (?2 IS NULL OR a.state = ?2) ORDER BY a.id DESC LIMIT ?3"
            );
            let values = (before.bytes(), state, whole(page.limit));
            conn.prepare_cached(&sql)?.query_map(values, account)?.collect()
        })
    }

    async fn closed(&self) -> Result<Vec<SellerId>, PortError> {
        self.read(|conn| {
            let sql = "SELECT id FROM seller_account WHERE state <> 'active'";
            let id = |row: &Row<'_>| Ok(SellerId::from_bytes(row.get(0)?));
            conn.prepare_cached(sql)?.query_map([], id)?.collect()
        })
    }

    async fn members(
        &self,
        seller: SellerId,
        limit: usize,
    ) -> Result<Vec<SellerMember>, PortError> {
        self.read(|conn| {
            let sql = format!(
                "SELECT {MEMBER} FROM seller_member m WHERE m.seller = ?1 ORDER BY m.key LIMIT ?2"
            );
            conn.prepare_cached(&sql)?.query_map((seller.bytes(), whole(limit)), member)?.collect()
        })
    }

    async fn rates(&self, seller: SellerId, limit: usize) -> Result<Vec<Rate>, PortError> {
        self.read(|conn| {
            let sql = format!(
                "SELECT {RATE} FROM seller_rate WHERE seller = ?1 ORDER BY from_at DESC LIMIT ?2"
            );
            conn.prepare_cached(&sql)?.query_map((seller.bytes(), whole(limit)), rate)?.collect()
        })
    }

    async fn rates_at(
        &self,
        asked: &[(SellerId, Timestamp)],
    ) -> Result<Vec<Option<u16>>, PortError> {
        self.read(|conn| {
            let sql = "SELECT coalesce(
               (SELECT basis_points FROM seller_rate WHERE seller = ?1 AND from_at <= ?2
                ORDER BY from_at DESC LIMIT 1),
               (SELECT basis_points FROM seller_rate WHERE seller = ?1 ORDER BY from_at LIMIT 1))";
            let mut statement = conn.prepare_cached(sql)?;
            let mut rate = |(seller, at): &(SellerId, Timestamp)| {
                statement.query_row((seller.bytes(), at.0), |row| row.get(0))
            };
            asked.iter().map(&mut rate).collect()
        })
    }

    async fn change(&self, asked: SellerChange) -> Result<SellerAccount, SellerRefusal> {
        self.write(Priority::Purchase, move |tx| change(tx, &asked)).await?
    }

    async fn find_credentials(&self, email: &Email) -> Result<Option<Credentials>, PortError> {
        self.read(|conn| {
            let sql =
                format!("SELECT {MEMBER}, m.password_hash FROM seller_member m WHERE m.email = ?1");
            let read = |row: &Row<'_>| {
                Ok(Credentials { member: member(row)?, password_hash: row.get(4)? })
            };
            conn.prepare_cached(&sql)?.query_row([email.as_str()], read).optional()
        })
    }

    async fn open_session(&self, intent: NewSellerSession) -> Result<bool, PortError> {
        self.write(Priority::Purchase, move |tx| session(tx, &intent)).await?
    }

    async fn find_session(&self, token: &TokenDigest) -> Result<Option<SellerSession>, PortError> {
        self.read(|conn| {
            let sql = format!(
                "SELECT {MEMBER}, {ACCOUNT}, t.expires_at FROM seller_session t
                 JOIN seller_member m ON m.key = t.member
                 JOIN seller_account a ON a.id = m.seller WHERE t.token = ?1"
            );
            let read = |row: &Row<'_>| {
                let (member, account) = (member(row)?, account_at(row, 4)?);
                Ok(SellerSession { member, account, expires: Timestamp(row.get(11)?) })
            };
            conn.prepare_cached(&sql)?.query_row([token.bytes()], read).optional()
        })
    }

    async fn end_session(&self, token: &TokenDigest) -> Result<bool, PortError> {
        let token = *token;
        self.write(Priority::Purchase, move |tx| {
            let sql = "DELETE FROM seller_session WHERE token = ?1";
            Ok(tx.execute(sql, [token.bytes()])? > 0)
        })
        .await
    }

    async fn remove_expired(&self, by: Timestamp, limit: usize) -> Result<usize, PortError> {
        let limit = whole(limit);
        self.write(Priority::Background, move |tx| {
            tx.execute(
                "DELETE FROM seller_session WHERE token IN (
                   SELECT token FROM seller_session WHERE expires_at <= ?1 LIMIT ?2)",
                (by.0, limit),
            )
        })
        .await
    }
}
