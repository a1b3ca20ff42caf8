//! Reading a record from its start, and telling a torn end from damage.
//!
//! A batch that was being written when the power went can be there in any part: cut short, or with
//! holes. None of its lines was acknowledged. Every line says how far the record was durable before
//! it was written; so a damaged line is *damage* if any whole line after it says that it had been
//! durable, and otherwise the torn end of the last batch, which can be cut off.
//! (Damage inside the very last batch can't be told from a torn write; nothing can.)

use super::RecordError;
use crate::fact::{Line, whole};
use std::io::{BufRead, BufReader, Read};

/// Where the durable lines end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct End {
    /// How many whole lines there are.
    pub lines: u64,
    /// Their length.
    pub bytes: u64,
    /// Something follows that isn't whole.
    pub torn: bool,
}

/// Reads lines until the end or the first that isn't whole.
///
/// # Errors
/// The reader's; damage before durable lines; a whole line that `each` refuses.
pub fn scan(
    reader: impl Read,
    each: &mut dyn FnMut(&Line<'_>) -> Result<(), String>,
) -> Result<End, RecordError> {
    let mut reader = BufReader::with_capacity(1 << 18, reader);
    let mut end = End::default();
    let mut text = Vec::new();
    loop {
        text.clear();
        if reader.read_until(b'\n', &mut text)? == 0 {
            return Ok(end);
        }
        let expected = end.lines + 1;
        match line_of(&text) {
            Some(line) if line.number == expected => {
                each(&line).map_err(|reason| RecordError::Impossible { line: expected, reason })?;
                end.lines += 1;
                end.bytes += text.len() as u64;
            }
            other => {
                let follows = other.is_some_and(|line| line.synced >= expected);
                if follows || claims(&text, expected) || rest_claims(&mut reader, expected)? {
                    return Err(RecordError::Corrupt { line: expected, offset: end.bytes });
                }
                end.torn = true;
                return Ok(end);
            }
        }
    }
}

fn line_of(text: &[u8]) -> Option<Line<'_>> {
    let line = text.strip_suffix(b"\n")?;
    if whole(line) { Line::read(line).ok() } else { None }
}

/// Whether a whole line further on says that line `missing` had been durable.
fn rest_claims(reader: &mut impl BufRead, missing: u64) -> Result<bool, RecordError> {
    let mut text = Vec::new();
    loop {
        text.clear();
        if reader.read_until(b'\n', &mut text)? == 0 {
            return Ok(false);
        }
        if claims(&text, missing) {
            return Ok(true);
        }
    }
}

/// Whether a whole line that ends this text (the line end before it may be what is damaged) says
/// that line `missing` had been durable.
fn claims(text: &[u8], missing: u64) -> bool {
    const START: &[u8] = b"{\"n\":";
    let starts = text.windows(START.len()).enumerate().filter(|(_, at)| *at == START);
    let mut lines = starts.filter_map(|(at, _)| line_of(text.get(at..)?));
    lines.any(|line| line.synced >= missing)
}
