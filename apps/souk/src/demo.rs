//! The first start: a catalogue of the project's own, so that there is something to buy. Its first shelf
//! is there when the doors open; the rest comes while they are open, and after a stop goes on where it
//! was.

use crate::supply;
use crate::wiring::Shop;
use souk_catalog::port::Checkpoint;
use souk_catalog::{Listing, PutListing, Shelf, attribute_label, demo};
use souk_insights::demo::Subject as Sold;
use souk_kernel::{Money, PortError, ProductId, Timestamp};
use souk_reviews::demo::Subject;
use souk_reviews::{Review, Summary};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Names the filling among the checkpoints of imports.
const JOB: &str = "the demo catalogue";

/// Products that are put together: each piece is a transaction.
const PIECE: usize = 200;

fn checkpoint(products: usize, finished: bool) -> Checkpoint {
    let products = products as u64;
    Checkpoint { job: JOB.to_owned(), lines: products, taken: products, refused: 0, finished }
}

async fn put(
    shop: &Shop,
    listings: Vec<PutListing>,
    checkpoint: Checkpoint,
) -> Result<(), PortError> {
    for answer in shop.catalog.put(listings, Some(checkpoint)).await? {
        answer.map_err(|refused| PortError::Corrupt(refused.to_string()))?;
    }
    Ok(())
}

/// Puts the first shelf into an empty shop; changes nothing in one that has products.
///
/// # Errors
/// The stores'.
pub async fn fill(shop: &Shop) -> Result<(), String> {
    shelf(shop).await.map_err(|e| format!("filling the shop: {e}"))
}

async fn shelf(shop: &Shop) -> Result<(), PortError> {
    if shop.catalog.count().await? > 0 {
        return Ok(());
    }
    shop.catalog.open_house(&shop.name).await?;
    let listings = demo::listings(&shop.mint, shop.currency, shop.clock.now());
    let many = listings.len();
    put(shop, listings, checkpoint(0, false)).await?;
    while supply::receive(shop, 1_000).await? > 0 {}
    let page = shop.catalog.page(&Shelf::All, None, 1_000).await?;
    let products: Vec<_> = page.listings.iter().map(|l| l.product.id).collect();
    shop.indexer.publish(&products).await?;
    tracing::info!(products = many, "the demo's first shelf is filled");
    Ok(())
}

/// Puts the rest behind the first shelf, in pieces, while the shop is open. A shop that was filled by
/// somebody else is left alone. Its sellers have accounts in a sandbox only.
///
/// # Errors
/// The stores'; what was put stays, and the next call goes on behind it.
pub async fn more(
    shop: Arc<Shop>,
    sandbox: bool,
    stop: watch::Receiver<bool>,
) -> Result<(), PortError> {
    let store = shop.catalog.store();
    let filled = store.checkpoint(JOB).await?;
    if filled.is_some() {
        store.put_sellers(demo::sellers()).await?;
    }
    if filled.is_some() && sandbox {
        // Each of them has an account that the one-click sign-in opens.
        let opened = shop.market.sellers.open_demo(demo::sellers()).await;
        opened.map_err(|refused| PortError::Unavailable(refused.to_string()))?;
    }
    let done = match filled {
        Some(at) if !at.finished => usize::try_from(at.lines).unwrap_or(usize::MAX),
        _ => return Ok(()),
    };
    let mut rest = demo::more(&shop.mint, shop.currency, shop.clock.now());
    let all = rest.len();
    rest.drain(..done.min(all));
    let busy = shop.busy();
    while !rest.is_empty() && !*stop.borrow() {
        // Shoppers first.
        while busy() && !*stop.borrow() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let piece: Vec<PutListing> = rest.drain(..PIECE.min(rest.len())).collect();
        put(&shop, piece, checkpoint(all - rest.len(), rest.is_empty())).await?;
    }
    tracing::info!(products = all - rest.len(), of = all, "the demo catalogue is on the shelves");
    Ok(())
}

/// Products whose reviews are written together.
const REVIEWED: usize = 50;

/// Lets people say what they think of the demo's products, while the shop is open: of those that
/// nobody has written about.
///
/// # Errors
/// The stores'; the next call goes on with what is left.
pub async fn reviews(shop: &Shop, stop: &watch::Receiver<bool>) -> Result<(), PortError> {
    let (store, now, busy) = (shop.reviews.store(), shop.clock.now(), shop.busy());
    let (mut after, mut many): (Option<ProductId>, usize) = (None, 0);
    loop {
        while busy() && !*stop.borrow() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let page = shop.catalog.page(&Shelf::All, after, REVIEWED).await?;
        let products: Vec<ProductId> = page.listings.iter().map(|l| l.product.id).collect();
        let counts = store.summaries(&products).await?;
        let silent = page.listings.iter().zip(counts).filter(|(_, c)| *c == Summary::default());
        let written: Vec<Review> = silent.flat_map(|(listing, _)| said(listing, now)).collect();
        if !written.is_empty() {
            many += store.add(written, now).await?;
        }
        after = page.next;
        if after.is_none() || *stop.borrow() {
            tracing::info!(reviews = many, "the demo's shoppers have spoken");
            return Ok(());
        }
    }
}

