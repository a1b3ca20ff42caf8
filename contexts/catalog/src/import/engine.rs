//! The import itself: rows in, batches out, a checkpoint with each batch.
//!
//! After a crash the same import goes on behind its last committed batch: rows and checkpoint are one
//! transaction, first stock is remembered with the rows until inventory has it, and the index is told
//! of everything again, because nobody knows how far it came.

use crate::error::{FieldProblem, PutRefused};
use crate::import::pictures::{self, PictureTaker};
use crate::import::rows::{Row, Rows};
use crate::import::{Finding, IndexSink, RowReader, Severity, StockReceiver, Watch};
use crate::model::Listing;
use crate::port::{Checkpoint, PutListing, PutOutcome, Shelf};
use crate::service::CatalogService;
use souk_kernel::{Clock, Mint, PortError, ProductId};

/// Listings that are read at a time when the index is told everything again.
const PAGE: usize = 200;

/// First stock that is handed over at a time.
const STOCK: usize = 500;

/// What an import did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// Rows dealt with, those before a resumption included: lines of JSON, or a file's products.
    pub lines: u64,
    /// Of them, skipped because an earlier run had dealt with them.
    pub resumed_at: u64,
    /// Products that are new.
    pub created: u64,
    /// Products that differ from before.
    pub changed: u64,
    /// Products that were there, just so.
    pub unchanged: u64,
    /// Lines refused in this run.
    pub refused: u64,
    /// Fields cut or left out in this run.
    pub notes: u64,
}

/// Why an import stopped. What was committed stays; the same import goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file, or the report.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// The store, inventory or the index.
    #[error("{0}")]
    Port(#[from] PortError),
}

/// What an import works with.
pub struct Engine<'a> {
    /// Where listings go.
    pub catalog: &'a CatalogService,
    /// Who takes first stock.
    pub stock: &'a dyn StockReceiver,
    /// Who is told what to find.
    pub index: &'a dyn IndexSink,
    /// Gets the rows' pictures.
    pub pictures: &'a dyn PictureTaker,
    /// Reads the rows.
    pub reader: RowReader,
    /// Mints the ids of what is new.
    pub mint: &'a Mint,
    /// Says when.
    pub clock: &'a dyn Clock,
    /// Names the import: the same name goes on where it stopped.
    pub job: String,
    /// Rows that are committed together; see [`crate::import::BATCH_ROWS`].
    pub batch_rows: usize,
}

/// Rows of one batch, each with its line number.
#[derive(Default)]
struct Batch {
    puts: Vec<PutListing>,
    lines: Vec<u64>,
}

