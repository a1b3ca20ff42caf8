//! `souk import`: products from a file of JSON Lines, plain or gzipped, into this shop.
//!
//! It needs the data folder for itself: with the shop open it refuses and says so. An import that was
//! stopped goes on where it was when it is started again with the same file and options.

use crate::config::Config;
use crate::wiring::Shop;
use async_trait::async_trait;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use sha2::{Digest, Sha256};
use souk_catalog::Listing;
use souk_catalog::import::{
    BATCH_ROWS, Bounded, Counted, Engine, Finding, IndexSink, LINE_BYTES, Lines, Mapping, Rate,
    Room, RowOptions, RowReader, Severity, StockReceiver, Summary, Watch, index_all,
};
use souk_catalog::port::StockDue;
use souk_inventory::{StockIntent, StockRefusal};
use souk_kernel::{Currency, LANES, PortError};
use souk_search::Document;
use souk_worker::{Consumer, Relay, RelaySettings};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// Documents that the search index takes at a time: each time costs a commit.
const INDEX_PIECE: usize = 2_000;

/// How long lanes of the outbox are leased, in milliseconds: a killed import blocks no relay longer.
const LEASE_MS: i64 = 5_000;

/// What `souk import` is told.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// The file: one JSON object a line; gzipped if its first bytes say so.
    file: PathBuf,
    /// Which of its fields is which of ours: the name of a built-in mapping (icecat,
    /// retail-demo-store, eshop, online-retail), or the path of a .toml or .json file.
    #[arg(long)]
    mapping: String,
    /// First stock of every new offer whose line doesn't say.
    #[arg(long, default_value_t = 0)]
    stock: u32,
    /// The currency of prices that don't say.
    #[arg(long)]
    currency: Option<Currency>,
    /// What a unit of another currency is worth in the shop's: USD=0.92. May be repeated.
    #[arg(long, value_name = "CODE=RATE", value_parser = read_rate)]
    rate: Vec<(Currency, Rate)>,
    /// Where every refused or cut field is written, a JSON object each; beside the data by default.
    #[arg(long)]
    report: Option<PathBuf>,
    /// Lines that are committed together.
    #[arg(long, default_value_t = BATCH_ROWS)]
    batch: usize,
}

fn read_rate(text: &str) -> Result<(Currency, Rate), String> {
    let (code, rate) = text.split_once('=').ok_or("expected CODE=RATE, as in USD=0.92")?;
    let currency = code.parse().map_err(|_| format!("{code:?} is not a known currency"))?;
    Ok((currency, rate.parse().map_err(|e| format!("{rate:?} is {e}"))?))
}

/// Runs the import.
///
/// # Errors
/// In words for whoever imports.
pub fn import(config: &Config, args: &ImportArgs) -> Result<(), String> {
    let mapping = load_mapping(&args.mapping)?;
    let shop = Shop::open(config).map_err(explain)?;
    let options = RowOptions {
        assume: args.currency,
        shop: Some(shop.currency),
        rates: args.rate.iter().copied().collect::<BTreeMap<_, _>>(),
        stock: args.stock,
    };
    check_currency(&options, args.currency.or(mapping.currency), shop.currency)?;
    let job = job_name(&args.file, &args.mapping, args)?;
    let report = args.report.clone().unwrap_or_else(|| config.data.join("import-report.jsonl"));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|e| e.to_string())?;
    let done = runtime.block_on(run(&shop, args, RowReader::new(mapping, options), job, &report));
    shop.store.close();
    done
}

/// A shop that is open holds the lock of its folder.
fn explain(error: String) -> String {
    if error.contains("another process") {
        format!(
            "{error}. Stop the running shop, import, and start it again: nothing is lost by that"
        )
    } else {
        error
    }
}

fn check_currency(
    options: &RowOptions,
    from: Option<Currency>,
    shop: Currency,
) -> Result<(), String> {
    match from.filter(|from| *from != shop && !options.rates.contains_key(from)) {
        None => Ok(()),
        Some(from) => Err(format!(
            "the file's prices are in {from}, the shop sells in {shop}. Say what a {from} is worth: \
             --rate {from}=0.92; or run the shop in {from}: SOUK_CURRENCY={from}"
        )),
    }
}

fn load_mapping(name: &str) -> Result<Mapping, String> {
    if let Some(mapping) = Mapping::built_in(name) {
        return Ok(mapping);
    }
    let known = || Mapping::built_in_names().collect::<Vec<_>>().join(", ");
    let text = std::fs::read_to_string(name)
        .map_err(|e| format!("mapping {name}: {e} (built in: {})", known()))?;
    let json = Path::new(name).extension().is_some_and(|end| end == "json");
    let mapping = if json { Mapping::from_json(&text) } else { Mapping::from_toml(&text) };
    mapping.map_err(|e| format!("{name}: {e}"))
}

