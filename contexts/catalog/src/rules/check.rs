//! Whether a listing is right: every field within its limits, and all of one piece.

use crate::error::FieldProblem;
use crate::limits as max;
use crate::model::{Attributes, Listing, Offer, Product, Variant};
use crate::rules::is_gtin;
use std::collections::BTreeSet;

/// Every problem of the listing; empty when it may be stored.
#[must_use]
pub fn check(listing: &Listing) -> Vec<FieldProblem> {
    let mut found = Problems(Vec::new());
    product(&listing.product, &mut found);
    attributes(&listing.product.attributes, &mut found);
    variants(listing, &mut found);
    offers(listing, &mut found);
    found.0
}

struct Problems(Vec<FieldProblem>);

impl Problems {
    fn add(&mut self, field: impl Into<String>, reason: impl Into<String>) {
        self.0.push(FieldProblem::new(field, reason));
    }

    /// One line of text, 1 to `limit` characters.
    fn line(&mut self, field: &str, text: &str, limit: usize) {
        if text.trim().is_empty() {
            self.add(field, "is empty");
        }
        if text.chars().any(char::is_control) {
            self.add(field, "has control characters");
        }
        self.length(field, text, limit);
    }

    fn length(&mut self, field: &str, text: &str, limit: usize) {
        // Bytes bound characters from above: counting is for the few that may be too long.
        if text.len() > limit && text.chars().count() > limit {
            self.add(field, format!("is longer than {limit} characters"));
        }
    }

    fn count(&mut self, field: &str, count: usize, limit: usize) {
        if count > limit {
            self.add(field, format!("are {count}, more than {limit}"));
        }
    }
}

fn product(product: &Product, found: &mut Problems) {
    found.line("title", &product.title, max::TITLE_CHARS);
    found.length("description", &product.description, max::DESCRIPTION_CHARS);
    let control = |c: char| c.is_control() && c != '\n';
    if product.description.chars().any(control) {
        found.add("description", "has control characters");
    }
    if let Some(brand) = &product.brand {
        found.line("brand", brand, max::BRAND_CHARS);
    }
    found.count("category", product.category_path.len(), max::CATEGORY_LEVELS);
    for level in &product.category_path {
        found.line("category", level, max::CATEGORY_CHARS);
    }
    found.count("images", product.images.len(), max::IMAGES);
    for image in &product.images {
        found.line("images", image, max::IMAGE_CHARS);
    }
    found.count("gtin", product.gtins.len(), max::GTINS);
    if let Some(wrong) = product.gtins.iter().find(|gtin| !is_gtin(gtin)) {
        found.add("gtin", format!("{:.20} is not a trade item number", wrong));
    }
    if let Some(external) = &product.external {
        found.line("external_id", &external.id, max::EXTERNAL_ID_CHARS);
        found.line("source", &external.source, max::SOURCE_CHARS);
    }
}

fn attributes(attributes: &Attributes, found: &mut Problems) {
    found.count("attributes", attributes.len(), max::ATTRIBUTES);
    let mut bytes = 0;
    for (name, values) in attributes {
        let field = format!("attributes.{name:.40}");
        found.line(&field, name, max::ATTRIBUTE_NAME_CHARS);
        if values.is_empty() {
            found.add(&field, "has no value");
        }
        found.count(&field, values.len(), max::ATTRIBUTE_VALUES);
        for value in values {
            found.line(&field, value, max::ATTRIBUTE_VALUE_CHARS);
        }
        bytes += name.len() + values.iter().map(String::len).sum::<usize>();
    }
    if bytes > max::ATTRIBUTES_BYTES {
        found.add("attributes", format!("are longer than {} bytes", max::ATTRIBUTES_BYTES));
    }
}

fn variants(listing: &Listing, found: &mut Problems) {
    found.count("variants", listing.variants.len(), max::VARIANTS);
    if listing.variants.is_empty() {
        found.add("variants", "are none");
    }
    let (mut ids, mut keys) = (BTreeSet::new(), BTreeSet::new());
    for variant in &listing.variants {
        one_variant(variant, found);
        if variant.product != listing.product.id {
            found.add("variants", "belong to another product");
        }
        if !ids.insert(variant.id) || !keys.insert(variant.key.as_str()) {
            found.add("variants", format!("repeat the key {:?}", variant.key));
        }
    }
}

fn one_variant(variant: &Variant, found: &mut Problems) {
    for (field, text) in [("variants.key", &variant.key), ("variants.title", &variant.title)] {
        found.length(field, text, max::VARIANT_CHARS);
        if text.chars().any(char::is_control) {
            found.add(field, "has control characters");
        }
    }
    found.count("variants.options", variant.options.len(), max::OPTIONS);
    for (name, value) in &variant.options {
        found.line("variants.options", name, max::ATTRIBUTE_NAME_CHARS);
        found.line("variants.options", value, max::VARIANT_CHARS);
    }
}

fn offers(listing: &Listing, found: &mut Problems) {
    found.count("offers", listing.offers.len(), max::OFFERS);
    let (mut ids, mut slots) = (BTreeSet::new(), BTreeSet::new());
    for offer in &listing.offers {
        one_offer(offer, found);
        if offer.product != listing.product.id || listing.variant(offer.variant).is_none() {
            found.add("offers", "are of something else");
        }
        if !ids.insert(offer.id) || !slots.insert((offer.variant, offer.seller)) {
            found.add("offers", "repeat a seller for a variant");
        }
    }
}

fn one_offer(offer: &Offer, found: &mut Problems) {
    if !(0..=max::PRICE_MINOR).contains(&offer.price.minor) {
        found.add("price", "is below zero or too high");
    }
    if offer.buyable && offer.price.minor == 0 {
        found.add("price", "is missing, so it can't be buyable");
    }
    if offer.weight_g > max::WEIGHT_G {
        found.add("weight", format!("is more than {} g", max::WEIGHT_G));
    }
}
