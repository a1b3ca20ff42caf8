//! Google Merchant feeds: items in XML (RSS or Atom) or tab-separated; an item group is a product, its
//! items are the variants.
//!
//! The items of a group need not stand together. Two passes find them: the first counts each group's
//! items, the second gives a group out once it has all of them. What waits is bounded.

use crate::error::FieldProblem;
use crate::import::rows::{Row, Rows};
use crate::import::table::Table;
use crate::limits::VARIANTS;
use serde_json::{Map, Value};
use souk_kernel::Timestamp;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{self, Read};

/// Bytes of items that wait for the rest of their group.
const WAITING: usize = 64 << 20;

/// What may make the items of a group differ, in the order that a title names it.
const OPTIONS: [&str; 6] = ["color", "size", "material", "pattern", "gender", "age_group"];

/// What an item says of itself alone.
const TERMS: [&str; 5] = ["price", "sale_price", "gtin", "shipping_weight", "quantity"];

/// One item: where it begins, its fields by their names without `g:`.
pub struct Item {
    /// A line, from 1 (of XML: the item's number).
    pub line: u64,
    /// Single values are text, repeated ones lists, nested ones objects.
    pub fields: Result<Map<String, Value>, FieldProblem>,
}

/// Where items come from.
pub trait Items {
    /// The next one; `None` at the end.
    ///
    /// # Errors
    /// The file can't be read, or can't be read on.
    fn next_item(&mut self) -> io::Result<Option<Item>>;
}

impl<I: Items + ?Sized> Items for Box<I> {
    fn next_item(&mut self) -> io::Result<Option<Item>> {
        (**self).next_item()
    }
}

/// Our name of a column: `g:Item Group ID` is `item_group_id`.
#[must_use]
pub fn column(name: &str) -> String {
    let name = name.to_lowercase().replace(' ', "_");
    name.strip_prefix("g:").map_or(name.clone(), str::to_owned)
}

impl<R: Read> Items for Table<R> {
    fn next_item(&mut self) -> io::Result<Option<Item>> {
        let Some(record) = self.next_record()? else { return Ok(None) };
        Ok(Some(Item { line: record.line, fields: record.whole() }))
    }
}

/// How many items each group has.
#[derive(Debug, Default)]
pub struct Groups(HashMap<String, u32>);

impl Groups {
    /// Reads a feed through for them.
    ///
    /// # Errors
    /// The feed's.
    pub fn count(items: &mut dyn Items) -> io::Result<Self> {
        let mut groups: HashMap<String, u32> = HashMap::new();
        while let Some(item) = items.next_item()? {
            let Ok(fields) = item.fields else { continue };
            if let Some(group) = group_of(&fields) {
                *groups.entry(group).or_default() += 1;
            }
        }
        Ok(Self(groups))
    }
}

fn group_of(fields: &Map<String, Value>) -> Option<String> {
    let group = text(fields, "item_group_id");
    (!group.is_empty()).then(|| group.to_owned())
}

struct Waiting {
    line: u64,
    items: Vec<Map<String, Value>>,
    missing: u32,
}

/// The products of a feed.
pub struct Google<I> {
    items: I,
    groups: Groups,
    waiting: HashMap<String, Waiting>,
    bytes: usize,
    now: Timestamp,
}

impl<I: Items> Google<I> {
    /// Over the items from the start, with the groups that the first pass counted. `now` decides
    /// which sales are running.
    pub fn new(items: I, groups: Groups, now: Timestamp) -> Self {
        Self { items, groups, waiting: HashMap::new(), bytes: 0, now }
    }

    /// Puts an item to its group; the product, if that was the last one.
    fn gather(
        &mut self,
        item: Map<String, Value>,
        line: u64,
        group: String,
    ) -> io::Result<Option<Row>> {
        let size = bytes(&item);
        let missing = self.groups.0.get(&group).copied().unwrap_or(1);
        let waiting = self.waiting.entry(group.clone()).or_insert(Waiting {
            line,
            items: Vec::new(),
            missing,
        });
        waiting.missing = waiting.missing.saturating_sub(1);
        if waiting.items.len() <= VARIANTS {
            waiting.items.push(item);
            self.bytes += size;
        }
        if waiting.missing == 0 {
            let Some(whole) = self.waiting.remove(&group) else { return Ok(None) };
            self.bytes -= whole.items.iter().map(bytes).sum::<usize>();
            return Ok(Some(Row {
                line: whole.line,
                value: product(&group, whole.items, self.now).map(Some),
            }));
        }
        if self.bytes > WAITING {
            let what = "the items of too many groups lie far apart: sort the feed by item_group_id";
            return Err(io::Error::new(io::ErrorKind::InvalidData, what));
        }
        Ok(None)
    }
}

