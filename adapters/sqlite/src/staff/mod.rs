//! The port of staff.

mod desk;
mod factor;
mod lists;
mod parcels;
mod words;

use crate::catalog::put_all;
use crate::inventory::apply_one;
use crate::sellers;
use crate::store::{Priority, Store};
use crate::tx::Tx;
use async_trait::async_trait;
use rusqlite::{OptionalExtension, Row};
use souk_accounts::{Email, TokenDigest};
use souk_inventory::StockAnswer;
use souk_kernel::{PortError, Timestamp};
use souk_staff::port::{
    AuditPage, Credentials, Factor, NewFactor, NewMember, NewRole, NewStaffSession, Prove, Unadded,
};
use souk_staff::rules::may_become;
use souk_staff::{
    Actor, AuditEntry, AuditId, Change, ChangeRefusal, Done, FormKey, Make, Member, Role,
    RoleError, Staff, StaffId, StaffSession,
};

/// The columns of [`member`].
const MEMBER: &str = "s.id, s.email, s.role, s.created_at";

fn member(row: &Row<'_>) -> rusqlite::Result<Member> {
    let name: String = row.get(2)?;
    Ok(Member {
        id: StaffId::from_bytes(row.get(0)?),
        email: Email::stored(row.get(1)?),
        role: Role::from_name(&name).ok_or(rusqlite::Error::InvalidQuery)?,
        created: Timestamp(row.get(3)?),
    })
}

/// Appends a line, in the transaction of what it tells.
fn write(tx: &Tx<'_>, entry: &AuditEntry) -> Result<(), PortError> {
    write_of(tx, entry, None)
}

fn write_of(tx: &Tx<'_>, entry: &AuditEntry, form: Option<FormKey>) -> Result<(), PortError> {
    let actor = match entry.actor {
        Actor::Console => None,
        Actor::Member(id) => Some(*id.bytes()),
    };
    tx.execute(
        "INSERT INTO audit (key, id, at, staff, name, subject, detail, form)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        (
            entry.id.key(),
            entry.id.bytes(),
            entry.at.0,
            actor,
            &entry.name,
            &entry.subject,
            &entry.detail,
            form.map(|form| *form.bytes()),
        ),
    )?;
    Ok(())
}

fn entry(row: &Row<'_>) -> rusqlite::Result<AuditEntry> {
    let actor = row.get::<_, Option<[u8; 16]>>(2)?;
    Ok(AuditEntry {
        id: AuditId::from_bytes(row.get(0)?),
        at: Timestamp(row.get(1)?),
        actor: actor.map_or(Actor::Console, |id| Actor::Member(StaffId::from_bytes(id))),
        name: row.get(3)?,
        subject: row.get(4)?,
        detail: row.get(5)?,
    })
}

fn add(tx: &Tx<'_>, intent: &NewMember) -> Result<Result<(), Unadded>, PortError> {
    let NewMember { member, password_hash, entry } = intent;
    let email = member.email.as_str();
    if tx.first("SELECT 1 FROM staff WHERE email = ?1", [email], |_| Ok(()))?.is_some() {
        return Ok(Err(Unadded::EmailTaken));
    }
    tx.execute(
        "INSERT INTO staff (key, id, email, role, password_hash, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        (
            member.id.key(),
            member.id.bytes(),
            email,
            member.role.name(),
            password_hash,
            member.created.0,
        ),
    )?;
    write(tx, entry)?;
    Ok(Ok(()))
}

fn set_role(tx: &Tx<'_>, intent: &NewRole) -> Result<Result<(), RoleError>, PortError> {
    let sql = "SELECT role FROM staff WHERE key = ?1 AND id = ?2";
    let of = (intent.member.key(), intent.member.bytes());
    let current: Option<String> = tx.first(sql, of, |row| row.get(0))?;
    let current = current.and_then(|name| Role::from_name(&name));
    let owners = tx.first("SELECT count(*) FROM staff WHERE role = 'owner'", [], |row| {
        Ok(usize::try_from(row.get::<_, i64>(0)?).unwrap_or_default())
    })?;
    if let Err(no) = may_become(current, intent.expected, intent.role, owners.unwrap_or_default()) {
        return Ok(Err(no));
    }
    let update = "UPDATE staff SET role = ?2 WHERE key = ?1";
    tx.execute(update, (intent.member.key(), intent.role.name()))?;
    write(tx, &intent.entry)?;
    Ok(Ok(()))
}

