//! The embedded search engine.
//!
//! Promises: searches take well under a millisecond of the caller's thread at 20,000 products and
//! wait for no writer; what a refresh made findable is on disk; an index that is broken or of an
//! older format is noticed when it is opened and started anew, to be filled from the catalogue.
//!
//! Tantivy keeps the terms, their lists, the columns and the cards; scores and facets are added up
//! here, by the rules of [`souk_search`], because one pass over a search's matches gives both.

mod card;
mod columns;
mod filter;
mod live;
mod names;
mod schema;
mod score;
mod search;
mod snapshot;
mod store;
mod suggest;

use async_trait::async_trait;
use live::Live;
use parking_lot::{Mutex, RwLock};
use schema::Fields;
use search::broken;
use snapshot::Snapshot;
use souk_kernel::{PortError, ProductId};
use souk_search::{CategoryCount, Document, Index, Query, Results, Signals};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use store::{Store, unavailable};

/// A product index in a folder of its own. One process at a time writes to it.
pub struct TantivyIndex {
    folder: PathBuf,
    fields: Fields,
    /// Held by whoever writes; searches never wait for it.
    writer: Mutex<Writer>,
    current: RwLock<Arc<Snapshot>>,
    live: RwLock<Live>,
    /// Tells later documents from earlier ones.
    sequence: AtomicU64,
}

struct Writer {
    store: Store,
    /// Whether anything was written since the last refresh.
    dirty: bool,
}

/// An index as it was found.
pub struct Opened {
    /// The index, ready to search.
    pub index: TantivyIndex,
    /// Whether it lacks products: it is new, was broken, of another format, or its last rebuild
    /// never ended. Fill it from the catalogue, then call [`TantivyIndex::finish_rebuild`].
    pub needs_rebuild: bool,
}

impl TantivyIndex {
    /// Opens the index in `folder`, or starts an empty one there if it can't be used. Nothing else
    /// may lie in the folder.
    ///
    /// # Errors
    /// The folder can't be written; another process has the index open.
    pub fn open(folder: &Path) -> Result<Opened, PortError> {
        if let Some(store) = Store::open(folder)? {
            match Self::over(folder, store) {
                Ok(index) => {
                    let needs_rebuild = !store::is_complete(folder);
                    return Ok(Opened { index, needs_rebuild });
                }
                Err(error) => tracing::warn!(%error, "the search index can't be read"),
            }
        }
        let index = Self::over(folder, Store::create(folder)?)?;
        Ok(Opened { index, needs_rebuild: true })
    }

    fn over(folder: &Path, store: Store) -> Result<Self, PortError> {
        let live = RwLock::new(Live::default());
        let searcher = store.reader.searcher();
        let snapshot = Snapshot::open(&searcher, &store.fields, None, &live).map_err(broken)?;
        let sequence = AtomicU64::new(live.read().last_sequence());
        Ok(Self {
            folder: folder.to_owned(),
            fields: store.fields,
            writer: Mutex::new(Writer { store, dirty: false }),
            current: RwLock::new(Arc::new(snapshot)),
            sequence,
            live,
        })
    }

    /// Ends a rebuild: every write so far becomes findable, the index becomes one piece, and from
    /// now on it counts as whole. Takes seconds; searches go on.
    ///
    /// # Errors
    /// The disk.
    pub fn finish_rebuild(&self) -> Result<(), PortError> {
        let mut writer = self.writer.lock();
        let failed = |e: tantivy::TantivyError| unavailable("search index", e);
        writer.store.writer.commit().map_err(failed)?;
        writer.store.reader.reload().map_err(failed)?;
        let searcher = writer.store.reader.searcher();
        let pieces: Vec<_> =
            searcher.segment_readers().iter().map(tantivy::SegmentReader::segment_id).collect();
        drop(searcher);
        if pieces.len() > 1 {
            // A piece that is being merged already can't be merged again: then it stays as it is.
            if let Err(error) = writer.store.writer.merge(&pieces).wait() {
                tracing::info!(%error, "the search index stays in several pieces");
            }
        }
        self.show(&mut writer)?;
        store::set_complete(&self.folder, true)
    }

    /// Lets searches see the last commit.
    fn show(&self, writer: &mut Writer) -> Result<(), PortError> {
        writer.store.reader.reload().map_err(|e| unavailable("search index", e))?;
        let searcher = writer.store.reader.searcher();
        let before = self.snapshot();
        let same = before.known.len() == searcher.segment_readers().len()
            && searcher
                .segment_readers()
                .iter()
                .all(|s| before.known.contains_key(&s.segment_id()));
        if same && !writer.dirty {
            return Ok(());
        }
        let next = Snapshot::open(&searcher, &self.fields, Some(&before), &self.live);
        let next = next.map_err(broken)?;
        *self.current.write() = Arc::new(next);
        writer.dirty = false;
        Ok(())
    }

    fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.current.read())
    }
}

#[async_trait]
impl Index for TantivyIndex {
    async fn upsert(&self, documents: Vec<Document>) -> Result<(), PortError> {
        let mut writer = self.writer.lock();
        for document in &documents {
            let sequence = self.sequence.fetch_add(1, Ordering::Relaxed) + 1;
            let fields = &self.fields;
            writer.store.writer.delete_term(fields.id_term(document.product));
            let added = writer.store.writer.add_document(fields.document(document, sequence));
            added.map_err(|e| unavailable("search index", e))?;
            writer.dirty = true;
        }
        Ok(())
    }

    async fn remove(&self, products: Vec<ProductId>) -> Result<(), PortError> {
        let mut writer = self.writer.lock();
        for product in products {
            writer.store.writer.delete_term(self.fields.id_term(product));
            writer.dirty = true;
        }
        Ok(())
    }

    async fn set_signals(&self, signals: Vec<(ProductId, Signals)>) -> Result<(), PortError> {
        let sequence = self.sequence.load(Ordering::Relaxed);
        let mut live = self.live.write();
        for (product, signal) in signals {
            live.signal(product, signal, sequence);
        }
        Ok(())
    }

    async fn refresh(&self) -> Result<(), PortError> {
        let mut writer = self.writer.lock();
        if writer.dirty {
            writer.store.writer.commit().map_err(|e| unavailable("search index", e))?;
        }
        self.show(&mut writer)
    }

    async fn clear(&self) -> Result<(), PortError> {
        let mut writer = self.writer.lock();
        store::set_complete(&self.folder, false)?;
        let all = Box::new(tantivy::query::AllQuery);
        writer.store.writer.delete_query(all).map_err(|e| unavailable("search index", e))?;
        writer.dirty = true;
        Ok(())
    }

    async fn search(&self, query: &Query) -> Result<Results, PortError> {
        let live = self.live.read();
        search::search(&self.snapshot(), &live, &self.fields, query)
    }

    async fn suggest(&self, prefix: &str) -> Result<Vec<String>, PortError> {
        suggest::suggest(&self.snapshot(), prefix)
    }

    async fn categories(&self, prefix: &str) -> Result<Vec<CategoryCount>, PortError> {
        Ok(suggest::categories(&self.snapshot(), prefix))
    }

    async fn count(&self) -> Result<u64, PortError> {
        Ok(u64::from(self.snapshot().products))
    }
}
