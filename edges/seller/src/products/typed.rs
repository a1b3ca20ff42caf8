//! A product as it is typed into the form, and as it is stored: one way and the other.

use crate::form::Fields;
use crate::words;
use serde::Serialize;
use souk_catalog::rules::attribute_name;
use souk_catalog::{Attributes, FieldProblem, Listing, TaxClass, limits};
use souk_kernel::{Currency, Money, SellerId};
use souk_sellers::rules::listing::variant_key;
use souk_sellers::{ProductDraft, VariantDraft};
use std::collections::BTreeMap;

/// Empty rows at the end of a form, for more variants.
const SPARE: usize = 3;

/// The form, as typed.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Typed {
    pub title: String,
    pub description: String,
    pub brand: String,
    pub category: String,
    pub attributes: String,
    pub variants: Vec<TypedVariant>,
}

/// A row of it.
#[derive(Debug, Clone, Default, Serialize)]
pub struct TypedVariant {
    /// The key of a variant that is stored; empty for the only one, and for a new row.
    pub key: String,
    /// Whether it is stored.
    pub known: bool,
    pub options: String,
    pub price: String,
    pub weight: String,
    pub tax: String,
    pub on_sale: bool,
    pub stock: String,
}

impl TypedVariant {
    fn spare() -> Self {
        Self { tax: TaxClass::Standard.name().into(), on_sale: true, ..Self::default() }
    }

    /// Nothing was typed into a new row: it is no variant.
    fn is_blank(&self) -> bool {
        let typed = [&self.options, &self.price, &self.weight, &self.stock];
        !self.known && typed.iter().all(|text| text.is_empty())
    }
}

fn options_text(options: &BTreeMap<String, String>) -> String {
    let one = |(name, value): (&String, &String)| {
        format!("{}: {value}", souk_catalog::attribute_label(name))
    };
    options.iter().map(one).collect::<Vec<_>>().join("; ")
}

impl Typed {
    /// The blank form of a new product.
    pub fn blank() -> Self {
        Self { variants: vec![TypedVariant::spare()], ..Self::default() }
    }

    /// A product as it is stored, with a seller's own terms.
    pub fn of(listing: &Listing, seller: SellerId, currency: Currency) -> Self {
        let product = &listing.product;
        let line = |(name, values): (&String, &Vec<String>)| {
            format!("{}: {}", souk_catalog::attribute_label(name), values.join(" | "))
        };
        let row = |variant: &souk_catalog::Variant| {
            let own = |o: &&souk_catalog::Offer| o.seller == seller && o.variant == variant.id;
            let offer = listing.offers.iter().find(own)?;
            let weight = (offer.weight_g > 0).then(|| offer.weight_g.to_string());
            Some(TypedVariant {
                key: variant.key.clone(),
                known: true,
                options: options_text(&variant.options),
                price: words::typed(offer.price.minor, currency),
                weight: weight.unwrap_or_default(),
                tax: offer.tax_class.name().into(),
                on_sale: offer.buyable || offer.price.minor == 0,
                stock: String::new(),
            })
        };
        Self {
            title: product.title.clone(),
            description: product.description.clone(),
            brand: product.brand.clone().unwrap_or_default(),
            category: product.category_path.join(" > "),
            attributes: product.attributes.iter().map(line).collect::<Vec<_>>().join("\n"),
            variants: listing.variants.iter().filter_map(row).collect(),
        }
    }

    /// What was sent.
    pub fn read(fields: &Fields) -> Self {
        let mut variants = Vec::new();
        for at in 0..limits::VARIANTS + SPARE {
            let name = |part: &str| format!("{part}.{at}");
            if !fields.has(&name("price")) {
                break;
            }
            variants.push(TypedVariant {
                key: fields.text(&name("key")),
                known: fields.has(&name("known")),
                options: fields.text(&name("options")),
                price: fields.text(&name("price")),
                weight: fields.text(&name("weight")),
                tax: fields.text(&name("tax")),
                on_sale: fields.has(&name("sale")),
                stock: fields.text(&name("stock")),
            });
        }
        Self {
            title: fields.text("title"),
            description: fields.text("description").replace("\r\n", "\n"),
            brand: fields.text("brand"),
            category: fields.text("category"),
            attributes: fields.text("attributes").replace("\r\n", "\n"),
            variants,
        }
    }

    /// With a few empty rows for more variants.
    pub fn with_spare(mut self) -> Self {
        let blank = self.variants.iter().filter(|row| row.is_blank()).count();
        self.variants.extend((blank..SPARE).map(|_| TypedVariant::spare()));
        self
    }

    /// With a few empty rows more than there are.
    pub fn with_more(mut self) -> Self {
        self.variants.extend((0..SPARE).map(|_| TypedVariant::spare()));
        self
    }

