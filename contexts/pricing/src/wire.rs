//! How a quote is stored in an order: amounts as plain integers, the currency once.
//!
//! Fields may be added with a default, never renamed: orders keep their quotes for years.

use crate::{Country, Day, PricedLine, Quote, QuoteLine, ShippingMethod, TaxClass};
use serde::ser::SerializeSeq;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use souk_kernel::{Currency, Money, ProductId, SellerId, Sku, VariantId};
use std::sync::Arc;

#[derive(Serialize, Deserialize)]
struct Line<T> {
    sku: Sku,
    product: ProductId,
    variant: VariantId,
    seller: SellerId,
    title: T,
    quantity: u32,
    price: i64,
    class: TaxClass,
    weight_g: u32,
    #[serde(skip_serializing_if = "Option::is_none", default = "none")]
    image: Option<T>,
    rate_bp: u16,
    subtotal: i64,
    tax: i64,
    total: i64,
}

/// `Default` would ask it of `T`.
fn none<T>() -> Option<T> {
    None
}

#[derive(Serialize, Deserialize)]
struct Document<L> {
    currency: Currency,
    lines: L,
    items: i64,
    shipping: i64,
    shipping_tax: i64,
    #[serde(default)]
    shipping_bp: u16,
    tax: i64,
    total: i64,
    inclusive: bool,
    country: Country,
    method: ShippingMethod,
    from: Day,
    to: Day,
}

struct Lines<'a>(&'a [QuoteLine]);

impl Serialize for Lines<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut sequence = serializer.serialize_seq(Some(self.0.len()))?;
        for line in self.0 {
            sequence.serialize_element(&Line::<&str> {
                sku: line.item.sku,
                product: line.item.product,
                variant: line.item.variant,
                seller: line.item.seller,
                title: &line.item.title,
                quantity: line.item.quantity,
                price: line.item.unit_price.minor,
                class: line.item.tax_class,
                weight_g: line.item.weight_g,
                image: line.item.image.as_deref(),
                rate_bp: line.rate_bp,
                subtotal: line.subtotal.minor,
                tax: line.tax.minor,
                total: line.total.minor,
            })?;
        }
        sequence.end()
    }
}

impl Serialize for Quote {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Document {
            currency: self.currency,
            lines: Lines(&self.lines),
            items: self.items.minor,
            shipping: self.shipping.minor,
            shipping_tax: self.shipping_tax.minor,
            shipping_bp: self.shipping_rate_bp,
            tax: self.tax.minor,
            total: self.total.minor,
            inclusive: self.tax_inclusive,
            country: self.country,
            method: self.shipping_method,
            from: self.delivery_from,
            to: self.delivery_to,
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Quote {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let document = Document::<Vec<Line<Arc<str>>>>::deserialize(deserializer)?;
        let currency = document.currency;
        let money = |minor| Money::new(minor, currency);
        let line = |line: Line<Arc<str>>| QuoteLine {
            item: PricedLine {
                sku: line.sku,
                product: line.product,
                variant: line.variant,
                seller: line.seller,
                title: line.title,
                quantity: line.quantity,
                unit_price: money(line.price),
                tax_class: line.class,
                weight_g: line.weight_g,
                image: line.image,
            },
            rate_bp: line.rate_bp,
            subtotal: money(line.subtotal),
            tax: money(line.tax),
            total: money(line.total),
        };
        Ok(Self {
            lines: document.lines.into_iter().map(line).collect(),
            items: money(document.items),
            shipping: money(document.shipping),
            shipping_tax: money(document.shipping_tax),
            shipping_rate_bp: document.shipping_bp,
            tax: money(document.tax),
            total: money(document.total),
            currency,
            tax_inclusive: document.inclusive,
            country: document.country,
            shipping_method: document.method,
            delivery_from: document.from,
            delivery_to: document.to,
        })
    }
}