/// The same file with the same mapping and options is the same import.
fn job_name(file: &Path, mapping: &str, args: &ImportArgs) -> Result<String, String> {
    let mut digest = Sha256::new();
    let mut input = open(file)?;
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = input.read(&mut buffer).map_err(|e| format!("{}: {e}", file.display()))?;
        if read == 0 {
            break;
        }
        digest.update(&buffer[..read]);
    }
    let rules = Mapping::built_in_text(mapping).map_or_else(
        || std::fs::read_to_string(mapping).map_err(|e| format!("{mapping}: {e}")),
        |text| Ok(text.to_owned()),
    )?;
    digest.update(rules);
    digest.update(format!("{:?} {:?} {}", args.currency, args.rate, args.stock));
    Ok(digest.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect())
}

fn open(file: &Path) -> Result<File, String> {
    File::open(file).map_err(|e| format!("{}: {e}", file.display()))
}

/// A file that is being read.
struct Source {
    /// Unpacked, if it is gzipped.
    lines: Lines<Box<dyn BufRead>>,
    /// Bytes read from the disk so far.
    read: Arc<AtomicU64>,
    /// Bytes on the disk.
    size: u64,
}

fn source(file: &Path) -> Result<Source, String> {
    let failed = |e: std::io::Error| format!("{}: {e}", file.display());
    let input = open(file)?;
    let size = input.metadata().map_err(failed)?.len();
    let read = Arc::new(AtomicU64::new(0));
    let mut input = BufReader::with_capacity(1 << 16, Counted::new(input, Arc::clone(&read)));
    let packed = input.fill_buf().map_err(failed)?.starts_with(&[0x1f, 0x8b]);
    let unpacked: Box<dyn BufRead> = if packed {
        let unpacked = flate2::bufread::MultiGzDecoder::new(input);
        Box::new(BufReader::new(Bounded::new(unpacked, Arc::clone(&read), Room::default())))
    } else {
        Box::new(input)
    };
    Ok(Source { lines: Lines::new(unpacked, LINE_BYTES), read, size })
}

async fn run(
    shop: &Shop,
    args: &ImportArgs,
    reader: RowReader,
    job: String,
    report: &Path,
) -> Result<(), String> {
    let began = Instant::now();
    shop.catalog.open_house(&shop.name).await.map_err(|e| e.to_string())?;
    // What waits from before is told to everybody; what this import does, it tells search itself.
    tell(shop, &shop.consumers).await?;
    let source = source(&args.file)?;
    let mut watch = Progress::new(source.read, source.size, report)?;
    let shelves = Shelves { shop, documents: Mutex::default() };
    let engine = Engine {
        catalog: &shop.catalog,
        stock: &shelves,
        index: &shelves,
        reader,
        mint: &shop.mint,
        clock: &*shop.clock,
        job,
        batch_rows: args.batch.clamp(1, 1_000),
    };
    let done = engine.run(source.lines, &mut watch).await;
    watch.end();
    let done =
        done.map_err(|e| format!("{e}. Start the same import again: it goes on from there"))?;
    if shop.needs_rebuild() {
        index_all(&shop.catalog, &shelves).await.map_err(|e| e.to_string())?;
        shelves.finish().await.map_err(|e| e.to_string())?;
        shop.finish_rebuild()?;
    }
    let others: Vec<_> = shop.consumers.iter().filter(|c| c.name() != "search").cloned().collect();
    tell(shop, &others).await?;
    watch.summary(&done, report, began.elapsed().as_secs_f64());
    Ok(())
}

/// Hands every waiting fact to these consumers. Lanes that a killed process still leases are left to
/// the next shop's relay.
async fn tell(shop: &Shop, consumers: &[Arc<dyn Consumer>]) -> Result<(), String> {
    let failed = |e: PortError| e.to_string();
    let owner = shop.saga.parts().settings.owner;
    let settings = RelaySettings { owner, batch: 2_000, ..RelaySettings::default() };
    let (outbox, clock) = (shop.outbox(), Arc::clone(&shop.clock));
    let mut relay = Relay::new(Arc::clone(&outbox), consumers.to_vec(), clock, settings);
    loop {
        let now = shop.clock.now();
        let lanes = outbox.lease(owner, LANES, now, LEASE_MS).await.map_err(failed)?;
        if relay.round(&lanes).await.map_err(failed)? == 0 {
            break;
        }
    }
    outbox.lease(owner, 0, shop.clock.now(), LEASE_MS).await.map_err(failed)?;
    Ok(())
}

/// Stock and search of this shop, as the engine sees them.
struct Shelves<'a> {
    shop: &'a Shop,
    documents: Mutex<Vec<Document>>,
}

impl Shelves<'_> {
    fn take(&self, at_least: usize) -> Vec<Document> {
        let mut waiting = self.documents.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() >= at_least { std::mem::take(&mut *waiting) } else { Vec::new() }
    }

    async fn publish(&self, documents: Vec<Document>) -> Result<(), PortError> {
        if documents.is_empty() {
            return Ok(());
        }
        let published = self.shop.search.publish(documents).await;
        published.map_err(|e| PortError::Unavailable(e.to_string()))
    }
}

