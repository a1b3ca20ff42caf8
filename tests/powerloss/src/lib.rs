//! A disk that forgets what was not synced, under the real SQLite.
//!
//! A killed process loses nothing that it has written: the kernel's cache survives it. A machine
//! without power loses everything that wasn't synced, in any order and in parts. This room
//! makes that testable: SQLite itself runs, on real files, through a VFS that records what was
//! synced and what was not, and a seed decides what of the rest a real disk would still have.
//!
//! ```ignore
//! let machine = Machine::new(seed)?;
//! let path = machine.root().join("souk.db");
//! let db = Connection::open_with_flags_and_vfs(path, OpenFlags::default(), machine.vfs_name())?;
//! let record = machine.file("sandbox/record.jsonl")?;
//! machine.arm(Cut::Within(5_000));            // or machine.cut() from another thread
//! // ... work until it fails; remember what was acknowledged ...
//! let report = machine.restore_into(&fresh)?; // open `fresh` and compare
//! let next_life = Machine::boot(seed + 1, &fresh)?;
//! ```
//!
//! What is assumed of the disk is what SQLite assumes: a write harms no byte outside of it
//! (powersafe overwrite), a completed sync is true, and what was synced doesn't rot.

#![deny(clippy::undocumented_unsafe_blocks)]

mod disk;
mod file;
mod machine;
mod plug;
mod report;
mod rng;
mod survive;
#[expect(unsafe_code, reason = "a VFS is a table of C functions that SQLite calls")]
mod vfs;

pub use file::ForgettingFile;
pub use machine::Machine;
pub use plug::Cut;
pub use report::{FileReport, Report, fingerprint};
pub use rng::Rng;
pub use survive::Rule;
pub use vfs::seed_sqlite_randomness;
