//! The writer's prepared statements, found by where their text lies.
//!
//! An order is two dozen statements. A cache that hashes each text, twice, costs the writer thread a
//! tenth of its time; here the text's address leads to the statement and one comparison confirms it.

use crate::claims::Same;
use crate::store::sql_error;
use rusqlite::{Connection, OptionalExtension, Params, PrepFlags, Row, Statement};
use souk_kernel::PortError;
use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::BuildHasherDefault;

/// Most statements kept; beyond it, all are dropped and prepared again as they are needed.
const KEEP_MAX: usize = 512;

type Run<'a> = &'a mut dyn FnMut(&mut Statement<'_>) -> rusqlite::Result<()>;

/// Something that holds prepared statements.
pub(crate) trait Prepared {
    /// Runs the statement of a text, which is prepared if it has not been.
    fn with(&self, sql: &str, run: Run<'_>) -> rusqlite::Result<()>;
}

struct Kept<'c> {
    text: Box<str>,
    statement: Statement<'c>,
}

/// The prepared statements of one connection, used by one thread.
pub(crate) struct Statements<'c> {
    conn: &'c Connection,
    kept: RefCell<HashMap<u64, Kept<'c>, BuildHasherDefault<Same>>>,
}

impl<'c> Statements<'c> {
    pub(crate) fn new(conn: &'c Connection) -> Self {
        Self { conn, kept: RefCell::default() }
    }
}

fn prepare<'c>(conn: &'c Connection, sql: &str) -> rusqlite::Result<Statement<'c>> {
    conn.prepare_with_flags(sql, PrepFlags::SQLITE_PREPARE_PERSISTENT)
}

/// Texts of the program do not move. One that was made at run time may lie where another lay before,
/// which is why the whole text is compared.
fn address(sql: &str) -> u64 {
    // Spread: tables of this kind look at the top bits and at the lowest ones.
    (sql.as_ptr().addr() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

impl Prepared for Statements<'_> {
    fn with(&self, sql: &str, run: Run<'_>) -> rusqlite::Result<()> {
        let at = address(sql);
        // Taken out while it runs: what it reads may need the same text again.
        let taken = self.kept.borrow_mut().remove(&at).filter(|kept| *kept.text == *sql);
        let mut kept = match taken {
            Some(kept) => kept,
            None => Kept { text: sql.into(), statement: prepare(self.conn, sql)? },
        };
        let result = run(&mut kept.statement);
        let mut all = self.kept.borrow_mut();
        if all.len() >= KEEP_MAX {
            all.clear();
        }
        all.insert(at, kept);
        result
    }
}

/// The writer's connection with its statements.
#[derive(Clone, Copy)]
pub(crate) struct Db<'a> {
    pub(crate) conn: &'a Connection,
    pub(crate) statements: &'a dyn Prepared,
}

impl Db<'_> {
    /// Runs one statement and says how many rows it changed.
    pub(crate) fn execute(&self, sql: &str, params: impl Params) -> Result<usize, PortError> {
        let mut params = Some(params);
        let mut changed = 0;
        let run: Run<'_> = &mut |statement| {
            if let Some(params) = params.take() {
                changed = statement.execute(params)?;
            }
            Ok(())
        };
        self.statements.with(sql, run).map_err(|e| sql_error(&e))?;
        Ok(changed)
    }

    /// The first row of a query, if there is one.
    pub(crate) fn first<T>(
        &self,
        sql: &str,
        params: impl Params,
        map: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, PortError> {
        let mut asked = Some((params, map));
        let mut found = None;
        let run: Run<'_> = &mut |statement| {
            if let Some((params, map)) = asked.take() {
                found = statement.query_row(params, map).optional()?;
            }
            Ok(())
        };
        self.statements.with(sql, run).map_err(|e| sql_error(&e))?;
        Ok(found)
    }

    /// Every row of a query.
    pub(crate) fn rows<T>(
        &self,
        sql: &str,
        params: impl Params,
        map: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, PortError> {
        let mut asked = Some((params, map));
        let mut found = Vec::new();
        let run: Run<'_> = &mut |statement| {
            if let Some((params, map)) = asked.take() {
                found = statement.query_map(params, map)?.collect::<rusqlite::Result<_>>()?;
            }
            Ok(())
        };
        self.statements.with(sql, run).map_err(|e| sql_error(&e))?;
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::{Db, KEEP_MAX, Statements};
    use rusqlite::Connection;

    #[test]
    fn a_text_at_an_address_that_had_another_is_its_own_statement() {
        let conn = Connection::open_in_memory().unwrap();
        let statements = Statements::new(&conn);
        let db = Db { conn: &conn, statements: &statements };
        // One buffer, rewritten: the address stays, the text does not.
        let mut text = String::with_capacity(64);
        for n in 0..100_i64 {
            text.clear();
            text.push_str(&format!("SELECT {n} + ?1"));
            assert_eq!(db.first(&text, [1], |row| row.get::<_, i64>(0)).unwrap(), Some(n + 1));
        }
    }

    #[test]
    fn what_is_kept_has_a_limit() {
        let conn = Connection::open_in_memory().unwrap();
        let statements = Statements::new(&conn);
        let db = Db { conn: &conn, statements: &statements };
        let texts: Vec<String> = (0..3 * KEEP_MAX).map(|n| format!("SELECT {n}")).collect();
        for (n, text) in texts.iter().enumerate() {
            let found = db.first(text, [], |row| row.get::<_, i64>(0)).unwrap();
            assert_eq!(found, Some(i64::try_from(n).unwrap()));
            assert!(statements.kept.borrow().len() <= KEEP_MAX);
        }
    }

    #[test]
    fn a_statement_that_failed_can_run_again() {
        let conn = Connection::open_in_memory().unwrap();
        conn.execute_batch("CREATE TABLE t (k INTEGER PRIMARY KEY)").unwrap();
        let statements = Statements::new(&conn);
        let db = Db { conn: &conn, statements: &statements };
        let insert = "INSERT INTO t VALUES (?1)";
        assert_eq!(db.execute(insert, [1]).unwrap(), 1);
        assert!(db.execute(insert, [1]).is_err());
        assert_eq!(db.execute(insert, [2]).unwrap(), 1);
    }
}
