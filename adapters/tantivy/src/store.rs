//! The index's folder: opened when it is whole and of this format, else started anew.

use crate::schema::{FORMAT, Fields, schema};
use souk_kernel::PortError;
use std::path::Path;
use tantivy::directory::MmapDirectory;
use tantivy::indexer::{IndexWriterOptions, LogMergePolicy};
use tantivy::store::Compressor;
use tantivy::{Index, IndexReader, IndexSettings, IndexWriter, ReloadPolicy, TantivyError};

const FORMAT_FILE: &str = "format";
const COMPLETE_FILE: &str = "complete";
/// What the writer may buffer before it writes a segment.
const WRITER_BYTES: usize = 48 << 20;
/// Up to this size every byte is checked when the index is opened.
const CHECKED_BYTES: u64 = 512 << 20;

/// An opened folder.
pub struct Store {
    pub fields: Fields,
    pub writer: IndexWriter,
    pub reader: IndexReader,
}

impl Store {
    /// Opens the index in `folder`, if there is a whole one of this format.
    pub fn open(folder: &Path) -> Result<Option<Self>, PortError> {
        let format = std::fs::read_to_string(folder.join(FORMAT_FILE)).unwrap_or_default();
        if format != FORMAT {
            return Ok(None);
        }
        match Self::open_whole(folder) {
            Ok(store) => Ok(store),
            Err(TantivyError::LockFailure(..)) => {
                Err(unavailable("search index", "another process writes to it"))
            }
            Err(error) => {
                tracing::warn!(%error, "the search index can't be read");
                Ok(None)
            }
        }
    }

    fn open_whole(folder: &Path) -> tantivy::Result<Option<Self>> {
        let index = Index::open_in_dir(folder)?;
        if index.schema() != schema().0 {
            return Ok(None);
        }
        if size(folder) <= CHECKED_BYTES && !index.validate_checksum()?.is_empty() {
            return Ok(None);
        }
        Self::over(&index).map(Some)
    }

    /// Starts an empty index in `folder`, whatever was there.
    pub fn create(folder: &Path) -> Result<Self, PortError> {
        let failed = |error: &dyn std::fmt::Display| unavailable("search index", error);
        if folder.exists() {
            std::fs::remove_dir_all(folder).map_err(|e| failed(&e))?;
        }
        std::fs::create_dir_all(folder).map_err(|e| failed(&e))?;
        let settings = IndexSettings {
            // Cards are read a page at a time from all over the file: small blocks, no unpacking.
            docstore_compression: Compressor::None,
            docstore_blocksize: 4_096,
            docstore_compress_dedicated_thread: false,
            ..IndexSettings::default()
        };
        let directory = MmapDirectory::open(folder).map_err(|e| failed(&e))?;
        let builder = Index::builder().schema(schema().0).settings(settings);
        let index = builder.open_or_create(directory).map_err(|e| failed(&e))?;
        let store = Self::over(&index).map_err(|e| failed(&e))?;
        std::fs::write(folder.join(FORMAT_FILE), FORMAT).map_err(|e| failed(&e))?;
        Ok(store)
    }

    fn over(index: &Index) -> tantivy::Result<Self> {
        let options = IndexWriterOptions::builder()
            .num_worker_threads(1)
            .num_merge_threads(1)
            .memory_budget_per_thread(WRITER_BYTES)
            .build();
        let writer = index.writer_with_options(options)?;
        // Each segment costs every search some microseconds: merge early.
        let mut policy = LogMergePolicy::default();
        policy.set_min_num_segments(4);
        policy.set_del_docs_ratio_before_merge(0.3);
        writer.set_merge_policy(Box::new(policy));
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        Ok(Self { fields: schema().1, writer, reader })
    }
}

/// Whether the index was ever filled to the end.
pub fn is_complete(folder: &Path) -> bool {
    folder.join(COMPLETE_FILE).exists()
}

/// Notes that the index holds the whole catalogue, or that it doesn't.
pub fn set_complete(folder: &Path, complete: bool) -> Result<(), PortError> {
    let file = folder.join(COMPLETE_FILE);
    let done = match (complete, file.exists()) {
        (true, _) => std::fs::write(&file, FORMAT),
        // On disk before anything is taken out: half an index must never count as whole.
        (false, true) => std::fs::remove_file(&file)
            .and_then(|()| std::fs::File::open(folder))
            .and_then(|folder| folder.sync_all()),
        (false, false) => Ok(()),
    };
    done.map_err(|e| unavailable("search index", e))
}

fn size(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|e| e.metadata().ok()).map(|m| m.len()).sum()
}

/// An engine that can't be reached or written.
pub fn unavailable(what: &str, error: impl std::fmt::Display) -> PortError {
    PortError::Unavailable(format!("{what}: {error}"))
}