impl Engine<'_> {
    /// Runs it to the end of the file. Reading blocks: run it on a thread that may.
    ///
    /// # Errors
    /// See [`ImportError`].
    pub async fn run(
        &self,
        mut rows: impl Rows,
        watch: &mut dyn Watch,
    ) -> Result<Summary, ImportError> {
        let store = self.catalog.store();
        let last = store.checkpoint(&self.job).await?.filter(|last| !last.finished);
        let mut done = Summary::default();
        let (mut taken, mut refused) = (0, 0);
        if let Some(last) = last {
            done.resumed_at = rows.skip_rows(last.lines)?;
            done.lines = done.resumed_at;
            (taken, refused) = (last.taken, last.refused);
        }
        loop {
            let before = done.refused;
            let (mut batch, ended) = self.read_batch(&mut rows, &mut done, watch)?;
            self.take_pictures(&mut batch, &mut done, watch).await?;
            taken += batch.puts.len() as u64;
            refused += done.refused - before;
            let job = self.job.clone();
            let checkpoint = Checkpoint { job, lines: done.lines, taken, refused, finished: false };
            self.commit(batch, checkpoint.clone(), &mut done, watch).await?;
            watch.progress(&done);
            if ended {
                self.index_all_if(done.resumed_at > 0).await?;
                self.index.finish().await?;
                let checkpoint = Checkpoint { finished: true, ..checkpoint };
                self.catalog.put(Vec::new(), Some(checkpoint)).await?;
                return Ok(done);
            }
        }
    }

    fn read_batch(
        &self,
        rows: &mut impl Rows,
        done: &mut Summary,
        watch: &mut dyn Watch,
    ) -> Result<(Batch, bool), ImportError> {
        let mut batch = Batch::default();
        // Refused and empty rows count as well: a checkpoint is never far away.
        for _ in 0..self.batch_rows.max(1) {
            let Some(row) = rows.next_row()? else { return Ok((batch, true)) };
            done.lines += 1;
            self.read_row(row, &mut batch, done, watch)?;
        }
        Ok((batch, false))
    }

    fn read_row(
        &self,
        row: Row,
        batch: &mut Batch,
        done: &mut Summary,
        watch: &mut dyn Watch,
    ) -> Result<(), ImportError> {
        let number = row.line;
        let read = match row.value {
            Ok(None) => return Ok(()),
            Ok(Some(row)) => self.reader.read(&row, self.mint, self.clock.now()),
            Err(problem) => Err(vec![problem]),
        };
        let (problems, severity) = match read {
            Ok(row) => {
                batch.puts.push(row.put);
                batch.lines.push(number);
                done.notes += row.notes.len() as u64;
                (row.notes, Severity::Note)
            }
            Err(problems) => {
                done.refused += 1;
                (problems, Severity::Refused)
            }
        };
        for problem in problems {
            watch.found(&Finding::new(number, severity, problem))?;
        }
        Ok(())
    }

    /// A picture that can't be had is noted; its product is taken without it.
    async fn take_pictures(
        &self,
        batch: &mut Batch,
        done: &mut Summary,
        watch: &mut dyn Watch,
    ) -> Result<(), ImportError> {
        let missing: Vec<(usize, FieldProblem)> =
            pictures::take(self.pictures, &mut batch.puts).await?;
        for (at, problem) in missing {
            done.notes += 1;
            watch.found(&Finding::new(batch.lines[at], Severity::Note, problem))?;
        }
        Ok(())
    }

    async fn commit(
        &self,
        batch: Batch,
        checkpoint: Checkpoint,
        done: &mut Summary,
        watch: &mut dyn Watch,
    ) -> Result<(), ImportError> {
        let answers = self.catalog.put(batch.puts, Some(checkpoint)).await?;
        let mut fresh: Vec<Listing> = Vec::new();
        for (answer, line) in answers.into_iter().zip(batch.lines) {
            match answer {
                Ok(put) => {
                    let count = match put.outcome {
                        PutOutcome::Created => &mut done.created,
                        PutOutcome::Changed => &mut done.changed,
                        PutOutcome::Unchanged => &mut done.unchanged,
                    };
                    *count += 1;
                    if put.outcome != PutOutcome::Unchanged {
                        fresh.push(put.listing);
                    }
                }
                Err(refused) => {
                    done.refused += 1;
                    tell_refused(line, refused, watch)?;
                }
            }
        }
        self.hand_over_stock().await?;
        if !fresh.is_empty() {
            self.index.put(&fresh).await?;
        }
        Ok(())
    }

    async fn hand_over_stock(&self) -> Result<(), PortError> {
        let store = self.catalog.store();
        loop {
            let due = store.stock_due(STOCK).await?;
            if due.is_empty() {
                return Ok(());
            }
            self.stock.receive(&due).await?;
            let skus: Vec<_> = due.iter().map(|due| due.sku).collect();
            store.stock_received(&skus).await?;
        }
    }

    async fn index_all_if(&self, resumed: bool) -> Result<(), PortError> {
        if !resumed {
            return Ok(());
        }
        index_all(self.catalog, self.index).await.map(drop)
    }
}

/// Tells the index of every product; says how many there were.
///
/// # Errors
/// The store's or the index's.
pub async fn index_all(catalog: &CatalogService, index: &dyn IndexSink) -> Result<u64, PortError> {
    let (mut after, mut count): (Option<ProductId>, u64) = (None, 0);
    loop {
        let page = catalog.page(&Shelf::All, after, PAGE).await?;
        count += page.listings.len() as u64;
        if !page.listings.is_empty() {
            index.put(&page.listings).await?;
        }
        after = page.next;
        if after.is_none() {
            return Ok(count);
        }
    }
}

fn tell_refused(
    line: u64,
    refused: PutRefused,
    watch: &mut dyn Watch,
) -> Result<(), std::io::Error> {
    let severity = Severity::Refused;
    match refused {
        PutRefused::Invalid(problems) => {
            problems.into_iter().try_for_each(|p| watch.found(&Finding::new(line, severity, p)))
        }
        stale @ PutRefused::Stale { .. } => {
            let (field, reason) = ("line".to_owned(), stale.to_string());
            watch.found(&Finding { line, severity, field, reason })
        }
    }
}
