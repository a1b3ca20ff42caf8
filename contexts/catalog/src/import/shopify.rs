//! Shopify's product CSV: a product stands in several rows, one for each variant or further picture.
//!
//! The rows of one handle, which stand together, become one row: the product's own columns, the list
//! `variants`, the list `images`. Both headings are read, the one of today and the one of before 2024.

use crate::error::FieldProblem;
use crate::import::rows::{Row, Rows};
use crate::import::table::{Record, Table};
use crate::limits::{IMAGES, OPTIONS, VARIANTS};
use serde_json::{Map, Value};
use std::collections::HashSet;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::io::{self, Read};

/// Rows of one product that are looked at.
const ROWS: usize = VARIANTS + IMAGES;

/// Bytes of them.
const BYTES: usize = 4 << 20;

/// The columns of which there are two names: Shopify's of before 2024, of today; ours.
const COLUMNS: [(&str, &str, &str); 23] = [
    ("handle", "url handle", "handle"),
    ("title", "title", "title"),
    ("body (html)", "description", "body"),
    ("vendor", "vendor", "vendor"),
    ("product category", "product category", "category"),
    ("type", "type", "type"),
    ("tags", "tags", "tags"),
    ("published", "published on online store", "published"),
    ("status", "status", "status"),
    ("variant sku", "sku", "sku"),
    ("variant barcode", "barcode", "barcode"),
    ("variant price", "price", "price"),
    ("variant grams", "weight value (grams)", "grams"),
    ("variant inventory qty", "inventory quantity", "quantity"),
    ("variant inventory policy", "continue selling when out of stock", "oversell"),
    ("variant taxable", "charge tax", "taxable"),
    ("image src", "product image url", "image"),
    ("image position", "image position", "image_position"),
    ("variant image", "variant image url", "variant_image"),
    ("gift card", "gift card", "gift_card"),
    ("option1 name", "option1 name", "option1_name"),
    ("option2 name", "option2 name", "option2_name"),
    ("option3 name", "option3 name", "option3_name"),
];

/// Our name of a column; of one that isn't known its own, in lower case.
#[must_use]
pub fn column(name: &str) -> String {
    let name = name.to_lowercase();
    let known = COLUMNS.iter().find(|(old, new, _)| name == *old || name == *new);
    if let Some((_, _, ours)) = known {
        return (*ours).to_owned();
    }
    match name.as_str() {
        "option1 value" => "option1".to_owned(),
        "option2 value" => "option2".to_owned(),
        "option3 value" => "option3".to_owned(),
        _ => metafield(&name).unwrap_or(name),
    }
}

/// `Fabric (product.metafields.custom.fabric)` is the metafield `fabric`.
fn metafield(name: &str) -> Option<String> {
    let (_, path) = name.strip_suffix(')')?.rsplit_once("(product.metafields.")?;
    Some(format!("{METAFIELD}{}", path.rsplit('.').next()?))
}

const METAFIELD: &str = "metafield:";

/// What a variant says of itself alone.
const TERMS: [&str; 5] = ["sku", "price", "grams", "quantity", "barcode"];

/// The metafields that our own export writes: every attribute, as JSON; the source of the product's
/// external id; its tax class; whether it is sold.
const ATTRIBUTES: &str = "souk_attributes";
const ORIGIN: &str = "souk_origin";
const TAX_CLASS: &str = "souk_tax_class";
const SOLD: &str = "souk_sold";

/// The products of such a file.
pub struct Shopify<R> {
    table: Table<R>,
    ahead: Option<Record>,
    /// Handles that have gone by, as numbers.
    seen: HashSet<u64>,
    hasher: RandomState,
}

impl<R: Read> Shopify<R> {
    /// Reads the heading.
    ///
    /// # Errors
    /// It isn't one of Shopify's, or the file can't be read.
    pub fn open(input: R) -> io::Result<Self> {
        let table = Table::open(input, b',', column)?;
        Ok(Self { table, ahead: None, seen: HashSet::new(), hasher: RandomState::new() })
    }

    fn next_record(&mut self) -> io::Result<Option<Record>> {
        match self.ahead.take() {
            Some(record) => Ok(Some(record)),
            None => self.table.next_record(),
        }
    }

    /// The rows that follow with the same handle, and what is wrong with any of them.
    fn gather(&mut self, handle: &str, rows: &mut Vec<Map<String, Value>>) -> io::Result<Problem> {
        let (mut problem, mut bytes) = (None, 0);
        while let Some(record) = self.next_record()? {
            if record.fields.is_empty() && record.problem.is_none() {
                continue;
            }
            // A broken row whose handle can't be read may be one of this product's: it goes with it.
            let whose = text(&record.fields, "handle");
            if whose != handle && !(whose.is_empty() && record.problem.is_some()) {
                self.ahead = Some(record);
                break;
            }
            bytes += record.fields.values().filter_map(Value::as_str).map(str::len).sum::<usize>();
            if let Some(broken) = record.problem {
                problem.get_or_insert(broken);
            } else if rows.len() >= ROWS || bytes > BYTES {
                let what = format!("has more than {ROWS} rows, or more than {BYTES} bytes");
                problem.get_or_insert(FieldProblem::new("line", what));
            } else {
                rows.push(record.fields);
            }
        }
        Ok(problem)
    }
}

type Problem = Option<FieldProblem>;

