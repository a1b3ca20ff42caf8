//! Rows: one JSON object a product, wherever it comes from.

use crate::error::FieldProblem;
use crate::import::{LineFault, Lines};
use serde_json::Value;
use std::cell::Cell;
use std::io::{self, BufRead, Read};
use std::rc::Rc;

/// One product's row, or what is wrong with it.
#[derive(Debug)]
pub struct Row {
    /// Where it begins in the file: a line, from 1.
    pub line: u64,
    /// An object; nothing where the line is empty.
    pub value: Result<Option<Value>, FieldProblem>,
}

/// Where rows come from. The same file gives the same rows in the same order.
pub trait Rows {
    /// The next one; `None` at the end.
    ///
    /// # Errors
    /// The file can't be read, or can't be read on: what follows would be guessed.
    fn next_row(&mut self) -> io::Result<Option<Row>>;

    /// Skips rows; says how many there were.
    ///
    /// # Errors
    /// As [`Rows::next_row`].
    fn skip_rows(&mut self, count: u64) -> io::Result<u64> {
        for skipped in 0..count {
            if self.next_row()?.is_none() {
                return Ok(skipped);
            }
        }
        Ok(count)
    }
}

impl<R: Rows + ?Sized> Rows for Box<R> {
    fn next_row(&mut self) -> io::Result<Option<Row>> {
        (**self).next_row()
    }

    fn skip_rows(&mut self, count: u64) -> io::Result<u64> {
        (**self).skip_rows(count)
    }
}

/// A line of JSON is a row. Empty lines are none: a file of nothing else costs no checkpoints.
impl<R: BufRead> Rows for Lines<R> {
    fn next_row(&mut self) -> io::Result<Option<Row>> {
        while let Some(line) = self.next_line()? {
            if is_row(&line.text) {
                return Ok(Some(Row { line: line.number, value: parsed(line.text).map(Some) }));
            }
        }
        Ok(None)
    }

    fn skip_rows(&mut self, count: u64) -> io::Result<u64> {
        let mut skipped = 0;
        while skipped < count {
            let Some(line) = self.next_line()? else { break };
            skipped += u64::from(is_row(&line.text));
        }
        Ok(skipped)
    }
}

/// What can't be read is a row too: a refused one.
fn is_row(text: &Result<&str, LineFault>) -> bool {
    text.as_ref().map_or(true, |text| !text.trim().is_empty())
}

fn parsed(text: Result<&str, LineFault>) -> Result<Value, FieldProblem> {
    let wrong = |reason: String| FieldProblem::new("line", reason);
    let text = text.map_err(|fault| wrong(fault.to_string()))?;
    let row: Value = serde_json::from_str(text).map_err(|e| wrong(format!("is not JSON: {e}")))?;
    if row.is_object() { Ok(row) } else { Err(wrong("is not a JSON object".to_owned())) }
}

/// What may be read until the next record must have begun. A reader that gathers a record before it
/// gives it out would gather a file without an end.
#[derive(Debug, Clone, Default)]
pub(crate) struct Allowance(Rc<Cell<u64>>);

impl Allowance {
    /// Another record of at most this many bytes.
    pub(crate) fn renew(&self, bytes: usize) {
        self.0.set(bytes as u64);
    }
}

/// Reads within an allowance.
pub(crate) struct Metered<R> {
    input: R,
    allowance: Allowance,
    limit: usize,
}

impl<R> Metered<R> {
    pub(crate) const fn new(input: R, allowance: Allowance, limit: usize) -> Self {
        Self { input, allowance, limit }
    }
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.allowance.0.get();
        if left == 0 && !buffer.is_empty() {
            let what = format!(
                "an entry is longer than {} bytes: is a quote or a tag left open?",
                self.limit
            );
            return Err(io::Error::new(io::ErrorKind::InvalidData, what));
        }
        let room = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let read = self.input.read(&mut buffer[..room])?;
        self.allowance.0.set(left - read as u64);
        Ok(read)
    }
}
