//! One row of a file, as the listing that the mapping makes of it.

use crate::error::FieldProblem;
use crate::import::mapping::{AttributeRules, Field, Mapping, MissingPrice};
use crate::import::rate::Rate;
use crate::import::text::{clipped, one_line, plain_text, tidy_lines};
use crate::import::value;
use crate::import::variants::{Choice, describe, put};
use crate::limits as max;
use crate::model::{Attributes, ExternalId, Product, TaxClass};
use crate::port::PutListing;
use crate::rules::{attribute_name, check, department_bucket, is_gtin};
use serde_json::Value;
use souk_kernel::{Currency, Mint, Money, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// The department of rows without a category: what stands on no shelf is found by nobody who browses.
pub const UNCATEGORISED: &str = "Everything else";

/// A row that can be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadRow {
    /// What to put.
    pub put: PutListing,
    /// What had to be cut or left out.
    pub notes: Vec<FieldProblem>,
}

/// What whoever imports adds to the mapping.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RowOptions {
    /// Of prices that don't say; comes before the mapping's own.
    pub assume: Option<Currency>,
    /// What the shop sells in: prices in another currency are converted at a rate, or refused.
    /// `None`: every currency is taken as it is.
    pub shop: Option<Currency>,
    /// How much of the shop's currency one unit of another is worth.
    pub rates: BTreeMap<Currency, Rate>,
    /// First stock of offers whose row doesn't say.
    pub stock: u32,
}

/// Reads rows by a mapping.
#[derive(Debug, Clone)]
pub struct RowReader {
    pub(crate) mapping: Mapping,
    options: RowOptions,
}

type Problems = Vec<FieldProblem>;

impl RowReader {
    /// Reads by this mapping.
    #[must_use]
    pub const fn new(mapping: Mapping, options: RowOptions) -> Self {
        Self { mapping, options }
    }

    /// Reads one row.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn read(&self, row: &Value, mint: &Mint, at: Timestamp) -> Result<ReadRow, Problems> {
        let mut reading =
            Reading { row, outer: None, reader: self, notes: Vec::new(), refused: Vec::new() };
        let put = reading.put(mint, at);
        if reading.refused.is_empty() {
            reading.refused = check(&put.listing);
        }
        if reading.refused.is_empty() {
            Ok(ReadRow { put, notes: reading.notes })
        } else {
            Err(reading.refused)
        }
    }
}

/// A row that is being read, or one of its variants.
pub(crate) struct Reading<'a> {
    pub(crate) row: &'a Value,
    /// Where a field is looked for that isn't in the row itself.
    pub(crate) outer: Option<&'a Value>,
    pub(crate) reader: &'a RowReader,
    pub(crate) notes: Problems,
    pub(crate) refused: Problems,
}

/// What a row says about an offer.
pub(crate) struct Terms {
    pub(crate) price: Money,
    pub(crate) buyable: bool,
    pub(crate) tax_class: TaxClass,
    pub(crate) weight_g: u32,
    pub(crate) stock: u32,
}