#[async_trait]
impl StockReceiver for Shelves<'_> {
    async fn receive(&self, due: &[StockDue]) -> Result<(), PortError> {
        let warehouse = self.shop.warehouses[0];
        let open = |d: &StockDue| StockIntent::Open { sku: d.sku, warehouse, quantity: d.quantity };
        for answer in self.shop.saga.parts().stock.apply(due.iter().map(open).collect()).await {
            match answer {
                Ok(_) => {}
                Err(StockRefusal::Port(error)) => return Err(error),
                Err(other) => return Err(PortError::Corrupt(other.to_string())),
            }
        }
        Ok(())
    }
}

#[async_trait]
impl IndexSink for Shelves<'_> {
    async fn put(&self, listings: &[Listing]) -> Result<(), PortError> {
        for listing in listings {
            let document = self.shop.indexer.document(listing).await?;
            self.documents.lock().unwrap_or_else(PoisonError::into_inner).extend(document);
        }
        self.publish(self.take(INDEX_PIECE)).await
    }

    async fn finish(&self) -> Result<(), PortError> {
        self.publish(self.take(0)).await
    }
}

/// A bar on a terminal, a line now and then elsewhere; the report; what to say at the end.
struct Progress {
    bar: Option<ProgressBar>,
    read: Arc<AtomicU64>,
    size: u64,
    report: File,
    said: Instant,
    refusals: BTreeMap<(String, String), (u64, u64)>,
}

impl Progress {
    fn new(read: Arc<AtomicU64>, size: u64, report: &Path) -> Result<Self, String> {
        let failed = |e: std::io::Error| format!("{}: {e}", report.display());
        let file = File::options().create(true).append(true).open(report).map_err(failed)?;
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(size);
            let shape = "{bar:30} {percent:>3}% {bytes}/{total_bytes} {msg} {eta} left";
            bar.set_style(
                ProgressStyle::with_template(shape).unwrap_or(ProgressStyle::default_bar()),
            );
            bar
        });
        Ok(Self { bar, read, size, report: file, said: Instant::now(), refusals: BTreeMap::new() })
    }

    fn end(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }

    #[expect(clippy::print_stdout, reason = "the summary is this command's output")]
    fn summary(&mut self, done: &Summary, report: &Path, seconds: f64) {
        let taken = done.created + done.changed + done.unchanged;
        println!(
            "{} lines in {seconds:.1} s: {taken} products taken ({} new, {} changed, {} unchanged), {} \
             refused, {} fields cut or left out",
            done.lines, done.created, done.changed, done.unchanged, done.refused, done.notes
        );
        if done.resumed_at > 0 {
            println!("went on behind line {}, where an earlier run had stopped", done.resumed_at);
        }
        for ((field, reason), (count, first)) in self.refusals.iter().take(20) {
            println!("  refused {count}: {field} {reason} (first: line {first})");
        }
        if done.refused + done.notes > 0 {
            println!("every one of them: {}", report.display());
        }
    }
}

impl Watch for Progress {
    fn found(&mut self, finding: &Finding) -> std::io::Result<()> {
        if finding.severity == Severity::Refused && self.refusals.len() < 1_000 {
            let kind = (finding.field.clone(), finding.reason.clone());
            self.refusals.entry(kind).or_insert((0, finding.line)).0 += 1;
        }
        // Written at once, before the batch is committed: a crash loses no finding.
        let mut line = serde_json::to_vec(finding)?;
        line.push(b'\n');
        self.report.write_all(&line)
    }

    #[expect(clippy::print_stderr, reason = "progress of a command")]
    fn progress(&mut self, so_far: &Summary) {
        let read = self.read.load(Ordering::Relaxed);
        if let Some(bar) = &self.bar {
            bar.set_position(read);
            bar.set_message(format!("{} lines, {} refused", so_far.lines, so_far.refused));
        } else if self.said.elapsed().as_secs() >= 5 {
            self.said = Instant::now();
            let percent = read * 100 / self.size.max(1);
            eprintln!("{percent}%: {} lines, {} refused", so_far.lines, so_far.refused);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_read_with_its_currency() {
        assert_eq!(read_rate("USD=0.92").unwrap().0, Currency::Usd);
        for bad in ["USD", "XXX=1", "USD=", "USD=-1"] {
            assert!(read_rate(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn another_currency_needs_a_rate() {
        let mut options = RowOptions::default();
        let check =
            |options: &RowOptions| check_currency(options, Some(Currency::Usd), Currency::Eur);
        assert!(check(&options).unwrap_err().contains("--rate USD="));
        options.rates.insert(Currency::Usd, "0.92".parse().unwrap());
        assert_eq!(check(&options), Ok(()));
    }

    #[test]
    fn an_unknown_mapping_names_the_known_ones() {
        let error = load_mapping("no-such-mapping").unwrap_err();
        assert!(error.contains("icecat"), "{error}");
    }
}
