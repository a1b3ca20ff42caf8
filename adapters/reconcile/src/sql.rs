//! Checks that are one query each: whatever row comes out is a finding.

use crate::ids;
use crate::report::{Collector, Named};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};
use std::collections::HashMap;

/// A query for what breaks an invariant. The column `what` says what is wrong; every other column is
/// an id, and its name is the noun; an absent id is left out.
pub struct Check {
    pub invariant: &'static str,
    pub sql: &'static str,
}

/// The key of an id in SQL: the digits of its time and counter, read as a hexadecimal number.
macro_rules! key {
    ($id:literal) => {
        concat!(
            "(CASE length(",
            $id,
            ") WHEN 16 THEN ('0x' || substr(hex(",
            $id,
            "), 1, 12) || substr(hex(",
            $id,
            "), 14, 3)) ->> '$' END)"
        )
    };
}
pub(crate) use key;

/// Orders of which some fact waits to be told, whatever it is a fact about, in the connection's own
/// temporary tables: what follows from them may not have followed yet.
pub const UNTOLD: &str = "CREATE TEMP TABLE untold (order_id BLOB PRIMARY KEY) WITHOUT ROWID;
INSERT OR IGNORE INTO untold SELECT aggregate FROM outbox;
INSERT OR IGNORE INTO untold
  SELECT id FROM (SELECT unhex(replace(body ->> '$.order', '-', '')) AS id FROM outbox
    WHERE json_valid(body)) WHERE length(id) = 16;";

/// Runs checks.
pub fn run(conn: &Connection, checks: &[Check], found: &mut Collector) -> rusqlite::Result<()> {
    for check in checks {
        each(conn, check.sql, |ids, what| found.add(check.invariant, ids, what))?;
    }
    Ok(())
}

/// Runs one such query and hands over each row.
pub fn each(
    conn: &Connection,
    sql: &str,
    mut hand: impl FnMut(Vec<Named>, String),
) -> rusqlite::Result<()> {
    let mut statement = conn.prepare(sql)?;
    let names: Vec<String> = statement.column_names().map(String::from).collect();
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (ids, what) = read(row, &names)?;
        hand(ids, what);
    }
    Ok(())
}

fn read(row: &Row<'_>, names: &[String]) -> rusqlite::Result<(Vec<Named>, String)> {
    let mut ids = Vec::with_capacity(names.len());
    let mut what = String::new();
    for (at, name) in names.iter().enumerate() {
        let text = match row.get_ref(at)? {
            ValueRef::Null => continue,
            ValueRef::Integer(number) => number.to_string(),
            ValueRef::Real(number) => number.to_string(),
            ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
            ValueRef::Blob(bytes) => ids::text(bytes),
        };
        if name == "what" {
            what = text;
        } else {
            ids.push(Named::new(name, text));
        }
    }
    Ok((ids, what))
}

/// How many rows a table has.
pub fn count(conn: &Connection, table: &str) -> rusqlite::Result<u64> {
    let rows: i64 = conn.query_row(&format!("SELECT count(*) FROM {table}"), [], |r| r.get(0))?;
    Ok(rows.unsigned_abs())
}

/// Which facts of an order wait to be told.
#[derive(Debug, Clone, Copy, Default)]
pub struct Waiting {
    pub confirmed: bool,
    pub cancelled: bool,
}

/// Orders with facts that wait: an order that is not in it has been told everything.
pub type PendingFacts = HashMap<[u8; 16], Waiting>;

/// Reads the outbox.
pub fn pending_facts(conn: &Connection) -> rusqlite::Result<PendingFacts> {
    let mut facts = PendingFacts::new();
    let mut statement = conn.prepare("SELECT aggregate, kind FROM outbox")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let Ok(aggregate) = row.get::<_, [u8; 16]>(0) else { continue };
        let waiting = facts.entry(aggregate).or_default();
        match row.get_ref(1)?.as_str().unwrap_or_default() {
            "order.confirmed" => waiting.confirmed = true,
            "order.cancelled" => waiting.cancelled = true,
            _ => {}
        }
    }
    Ok(facts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_in_sql_is_the_key() {
        let conn = Connection::open_in_memory().unwrap();
        let sql = concat!("SELECT ", key!("?1"));
        let of = |bytes: &[u8]| conn.query_row(sql, [bytes], |row| row.get::<_, Option<i64>>(0));
        for text in ["01936f2b-7a1c-7abc-8def-0123456789ab", "7fffffff-ffff-7fff-bfff-ffffffffffff"]
        {
            let id = ids::parse(text).unwrap();
            assert_eq!(of(&id), Ok(Some(ids::key(&id))), "{text}");
        }
        assert_eq!(of(&[]), Ok(None));
        assert_eq!(of(&[1, 2]), Ok(None));
    }
}
