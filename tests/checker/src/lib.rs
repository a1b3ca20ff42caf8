//! Judges a log of requests and answers against the data of the shop.
//!
//! It shares no code with the server: it reads the SQLite file, the sandbox gateway's record and a log
//! that a client kept, and knows their formats from their documents only. Nothing may write while it
//! reads; a killed shop is judged as it lies (the log is then at most ahead in what it got no answer
//! to), a shop that has recovered is judged with [`Options::settled`].
//!
//! What it looks for is listed in [`Code`]; each finding names what it is about.

mod finding;
mod ids;
mod log;
mod record;
mod rules;
mod shop;

pub use finding::{Code, Finding, Report};
pub use ids::Uuid;
pub use log::{LogLine, Total};

use std::path::{Path, PathBuf};

/// What is judged.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    /// The SQLite file.
    pub database: PathBuf,
    /// The sandbox gateway's record; a file that is not there is an empty record.
    pub record: PathBuf,
    /// What clients asked and were answered, JSON Lines: see [`LogLine`]. None: only the data.
    pub log: Option<PathBuf>,
}

impl Evidence {
    /// Of a data folder in its usual layout.
    #[must_use]
    pub fn of_data_folder(data: &Path, log: Option<PathBuf>) -> Self {
        Self { database: data.join("souk.db"), record: data.join("sandbox/record.jsonl"), log }
    }
}

/// How strictly.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Recovery has had its time: nothing may be under way any more, neither an order being paid nor
    /// money on its way back.
    pub settled: bool,
}

/// Judges the evidence.
///
/// # Errors
/// When a file can't be read or is not what it should be; a violation is a finding, not an error.
pub fn judge(evidence: &Evidence, options: Options) -> Result<Report, String> {
    let mut report = Report::default();
    let shop = shop::Shop::read(&evidence.database, &mut report)?;
    let gateway = record::Gateway::read(&evidence.record, &mut report)?;
    rules::stock::check(&shop, &mut report);
    rules::money::check(&shop, &gateway, options, &mut report);
    rules::orders::check(&shop, options, &mut report);
    if let Some(path) = &evidence.log {
        let told = log::read(path, &mut report)?;
        rules::answers::check(&told, &shop, &mut report);
    }
    Ok(report)
}