fn open(tx: &Tx<'_>, intent: &NewStaffSession) -> Result<Result<bool, PortError>, PortError> {
    let known = "SELECT 1 FROM staff WHERE key = ?1 AND id = ?2";
    if tx.first(known, (intent.member.key(), intent.member.bytes()), |_| Ok(()))?.is_none() {
        return Ok(Ok(false));
    }
    let taken = "SELECT 1 FROM staff_session WHERE token = ?1";
    if tx.first(taken, [intent.token.bytes()], |_| Ok(()))?.is_some() {
        return Ok(Err(PortError::Conflict("the session exists".into())));
    }
    tx.execute(
        "INSERT INTO staff_session (token, staff, expires_at, proven) VALUES (?1, ?2, ?3, ?4)",
        (intent.token.bytes(), intent.member.key(), intent.expires.0, intent.proven),
    )?;
    write(tx, &intent.entry)?;
    Ok(Ok(true))
}

/// Decides and writes a change with its entry: the outer error undoes the transaction.
fn change(tx: &mut Tx<'_>, make: &Make) -> Result<Result<Done, ChangeRefusal>, PortError> {
    if let Some(form) = make.form {
        let sql = "SELECT 1 FROM audit WHERE form = ?1";
        if tx.first(sql, [form.bytes()], |_| Ok(()))?.is_some() {
            return Ok(Ok(Done::Before));
        }
    }
    let done = match carry_out(tx, make)? {
        Ok(done) => done,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if done != Done::Before {
        write_of(tx, &make.entry, make.form)?;
    }
    Ok(Ok(done))
}

fn carry_out(tx: &mut Tx<'_>, make: &Make) -> Result<Result<Done, ChangeRefusal>, PortError> {
    Ok(match &make.change {
        Change::Stock(intent) => match apply_one(tx, intent)? {
            Ok(StockAnswer::Level(level)) => Ok(Done::Level(level)),
            Ok(StockAnswer::Hold(_)) => Ok(Done::Noted),
            Err(refusal) => Err(ChangeRefusal::Stock(refusal)),
        },
        Change::Products(puts) => {
            put_all(tx, puts)?.map(Done::Products).map_err(ChangeRefusal::Product)
        }
        Change::Review { id, verdict } => {
            let verdict = souk_reviews::Change::Moderate { id: *id, verdict: *verdict };
            let done = crate::reviews::apply(tx, &verdict, make.entry.at)?;
            done.map(|now| Done::Review(Box::new(now))).map_err(ChangeRefusal::Review)
        }
        Change::Parcels(step) => crate::fulfillment::change(tx, step)?
            .map(|()| Done::Moved)
            .map_err(ChangeRefusal::Parcels),
        Change::Synonym { synonym, on } => words::change(tx, synonym, *on)?,
        Change::Categories(arrange) => match crate::catalog::arrange(tx, arrange)? {
            Ok(true) => Ok(Done::Noted),
            Ok(false) => Ok(Done::Before),
            Err(refused) => Err(ChangeRefusal::Categories(refused)),
        },
        Change::Unpark(aggregate) => {
            let sql = "DELETE FROM outbox_parked WHERE aggregate = ?1";
            if tx.execute(sql, [aggregate.0.as_bytes()])? == 0 {
                Err(ChangeRefusal::NotParked)
            } else {
                Ok(Done::Unparked)
            }
        }
        Change::Seller(change) => {
            sellers::change(tx, change)?.map(|_| Done::Seller).map_err(ChangeRefusal::Seller)
        }
        Change::Note => Ok(Done::Noted),
    })
}

#[async_trait]
impl Staff for Store {
    async fn add(&self, intent: NewMember) -> Result<(), Unadded> {
        self.write(Priority::Purchase, move |tx| add(tx, &intent)).await?
    }

    async fn find_credentials(&self, email: &Email) -> Result<Option<Credentials>, PortError> {
        self.read(|conn| {
            let sql = format!("SELECT {MEMBER}, s.password_hash FROM staff s WHERE s.email = ?1");
            let read = |row: &Row<'_>| {
                Ok(Credentials { member: member(row)?, password_hash: row.get(4)? })
            };
            conn.prepare_cached(&sql)?.query_row([email.as_str()], read).optional()
        })
    }

    async fn members(&self, limit: usize) -> Result<Vec<Member>, PortError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.read(|conn| {
            let sql = format!("SELECT {MEMBER} FROM staff s ORDER BY s.key LIMIT ?1");
            conn.prepare_cached(&sql)?.query_map([limit], member)?.collect()
        })
    }

    async fn set_role(&self, intent: NewRole) -> Result<(), RoleError> {
        self.write(Priority::Purchase, move |tx| set_role(tx, &intent)).await?
    }

    async fn open_session(&self, intent: NewStaffSession) -> Result<bool, PortError> {
        self.write(Priority::Purchase, move |tx| open(tx, &intent)).await?
    }

    async fn find_session(&self, token: &TokenDigest) -> Result<Option<StaffSession>, PortError> {
        self.read(|conn| {
            let sql = format!(
                "SELECT {MEMBER}, t.expires_at, t.proven, f.staff IS NOT NULL
                 FROM staff_session t JOIN staff s ON s.key = t.staff
                 LEFT JOIN staff_factor f ON f.staff = t.staff WHERE t.token = ?1"
            );
            let read = |row: &Row<'_>| {
                Ok(StaffSession {
                    member: member(row)?,
                    expires: Timestamp(row.get(4)?),
                    proven: row.get(5)?,
                    has_factor: row.get(6)?,
                })
            };
            conn.prepare_cached(&sql)?.query_row([token.bytes()], read).optional()
        })
    }

    async fn end_session(&self, token: &TokenDigest, line: AuditEntry) -> Result<bool, PortError> {
        let token = *token;
        self.write(Priority::Purchase, move |tx| {
            let sql = "DELETE FROM staff_session WHERE token = ?1";
            let ended = tx.execute(sql, [token.bytes()])? > 0;
            if ended {
                write(tx, &line)?;
            }
            Ok(ended)
        })
        .await
    }

    async fn remove_expired(&self, by: Timestamp, limit: usize) -> Result<usize, PortError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.write(Priority::Background, move |tx| {
            tx.execute(
                "DELETE FROM staff_session WHERE token IN (
                   SELECT token FROM staff_session WHERE expires_at <= ?1 LIMIT ?2)",
                (by.0, limit),
            )
        })
        .await
    }

    async fn factor(&self, member: StaffId) -> Result<Option<Factor>, PortError> {
        self.read(|conn| factor::read(conn, member))
    }

    async fn put_factor(&self, intent: NewFactor) -> Result<bool, PortError> {
        self.write(Priority::Purchase, move |tx| factor::put(tx, &intent)).await
    }

    async fn prove(&self, intent: Prove) -> Result<bool, PortError> {
        self.write(Priority::Purchase, move |tx| factor::prove(tx, &intent)).await?
    }

    async fn drop_factor(&self, member: StaffId, line: AuditEntry) -> Result<bool, PortError> {
        self.write(Priority::Purchase, move |tx| factor::forget(tx, member, &line)).await
    }

    async fn carry_out(&self, make: Make) -> Result<Done, ChangeRefusal> {
        self.write(Priority::Purchase, move |tx| change(tx, &make)).await?
    }

    async fn audit(&self, page: AuditPage) -> Result<Vec<AuditEntry>, PortError> {
        let before = page.before.map_or(i64::MAX, |id| id.key());
        let limit = i64::try_from(page.limit).unwrap_or(i64::MAX);
        self.read(|conn| {
            let sql = "SELECT id, at, staff, name, subject, detail FROM audit
                       WHERE key < ?1 ORDER BY key DESC LIMIT ?2";
            conn.prepare_cached(sql)?.query_map((before, limit), entry)?.collect()
        })
    }
}