    /// As a draft; `images`: those of the product, which have a page of their own.
    ///
    /// # Errors
    /// What can't be understood; what it may be, the catalogue decides.
    pub fn draft(
        &self,
        images: Vec<String>,
        currency: Currency,
    ) -> Result<ProductDraft, Vec<FieldProblem>> {
        let mut problems = Vec::new();
        let mut attributes = attributes(&self.attributes, &mut problems);
        let mut variants = Vec::new();
        for (at, row) in self.variants.iter().enumerate().filter(|(_, row)| !row.is_blank()) {
            let variant = variant(row, currency, &mut |field: &str, reason: &str| {
                problems.push(FieldProblem::new(format!("{field}, row {}", at + 1), reason));
            });
            // What can be chosen can be filtered by.
            for (name, value) in &variant.options {
                let values: &mut Vec<String> = attributes.entry(name.clone()).or_default();
                if !values.contains(value) {
                    values.push(value.clone());
                }
            }
            variants.push(variant);
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let levels = self.category.split('>').map(str::trim).filter(|level| !level.is_empty());
        Ok(ProductDraft {
            id: None,
            title: self.title.clone(),
            description: self.description.clone(),
            brand: Some(self.brand.clone()).filter(|brand| !brand.is_empty()),
            category_path: levels.map(str::to_owned).collect(),
            attributes,
            images,
            variants,
        })
    }
}

/// Names and values, `name: value | value`, one attribute a line.
fn attributes(text: &str, problems: &mut Vec<FieldProblem>) -> Attributes {
    let mut all = Attributes::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let parts = line.split_once(':').map(|(name, values)| (attribute_name(name), values));
        let Some((name, values)) = parts.filter(|(name, _)| !name.is_empty()) else {
            let line: String = line.chars().take(40).collect();
            problems
                .push(FieldProblem::new("attributes", format!("“{line}” has no name and colon")));
            continue;
        };
        let values = values.split('|').map(str::trim).filter(|value| !value.is_empty());
        all.entry(name).or_default().extend(values.map(str::to_owned));
    }
    all
}

/// The options of a row, `Colour: Red; Size: M`.
fn options(text: &str) -> Option<BTreeMap<String, String>> {
    let mut all = BTreeMap::new();
    for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once(':')?;
        let (name, value) = (attribute_name(name), value.trim());
        if name.is_empty() || value.is_empty() || all.insert(name, value.to_owned()).is_some() {
            return None;
        }
    }
    Some(all)
}

fn variant(
    row: &TypedVariant,
    currency: Currency,
    wrong: &mut impl FnMut(&str, &str),
) -> VariantDraft {
    let options = options(&row.options).unwrap_or_else(|| {
        wrong("options", "are written like “Colour: Red; Size: M”");
        BTreeMap::new()
    });
    let price = if row.price.is_empty() {
        0
    } else {
        let price = Money::parse(&row.price.replace(',', "."), currency);
        price.ok().filter(|price| price.minor >= 0).map_or_else(
            || {
                wrong("price", "is an amount like 12.99");
                0
            },
            |price| price.minor,
        )
    };
    let mut whole = |text: &str, field: &str| -> u32 {
        if text.is_empty() {
            return 0;
        }
        text.parse().unwrap_or_else(|_| {
            wrong(field, "is a whole number");
            0
        })
    };
    let weight_g = whole(&row.weight, "weight");
    let first_stock = whole(&row.stock, "stock");
    if first_stock > limits::STOCK {
        wrong("stock", "is too much");
    }
    let title = options.values().cloned().collect::<Vec<_>>().join(", ");
    VariantDraft {
        // A stored variant keeps its name, whatever is written on it.
        key: if row.known { row.key.clone() } else { variant_key(&options) },
        title,
        options,
        price,
        tax_class: TaxClass::from_name(&row.tax).unwrap_or_default(),
        weight_g,
        on_sale: row.on_sale,
        first_stock,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(options: &str, price: &str) -> TypedVariant {
        let (options, price) = (options.into(), price.into());
        TypedVariant { options, price, ..TypedVariant::spare() }
    }

    #[test]
    fn a_form_becomes_a_draft() {
        let typed = Typed {
            title: "Kettle".into(),
            category: "Kitchen > Kettles >".into(),
            attributes: "Volume: 1.7 l\nCare: wipe | never soak".into(),
            variants: vec![row("Colour: Red; Size: M", "12,90"), row("Colour: Blue", "")],
            ..Typed::default()
        };
        let draft = typed.with_spare().draft(Vec::new(), Currency::Eur).unwrap();
        assert_eq!(draft.category_path, ["Kitchen", "Kettles"]);
        assert_eq!(draft.attributes["care"], ["wipe", "never soak"]);
        assert_eq!(draft.attributes["colour"], ["Red", "Blue"]);
        let shown: Vec<_> =
            draft.variants.iter().map(|v| (v.key.as_str(), v.title.as_str(), v.price)).collect();
        assert_eq!(shown, [("red-m", "Red, M", 1_290), ("blue", "Blue", 0)]);
    }

    #[test]
    fn what_is_not_understood_is_named_with_its_row() {
        let mut bad = row("Red", "cheap");
        bad.weight = "1 kg".into();
        let typed = Typed {
            attributes: "no colon".into(),
            variants: vec![row("", "1"), bad],
            ..Typed::default()
        };
        let problems = typed.draft(Vec::new(), Currency::Eur).unwrap_err();
        let fields: Vec<&str> = problems.iter().map(|p| p.field.as_str()).collect();
        assert_eq!(fields, ["attributes", "options, row 2", "price, row 2", "weight, row 2"]);
    }
}
