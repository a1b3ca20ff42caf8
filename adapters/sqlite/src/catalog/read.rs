//! Reads: a constant number of statements, however many ids are asked for.

use super::rows;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Result, Row, params};
use souk_catalog::model::full_title;
use souk_catalog::port::{CategoryCount, Checkpoint, Page, Shelf, StockDue};
use souk_catalog::{ExternalId, Listing, Offer, OfferView, Seller};
use souk_kernel::{Id, OfferId, ProductId, SellerId, Timestamp};
use std::collections::HashMap;

/// Keys as the JSON array that `json_each` takes apart.
fn keys<N>(ids: impl IntoIterator<Item = Id<N>>) -> String {
    let keys: Vec<String> = ids.into_iter().map(|id| id.key().to_string()).collect();
    format!("[{}]", keys.join(","))
}

fn all<T>(
    conn: &Connection,
    sql: &str,
    params: impl rusqlite::Params,
    map: impl FnMut(&Row<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    conn.prepare_cached(sql)?.query_map(params, map)?.collect()
}

/// The listings of these products, in the order asked.
pub fn listings(conn: &Connection, ids: &[ProductId]) -> Result<Vec<Option<Listing>>> {
    let sql = format!(
        "SELECT {} FROM product WHERE key IN (SELECT value FROM json_each(?1))",
        rows::PRODUCT
    );
    let products = all(conn, &sql, [keys(ids.iter().copied())], rows::product)?;
    let found: HashMap<ProductId, Listing> = complete(conn, products)?
        .into_iter()
        .map(|listing| (listing.product.id, listing))
        .collect();
    Ok(ids.iter().map(|id| found.get(id).cloned()).collect())
}

/// The listing of one product.
pub fn listing(conn: &Connection, id: ProductId) -> Result<Option<Listing>> {
    Ok(listings(conn, &[id])?.pop().flatten())
}

/// The product that an external id names.
pub fn product_of(conn: &Connection, external: &ExternalId) -> Result<Option<ProductId>> {
    conn.prepare_cached("SELECT id FROM product WHERE source = ?1 AND external_id = ?2")?
        .query_row([&external.source, &external.id], |row| rows::id(row, 0))
        .optional()
}

/// Products with their variants and offers, in the order given.
fn complete(conn: &Connection, products: Vec<souk_catalog::Product>) -> Result<Vec<Listing>> {
    let keys = keys(products.iter().map(|product| product.id));
    let mut at: HashMap<ProductId, usize> = HashMap::with_capacity(products.len());
    let mut listings = Vec::with_capacity(products.len());
    for product in products {
        at.insert(product.id, listings.len());
        listings.push(Listing { product, variants: Vec::new(), offers: Vec::new() });
    }
    let variants = all(
        conn,
        "SELECT v.id, p.id, v.name, v.title, v.options
         FROM json_each(?1) j JOIN variant v ON v.product = j.value JOIN product p ON p.key = v.product
         ORDER BY v.key",
        [&keys],
        rows::variant,
    )?;
    for variant in variants {
        if let Some(at) = at.get(&variant.product) {
            listings[*at].variants.push(variant);
        }
    }
    let offers = all(
        conn,
        "SELECT o.id, p.id, o.variant, o.seller, o.minor, o.currency, o.tax_class, o.weight_g,
                o.buyable, o.version
         FROM json_each(?1) j JOIN offer o ON o.product = j.value JOIN product p ON p.key = o.product
         ORDER BY o.key",
        [&keys],
        rows::offer,
    )?;
    for offer in offers {
        if let Some(at) = at.get(&offer.product) {
            listings[*at].offers.push(offer);
        }
    }
    Ok(listings)
}

/// One offer.
pub fn offer(conn: &Connection, id: OfferId) -> Result<Option<Offer>> {
    let sql =
        "SELECT o.id, p.id, o.variant, o.seller, o.minor, o.currency, o.tax_class, o.weight_g,
                      o.buyable, o.version
               FROM offer o JOIN product p ON p.key = o.product WHERE o.key = ?1 AND o.id = ?2";
    let mut statement = conn.prepare_cached(sql)?;
    statement.query_row(params![id.key(), id.bytes()], rows::offer).optional()
}

/// What pricing needs of these offers, in the order asked.
pub fn offers(conn: &Connection, ids: &[OfferId]) -> Result<Vec<Option<OfferView>>> {
    let sql =
        "SELECT o.id, o.version, p.id, p.version, o.variant, o.seller, p.title, v.title, o.minor,
                      o.currency, o.tax_class, o.weight_g, o.buyable AND NOT p.hidden, json_extract(p.images, '$[0]'),
                      p.hidden
               FROM json_each(?1) j
               JOIN offer o ON o.key = j.value
               JOIN product p ON p.key = o.product
               JOIN variant v ON v.product = o.product AND v.id = o.variant";
    let found: HashMap<OfferId, OfferView> = all(conn, sql, [keys(ids.iter().copied())], view)?
        .into_iter()
        .map(|view| (view.offer, view))
        .collect();
    Ok(ids.iter().map(|id| found.get(id).cloned()).collect())
}

fn view(row: &Row<'_>) -> Result<OfferView> {
    let (product, variant) = (row.get_ref(6)?.as_str()?, row.get_ref(7)?.as_str()?);
    let image: Option<String> = row.get(13)?;
    Ok(OfferView {
        offer: rows::id(row, 0)?,
        offer_version: rows::version(row, 1)?,
        product: rows::id(row, 2)?,
        product_version: rows::version(row, 3)?,
        variant: rows::id(row, 4)?,
        seller: rows::id(row, 5)?,
        title: full_title(product, variant).into(),
        unit_price: rows::money(row, 8)?,
        tax_class: rows::tax_class(row, 10)?,
        weight_g: row.get(11)?,
        buyable: row.get(12)?,
        hidden: row.get(14)?,
        image: image.map(Into::into),
    })
}

/// These sellers, in the order asked.
pub fn sellers(conn: &Connection, ids: &[SellerId]) -> Result<Vec<Option<Seller>>> {
    let mut statement = conn.prepare_cached("SELECT name FROM seller WHERE id = ?1")?;
    let mut find = |id: &SellerId| {
        let name = statement.query_row([id.bytes()], |row| row.get(0)).optional()?;
        Ok(name.map(|name| Seller { id: *id, name }))
    };
    ids.iter().map(&mut find).collect()
}

/// A page of a shelf, with what is hidden or without.
pub fn page(
    conn: &Connection,
    (shelf, with_hidden): (&Shelf, bool),
    after: Option<ProductId>,
    limit: usize,
) -> Result<Page> {
    let columns = rows::PRODUCT;
    let seen = if with_hidden { "" } else { "AND product.hidden = 0" };
    let (sql, name) = match shelf {
        Shelf::All => (
            format!(
                "SELECT {columns} FROM product WHERE key > ?1 AND ?3 IS NULL {seen}
                 ORDER BY key LIMIT ?2"
            ),
            Value::Null,
        ),
        Shelf::Hidden => (
            format!(
                "SELECT {columns} FROM product WHERE key > ?1 AND ?3 IS NULL AND hidden = 1 {seen}
                 ORDER BY key LIMIT ?2"
            ),
            Value::Null,
        ),
        Shelf::Brand(brand) => (
            format!(
                "SELECT {columns} FROM product WHERE key > ?1 AND brand = ?3 {seen}
                 ORDER BY key LIMIT ?2"
            ),
            Value::Text(brand.clone()),
        ),
        Shelf::Seller(seller) => (
            format!(
                "SELECT {columns} FROM product WHERE key IN (
                   SELECT DISTINCT o.product FROM offer o JOIN product ON product.key = o.product
                   WHERE o.seller = ?3 AND o.product > ?1 {seen}
                   ORDER BY o.product LIMIT ?2)
                 ORDER BY key"
            ),
            Value::Blob(seller.bytes().to_vec()),
        ),
        Shelf::Category(path) => (
            format!(
                "SELECT {columns} FROM product_category c JOIN product ON product.key = c.product
                 WHERE c.path = ?3 AND c.product > ?1 {seen} ORDER BY c.product LIMIT ?2"
            ),
            Value::Text(rows::joined(path)),
        ),
    };
    let after = after.map_or(-1, Id::key);
    let one_more = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    let mut products = all(conn, &sql, params![after, one_more, name], rows::product)?;
    let more = products.len() > limit;
    products.truncate(limit);
    let next = products.last().filter(|_| more).map(|product| product.id);
    Ok(Page { listings: complete(conn, products)?, next })
}

