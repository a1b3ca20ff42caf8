//! `souk import`: products from a file, plain or gzipped, into this shop: JSON Lines, Shopify's product
//! CSV, Google Merchant feeds, with their pictures.
//!
//! It needs the data folder for itself: with the shop open it refuses and says so. An import that was
//! stopped goes on where it was when it is started again with the same file and options.

mod file;
mod progress;

use crate::config::Config;
use crate::wiring::{self, Gatherer, PictureOrigins, Reach, Shop};
use async_trait::async_trait;
use clap::Args;
use file::{look, source, told};
use progress::Progress;
use sha2::{Digest, Sha256};
use souk_catalog::Listing;
use souk_catalog::import::{
    BATCH_ROWS, Engine, Format, IndexSink, Rate, RowOptions, RowReader, StockReceiver, index_all,
};
use souk_catalog::port::StockDue;
use souk_inventory::{StockIntent, StockRefusal};
use souk_kernel::{Currency, LANES, PortError};
use souk_search::Document;
use souk_worker::{Consumer, Relay, RelaySettings};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// Documents that the search index takes at a time: each time costs a commit.
const INDEX_PIECE: usize = 2_000;

/// How long lanes of the outbox are leased, in milliseconds: a killed import blocks no relay longer.
const LEASE_MS: i64 = 5_000;

/// What `souk import` is told.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// The file; gzipped if its first bytes say so.
    file: PathBuf,
    /// What kind of file it is, if it doesn't show: jsonl, csv, tsv, shopify, google-xml, google-tsv.
    #[arg(long)]
    format: Option<Format>,
    /// Which of its fields is which of ours: the name of a built-in mapping (shopify, google, icecat,
    /// retail-demo-store, eshop, online-retail), or the path of a .toml or .json file. Shopify's and
    /// Google's files have their own.
    #[arg(long)]
    mapping: Option<String>,
    /// Names the products' source: files of two shops that use the same ids need two names.
    #[arg(long)]
    source: Option<String>,
    /// A folder with the pictures that the file names.
    #[arg(long, value_name = "DIR")]
    pictures: Option<PathBuf>,
    /// Fetch pictures from the addresses that the file names, public ones only.
    #[arg(long)]
    fetch_pictures: bool,
    /// Fetch them from this machine and its networks too: for a file that you wrote yourself.
    #[arg(long, requires = "fetch_pictures")]
    fetch_inside: bool,
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
    let file = look(args)?;
    let shop = Shop::open(config).map_err(explain)?;
    let mut mapping = file.mapping;
    // These files never say; the shop that they come from sold in one currency, as this one does.
    let silent = file.format == Format::Shopify && mapping.currency.is_none();
    let assume = args.currency.or(silent.then_some(shop.currency));
    if let Some(source) = &args.source {
        mapping.source.clone_from(source);
    }
    let options = RowOptions {
        assume,
        shop: Some(shop.currency),
        rates: args.rate.iter().copied().collect::<BTreeMap<_, _>>(),
        stock: args.stock,
    };
    check_currency(&options, args.currency.or(mapping.currency), shop.currency)?;
    let job = job_name(&file.rules, args)?;
    let pictures = gatherer(config, args)?;
    let report = args.report.clone().unwrap_or_else(|| config.data.join("import-report.jsonl"));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|e| e.to_string())?;
    let reader = RowReader::new(mapping, options);
    let work = Work { format: file.format, reader, job, pictures, report };
    let done = runtime.block_on(run(&shop, args, work));
    shop.store.close();
    done
}

/// A shop that is open holds the lock of its folder.
pub(crate) fn explain(error: String) -> String {
    if error.contains("another process") {
        format!(
            "{error}. Stop the running shop, do this, and start it again: nothing is lost by that"
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

fn gatherer(config: &Config, args: &ImportArgs) -> Result<Gatherer, String> {
    let reach = if args.fetch_inside { Reach::Everywhere } else { Reach::Public };
    let fetch = args.fetch_pictures.then_some(reach);
    let origins = PictureOrigins { folder: args.pictures.clone(), fetch };
    let failed = |e: std::io::Error| format!("--pictures: {e}");
    Gatherer::new(wiring::studio(config)?, origins).map_err(failed)
}

/// The same file with the same mapping and options is the same import.
fn job_name(rules: &str, args: &ImportArgs) -> Result<String, String> {
    let mut digest = Sha256::new();
    let failed = |e: std::io::Error| told(&args.file, &e);
    let mut input = File::open(&args.file).map_err(failed)?;
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = input.read(&mut buffer).map_err(failed)?;
        if read == 0 {
            break;
        }
        digest.update(&buffer[..read]);
    }
    digest.update(rules);
    digest.update(format!("{:?} {:?} {}", args.currency, args.rate, args.stock));
    digest.update(format!("{:?} {:?}", args.format.map(Format::name), args.source));
    digest.update(format!("{:?} {} {}", args.pictures, args.fetch_pictures, args.fetch_inside));
    Ok(digest.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect())
}

/// What an import works with besides the shop.
struct Work {
    format: Format,
    reader: RowReader,
    job: String,
    pictures: Gatherer,
    report: PathBuf,
}

async fn run(shop: &Shop, args: &ImportArgs, work: Work) -> Result<(), String> {
    let report = &work.report;
    let began = Instant::now();
    shop.catalog.open_house(&shop.name).await.map_err(|e| e.to_string())?;
    // What waits from before is told to everybody; what this import does, it tells search itself.
    tell(shop, &shop.consumers).await?;
    let source = source(&args.file, work.format, shop.clock.now())?;
    let mut watch = Progress::new(source.read, source.size, report)?;
    let shelves = Shelves { shop, documents: Mutex::default() };
    let engine = Engine {
        catalog: &shop.catalog,
        stock: &shelves,
        index: &shelves,
        pictures: &work.pictures,
        reader: work.reader,
        mint: &shop.mint,
        clock: &*shop.clock,
        job: work.job,
        batch_rows: args.batch.clamp(1, 1_000),
    };
    let done = engine.run(source.rows, &mut watch).await;
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
    watch.summary(&done, report, began.elapsed().as_secs_f64(), work.pictures.counts());
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
}
