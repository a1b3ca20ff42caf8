//! The field mapping: which of a foreign row's fields is which of ours. TOML or JSON.
//!
//! `mappings/icecat.toml` is an example that uses nearly everything.

use crate::import::categorise::{Categoriser, CategoryRule};
use crate::import::value::Amount;
use crate::limits::SOURCE_CHARS;
use serde::Deserialize;
use serde_json::Value;
use souk_kernel::Currency;
use std::collections::BTreeMap;

/// A mapping that can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    /// Neither TOML nor JSON of the right shape.
    #[error("the mapping can't be read: {0}")]
    Unreadable(String),
    /// A setting that makes no sense.
    #[error("the mapping's {0}")]
    Wrong(String),
}

/// What a product without a price becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MissingPrice {
    /// Taken and shown, but it can't be bought. A price of zero counts as missing.
    #[default]
    NotBuyable,
    /// Its line is refused.
    Refuse,
}

/// One or several paths; the first that leads to something counts.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub(crate) enum Paths {
    One(String),
    Several(Vec<String>),
}

impl Paths {
    pub(crate) fn as_slice(&self) -> &[String] {
        match self {
            Self::One(path) => std::slice::from_ref(path),
            Self::Several(paths) => paths,
        }
    }
}

/// Where a field comes from: a path, several, or a table with more to say.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(from = "RawField")]
pub(crate) struct Field {
    pub(crate) from: Vec<String>,
    pub(crate) constant: Option<Value>,
    pub(crate) default: Option<Value>,
    pub(crate) split: Option<String>,
    pub(crate) html: bool,
    pub(crate) read: Amount,
    pub(crate) times: f64,
    pub(crate) prefix: String,
    pub(crate) capitals: bool,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RawField {
    Plain(Paths),
    Table(FieldTable),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldTable {
    from: Option<Paths>,
    /// This value in every row, whatever it holds.
    constant: Option<Value>,
    /// This value where the row has none.
    default: Option<Value>,
    /// Text is a list with this between its items.
    split: Option<String>,
    /// Text is HTML: read it as plain text.
    #[serde(default)]
    html: bool,
    /// How an amount is written.
    #[serde(default)]
    read: Amount,
    /// A number is multiplied by this: kilograms to grams.
    times: Option<f64>,
    /// Put in front of each text: the address of a picture folder.
    #[serde(default)]
    prefix: String,
    /// Each item of a list begins with a capital letter, however it is written.
    #[serde(default)]
    capitals: bool,
}

impl From<RawField> for Field {
    fn from(raw: RawField) -> Self {
        let table = match raw {
            RawField::Table(table) => table,
            RawField::Plain(from) => FieldTable {
                from: Some(from),
                constant: None,
                default: None,
                split: None,
                html: false,
                read: Amount::Decimal,
                times: None,
                prefix: String::new(),
                capitals: false,
            },
        };
        Self {
            from: table.from.map(|from| from.as_slice().to_vec()).unwrap_or_default(),
            constant: table.constant,
            default: table.default,
            split: table.split,
            html: table.html,
            read: table.read,
            times: table.times.unwrap_or(1.0),
            prefix: table.prefix,
            capitals: table.capitals,
        }
    }
}

/// Our fields.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fields {
    pub(crate) id: Field,
    /// Where the product comes from, if the row says so itself.
    pub(crate) source: Option<Field>,
    pub(crate) title: Field,
    pub(crate) description: Option<Field>,
    pub(crate) brand: Option<Field>,
    pub(crate) price: Option<Field>,
    pub(crate) currency: Option<Field>,
    pub(crate) gtin: Option<Field>,
    pub(crate) images: Option<Field>,
    pub(crate) category: Option<Field>,
    pub(crate) weight_g: Option<Field>,
    pub(crate) tax_class: Option<Field>,
    pub(crate) stock: Option<Field>,
    /// "no" for what is described and not sold.
    pub(crate) buyable: Option<Field>,
    /// "yes" for what shoppers don't see.
    pub(crate) hidden: Option<Field>,
    /// For the category rules only.
    #[serde(rename = "type")]
    pub(crate) kind: Option<Field>,
}

/// How attributes are found.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct AttributeRules {
    /// Path of an object whose members are attributes.
    pub(crate) from: Option<String>,
    /// Taken off the members' names.
    pub(crate) prefixes: Vec<String>,
    /// Names to leave out; a `*` at the end stands for anything.
    pub(crate) skip: Vec<String>,
    /// Names whose text is a list, with `split_at` between its items.
    pub(crate) split: Vec<String>,
    pub(crate) split_at: Option<String>,
    /// Written after a number.
    pub(crate) units: BTreeMap<String, String>,
    /// Further attributes: name and path.
    pub(crate) add: BTreeMap<String, String>,
}

/// How a product's variants are found. Price, weight, stock and the like are looked for in the variant
/// first, then in its product.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct VariantRules {
    /// Path of a list of objects.
    pub(crate) from: Option<String>,
    /// What names a variant among its product's, over imports; else its options do.
    pub(crate) key: Option<Field>,
    /// What stands after the product's title; else the values of the options.
    pub(crate) title: Option<Field>,
    /// Path, in a variant, of an object of its options: name and value.
    pub(crate) options: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMapping {
    source: String,
    currency: Option<String>,
    #[serde(default)]
    missing_price: MissingPrice,
    fields: Fields,
    #[serde(default)]
    attributes: AttributeRules,
    #[serde(default)]
    variants: VariantRules,
    #[serde(default)]
    category: Vec<CategoryRule>,
}