/// Ids after one of what is not hidden, with when each product was last changed.
pub fn ids(
    conn: &Connection,
    after: Option<ProductId>,
    limit: usize,
) -> Result<Vec<(ProductId, Timestamp)>> {
    let after = after.map_or(-1, Id::key);
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let sql = "SELECT id, updated_at FROM product
               WHERE key > ?1 AND hidden = 0 ORDER BY key LIMIT ?2";
    all(conn, sql, params![after, limit], |row| {
        Ok((ProductId::from_bytes(row.get(0)?), Timestamp(row.get(1)?)))
    })
}

/// Every category and how many products it has.
pub fn categories(conn: &Connection) -> Result<Vec<CategoryCount>> {
    let places = super::arrange::places(conn)?;
    let count = |row: &Row<'_>| {
        let stored = row.get_ref(0)?.as_str()?;
        let place = places.get(stored).copied();
        let (products, hidden) = (rows::version(row, 1)?, rows::version(row, 2)?);
        Ok(CategoryCount { path: rows::split(stored), products, hidden, place })
    };
    let sql = "SELECT path, products - hidden, hidden FROM category";
    let mut counts = all(conn, sql, [], count)?;
    counts.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(counts)
}

/// How many products: those of all departments, and those of none.
pub fn count(conn: &Connection) -> Result<u64> {
    let sql = "SELECT coalesce(sum(products), 0) FROM category WHERE instr(path, char(31)) = 0";
    conn.prepare_cached(sql)?.query_row([], |row| rows::version(row, 0))
}

/// Where an import stands.
pub fn checkpoint(conn: &Connection, job: &str) -> Result<Option<Checkpoint>> {
    let sql = "SELECT lines, taken, refused, finished FROM import_checkpoint WHERE job = ?1";
    let read = |row: &Row<'_>| {
        Ok(Checkpoint {
            job: job.to_owned(),
            lines: rows::version(row, 0)?,
            taken: rows::version(row, 1)?,
            refused: rows::version(row, 2)?,
            finished: row.get(3)?,
        })
    };
    conn.prepare_cached(sql)?.query_row([job], read).optional()
}

/// First stock that inventory has not confirmed.
pub fn stock_due(conn: &Connection, limit: usize) -> Result<Vec<StockDue>> {
    let sql = "SELECT sku_id, product_id, quantity FROM first_stock ORDER BY sku LIMIT ?1";
    let read = |row: &Row<'_>| {
        Ok(StockDue { sku: rows::id(row, 0)?, product: rows::id(row, 1)?, quantity: row.get(2)? })
    };
    all(conn, sql, [i64::try_from(limit).unwrap_or(i64::MAX)], read)
}
