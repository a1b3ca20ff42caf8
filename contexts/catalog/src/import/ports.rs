//! What an import talks to besides the catalogue.

use crate::error::FieldProblem;
use crate::import::Summary;
use crate::model::Listing;
use crate::port::StockDue;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use souk_kernel::PortError;

/// Takes first stock onto the shelves.
#[async_trait]
pub trait StockReceiver: Send + Sync {
    /// Receives each of these once, however often it is told: after a crash it is told again.
    async fn receive(&self, due: &[StockDue]) -> Result<(), PortError>;
}

/// Is told of every product that is new or differs, so that it can be searched.
#[async_trait]
pub trait IndexSink: Send + Sync {
    /// Takes these, replacing what it had of them.
    async fn put(&self, listings: &[Listing]) -> Result<(), PortError>;
    /// Makes everything taken so far findable.
    async fn finish(&self) -> Result<(), PortError>;
}

/// For imports whose index is built otherwise.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoIndex;

#[async_trait]
impl IndexSink for NoIndex {
    async fn put(&self, _: &[Listing]) -> Result<(), PortError> {
        Ok(())
    }

    async fn finish(&self) -> Result<(), PortError> {
        Ok(())
    }
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The line was not taken.
    Refused,
    /// The line was taken, without this field or with part of it.
    Note,
}

/// What is wrong with a field of a line; one line of the report file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The line's number, from 1.
    pub line: u64,
    /// How bad it is.
    pub severity: Severity,
    /// Which field; `line` when it is the line itself.
    pub field: String,
    /// In plain words.
    pub reason: String,
}

impl Finding {
    /// A problem as a finding.
    #[must_use]
    pub fn new(line: u64, severity: Severity, problem: FieldProblem) -> Self {
        Self { line, severity, field: problem.field, reason: problem.reason }
    }
}

/// Watches an import.
pub trait Watch: Send {
    /// A finding, before its batch is committed. An import that is resumed may tell the last batch's
    /// findings again.
    ///
    /// # Errors
    /// The report can't be written: the import stops.
    fn found(&mut self, finding: &Finding) -> std::io::Result<()>;
    /// A batch is committed.
    fn progress(&mut self, so_far: &Summary);
}
