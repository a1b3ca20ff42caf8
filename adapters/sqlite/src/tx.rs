//! What a job on the writer thread works with: the open transaction and the writer's state.

use crate::claims::Claims;
use crate::levels::{Board, Levels};
use crate::statements::Db;
use rusqlite::{Connection, Params};
use souk_kernel::{PortError, Timestamp};
use std::sync::Arc;

/// The open transaction, as a job sees it.
pub struct Tx<'a> {
    /// The writer's connection, for reads that readers share. Use `prepare_cached`.
    pub conn: &'a Connection,
    /// The same connection with the writer's own statements.
    pub(crate) db: Db<'a>,
    /// Counters and indexes that live on the writer thread.
    pub(crate) state: &'a mut State,
    /// The store's clock when the transaction began: deadlines are compared with it.
    pub now: Timestamp,
}

impl Tx<'_> {
    /// Runs one statement and says how many rows it changed.
    ///
    /// # Errors
    /// The engine's.
    pub fn execute(&self, sql: &str, params: impl Params) -> Result<usize, PortError> {
        self.db.execute(sql, params)
    }

    /// The first row of a query, if there is one.
    ///
    /// # Errors
    /// The engine's.
    pub fn first<T>(
        &self,
        sql: &str,
        params: impl Params,
        map: impl FnOnce(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, PortError> {
        self.db.first(sql, params, map)
    }

    /// Every row of a query; the statement carries its own `LIMIT`.
    ///
    /// # Errors
    /// The engine's.
    pub fn rows<T>(
        &self,
        sql: &str,
        params: impl Params,
        map: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, PortError> {
        self.db.rows(sql, params, map)
    }

    pub(crate) fn flush(&mut self, begin: bool, busy: bool) -> Result<(), PortError> {
        self.state.levels.flush(self.db, begin, busy)
    }
}

/// What the writer thread knows by heart. All of it can be rebuilt from rows.
pub(crate) struct State {
    pub(crate) levels: Levels,
    pub(crate) claims: Claims,
}

impl State {
    pub(crate) fn load(
        conn: &Connection,
        board: Arc<Board>,
        now: Timestamp,
    ) -> Result<Self, PortError> {
        Ok(Self { levels: Levels::load(conn, board)?, claims: Claims::load(conn, now)? })
    }

    /// Forgets what a rolled-back transaction may have changed.
    pub(crate) fn reload(&mut self, conn: &Connection, now: Timestamp) -> Result<(), PortError> {
        self.levels.reload(conn)?;
        self.claims.reload(conn, now)
    }

    /// The transaction is on disk: readers may see what it counted.
    pub(crate) fn committed(&mut self) {
        self.levels.publish();
    }

    /// Counters wait to be written.
    pub(crate) fn is_dirty(&self) -> bool {
        self.levels.is_dirty()
    }

    /// Counters are being written, a slice a transaction.
    pub(crate) fn is_flushing(&self) -> bool {
        self.levels.is_flushing()
    }
}
