//! The catalogue port's contract, on a file each, and what only a file can show.

#![expect(clippy::unwrap_used, reason = "whatever fails here fails the test")]

use souk_catalog::contract::{self, Builder};
use souk_catalog::port::{Catalog, Checkpoint};
use souk_kernel::{ManualClock, Timestamp};
use souk_sqlite::catalog::SqliteCatalog;
use souk_sqlite::{Options, Store};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A folder that goes when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("souk-catalog-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn open(folder: &Path) -> Arc<Store> {
    let clock = Arc::new(ManualClock::at(Timestamp(1_790_000_000_000)));
    Store::open(folder, clock, &Options::default()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn keeps_the_contract() {
    let cases = contract::cases();
    assert!(cases.len() >= 24);
    for case in cases {
        println!("{}", case.name);
        let folder = Folder::new(case.name);
        (case.run)(Arc::new(SqliteCatalog::new(open(&folder.0)))).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_and_checkpoint_are_there_after_reopening() {
    let folder = Folder::new("reopen");
    let make = Builder::new(90);
    let put = make.put("a", &["Kitchen", "Kettles"]);
    let id = put.listing.product.id;
    let at = Checkpoint { job: "j".into(), lines: 1, taken: 1, refused: 0, finished: false };
    let store = open(&folder.0);
    let written = SqliteCatalog::new(Arc::clone(&store));
    written.put(vec![put], Some(at.clone())).await.unwrap();
    let before = written.listings(&[id]).await.unwrap();
    store.close();
    drop((written, store));
    let reopened = SqliteCatalog::new(open(&folder.0));
    assert_eq!(reopened.listings(&[id]).await.unwrap(), before);
    assert_eq!(reopened.checkpoint("j").await.unwrap(), Some(at));
    assert_eq!(reopened.categories().await.unwrap().len(), 2);
}
