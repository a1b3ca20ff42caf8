//! `souk export`: the catalogue as a file that other shops, and this one, can import.

use crate::config::Config;
use crate::wiring::{self, Shop};
use clap::{Args, Subcommand};
use souk_catalog::export::{ExportFormat, Exporter};
use souk_catalog::{Listing, Pictures, Shelf, is_photo};
use souk_kernel::ProductId;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Products that are read at a time.
const PAGE: usize = 200;

/// Pixels of exported pictures: as wide as pages show them.
const WIDTH: u32 = 1_280;

/// What `souk export` is told.
#[derive(Debug, Subcommand)]
pub enum Export {
    /// Every product, with variants, prices, stock and pictures.
    Products(ProductArgs),
}

/// How products are exported.
#[derive(Debug, Args)]
pub struct ProductArgs {
    /// shopify (CSV) or google (a Merchant feed in XML).
    #[arg(long)]
    format: ExportFormat,
    /// Where to; by default to standard output.
    #[arg(long)]
    out: Option<PathBuf>,
    /// A folder that gets the photos: with `souk import --pictures` they come along.
    #[arg(long, value_name = "DIR")]
    pictures: Option<PathBuf>,
}

/// Runs the export.
///
/// # Errors
/// In words for whoever exports.
pub fn export(config: &Config, what: &Export) -> Result<(), String> {
    let Export::Products(args) = what;
    let shop = Shop::open(config).map_err(crate::import::explain)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let done = runtime.map_err(|e| e.to_string())?.block_on(products(config, &shop, args));
    shop.store.close();
    let count = done?;
    say(count);
    Ok(())
}

#[expect(clippy::print_stderr, reason = "standard output may be the file")]
fn say(count: u64) {
    eprintln!("{count} products");
}

async fn products(config: &Config, shop: &Shop, args: &ProductArgs) -> Result<u64, String> {
    let exporter =
        Exporter { format: args.format, shop: shop.name.clone(), base_url: config.base_url() };
    let album = match &args.pictures {
        Some(dir) => {
            std::fs::create_dir_all(dir).map_err(|e| told(dir, &e))?;
            Some((wiring::studio(config)?, dir.as_path()))
        }
        None => None,
    };
    let mut out: Box<dyn Write> = match &args.out {
        Some(path) => Box::new(BufWriter::new(File::create(path).map_err(|e| told(path, &e))?)),
        None => Box::new(BufWriter::new(std::io::stdout())),
    };
    let mut write = |bytes: Vec<u8>| out.write_all(&bytes).map_err(|e| e.to_string());
    write(exporter.heading())?;
    let (mut after, mut count): (Option<ProductId>, u64) = (None, 0);
    loop {
        let page = shop.catalog.stored_page(&Shelf::All, after, PAGE).await;
        let page = page.map_err(|e| e.to_string())?;
        let stock = &*shop.saga.parts().stock;
        let pieces = souk_inventory::available(stock, &page.offers()).await;
        let pieces = pieces.map_err(|e| e.to_string())?;
        for listing in &page.listings {
            write(exporter.listing(listing, &pieces))?;
            if let Some((pictures, dir)) = &album {
                photos(pictures, dir, listing).await?;
            }
            count += 1;
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    write(exporter.end())?;
    out.flush().map_err(|e| e.to_string())?;
    Ok(count)
}

/// The product's photos as files, named as the last part of their addresses.
async fn photos(pictures: &Arc<dyn Pictures>, dir: &Path, listing: &Listing) -> Result<(), String> {
    for name in listing.product.images.iter().filter(|image| is_photo(image)) {
        let path = dir.join(format!("{name}-{WIDTH}.webp"));
        if path.exists() {
            continue;
        }
        if let Some(bytes) = pictures.photo(name, WIDTH).await.map_err(|e| e.to_string())? {
            std::fs::write(&path, bytes).map_err(|e| told(&path, &e))?;
        }
    }
    Ok(())
}

fn told(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}
