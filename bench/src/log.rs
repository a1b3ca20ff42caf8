//! The log of requests and answers, as the checker reads it.

use crate::drive::Times;
use crate::http::Answer;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::Instant;

/// One placing request.
pub struct Placing<'a> {
    /// `orders` or `pay`.
    pub op: &'static str,
    /// The idempotency key.
    pub key: &'a [u8],
    /// The user's id.
    pub principal: &'a str,
    /// Equal for equal bodies.
    pub body_digest: u64,
    /// The total that was asked for, in minor units of the shop's currency.
    pub minor: i64,
}

/// Writes lines; a log that can't be written is reported at its end.
pub struct Log {
    out: BufWriter<File>,
    began: Instant,
    failed: Option<std::io::Error>,
}

impl Log {
    /// Starts a log.
    ///
    /// # Errors
    /// When the file can't be made.
    pub fn create(path: &Path) -> Result<Self, String> {
        let file = File::create(path).map_err(|e| format!("{}: {e}", path.display()))?;
        let out = BufWriter::with_capacity(1 << 20, file);
        Ok(Self { out, began: Instant::now(), failed: None })
    }

    /// Notes a request and its answer.
    pub fn note(&mut self, placing: &Placing<'_>, answer: Option<&Answer<'_>>, times: Times) {
        if let Err(error) = self.line(placing, answer, times) {
            self.failed.get_or_insert(error);
        }
    }

    fn line(
        &mut self,
        placing: &Placing<'_>,
        answer: Option<&Answer<'_>>,
        times: Times,
    ) -> std::io::Result<()> {
        let out = &mut self.out;
        let micros = |at: Instant| at.saturating_duration_since(self.began).as_micros();
        write!(out, r#"{{"t_sent":{},"t_answered":"#, micros(times.sent))?;
        match times.answered {
            Some(at) => write!(out, "{}", micros(at))?,
            None => out.write_all(b"null")?,
        }
        write!(out, r#","op":"{}","key":""#, placing.op)?;
        out.write_all(placing.key)?;
        write!(
            out,
            r#"","principal":"{}","body_digest":"{:016x}","total":{{"minor":{},"currency":"EUR"}}"#,
            placing.principal, placing.body_digest, placing.minor
        )?;
        match answer {
            None => out.write_all(b",\"status\":null,\"answer\":null}\n"),
            Some(answer) => {
                write!(out, r#","status":{},"answer":"#, answer.status)?;
                let json = answer.body.starts_with(b"{") && !answer.body.contains(&b'\n');
                out.write_all(if json { answer.body } else { b"null" })?;
                out.write_all(b"}\n")
            }
        }
    }

    /// Ends the log.
    ///
    /// # Errors
    /// When any line of it could not be written.
    pub fn finish(mut self) -> Result<(), String> {
        let flushed = self.out.flush();
        match self.failed.map_or(flushed, Err) {
            Ok(()) => Ok(()),
            Err(error) => Err(format!("the log: {error}")),
        }
    }
}
