//! A store of its own for each test.

use souk_kernel::{ManualClock, Timestamp};
use souk_sqlite::{Options, Store};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// A fresh folder for this test process; removed when dropped.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    /// The store in it, as it is.
    pub fn open(&self) -> Arc<Store> {
        let clock = Arc::new(ManualClock::at(Timestamp(1_790_000_000_000)));
        Store::open(&self.0, clock, &Options::default()).expect("a store")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Left behind at worst: the folder is below the build's own.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
