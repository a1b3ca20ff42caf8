//! The search port's contract on Tantivy, and what only an index with a disk can get wrong.
#![expect(clippy::unwrap_used, reason = "a test's helper fails by panicking")]

use souk_kernel::{
    Currency, Entropy, Money, OfferId, ProductId, SeededEntropy, SellerId, Timestamp,
};
use souk_search::{Document, Index, Query, Signals};
use souk_tantivy::TantivyIndex;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A folder that goes when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let name = format!("souk-tantivy-{}-{name}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let _ = std::fs::remove_dir_all(&folder);
        Self(folder)
    }

    fn open(&self) -> souk_tantivy::Opened {
        TantivyIndex::open(&self.0).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn kettle(n: u64, title: &str) -> Document {
    let entropy = SeededEntropy::new(n);
    Document {
        product: ProductId::from_bytes(entropy.token()),
        offer: OfferId::from_bytes(entropy.token()),
        seller: SellerId::from_bytes([1; 16]),
        title: title.to_owned(),
        description: String::new(),
        brand: "Acme".to_owned(),
        codes: vec![],
        category: vec!["Home".to_owned()],
        attributes: vec![("Colour".to_owned(), vec!["Red".to_owned()])],
        price: Money::new(1_000, Currency::Eur),
        in_stock: true,
        rating_tenths: 0,
        reviews: 0,
        fast_delivery: false,
        created_at: Timestamp(n as i64),
        image: None,
        colours: vec![],
    }
}

async fn fill(index: &TantivyIndex, products: u64) {
    let all = (0..products).map(|n| kettle(n, &format!("kettle number{n}"))).collect();
    index.upsert(all).await.unwrap();
    index.refresh().await.unwrap();
}

async fn total(index: &TantivyIndex, text: &str) -> u64 {
    index.search(&Query::new(text)).await.unwrap().total
}

#[tokio::test]
async fn keeps_the_contract() {
    let cases = souk_search::contract::cases();
    assert!(cases.len() >= 35, "{}", cases.len());
    for case in cases {
        println!("{}", case.name);
        let folder = Folder::new(case.name);
        let index: Arc<dyn Index> = Arc::new(folder.open().index);
        (case.run)(index).await;
    }
}

#[tokio::test]
async fn what_was_refreshed_is_there_after_a_restart() {
    let folder = Folder::new("restart");
    let opened = folder.open();
    assert!(opened.needs_rebuild, "a new index lacks everything");
    fill(&opened.index, 50).await;
    opened.index.finish_rebuild().unwrap();
    let before = opened.index.search(&Query::new("kettle")).await.unwrap();
    opened.index.upsert(vec![kettle(99, "never refreshed")]).await.unwrap();
    drop(opened);
    let opened = folder.open();
    assert!(!opened.needs_rebuild);
    assert_eq!(opened.index.search(&Query::new("kettle")).await.unwrap(), before);
    assert_eq!(total(&opened.index, "refreshed").await, 0);
    fill(&opened.index, 60).await;
    assert_eq!(opened.index.count().await, Ok(60));
}

#[tokio::test]
async fn a_rebuild_that_never_ended_is_noticed() {
    let folder = Folder::new("unfinished");
    let opened = folder.open();
    fill(&opened.index, 5).await;
    opened.index.finish_rebuild().unwrap();
    opened.index.clear().await.unwrap();
    fill(&opened.index, 2).await;
    drop(opened);
    let opened = folder.open();
    assert!(opened.needs_rebuild);
    assert_eq!(opened.index.count().await, Ok(2), "what is there can be searched meanwhile");
    fill(&opened.index, 5).await;
    opened.index.finish_rebuild().unwrap();
    drop(opened);
    assert!(!folder.open().needs_rebuild);
}

/// The largest file of each kind that an index has.
fn files(folder: &Path) -> Vec<PathBuf> {
    let all = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    all.filter(|p| !p.ends_with("complete") && p.extension().is_none_or(|e| e != "lock")).collect()
}

async fn breaks(how: &str, harm: impl Fn(&Path)) {
    let folder = Folder::new(how);
    let opened = folder.open();
    fill(&opened.index, 20).await;
    opened.index.finish_rebuild().unwrap();
    drop(opened);
    let whole = files(&folder.0);
    assert!(whole.len() > 5, "{whole:?}");
    for file in whole {
        if file.file_name().is_some_and(|n| n.to_string_lossy().starts_with(".")) {
            continue;
        }
        let saved = Folder::new(&format!("{how}-saved"));
        copy(&folder.0, &saved.0);
        let name = file.file_name().unwrap();
        harm(&saved.0.join(name));
        let opened = saved.open();
        assert!(opened.needs_rebuild, "{how} {name:?}");
        fill(&opened.index, 20).await;
        assert_eq!(total(&opened.index, "kettle").await, 20, "{how} {name:?}");
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

#[tokio::test]
async fn a_torn_file_is_noticed() {
    breaks("torn", |file| {
        let bytes = std::fs::read(file).unwrap();
        std::fs::write(file, &bytes[..bytes.len() / 2]).unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_lost_file_is_noticed() {
    breaks("lost", |file| std::fs::remove_file(file).unwrap()).await;
}

#[tokio::test]
async fn a_flipped_bit_is_noticed() {
    breaks("flipped", |file| {
        let mut bytes = std::fs::read(file).unwrap();
        let middle = bytes.len() / 3;
        bytes[middle] ^= 0x10;
        std::fs::write(file, bytes).unwrap();
    })
    .await;
}

#[tokio::test]
async fn an_older_format_is_noticed() {
    let folder = Folder::new("older");
    let opened = folder.open();
    fill(&opened.index, 3).await;
    opened.index.finish_rebuild().unwrap();
    drop(opened);
    std::fs::write(folder.0.join("format"), "souk-search 0").unwrap();
    let opened = folder.open();
    assert!(opened.needs_rebuild);
    assert_eq!(opened.index.count().await, Ok(0));
}

#[test]
fn a_second_writer_is_refused_and_harms_nothing() {
    let folder = Folder::new("second");
    let first = folder.open();
    assert!(TantivyIndex::open(&folder.0).is_err());
    drop(first);
    assert!(TantivyIndex::open(&folder.0).is_ok());
}

#[tokio::test]
async fn searches_go_on_while_products_change() {
    let folder = Folder::new("meanwhile");
    let index = Arc::new(folder.open().index);
    fill(&index, 200).await;
    let searching = {
        let index = Arc::clone(&index);
        std::thread::spawn(move || {
            let mut searches = 0;
            while Arc::strong_count(&index) > 1 {
                let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
                assert_eq!(runtime.block_on(total(&index, "kettle")), 200);
                searches += 1;
            }
            searches
        })
    };
    for round in 0..10 {
        let changed: Vec<_> =
            (0..200).map(|n| kettle(n, &format!("kettle number{n} round{round}"))).collect();
        index.upsert(changed).await.unwrap();
        let signals = Signals { in_stock: Some(round % 2 == 0), ..Signals::default() };
        index.set_signals(vec![(kettle(1, "").product, signals)]).await.unwrap();
        index.refresh().await.unwrap();
    }
    drop(index);
    assert!(searching.join().unwrap() > 0);
}
