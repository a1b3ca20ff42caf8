//! Turning foreign rows into listings: bounded readers of files, a field mapping, the engine.
//!
//! A reader makes one JSON object of each product, whatever its file looks like; the mapping makes a
//! listing of that; the engine commits them in batches, with their pictures.
//!
//! Nothing here opens a file or a socket: the caller brings a reader, and runs the engine on a
//! thread that may block on it. Nothing is guessed silently either: a row is taken as the mapping
//! says, a field that had to be cut is noted, and a row that can't be taken is refused with its line
//! number, the field and the reason.

mod categorise;
mod engine;
mod feed;
mod format;
mod google;
mod lines;
mod mapping;
mod pictures;
mod ports;
mod rate;
mod row;
mod rows;
mod shopify;
mod table;
mod text;
mod value;
mod variants;

pub use engine::{Engine, ImportError, Summary, index_all};
pub use format::{Format, HEAD, UnknownFormat};
pub use lines::{Bounded, Counted, Line, LineFault, Lines, Room};
pub use mapping::{Mapping, MappingError, MissingPrice};
pub use pictures::{NoPictures, PictureTaker, Taken};
pub use ports::{Finding, IndexSink, NoIndex, Severity, StockReceiver, Watch};
pub use rate::{NotARate, Rate};
pub use row::{ReadRow, RowOptions, RowReader, UNCATEGORISED};
pub use rows::{Row, Rows};
pub use text::plain_text;

/// The longest line that is read, in bytes.
pub const LINE_BYTES: usize = 1 << 20;

/// Rows that are committed together: a batch stays within a few dozen milliseconds of the writer.
pub const BATCH_ROWS: usize = 250;
