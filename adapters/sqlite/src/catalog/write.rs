//! Writes, inside the writer's transaction.

use super::{read, rows};
use crate::store::sql_error;
use crate::{Tx, outbox};
use rusqlite::params;
use souk_catalog::port::{Checkpoint, PutDone, PutListing, PutOutcome, SetPrice, StockDue};
use souk_catalog::rules::{Repriced, as_seen, merge, reprice};
use souk_catalog::{Listing, Offer, PriceRefused, Product, PutRefused, Seller, Variant};
use souk_kernel::{OfferId, PortError};

/// One listing: decided by the shared rule, then written as decided.
pub fn put(tx: &mut Tx<'_>, put: &PutListing) -> Result<Result<PutDone, PutRefused>, PortError> {
    let known = known(tx, &put.listing.product).map_err(|e| sql_error(&e))?;
    let merged = match merge(known.as_ref(), put.clone()) {
        Ok(merged) => merged,
        Err(refused) => return Ok(Err(refused)),
    };
    if merged.done.outcome != PutOutcome::Unchanged {
        store(tx, known.as_ref(), &merged.done.listing)?;
        merged.stock.iter().try_for_each(|due| first_stock(tx, due))?;
        for event in &merged.events {
            outbox::insert(tx, event)?;
        }
    }
    Ok(Ok(merged.done))
}

/// Several edited listings, each [as it was seen](as_seen), all of them or none: nothing is written before
/// all are decided. No two are of one product.
pub(crate) fn put_all(
    tx: &mut Tx<'_>,
    puts: &[PutListing],
) -> Result<Result<Vec<Listing>, PutRefused>, PortError> {
    for put in puts {
        let known = known(tx, &put.listing.product).map_err(|e| sql_error(&e))?;
        if let Some(known) = known.as_ref().filter(|known| !as_seen(known, &put.listing)) {
            return Ok(Err(PutRefused::Stale { current: known.product.version }));
        }
        if let Err(refused) = merge(known.as_ref(), put.clone()) {
            return Ok(Err(refused));
        }
    }
    let mut now = Vec::with_capacity(puts.len());
    for one in puts {
        match put(tx, one)? {
            Ok(done) => now.push(done.listing),
            Err(refused) => {
                return Err(PortError::Conflict(format!("one product twice: {refused}")));
            }
        }
    }
    Ok(Ok(now))
}

fn known(tx: &Tx<'_>, proposed: &Product) -> rusqlite::Result<Option<Listing>> {
    let external = proposed.external.as_ref();
    let named = external.map(|external| read::product_of(tx.conn, external)).transpose()?.flatten();
    read::listing(tx.conn, named.unwrap_or(proposed.id))
}

fn store(tx: &Tx<'_>, known: Option<&Listing>, listing: &Listing) -> Result<(), PortError> {
    product(tx, &listing.product)?;
    let stands = |of: &'_ Product| (of.category_path.clone(), of.hidden);
    let before = known.map(|known| &known.product);
    if before.map(stands) != Some(stands(&listing.product)) {
        if let Some(before) = before {
            shelve(tx, before, false)?;
        }
        shelve(tx, &listing.product, true)?;
    }
    for one in &listing.variants {
        if known.is_none_or(|known| !known.variants.contains(one)) {
            variant(tx, one)?;
        }
    }
    for one in &listing.offers {
        if known.is_none_or(|known| !known.offers.contains(one)) {
            offer(tx, one)?;
        }
    }
    Ok(())
}

/// A row under this key that is somebody else's: a caller invented an id.
fn written(rows: usize) -> Result<(), PortError> {
    if rows == 1 { Ok(()) } else { Err(PortError::Conflict("the id's key is taken".into())) }
}

fn product(tx: &Tx<'_>, product: &Product) -> Result<(), PortError> {
    let external = product.external.as_ref();
    let rows = tx.execute(
        "INSERT INTO product VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
         ON CONFLICT (key) DO UPDATE SET source = excluded.source, external_id = excluded.external_id,
           title = excluded.title, brand = excluded.brand, images = excluded.images,
           doc = excluded.doc, updated_at = excluded.updated_at, version = excluded.version,
           hidden = excluded.hidden
         WHERE id = excluded.id",
        params![
            product.id.key(),
            product.id.bytes(),
            external.map(|external| &external.source),
            external.map(|external| &external.id),
            product.title,
            product.brand,
            rows::json(&product.images),
            rows::json(&rows::Doc::of(product)),
            product.created_at.0,
            product.updated_at.0,
            product.version as i64,
            product.hidden,
        ],
    )?;
    written(rows)
}