/// A mapping, ready for use.
#[derive(Debug, Clone)]
pub struct Mapping {
    /// Names the external ids: two files of one source are about the same products.
    pub source: String,
    /// Of prices that don't say.
    pub currency: Option<Currency>,
    /// What a product without a price becomes.
    pub missing_price: MissingPrice,
    pub(crate) fields: Fields,
    pub(crate) attributes: AttributeRules,
    pub(crate) variants: VariantRules,
    pub(crate) categoriser: Categoriser,
}

/// The built-in mappings, by name.
const BUILT_IN: [(&str, &str); 6] = [
    ("shopify", include_str!("../../mappings/shopify.toml")),
    ("google", include_str!("../../mappings/google.toml")),
    ("icecat", include_str!("../../mappings/icecat.toml")),
    ("retail-demo-store", include_str!("../../mappings/retail-demo-store.toml")),
    ("eshop", include_str!("../../mappings/eshop.toml")),
    ("online-retail", include_str!("../../mappings/online-retail.toml")),
];

impl Mapping {
    /// A built-in mapping.
    #[must_use]
    pub fn built_in(name: &str) -> Option<Self> {
        let (_, text) = BUILT_IN.into_iter().find(|(known, _)| *known == name)?;
        Self::from_toml(text).ok()
    }

    /// The text of a built-in mapping: a start for one's own.
    #[must_use]
    pub fn built_in_text(name: &str) -> Option<&'static str> {
        BUILT_IN.into_iter().find(|(known, _)| *known == name).map(|(_, text)| text)
    }

    /// Names of the built-in mappings.
    pub fn built_in_names() -> impl Iterator<Item = &'static str> {
        BUILT_IN.into_iter().map(|(name, _)| name)
    }

    /// From TOML.
    ///
    /// # Errors
    /// Unreadable or senseless.
    pub fn from_toml(text: &str) -> Result<Self, MappingError> {
        Self::of(toml::from_str(text).map_err(|e| MappingError::Unreadable(e.to_string()))?)
    }

    /// From JSON.
    ///
    /// # Errors
    /// Unreadable or senseless.
    pub fn from_json(text: &str) -> Result<Self, MappingError> {
        Self::of(serde_json::from_str(text).map_err(|e| MappingError::Unreadable(e.to_string()))?)
    }

    fn of(raw: RawMapping) -> Result<Self, MappingError> {
        let wrong = |what: &str| Err(MappingError::Wrong(what.to_owned()));
        if raw.source.trim().is_empty() || raw.source.chars().count() > SOURCE_CHARS {
            return wrong("source is empty or too long");
        }
        for (name, field) in [("id", &raw.fields.id), ("title", &raw.fields.title)] {
            if field.from.is_empty() {
                return wrong(&format!("field {name} comes from nowhere"));
            }
        }
        let weight = raw.fields.weight_g.as_ref();
        if weight.is_some_and(|field| !field.times.is_finite() || field.times <= 0.0) {
            return wrong("factor of weight_g is not above zero");
        }
        if raw.category.iter().any(|rule| rule.path.is_empty()) {
            return wrong("category rules need a path each");
        }
        let currency = match raw.currency.as_deref().map(str::parse) {
            None => None,
            Some(Ok(currency)) => Some(currency),
            Some(Err(_)) => return wrong("currency is not one that Souk knows"),
        };
        Ok(Self {
            source: raw.source.trim().to_owned(),
            currency,
            missing_price: raw.missing_price,
            fields: raw.fields,
            attributes: raw.attributes,
            variants: raw.variants,
            categoriser: Categoriser::new(&raw.category),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAST: &str = "source = 'x'\n[fields]\nid = 'id'\ntitle = ['name', 'title']\n";

    #[test]
    fn every_built_in_mapping_can_be_read() {
        for name in Mapping::built_in_names() {
            let text = Mapping::built_in_text(name).unwrap();
            Mapping::from_toml(text).unwrap_or_else(|e| panic!("{name}: {e}"));
        }
        assert!(Mapping::built_in("nothing").is_none());
    }

    #[test]
    fn the_documented_example_can_be_read() {
        let page = include_str!("../../../../docs/import.md");
        let example = page.split("```toml").nth(1).and_then(|rest| rest.split("```").next());
        let mapping = Mapping::from_toml(example.unwrap()).unwrap();
        assert_eq!((mapping.source.as_str(), mapping.currency), ("acme", Some(Currency::Usd)));
    }

    #[test]
    fn toml_and_json_say_the_same() {
        let toml = Mapping::from_toml(LEAST).unwrap();
        let json =
            r#"{"source": "x", "fields": {"id": "id", "title": {"from": ["name", "title"]}}}"#;
        let json = Mapping::from_json(json).unwrap();
        assert_eq!(toml.fields, json.fields);
    }

    #[test]
    fn mistakes_are_named() {
        for (text, word) in [
            ("", "source"),
            ("source = ''\n[fields]\nid = 'id'\ntitle = 't'", "source"),
            ("source = 'x'\n[fields]\nid = 'id'", "title"),
            ("source = 'x'\n[fields]\nid = { constant = 1 }\ntitle = 't'", "id"),
            (&format!("{LEAST}colour = 'c'"), "colour"),
            (&format!("currency = 'XXX'\n{LEAST}"), "currency"),
            (&format!("{LEAST}weight_g = {{ from = 'w', times = -1 }}"), "weight_g"),
            (&format!("{LEAST}[[category]]\npath = []"), "path"),
        ] {
            let error = Mapping::from_toml(text).expect_err(text).to_string();
            assert!(error.contains(word), "{text}: {error}");
        }
    }
}