impl<I: Items> Rows for Google<I> {
    fn next_row(&mut self) -> io::Result<Option<Row>> {
        while let Some(item) = self.items.next_item()? {
            let line = item.line;
            let fields = match item.fields {
                Ok(fields) if fields.is_empty() => continue,
                Ok(fields) => fields,
                Err(problem) => return Ok(Some(Row { line, value: Err(problem) })),
            };
            match group_of(&fields) {
                None => {
                    let id = text(&fields, "id").to_owned();
                    return Ok(Some(Row {
                        line,
                        value: product(&id, vec![fields], self.now).map(Some),
                    }));
                }
                Some(group) => {
                    if let Some(row) = self.gather(fields, line, group)? {
                        return Ok(Some(row));
                    }
                }
            }
        }
        Ok(None)
    }
}

/// One row of a group's items.
fn product(
    id: &str,
    items: Vec<Map<String, Value>>,
    now: Timestamp,
) -> Result<Value, FieldProblem> {
    if items.len() > VARIANTS {
        let what = format!("has more than {VARIANTS} items");
        return Err(FieldProblem::new("item_group_id", what));
    }
    let mut product = items[0].clone();
    // What an item says of its own terms is no other's.
    for name in TERMS {
        product.remove(name);
    }
    for name in ["product_type", "google_product_category"] {
        let path = text(&items[0], name);
        // A number of Google's own taxonomy is no name.
        if path.is_empty() || path.bytes().all(|byte| byte.is_ascii_digit()) {
            product.remove(name);
        } else {
            product.insert(name.to_owned(), path.into());
        }
    }
    let (source, id) = origin(&items[0]).map_or(("", id), |(source, id, _)| (source, id));
    product.insert("product_id".to_owned(), id.into());
    product.insert("origin_source".to_owned(), source.into());
    let title = common_title(&items.iter().map(|item| text(item, "title")).collect::<Vec<_>>());
    product.insert("title".to_owned(), title.into());
    product.insert("images".to_owned(), images(&items).into());
    product.insert("attributes".to_owned(), Value::Object(details(&items[0])));
    let options = options(&items);
    let several = items.len() > 1 || !text(&items[0], "item_group_id").is_empty();
    let variants = items.into_iter().map(|item| {
        let own = own_options(&item);
        let chosen = options.iter().filter(|_| several && own.is_empty()).filter_map(|name| {
            let value = text(&item, name);
            (!value.is_empty()).then(|| ((*name).to_owned(), value.to_owned()))
        });
        let chosen: Vec<(String, String)> = chosen.collect();
        let chosen = if own.is_empty() { chosen } else { own };
        Value::Object(variant(&item, chosen, several, now))
    });
    let variants: Vec<Value> = variants.collect();
    product.insert("variants".to_owned(), variants.into());
    Ok(Value::Object(product))
}

/// The options that make the items differ; if none does, those that they name.
fn options(items: &[Map<String, Value>]) -> Vec<&'static str> {
    let values = |name: &str| items.iter().map(|item| text(item, name)).collect::<BTreeSet<_>>();
    let differing: Vec<_> = OPTIONS.into_iter().filter(|name| values(name).len() > 1).collect();
    if !differing.is_empty() || items.len() > 1 {
        return differing;
    }
    OPTIONS.into_iter().take(4).filter(|name| !text(&items[0], name).is_empty()).collect()
}

/// Every option in its order, as our own feeds write them beside Google's fields.
fn own_options(item: &Map<String, Value>) -> Vec<(String, String)> {
    let all = match item.get("option") {
        Some(Value::Array(all)) => all.iter().collect(),
        Some(one) => vec![one],
        None => Vec::new(),
    };
    let pairs = all.into_iter().filter_map(Value::as_object);
    pairs.map(|pair| (text(pair, "name").to_owned(), text(pair, "value").to_owned())).collect()
}

/// Where our own feeds say that a product came from: the source, its id there, the variant's key.
fn origin(item: &Map<String, Value>) -> Option<(&str, &str, &str)> {
    let origin = item.get("origin")?.as_object()?;
    let (source, id) = (text(origin, "source"), text(origin, "id"));
    (!source.is_empty() && !id.is_empty()).then(|| (source, id, text(origin, "key")))
}

/// Whether a sale price counts: it has no dates, or these are its days.
fn on_sale(item: &Map<String, Value>, now: Timestamp) -> bool {
    let said = text(item, "sale_price_effective_date");
    if said.is_empty() {
        return true;
    }
    let moment =
        |text: &str| text.trim().parse::<jiff::Timestamp>().ok().map(|t| t.as_millisecond());
    // A date that can't be read never sells for less.
    said.split_once('/')
        .and_then(|(from, to)| Some((moment(from)?..=moment(to)?).contains(&now.0)))
        .unwrap_or(false)
}

