//! Shopify's product CSV: the first row of a product says everything, the others a variant or a picture.

use super::table::line;
use super::{Exporter, Shown};
use crate::model::TaxClass;
use crate::rules::slug;
use serde_json::{Map, Value};

/// The heading that Shopify reads; the last four columns are our own, which it keeps as metafields.
const HEADING: [&str; 32] = [
    "Handle",
    "Title",
    "Body (HTML)",
    "Vendor",
    "Product Category",
    "Type",
    "Tags",
    "Published",
    "Option1 Name",
    "Option1 Value",
    "Option2 Name",
    "Option2 Value",
    "Option3 Name",
    "Option3 Value",
    "Variant SKU",
    "Variant Grams",
    "Variant Inventory Tracker",
    "Variant Inventory Qty",
    "Variant Inventory Policy",
    "Variant Fulfillment Service",
    "Variant Price",
    "Variant Requires Shipping",
    "Variant Taxable",
    "Variant Barcode",
    "Image Src",
    "Image Position",
    "Gift Card",
    "Status",
    "Souk attributes (product.metafields.custom.souk_attributes)",
    "Souk origin (product.metafields.custom.souk_origin)",
    "Souk tax class (product.metafields.custom.souk_tax_class)",
    "Souk sold (product.metafields.custom.souk_sold)",
];

/// Options that Shopify has.
const OPTIONS: usize = 3;

pub fn heading() -> Vec<u8> {
    line(&HEADING.map(str::to_owned))
}

/// A row by the names of its columns.
struct Row(Vec<String>);

impl Row {
    fn new(handle: &str) -> Self {
        let mut row = Self(vec![String::new(); HEADING.len()]);
        row.set("Handle", handle);
        row
    }

    fn set(&mut self, column: &str, value: impl Into<String>) {
        let at = HEADING.iter().position(|name| *name == column);
        debug_assert!(at.is_some(), "{column}");
        if let Some(at) = at {
            self.0[at] = value.into();
        }
    }
}

pub fn listing(exporter: &Exporter, shown: &Shown<'_>) -> Vec<u8> {
    let handle = handle(shown);
    let images: Vec<String> = exporter.images(&shown.listing.product).collect();
    let mut rows = Vec::new();
    for at in 0..shown.variants.len().max(images.len()).max(1) {
        let mut row = Row::new(&handle);
        if at == 0 {
            describe(&mut row, shown);
        }
        if at < shown.variants.len() {
            variant(&mut row, shown, at);
        }
        if let Some(image) = images.get(at) {
            row.set("Image Src", image);
            row.set("Image Position", (at + 1).to_string());
        }
        rows.extend(line(&row.0));
    }
    rows
}

/// Names the product as long as it is ours; another seller's becomes a product of its own.
fn handle(shown: &Shown<'_>) -> String {
    let product = &shown.listing.product;
    match product.external.as_ref().filter(|_| shown.is_our_own()) {
        Some(external) => external.id.clone(),
        None => format!("{}-{}", slug(&product.title), product.id),
    }
}

fn describe(row: &mut Row, shown: &Shown<'_>) {
    let product = &shown.listing.product;
    row.set("Title", &product.title);
    row.set("Body (HTML)", html(&product.description));
    row.set("Vendor", product.brand.clone().unwrap_or_default());
    row.set("Product Category", product.category_path.join(" > "));
    row.set("Published", if product.hidden { "false" } else { "true" });
    row.set("Gift Card", "false");
    row.set("Status", if product.hidden { "draft" } else { "active" });
    // Shopify sells whatever it shows.
    if !shown.buyable {
        row.set(HEADING[31], "no");
    }
    if let Some((_, offer, _)) = shown.variants.first() {
        row.set(HEADING[30], offer.tax_class.name());
    }
    let mut attributes = Map::new();
    for (name, values) in &product.attributes {
        attributes.insert(name.clone(), values.iter().map(String::as_str).collect::<Value>());
    }
    if !attributes.is_empty() {
        row.set(HEADING[28], Value::Object(attributes).to_string());
    }
    if let Some(external) = product.external.as_ref().filter(|_| shown.is_our_own()) {
        row.set(HEADING[29], &external.source);
    }
}

fn variant(row: &mut Row, shown: &Shown<'_>, at: usize) {
    let (variant, offer, pieces) = shown.variants[at];
    let mut options: Vec<(String, String)> = super::options(variant)
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    // More than there are columns for stand together in the last.
    while options.len() > OPTIONS {
        if let Some((name, value)) = options.pop()
            && let Some((last, chosen)) = options.last_mut()
        {
            *last = format!("{last}, {name}");
            *chosen = format!("{chosen}, {value}");
        }
    }
    if options.is_empty() {
        let several = shown.variants.len() > 1;
        let value = if several { variant.title.clone() } else { "Default Title".to_owned() };
        options.push(("Title".to_owned(), value));
    }
    for (place, (name, value)) in options.into_iter().enumerate() {
        if at == 0 {
            row.set(&format!("Option{} Name", place + 1), name);
        }
        row.set(&format!("Option{} Value", place + 1), value);
    }
    row.set("Variant SKU", &variant.key);
    row.set("Variant Grams", offer.weight_g.to_string());
    row.set("Variant Inventory Tracker", "shopify");
    row.set("Variant Inventory Qty", pieces.to_string());
    row.set("Variant Inventory Policy", "deny");
    row.set("Variant Fulfillment Service", "manual");
    if offer.price.minor > 0 {
        row.set("Variant Price", offer.price.decimal());
    }
    row.set("Variant Requires Shipping", "true");
    row.set("Variant Taxable", if offer.tax_class == TaxClass::Zero { "false" } else { "true" });
    // A number stands for the product as a whole: any of its rows may carry it.
    if let Some(gtin) = shown.listing.product.gtins.get(at) {
        row.set("Variant Barcode", gtin);
    }
}

/// Plain text as paragraphs.
fn html(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let paragraphs =
        escaped.split("\n\n").map(|part| format!("<p>{}</p>", part.replace('\n', "<br>")));
    paragraphs.collect()
}