fn said(listing: &Listing, now: Timestamp) -> Vec<Review> {
    let product = &listing.product;
    let Some(external) = product.external.as_ref().filter(|e| e.source == demo::SOURCE) else {
        return Vec::new();
    };
    let attributes: Vec<(String, String)> = product
        .attributes
        .iter()
        .filter(|(_, values)| values.len() == 1)
        .map(|(name, values)| (attribute_label(name), values.join(", ")))
        .collect();
    let subject = Subject {
        product: product.id,
        name: &external.id,
        department: product.category_path.first().map_or("", String::as_str),
        attributes: &attributes,
    };
    souk_reviews::demo::reviews(&subject, now)
}

/// Names the telling of the past among the checkpoints of imports.
const PAST: &str = "the demo's past";

/// Orders and looks that are told together.
const TOLD: usize = 200;

/// Gives the generated catalogue a past, while the shop is open: what people looked at, what they
/// bought together, and some prices that fall now. Once in a shop's life.
///
/// # Errors
/// The stores'; the next call tells what is left: an order counts once, a price falls once.
pub async fn past(shop: &Shop, stop: &watch::Receiver<bool>) -> Result<(), PortError> {
    let store = shop.catalog.store();
    let filled = store.checkpoint(JOB).await?.is_some_and(|at| at.finished);
    if !filled || store.checkpoint(PAST).await?.is_some() {
        return Ok(());
    }
    let past = souk_insights::demo::past(subjects(shop).await?, shop.clock.now());
    let insights = shop.insights.store();
    for piece in past.purchases.chunks(TOLD) {
        give_way(shop, stop).await;
        insights.count(piece.to_vec()).await?;
    }
    for (product, percent) in &past.cheaper {
        lower(shop, *product, *percent).await?;
    }
    if *stop.borrow() {
        return Ok(());
    }
    // Looks can't tell whether they were told: they come last, right before the mark.
    insights.look(past.looks).await?;
    let told = past.purchases.len() as u64;
    let mark =
        Checkpoint { job: PAST.to_owned(), lines: told, taken: told, refused: 0, finished: true };
    shop.catalog.put(Vec::new(), Some(mark)).await?;
    tracing::info!(orders = told, cheaper = past.cheaper.len(), "the demo has a past");
    Ok(())
}

/// Shoppers first.
async fn give_way(shop: &Shop, stop: &watch::Receiver<bool>) {
    let busy = shop.busy();
    while busy() && !*stop.borrow() {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// The generated products that can be bought: the first shelf stays as it is.
async fn subjects(shop: &Shop) -> Result<Vec<Sold>, PortError> {
    let (mut after, mut found): (Option<ProductId>, Vec<Sold>) = (None, Vec::new());
    let first: Vec<String> = demo::listings(&shop.mint, shop.currency, shop.clock.now())
        .into_iter()
        .filter_map(|put| put.listing.product.external.map(|external| external.id))
        .collect();
    loop {
        let page = shop.catalog.page(&Shelf::All, after, PIECE).await?;
        for listing in &page.listings {
            let product = &listing.product;
            let external = product.external.as_ref().filter(|e| e.source == demo::SOURCE);
            let Some(external) = external.filter(|e| !first.contains(&e.id)) else { continue };
            if listing.lead_offer().is_some_and(|offer| offer.buyable) {
                found.push(Sold {
                    product: product.id,
                    name: external.id.clone(),
                    category: product.category_path.clone(),
                });
            }
        }
        after = page.next;
        if after.is_none() {
            return Ok(found);
        }
    }
}

/// Lowers the prices of a product's offers that nobody has changed yet.
async fn lower(shop: &Shop, product: ProductId, percent: u8) -> Result<(), PortError> {
    let Some(listing) = shop.catalog.listing(product).await? else { return Ok(()) };
    for offer in listing.offers.iter().filter(|offer| offer.buyable && offer.version == 1) {
        let minor = offer.price.minor * i64::from(100 - percent) / 100;
        // Prices end as prices end.
        let minor = (minor / 100 * 100 + 99).min(offer.price.minor - 1).max(1);
        let price = Money::new(minor, offer.price.currency);
        match shop.catalog.set_price(offer.id, price, offer.version).await {
            Ok(_) => {}
            Err(souk_catalog::CatalogError::Port(error)) => return Err(error),
            Err(other) => tracing::debug!(%other, "a price stays as it is"),
        }
    }
    Ok(())
}