impl<R: Read> Rows for Shopify<R> {
    fn next_row(&mut self) -> io::Result<Option<Row>> {
        let Some(record) = self.next_record()? else { return Ok(None) };
        let line = record.line;
        if record.fields.is_empty() && record.problem.is_none() {
            return Ok(Some(Row { line, value: Ok(None) }));
        }
        let (first, broken) = (record.fields, record.problem);
        let handle = text(&first, "handle").to_owned();
        if handle.is_empty() {
            let missing = || FieldProblem::new("handle", "is missing");
            let problem = broken.unwrap_or_else(missing);
            return Ok(Some(Row { line, value: Err(problem) }));
        }
        let mut rows = vec![first];
        let further = self.gather(&handle, &mut rows)?;
        let problem = broken.or(further);
        if !self.seen.insert(self.hasher.hash_one(&handle)) {
            let what = "came already further up: its rows must stand together";
            return Ok(Some(Row { line, value: Err(FieldProblem::new("handle", what)) }));
        }
        let value = problem.map_or_else(|| product(&rows).map(|p| Some(Value::Object(p))), Err);
        Ok(Some(Row { line, value }))
    }
}

/// One row of all of a product's.
fn product(rows: &[Map<String, Value>]) -> Result<Map<String, Value>, FieldProblem> {
    let mut product = rows[0].clone();
    if is_yes(text(&product, "gift_card")) {
        return Err(FieldProblem::new("gift_card", "the shop sells none"));
    }
    let names: Vec<&str> = (1..=3).map(|at| text(&rows[0], &format!("option{at}_name"))).collect();
    let has_terms = |row: &&Map<String, Value>| {
        !text(row, "option1").is_empty() || !text(row, "price").is_empty()
    };
    let variants = rows.iter().filter(has_terms).map(|row| Value::Object(variant(row, &names)));
    product.insert("variants".to_owned(), variants.collect::<Vec<_>>().into());
    // What the first variant says of itself is no other's.
    for name in TERMS {
        product.remove(name);
    }
    product.insert("images".to_owned(), images(rows).into());
    product.insert("attributes".to_owned(), Value::Object(attributes(&rows[0])?));
    for (ours, name) in [(ORIGIN, "source"), (TAX_CLASS, "tax_class"), (SOLD, "buyable")] {
        if let Some(value) = product.get(&format!("{METAFIELD}{ours}")).cloned() {
            product.insert(name.to_owned(), value);
        }
    }
    let status = text(&product, "status").to_lowercase();
    let published = text(&product, "published");
    // A file without these columns says nothing of it.
    if !(status.is_empty() && published.is_empty()) {
        let hidden = !matches!(status.as_str(), "" | "active") || is_no(published);
        product.insert("hidden".to_owned(), Value::Bool(hidden));
    }
    Ok(product)
}

fn variant(row: &Map<String, Value>, names: &[&str]) -> Map<String, Value> {
    let mut variant: Map<String, Value> = TERMS
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), row.get(*name)?.clone())))
        .collect();
    let (mut options, mut title) = (Map::new(), Vec::new());
    for (at, name) in names.iter().enumerate().take(OPTIONS) {
        let value = text(row, &format!("option{}", at + 1));
        // What has no options says so in this way.
        if !value.is_empty() && (*name, value) != ("Title", "Default Title") {
            let name = if name.is_empty() { "Option" } else { name };
            options.insert(name.to_owned(), value.into());
            title.push(value);
        }
    }
    variant.insert("options".to_owned(), Value::Object(options));
    variant.insert("title".to_owned(), title.join(", ").into());
    if is_no(text(row, "taxable")) {
        variant.insert("tax_class".to_owned(), "zero".into());
    }
    // Fewer than none were sold already: there are none.
    if text(row, "quantity").starts_with('-') {
        variant.insert("quantity".to_owned(), "0".into());
    }
    variant
}

/// Pictures in the order of their positions, those of variants behind them, each once.
fn images(rows: &[Map<String, Value>]) -> Vec<Value> {
    let place = |row: &Map<String, Value>| text(row, "image_position").parse().unwrap_or(u32::MAX);
    let mut placed: Vec<(u32, &str)> =
        rows.iter().map(|row| (place(row), text(row, "image"))).collect();
    placed.sort_by_key(|(place, _)| *place);
    let own = placed.into_iter().map(|(_, image)| image);
    let mut images: Vec<&str> = Vec::new();
    for image in own.chain(rows.iter().map(|row| text(row, "variant_image"))) {
        if !image.is_empty() && !images.contains(&image) {
            images.push(image);
        }
    }
    images.into_iter().map(Value::from).collect()
}

/// Type, tags and metafields.
fn attributes(first: &Map<String, Value>) -> Result<Map<String, Value>, FieldProblem> {
    let mut attributes = Map::new();
    for (name, value) in first {
        match name.strip_prefix(METAFIELD) {
            Some(ATTRIBUTES) => {
                let all: Map<String, Value> = serde_json::from_str(text(first, name))
                    .map_err(|_| FieldProblem::new("attributes", "are not a JSON object"))?;
                attributes.extend(all);
            }
            Some(ORIGIN | TAX_CLASS | SOLD) => {}
            Some(name) => {
                attributes.insert(name.to_owned(), value.clone());
            }
            None => {}
        }
    }
    let tags = text(first, "tags").split(',').map(str::trim).filter(|tag| !tag.is_empty());
    let tags: Vec<Value> = tags.map(Value::from).collect();
    if !tags.is_empty() {
        attributes.insert("tags".to_owned(), tags.into());
    }
    Ok(attributes)
}

fn text<'a>(row: &'a Map<String, Value>, name: &str) -> &'a str {
    row.get(name).and_then(Value::as_str).map_or("", str::trim)
}

fn is_yes(text: &str) -> bool {
    matches!(text.to_lowercase().as_str(), "true" | "yes" | "1")
}

fn is_no(text: &str) -> bool {
    matches!(text.to_lowercase().as_str(), "false" | "no" | "0")
}
