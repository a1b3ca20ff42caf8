//! Turning foreign rows into listings: a field mapping, a bounded reader of lines, the engine.
//!
//! Nothing here opens a file or a socket: the caller brings a reader, and runs the engine on a
//! thread that may block on it. Nothing is guessed silently either: a row is taken as the mapping
//! says, a field that had to be cut is noted, and a row that can't be taken is refused with its line
//! number, the field and the reason.

mod categorise;
mod engine;
mod lines;
mod mapping;
mod ports;
mod rate;
mod row;
mod text;
mod value;

pub use engine::{Engine, ImportError, Summary, index_all};
pub use lines::{Bounded, Counted, Line, LineFault, Lines, Room};
pub use mapping::{Mapping, MappingError, MissingPrice};
pub use ports::{Finding, IndexSink, NoIndex, Severity, StockReceiver, Watch};
pub use rate::{NotARate, Rate};
pub use row::{ReadRow, RowOptions, RowReader, UNCATEGORISED};
pub use text::plain_text;

/// The longest line that is read, in bytes.
pub const LINE_BYTES: usize = 1 << 20;

/// Rows that are committed together: a batch stays within a few dozen milliseconds of the writer.
pub const BATCH_ROWS: usize = 250;
