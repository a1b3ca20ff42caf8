//! Lines of an untrusted, perhaps compressed, file in bounded memory.

use std::io::{self, BufRead, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Why a line can't be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LineFault {
    /// Longer than allowed; the rest of it was skipped.
    #[error("is longer than {0} bytes")]
    TooLong(usize),
    /// Not UTF-8.
    #[error("is not UTF-8 (byte {0} of the line)")]
    NotUtf8(usize),
}

/// One line, without its end.
#[derive(Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// From 1.
    pub number: u64,
    /// Its text.
    pub text: Result<&'a str, LineFault>,
}

/// Reads lines, one at a time, into one buffer.
pub struct Lines<R> {
    input: R,
    max_bytes: usize,
    number: u64,
    buffer: Vec<u8>,
}

impl<R: BufRead> Lines<R> {
    /// Lines of at most `max_bytes`.
    pub const fn new(input: R, max_bytes: usize) -> Self {
        Self { input, max_bytes, number: 0, buffer: Vec::new() }
    }

    /// The next line; `None` at the end. Ends are `\n` or `\r\n`; a byte-order mark is skipped.
    ///
    /// # Errors
    /// The input's.
    pub fn next_line(&mut self) -> io::Result<Option<Line<'_>>> {
        self.buffer.clear();
        let Some(whole) = self.fill()? else { return Ok(None) };
        self.number += 1;
        let number = self.number;
        if !whole {
            return Ok(Some(Line { number, text: Err(LineFault::TooLong(self.max_bytes)) }));
        }
        let mut bytes = self.buffer.as_slice();
        bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
        if number == 1 {
            bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        }
        let text = std::str::from_utf8(bytes).map_err(|e| LineFault::NotUtf8(e.valid_up_to() + 1));
        Ok(Some(Line { number, text }))
    }

    /// Reads up to the line's end; says whether all of it fits, `None` at the end of the input.
    fn fill(&mut self) -> io::Result<Option<bool>> {
        let (mut any, mut whole) = (false, true);
        loop {
            let available = match self.input.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                other => other?,
            };
            if available.is_empty() {
                return Ok(any.then_some(whole));
            }
            any = true;
            let end = available.iter().position(|byte| *byte == b'\n');
            let piece = &available[..end.unwrap_or(available.len())];
            let fits = self.buffer.len() + piece.len() <= self.max_bytes;
            whole &= fits;
            if whole {
                self.buffer.extend_from_slice(piece);
            }
            let used = piece.len() + usize::from(end.is_some());
            self.input.consume(used);
            if end.is_some() {
                return Ok(Some(whole));
            }
        }
    }
}

/// Counts the bytes that are read from the file itself.
pub struct Counted<R> {
    input: R,
    bytes: Arc<AtomicU64>,
}

impl<R> Counted<R> {
    /// Counts into `bytes`.
    pub const fn new(input: R, bytes: Arc<AtomicU64>) -> Self {
        Self { input, bytes }
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        self.bytes.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// How far a file may unfold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// Bytes in all.
    pub total: u64,
    /// Bytes for each byte of the file.
    pub ratio: u64,
    /// Bytes that are free of the ratio: small files may be very regular.
    pub slack: u64,
}

impl Default for Room {
    /// 32 GiB in all; 100 times the file, beyond the first 64 MiB.
    fn default() -> Self {
        Self { total: 32 << 30, ratio: 100, slack: 64 << 20 }
    }
}

/// Stops a decompression bomb: reading fails once more came out than the room allows.
pub struct Bounded<R> {
    input: R,
    taken_in: Arc<AtomicU64>,
    given_out: u64,
    room: Room,
}

impl<R> Bounded<R> {
    /// `taken_in` counts the compressed bytes; see [`Counted`].
    pub const fn new(input: R, taken_in: Arc<AtomicU64>, room: Room) -> Self {
        Self { input, taken_in, given_out: 0, room }
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        self.given_out += read as u64;
        let taken_in = self.taken_in.load(Ordering::Relaxed);
        let by_ratio = taken_in.saturating_mul(self.room.ratio).saturating_add(self.room.slack);
        if self.given_out > self.room.total.min(by_ratio) {
            let what = format!(
                "the file unfolds to more than {} bytes from {taken_in}: not taken for a catalogue",
                self.room.total.min(by_ratio)
            );
            return Err(io::Error::new(io::ErrorKind::InvalidData, what));
        }
        Ok(read)
    }
}

#[cfg(test)]
#[path = "lines_tests.rs"]
mod tests;