fn variant(
    item: &Map<String, Value>,
    options: Vec<(String, String)>,
    several: bool,
    now: Timestamp,
) -> Map<String, Value> {
    let mut variant = Map::new();
    let key = match origin(item) {
        Some((_, _, key)) => key,
        None if several => text(item, "id"),
        None => "",
    };
    if !key.is_empty() {
        variant.insert("key".to_owned(), key.into());
    }
    let title: Vec<&str> = options.iter().map(|(_, value)| value.as_str()).collect();
    variant.insert("title".to_owned(), title.join(", ").into());
    let options = options.into_iter().map(|(name, value)| (name, Value::from(value)));
    variant.insert("options".to_owned(), Value::Object(options.collect()));
    for name in TERMS {
        if name == "sale_price" && !on_sale(item, now) {
            continue;
        }
        if let Some(value) = item.get(name) {
            variant.insert(name.to_owned(), value.clone());
        }
    }
    let quantity = ["quantity", "sell_on_google_quantity"].into_iter();
    let quantity = quantity.map(|name| text(item, name)).find(|text| !text.is_empty());
    // What can't be had today is not in stock, whatever is promised for later.
    let away = matches!(
        column(text(item, "availability")).as_str(),
        "out_of_stock" | "preorder" | "backorder"
    );
    if away {
        variant.insert("quantity".to_owned(), "0".into());
    } else if let Some(quantity) = quantity {
        variant.insert("quantity".to_owned(), quantity.into());
    }
    variant
}

fn images(items: &[Map<String, Value>]) -> Vec<Value> {
    let mut images: Vec<String> = Vec::new();
    for name in ["image_link", "additional_image_link"] {
        for item in items {
            let found = match item.get(name) {
                Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
                // In a table several are one text; an address has no bare comma followed by another.
                Some(Value::String(text)) => text.split(',').collect::<Vec<_>>(),
                _ => Vec::new(),
            };
            for image in found.into_iter().map(str::trim).filter(|image| !image.is_empty()) {
                if !images.iter().any(|known| known == image) {
                    images.push(image.to_owned());
                }
            }
        }
    }
    images.into_iter().map(Value::from).collect()
}

/// `product_detail`, nested in XML, `section:name:value` in a table; and what else describes it.
fn details(item: &Map<String, Value>) -> Map<String, Value> {
    let mut found: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    let all = match item.get("product_detail") {
        Some(Value::Array(all)) => all.iter().collect(),
        Some(one) => vec![one],
        None => Vec::new(),
    };
    for detail in all {
        match detail {
            Value::Object(fields) => {
                let (name, value) =
                    (text(fields, "attribute_name"), text(fields, "attribute_value"));
                found.entry(name.to_owned()).or_default().push(value.into());
            }
            Value::String(list) => {
                for part in list.split(',') {
                    let mut parts = part.trim().splitn(3, ':').skip(1);
                    if let (Some(name), Some(value)) = (parts.next(), parts.next()) {
                        found.entry(name.to_owned()).or_default().push(value.into());
                    }
                }
            }
            _ => {}
        }
    }
    let plain = [
        "color",
        "size",
        "material",
        "pattern",
        "gender",
        "age_group",
        "condition",
        "product_highlight",
    ];
    for name in plain {
        // New is what everybody expects.
        if let Some(value) = item.get(name).filter(|value| value.as_str() != Some("new")) {
            found.entry(name.to_owned()).or_insert_with(|| vec![value.clone()]);
        }
    }
    found.into_iter().map(|(name, values)| (name, flat(values))).collect()
}

fn flat(values: Vec<Value>) -> Value {
    let each = values.into_iter().flat_map(|value| match value {
        Value::Array(all) => all,
        one => vec![one],
    });
    Value::Array(each.collect())
}

/// What all titles begin with, in whole words and without the mark that stands before the rest; the
/// first title if that is nothing.
fn common_title(titles: &[&str]) -> String {
    let first = titles[0];
    let shared = |title: &&str| {
        first
            .char_indices()
            .zip(title.chars())
            .take_while(|((_, a), b)| a == b)
            .map(|((at, c), _)| at + c.len_utf8())
            .last()
            .unwrap_or(0)
    };
    let end = titles.iter().map(shared).min().unwrap_or(0);
    let whole = titles.iter().all(|title| {
        title.len() == end || title[end..].starts_with(|c: char| !c.is_alphanumeric())
    });
    let cut =
        if whole { end } else { first[..end].rfind(|c: char| !c.is_alphanumeric()).unwrap_or(0) };
    let kept =
        first[..cut].trim_end_matches(|c: char| c.is_whitespace() || "-–—,|/(:·".contains(c));
    if kept.is_empty() { first.to_owned() } else { kept.to_owned() }
}

fn bytes(item: &Map<String, Value>) -> usize {
    item.iter().map(|(name, value)| name.len() + value.as_str().map_or(64, str::len)).sum()
}

fn text<'a>(item: &'a Map<String, Value>, name: &str) -> &'a str {
    match item.get(name) {
        Some(Value::String(text)) => text.trim(),
        Some(Value::Array(all)) => all.first().and_then(Value::as_str).map_or("", str::trim),
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_groups_title_is_what_its_items_share() {
        for (titles, shared) in [
            (&["Kettle – Black", "Kettle – White"][..], "Kettle"),
            (&["Kettle – Black", "Kettle – Blue"], "Kettle"),
            (&["Kettle", "Kettle"], "Kettle"),
            (&["Kettle", "Kettle, large"], "Kettle"),
            (&["Red kettle", "Blue kettle"], "Red kettle"),
            (&["Grüner Tee 100 g", "Grüner Tee 250 g"], "Grüner Tee"),
            (&["One"], "One"),
            (&["", "x"], ""),
        ] {
            assert_eq!(common_title(titles), shared, "{titles:?}");
        }
    }
}
