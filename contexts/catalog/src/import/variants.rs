//! The choices of a row: its variants, each with an offer's terms.

use crate::error::FieldProblem;
use crate::import::row::{Reading, Terms};
use crate::import::text::{clipped, one_line};
use crate::import::value;
use crate::limits as max;
use crate::model::{Attributes, HOUSE_SELLER, Listing, Offer, Product, Variant};
use crate::port::PutListing;
use crate::rules::{attribute_name, slug};
use serde_json::Value;
use souk_kernel::{Mint, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// One variant and its terms.
pub(crate) struct Choice {
    key: String,
    title: String,
    options: BTreeMap<String, String>,
    terms: Terms,
    /// Trade item numbers that stand with it.
    pub(crate) gtins: Vec<String>,
}

impl Reading<'_> {
    /// Every variant of the row; a row without any is one.
    pub(crate) fn choices(&mut self) -> Vec<Choice> {
        let rules = &self.reader.mapping.variants;
        let found = rules.from.as_ref().and_then(|path| value::at(self.row, path));
        let items = match found {
            Some(Value::Array(items)) => items.as_slice(),
            Some(_) => {
                self.refuse("variants", "are not a list");
                &[]
            }
            None => &[],
        };
        if items.len() > max::VARIANTS {
            self.refuse("variants", format!("are {}, more than {}", items.len(), max::VARIANTS));
        }
        if items.is_empty() {
            let terms = self.terms();
            let (key, title, options) = (String::new(), String::new(), BTreeMap::new());
            return vec![Choice { key, title, options, terms, gtins: Vec::new() }];
        }
        let mut choices: Vec<Choice> =
            items.iter().take(max::VARIANTS).map(|item| self.choice(item)).collect();
        name_keys(&mut choices);
        choices
    }

    fn choice(&mut self, item: &Value) -> Choice {
        let mapping = &self.reader.mapping;
        let mut inner = Reading {
            row: item,
            outer: None,
            reader: self.reader,
            notes: Vec::new(),
            refused: Vec::new(),
        };
        let gtins = inner.list(mapping.fields.gtin.as_ref());
        let key = inner.line(mapping.variants.key.as_ref(), "variants.key");
        let options = inner.options();
        let said = inner.line(mapping.variants.title.as_ref(), "variants.title");
        // What a variant doesn't say, its product says for all of them.
        inner.outer = Some(self.row);
        let terms = inner.terms();
        let chosen = options.values().map(String::as_str).collect::<Vec<_>>();
        let title = if said.is_empty() { chosen.join(", ") } else { said };
        let (title, _) = clipped(title, max::VARIANT_CHARS);
        // Two hundred variants have one mistake, mostly.
        let (notes, refused) = (inner.notes, inner.refused);
        extend(&mut self.notes, notes);
        extend(&mut self.refused, refused);
        Choice { key, title, options, terms, gtins }
    }

    fn options(&mut self) -> BTreeMap<String, String> {
        let mut options = BTreeMap::new();
        let path = self.reader.mapping.variants.options.as_ref();
        let Some(found) = path.and_then(|path| value::at(self.row, path)) else { return options };
        let Value::Object(members) = found else {
            self.refuse("variants.options", "are not a JSON object");
            return options;
        };
        for (name, value) in members {
            let (name, _) = clipped(attribute_name(name), max::ATTRIBUTE_NAME_CHARS);
            let value = value::text(value).map(|text| one_line(&text)).unwrap_or_default();
            if !name.is_empty() && !value.is_empty() {
                options.insert(name, clipped(value, max::VARIANT_CHARS).0);
            }
        }
        options
    }
}

fn extend(all: &mut Vec<FieldProblem>, more: Vec<FieldProblem>) {
    for problem in more {
        if !all.contains(&problem) {
            all.push(problem);
        }
    }
}

/// A variant is known by its own key if every one has one of its own, else by what it chooses; the only
/// one that chooses nothing needs no name.
fn name_keys(choices: &mut [Choice]) {
    let keys: BTreeSet<&str> =
        choices.iter().map(|choice| choice.key.as_str()).filter(|key| !key.is_empty()).collect();
    if keys.len() == choices.len() && (choices.len() > 1 || !choices[0].options.is_empty()) {
        return;
    }
    for choice in choices {
        let values: Vec<String> = choice.options.values().map(|value| slug(value)).collect();
        choice.key = clipped(values.join("-"), max::VARIANT_CHARS).0;
    }
}

/// What variants choose describes the product too: shoppers filter by it.
pub(crate) fn describe(attributes: &mut Attributes, choices: &[Choice]) {
    for (name, value) in choices.iter().flat_map(|choice| &choice.options) {
        if attributes.len() >= max::ATTRIBUTES && !attributes.contains_key(name) {
            continue;
        }
        let values = attributes.entry(name.clone()).or_default();
        if !values.contains(value) && values.len() < max::ATTRIBUTE_VALUES {
            values.push(value.clone());
        }
    }
}

/// The product with its variants and the house's offer of each.
pub(crate) fn put(
    product: Product,
    choices: Vec<Choice>,
    mint: &Mint,
    at: Timestamp,
) -> PutListing {
    let (bucket, id) = (product.id.bucket(), product.id);
    let mut listing = Listing { product, variants: Vec::new(), offers: Vec::new() };
    let mut stock = Vec::new();
    for choice in choices {
        let variant = Variant {
            id: mint.mint(bucket),
            product: id,
            key: choice.key,
            title: choice.title,
            options: choice.options,
        };
        let offer = Offer {
            id: mint.mint(bucket),
            variant: variant.id,
            product: id,
            seller: HOUSE_SELLER,
            price: choice.terms.price,
            tax_class: choice.terms.tax_class,
            weight_g: choice.terms.weight_g,
            buyable: choice.terms.buyable,
            version: 1,
        };
        stock.push((offer.id, choice.terms.stock));
        listing.variants.push(variant);
        listing.offers.push(offer);
    }
    PutListing { listing, expected_version: None, stock, at, keep_hidden: false }
}
