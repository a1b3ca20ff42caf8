//! Rows as the catalogue's types, and back.

use rusqlite::types::Type;
use rusqlite::{Result, Row};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use souk_catalog::{Attributes, ExternalId, Offer, Product, TaxClass, Variant};
use souk_kernel::{Currency, Id, Money, Timestamp};

/// Between the levels of a stored category path: no level contains a control character.
pub const LEVEL_END: &str = "\u{1f}";

/// The columns of a product, as [`product`] reads them.
pub const PRODUCT: &str = "product.key, product.id, product.source, product.external_id, \
    product.title, product.brand, product.images, product.doc, product.created_at, \
    product.updated_at, product.version, product.hidden";

/// What is stored of a product as JSON.
#[derive(Serialize, Deserialize)]
pub struct Doc {
    description: String,
    category_path: Vec<String>,
    attributes: Attributes,
    gtins: Vec<String>,
}

impl Doc {
    /// Of a product.
    pub fn of(product: &Product) -> Self {
        Self {
            description: product.description.clone(),
            category_path: product.category_path.clone(),
            attributes: product.attributes.clone(),
            gtins: product.gtins.clone(),
        }
    }
}

/// JSON of a stored column.
pub fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("text, lists and maps of text are always JSON")
}

/// A path as it is stored.
pub fn joined(path: &[String]) -> String {
    path.join(LEVEL_END)
}

/// A stored path.
pub fn split(path: &str) -> Vec<String> {
    if path.is_empty() { Vec::new() } else { path.split(LEVEL_END).map(Into::into).collect() }
}

/// Whatever `parse` makes of the column; `None` is a corrupt row.
fn parsed<T>(row: &Row<'_>, at: usize, parse: impl FnOnce(&str) -> Option<T>) -> Result<T> {
    let text = row.get_ref(at)?.as_str()?;
    parse(text).ok_or_else(|| {
        let what = format!("not what belongs into column {at}");
        rusqlite::Error::FromSqlConversionFailure(at, Type::Text, what.into())
    })
}

fn from_json<T: DeserializeOwned>(row: &Row<'_>, at: usize) -> Result<T> {
    parsed(row, at, |text| serde_json::from_str(text).ok())
}

/// A stored id.
pub fn id<N>(row: &Row<'_>, at: usize) -> Result<Id<N>> {
    Ok(Id::from_bytes(row.get(at)?))
}

fn unsigned(row: &Row<'_>, at: usize) -> Result<u64> {
    let number: i64 = row.get(at)?;
    u64::try_from(number).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(at, number))
}

/// A price in columns `at` (minor units) and `at + 1` (currency).
pub fn money(row: &Row<'_>, at: usize) -> Result<Money> {
    let currency: Currency = parsed(row, at + 1, |code| code.parse().ok())?;
    Ok(Money::new(row.get(at)?, currency))
}

/// A tax class.
pub fn tax_class(row: &Row<'_>, at: usize) -> Result<TaxClass> {
    parsed(row, at, TaxClass::from_name)
}

/// A version.
pub fn version(row: &Row<'_>, at: usize) -> Result<u64> {
    unsigned(row, at)
}

/// A product from the columns of [`PRODUCT`].
pub fn product(row: &Row<'_>) -> Result<Product> {
    let source: Option<String> = row.get(2)?;
    let external: Option<String> = row.get(3)?;
    let doc: Doc = from_json(row, 7)?;
    Ok(Product {
        id: id(row, 1)?,
        external: source.zip(external).map(|(source, id)| ExternalId { source, id }),
        title: row.get(4)?,
        description: doc.description,
        brand: row.get(5)?,
        category_path: doc.category_path,
        attributes: doc.attributes,
        images: from_json(row, 6)?,
        gtins: doc.gtins,
        hidden: row.get(11)?,
        created_at: Timestamp(row.get(8)?),
        updated_at: Timestamp(row.get(9)?),
        version: version(row, 10)?,
    })
}

/// A variant from `id, product.id, name, title, options`.
pub fn variant(row: &Row<'_>) -> Result<Variant> {
    Ok(Variant {
        id: id(row, 0)?,
        product: id(row, 1)?,
        key: row.get(2)?,
        title: row.get(3)?,
        options: from_json(row, 4)?,
    })
}

/// An offer from `id, product.id, variant, seller, minor, currency, tax_class, weight_g, buyable,
/// version`.
pub fn offer(row: &Row<'_>) -> Result<Offer> {
    Ok(Offer {
        id: id(row, 0)?,
        product: id(row, 1)?,
        variant: id(row, 2)?,
        seller: id(row, 3)?,
        price: money(row, 4)?,
        tax_class: tax_class(row, 6)?,
        weight_g: row.get(7)?,
        buyable: row.get(8)?,
        version: version(row, 9)?,
    })
}