impl Reading<'_> {
    fn put(&mut self, mint: &Mint, at: Timestamp) -> PutListing {
        let mapping = &self.reader.mapping;
        let fields = &mapping.fields;
        let title = self.line(Some(&fields.title), "title");
        let mut attributes = self.attributes();
        let choices = self.choices();
        describe(&mut attributes, &choices);
        let category_path = self.category(&title, &attributes);
        let bucket = department_bucket(category_path.first().map(String::as_str));
        let said = self.line(fields.source.as_ref(), "source");
        let source = if said.is_empty() { mapping.source.clone() } else { said };
        let external = ExternalId { source, id: self.line(Some(&fields.id), "id") };
        if external.id.is_empty() {
            self.refuse("id", "is missing");
        }
        if title.is_empty() {
            self.refuse("title", "is missing");
        }
        let brand = self.line(fields.brand.as_ref(), "brand");
        let hidden = self.hidden();
        let product = Product {
            id: mint.mint(bucket),
            external: Some(external),
            title,
            description: self.description(),
            brand: (!brand.is_empty()).then_some(brand),
            category_path,
            attributes,
            images: self.images(),
            gtins: self.gtins(&choices),
            hidden: hidden.unwrap_or(false),
            created_at: at,
            updated_at: at,
            version: 1,
        };
        PutListing { keep_hidden: hidden.is_none(), ..put(product, choices, mint, at) }
    }

    /// The value of a field: its constant, what its paths lead to, its default.
    fn value(&self, field: &Field) -> Option<Value> {
        let inside =
            |path: &String| value::at(self.row, path).or_else(|| value::at(self.outer?, path));
        let found = || field.from.iter().find_map(inside).cloned();
        let chosen = field.constant.clone().or_else(found).or_else(|| field.default.clone())?;
        (!value::is_nothing(&chosen)).then_some(chosen)
    }

    pub(crate) fn line(&mut self, field: Option<&Field>, name: &str) -> String {
        let Some(field) = field else { return String::new() };
        let Some(value) = self.value(field) else { return String::new() };
        let Some(text) = value::text(&value) else {
            self.refuse(name, "is not text");
            return String::new();
        };
        let plain = if field.html { plain_text(&text) } else { text };
        one_line(&format!("{}{plain}", field.prefix))
    }

    fn description(&mut self) -> String {
        let Some(field) = &self.reader.mapping.fields.description else { return String::new() };
        let Some(value) = self.value(field) else { return String::new() };
        let Some(text) = value::text(&value) else {
            self.note("description", "is not text: left out");
            return String::new();
        };
        let plain = if field.html { plain_text(&text) } else { tidy_lines(&text) };
        let (kept, cut) = clipped(plain, max::DESCRIPTION_CHARS);
        if cut {
            self.note("description", format!("was cut to {} characters", max::DESCRIPTION_CHARS));
        }
        kept
    }

    pub(crate) fn list(&self, field: Option<&Field>) -> Vec<String> {
        let Some(field) = field else { return Vec::new() };
        let Some(value) = self.value(field) else { return Vec::new() };
        let items = value::texts(&value, field.split.as_deref());
        let items = items.iter().map(|item| one_line(item)).filter(|item| !item.is_empty());
        let cased = |item: String| if field.capitals { capital(&item) } else { item };
        items.map(|item| format!("{}{}", field.prefix, cased(item))).collect()
    }

    fn images(&mut self) -> Vec<String> {
        let mut images = self.list(self.reader.mapping.fields.images.as_ref());
        self.cut(&mut images, max::IMAGES, "images");
        images
    }

    /// Only real numbers: shops match offers by them.
    fn gtins(&mut self, choices: &[Choice]) -> Vec<String> {
        let mut found = self.list(self.reader.mapping.fields.gtin.as_ref());
        for gtin in choices.iter().flat_map(|choice| &choice.gtins) {
            if !found.contains(gtin) {
                found.push(gtin.clone());
            }
        }
        let mut seen = BTreeSet::new();
        let all = found.len();
        let right = |gtin: &String| is_gtin(gtin) && seen.insert(gtin.clone());
        let mut gtins: Vec<String> = found.into_iter().filter(right).collect();
        if gtins.len() < all {
            let lost = all - gtins.len();
            self.note(
                "gtin",
                format!("{lost} left out: a wrong check digit or length, or repeated"),
            );
        }
        self.cut(&mut gtins, max::GTINS, "gtin");
        gtins
    }

    fn category(&mut self, title: &str, attributes: &Attributes) -> Vec<String> {
        let mapping = &self.reader.mapping;
        let mut path = self.list(mapping.fields.category.as_ref());
        if path.is_empty() {
            let kind = mapping.fields.kind.as_ref().and_then(|field| self.value(field));
            let kind = kind.as_ref().and_then(value::text);
            let names: BTreeSet<&str> = attributes.keys().map(String::as_str).collect();
            path = mapping.categoriser.path(title, kind.as_deref(), &names).to_vec();
        }
        if path.is_empty() {
            path.push(UNCATEGORISED.to_owned());
        }
        self.cut(&mut path, max::CATEGORY_LEVELS, "category");
        path
    }

    fn attributes(&mut self) -> Attributes {
        let rules = &self.reader.mapping.attributes;
        let mut attributes = Attributes::new();
        let members = rules.from.as_ref().and_then(|path| value::at(self.row, path));
        match members {
            Some(Value::Object(members)) => {
                for (raw, value) in members {
                    self.attribute(&mut attributes, bare(raw, rules), value);
                }
            }
            Some(_) => self.note("attributes", "are not a JSON object: left out"),
            None => {}
        }
        for (name, path) in &rules.add {
            if let Some(value) = value::at(self.row, path) {
                self.attribute(&mut attributes, name, value);
            }
        }
        attributes
    }

    fn attribute(&mut self, attributes: &mut Attributes, raw: &str, value: &Value) {
        let rules = &self.reader.mapping.attributes;
        let (name, _) = clipped(attribute_name(raw), max::ATTRIBUTE_NAME_CHARS);
        if name.is_empty() || value::is_nothing(value) || is_skipped(&name, rules) {
            return;
        }
        let field = format!("attributes.{name:.40}");
        if attributes.len() == max::ATTRIBUTES && !attributes.contains_key(&name) {
            return self.note(field, "left out: there are too many attributes");
        }
        let separator = rules.split_at.as_deref().filter(|_| rules.split.contains(&name));
        let unit = rules.units.get(&name).filter(|_| value.is_number());
        let mut values = Vec::new();
        for text in value::texts(value, separator) {
            let (text, cut) = clipped(one_line(&text), max::ATTRIBUTE_VALUE_CHARS);
            if cut {
                self.note(&field, format!("was cut to {} characters", max::ATTRIBUTE_VALUE_CHARS));
            }
            let text = unit.map_or_else(|| text.clone(), |unit| format!("{text} {unit}"));
            if !text.is_empty() && !values.contains(&text) {
                values.push(text);
            }
        }
        self.cut(&mut values, max::ATTRIBUTE_VALUES, &field);
        if !values.is_empty() {
            attributes.insert(name, values);
        }
    }

    pub(crate) fn terms(&mut self) -> Terms {
        let price = self.price();
        let tax_class = self.tax_class();
        Terms {
            price,
            buyable: price.minor > 0 && self.buyable(),
            tax_class,
            weight_g: self.weight(),
            stock: self.stock(),
        }
    }

    fn price(&mut self) -> Money {
        let fields = &self.reader.mapping.fields;
        let code = self.line(fields.currency.as_ref(), "currency");
        let known = code.to_uppercase().parse().ok();
        if !code.is_empty() && known.is_none() {
            self.refuse("currency", format!("{code:.20} is not a currency that Souk knows"));
        }
        let field = fields.price.as_ref();
        let found = field.and_then(|field| self.value(field).map(|value| (value, field.read)));
        let written = found.as_ref().and_then(|(value, _)| value::written_currency(value));
        let options = &self.reader.options;
        let fallback = options.assume.or(self.reader.mapping.currency);
        // Where there is no price there is nothing to misread.
        let none = if found.is_none() { options.shop } else { None };
        let Some(currency) = known.or(written).or(fallback).or(none) else {
            self.refuse("currency", "is missing: name one in the mapping or with --currency");
            return Money::zero(Currency::Eur);
        };
        let price = match found {
            None => Money::zero(currency),
            Some((value, amount)) => match value::money(&value, amount, currency) {
                Ok(price) => price,
                Err(error) => {
                    let shown = value.to_string();
                    self.refuse("price", format!("{shown:.40} is not a price: {error}"));
                    Money::new(1, currency)
                }
            },
        };
        if price.minor < 0 {
            self.refuse("price", "is below zero");
        } else if price.minor == 0 {
            match self.reader.mapping.missing_price {
                MissingPrice::Refuse => self.refuse("price", "is missing"),
                MissingPrice::NotBuyable => self.note("price", "is missing: not buyable"),
            }
        }
        self.in_shop_currency(price)
    }

    /// Whether the row says that it may be sold; one that says nothing may.
    fn buyable(&mut self) -> bool {
        let said = self.line(self.reader.mapping.fields.buyable.as_ref(), "buyable");
        match said.to_lowercase().as_str() {
            "" | "yes" | "true" | "1" | "active" => true,
            "no" | "false" | "0" | "draft" | "archived" => false,
            _ => {
                self.refuse("buyable", format!("{said:.20} is neither yes nor no"));
                false
            }
        }
    }

    /// Whether the row says that shoppers see it, or don't; `None`: it says nothing of it.
    fn hidden(&mut self) -> Option<bool> {
        let said = self.line(self.reader.mapping.fields.hidden.as_ref(), "hidden");
        match said.to_lowercase().as_str() {
            "" => None,
            "no" | "false" | "0" | "active" | "published" => Some(false),
            "yes" | "true" | "1" | "draft" | "archived" | "unlisted" | "hidden" | "staging" => {
                Some(true)
            }
            _ => {
                self.refuse("hidden", format!("{said:.20} is neither yes nor no"));
                None
            }
        }
    }

    fn in_shop_currency(&mut self, price: Money) -> Money {
        let options = &self.reader.options;
        let Some(shop) = options.shop.filter(|shop| *shop != price.currency) else { return price };
        if price.minor == 0 {
            return Money::zero(shop);
        }
        let from = price.currency;
        let converted = options.rates.get(&from).and_then(|rate| rate.convert(price, shop));
        converted.unwrap_or_else(|| {
            self.refuse(
                "price",
                format!("is in {from}, the shop sells in {shop}: it needs a rate"),
            );
            Money::zero(shop)
        })
    }

    fn tax_class(&mut self) -> TaxClass {
        let name = self.line(self.reader.mapping.fields.tax_class.as_ref(), "tax_class");
        if name.is_empty() {
            return TaxClass::Standard;
        }
        TaxClass::from_name(&name.to_lowercase()).unwrap_or_else(|| {
            self.refuse("tax_class", format!("{name:.20} is not standard, reduced or zero"));
            TaxClass::Standard
        })
    }

    fn weight(&mut self) -> u32 {
        let Some(field) = &self.reader.mapping.fields.weight_g else { return 0 };
        let Some(value) = self.value(field) else { return 0 };
        let grams = value::text(&value).and_then(|text| value::grams(&text, field.times));
        match grams.filter(|grams| (0.0..=f64::from(max::WEIGHT_G)).contains(grams)) {
            Some(grams) => grams as u32,
            None => {
                self.note("weight", "is not a believable weight: taken as unknown");
                0
            }
        }
    }

    fn stock(&mut self) -> u32 {
        let Some(field) = &self.reader.mapping.fields.stock else {
            return self.reader.options.stock;
        };
        let Some(value) = self.value(field) else { return self.reader.options.stock };
        let pieces = value::text(&value).and_then(|text| text.trim().parse::<u32>().ok());
        pieces.filter(|pieces| *pieces <= max::STOCK).unwrap_or_else(|| {
            self.refuse("stock", format!("is not a number of pieces up to {}", max::STOCK));
            0
        })
    }

    fn cut(&mut self, items: &mut Vec<String>, limit: usize, field: &str) {
        if items.len() > limit {
            self.note(field, format!("{} left out: more than {limit}", items.len() - limit));
            items.truncate(limit);
        }
    }

    pub(crate) fn note(&mut self, field: impl Into<String>, reason: impl Into<String>) {
        self.notes.push(FieldProblem::new(field, reason));
    }

    pub(crate) fn refuse(&mut self, field: impl Into<String>, reason: impl Into<String>) {
        self.refused.push(FieldProblem::new(field, reason));
    }
}

/// The text with its first letter as a capital one.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

fn bare<'a>(name: &'a str, rules: &AttributeRules) -> &'a str {
    rules.prefixes.iter().find_map(|prefix| name.strip_prefix(prefix.as_str())).unwrap_or(name)
}

fn is_skipped(name: &str, rules: &AttributeRules) -> bool {
    rules.skip.iter().any(|pattern| match pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == pattern,
    })
}