/// Puts a product on the shelves of every level of its category, or takes it off, and counts.
fn shelve(tx: &Tx<'_>, product: &Product, on: bool) -> Result<(), PortError> {
    let (path, hidden) = (&product.category_path, i64::from(product.hidden));
    for depth in path.len().min(1)..=path.len() {
        let path = rows::joined(&path[..depth]);
        if on {
            tx.execute(
                "INSERT INTO product_category VALUES (?1, ?2)",
                params![path, product.id.key()],
            )?;
            tx.execute(
                "INSERT INTO category (path, products, hidden) VALUES (?1, 1, ?2)
                 ON CONFLICT (path) DO UPDATE
                 SET products = products + 1, hidden = hidden + excluded.hidden",
                params![path, hidden],
            )?;
        } else {
            tx.execute(
                "DELETE FROM product_category WHERE path = ?1 AND product = ?2",
                params![path, product.id.key()],
            )?;
            tx.execute(
                "UPDATE category SET products = products - 1, hidden = hidden - ?2 WHERE path = ?1",
                params![path, hidden],
            )?;
            tx.execute("DELETE FROM category WHERE path = ?1 AND products = 0", [&path])?;
        }
    }
    Ok(())
}

fn variant(tx: &Tx<'_>, variant: &Variant) -> Result<(), PortError> {
    let rows = tx.execute(
        "INSERT INTO variant VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (key) DO UPDATE SET name = excluded.name, title = excluded.title,
           options = excluded.options WHERE id = excluded.id",
        params![
            variant.id.key(),
            variant.id.bytes(),
            variant.product.key(),
            variant.key,
            variant.title,
            rows::json(&variant.options),
        ],
    )?;
    written(rows)
}

fn offer(tx: &Tx<'_>, offer: &Offer) -> Result<(), PortError> {
    let rows = tx.execute(
        "INSERT INTO offer VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
         ON CONFLICT (key) DO UPDATE SET variant = excluded.variant, seller = excluded.seller,
           minor = excluded.minor, currency = excluded.currency, tax_class = excluded.tax_class,
           weight_g = excluded.weight_g, buyable = excluded.buyable, version = excluded.version
         WHERE id = excluded.id",
        params![
            offer.id.key(),
            offer.id.bytes(),
            offer.product.key(),
            offer.variant.bytes(),
            offer.seller.bytes(),
            offer.price.minor,
            offer.price.currency.code(),
            offer.tax_class.name(),
            offer.weight_g,
            offer.buyable,
            offer.version as i64,
        ],
    )?;
    written(rows)
}

fn first_stock(tx: &Tx<'_>, due: &StockDue) -> Result<(), PortError> {
    let params = params![due.sku.key(), due.sku.bytes(), due.product.bytes(), due.quantity];
    tx.execute("INSERT OR REPLACE INTO first_stock VALUES (?1, ?2, ?3, ?4)", params).map(drop)
}

/// One price: decided by the shared rule.
pub fn set_price(
    tx: &mut Tx<'_>,
    intent: &SetPrice,
) -> Result<Result<u64, PriceRefused>, PortError> {
    let stored = read::offer(tx.conn, intent.offer).map_err(|e| sql_error(&e))?;
    match reprice(stored.as_ref(), intent) {
        Err(refused) => Ok(Err(refused)),
        Ok(Repriced::Same(version)) => Ok(Ok(version)),
        Ok(Repriced::Changed { offer: changed, event }) => {
            offer(tx, &changed)?;
            outbox::insert(tx, &event)?;
            Ok(Ok(changed.version))
        }
    }
}

/// A seller, new or renamed.
pub fn seller(tx: &Tx<'_>, seller: &Seller) -> Result<(), PortError> {
    tx.execute(
        "INSERT INTO seller VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET name = excluded.name",
        params![seller.id.bytes(), seller.name],
    )
    .map(drop)
}

/// Where an import stands.
pub fn checkpoint(tx: &Tx<'_>, checkpoint: &Checkpoint) -> Result<(), PortError> {
    tx.execute(
        "INSERT OR REPLACE INTO import_checkpoint VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            checkpoint.job,
            checkpoint.lines as i64,
            checkpoint.taken as i64,
            checkpoint.refused as i64,
            checkpoint.finished,
        ],
    )
    .map(drop)
}

/// Inventory has the first stock of these.
pub fn stock_received(tx: &Tx<'_>, skus: &[OfferId]) -> Result<(), PortError> {
    for sku in skus {
        tx.execute("DELETE FROM first_stock WHERE sku = ?1", [sku.key()])?;
    }
    Ok(())
}
