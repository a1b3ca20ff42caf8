//! A Google Merchant feed: each variant is an item, a product's items are a group.

use super::{Exporter, Shown};
use crate::model::{Offer, TaxClass, Variant, full_title};
use quick_xml::escape::escape;
use std::fmt::Write;

/// Pictures beside the first that Google takes.
const MORE_IMAGES: usize = 10;

/// Options that Google has a field for: ours, theirs.
const FIELDS: [(&str, &str); 7] = [
    ("color", "color"),
    ("colour", "color"),
    ("size", "size"),
    ("material", "material"),
    ("pattern", "pattern"),
    ("gender", "gender"),
    ("age_group", "age_group"),
];

pub fn heading(exporter: &Exporter) -> Vec<u8> {
    let (name, url) = (escape(&exporter.shop), escape(&exporter.base_url));
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" \
         xmlns:g=\"http://base.google.com/ns/1.0\" xmlns:c=\"http://base.google.com/cns/1.0\">\n<channel>\n\
         <title>{name}</title>\n<link>{url}</link>\n<description>{name}</description>\n"
    )
    .into_bytes()
}

pub fn end() -> Vec<u8> {
    b"</channel>\n</rss>\n".to_vec()
}

/// What has no price can't be in a feed; what is hidden has no page that a feed could lead to.
pub fn listing(exporter: &Exporter, shown: &Shown<'_>) -> Vec<u8> {
    if shown.listing.product.hidden {
        return Vec::new();
    }
    let priced = shown.variants.iter().filter(|(_, offer, _)| offer.price.minor > 0);
    priced
        .map(|(variant, offer, pieces)| item(exporter, shown, variant, offer, *pieces))
        .collect::<String>()
        .into_bytes()
}

struct Item(String);

impl Item {
    fn add(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            // Writing to a string fails never.
            let _ = writeln!(self.0, "<{name}>{}</{name}>", escape(spelt(value)));
        }
    }

    fn nest(&mut self, name: &str, fields: &[(&str, &str)]) {
        let _ = write!(self.0, "<{name}>");
        for (field, value) in fields {
            let _ = write!(self.0, "<{field}>{}</{field}>", escape(spelt(value)));
        }
        let _ = writeln!(self.0, "</{name}>");
    }
}

/// Without what XML can't carry in any spelling.
fn spelt(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control() || *c == '\n')
        .filter(|c| !matches!(c, '\u{fffe}' | '\u{ffff}'))
        .collect()
}

fn item(
    exporter: &Exporter,
    shown: &Shown<'_>,
    variant: &Variant,
    offer: &Offer,
    pieces: u32,
) -> String {
    let product = &shown.listing.product;
    let several = shown.listing.variants.len() > 1;
    let id = product.id.to_string();
    let mut item = Item("<item>\n".to_owned());
    item.add("g:id", &if several { offer.id.to_string() } else { id.clone() });
    if several {
        item.add("g:item_group_id", &id);
    }
    item.add("g:title", &full_title(&product.title, &variant.title));
    item.add("g:description", &product.description);
    item.add("g:link", &format!("{}/p/{id}", exporter.base_url));
    let mut images = exporter.images(product);
    item.add("g:image_link", &images.next().unwrap_or_default());
    for image in images.take(MORE_IMAGES) {
        item.add("g:additional_image_link", &image);
    }
    item.add("g:condition", "new");
    let there = shown.buyable && pieces > 0;
    item.add("g:availability", if there { "in_stock" } else { "out_of_stock" });
    item.add("g:quantity", &pieces.to_string());
    item.add("g:price", &format!("{} {}", offer.price.decimal(), offer.price.currency.code()));
    item.add("g:brand", product.brand.as_deref().unwrap_or_default());
    for gtin in &product.gtins {
        item.add("g:gtin", gtin);
    }
    item.add("g:product_type", &product.category_path.join(" > "));
    if offer.weight_g > 0 {
        item.add("g:shipping_weight", &format!("{} g", offer.weight_g));
    }
    // Google's own fields for everybody, every option for ourselves.
    let options = super::options(variant);
    for (name, value) in &options {
        if let Some((_, theirs)) = FIELDS.iter().find(|(ours, _)| ours == name) {
            item.add(&format!("g:{theirs}"), value);
        }
    }
    for (name, value) in options {
        item.nest("c:option", &[("c:name", name), ("c:value", value)]);
    }
    // Its own id would be a stranger's to the shop that reads it: with this it finds what it has.
    if let Some(external) = product.external.as_ref().filter(|_| shown.is_our_own()) {
        let origin =
            [("c:source", &*external.source), ("c:id", &external.id), ("c:key", &variant.key)];
        item.nest("c:origin", &origin);
    }
    // Nor does Google ask for these: out of stock is not the same as not sold.
    item.add("c:buyable", if shown.buyable { "" } else { "no" });
    if offer.tax_class != TaxClass::Standard {
        item.add("c:tax_class", offer.tax_class.name());
    }
    for (name, values) in
        product.attributes.iter().filter(|(name, _)| !variant.options.contains_key(*name))
    {
        for value in values {
            let fields =
                [("g:section_name", ""), ("g:attribute_name", name), ("g:attribute_value", value)];
            item.nest("g:product_detail", &fields);
        }
    }
    item.0.push_str("</item>\n");
    item.0
}
