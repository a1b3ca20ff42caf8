//! The words of a quote. What is frozen into orders has its wire form in `wire.rs`.

use crate::Day;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use souk_kernel::{Currency, Money, ProductId, SellerId, Sku, VariantId};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// Which of a destination's rates a product is taxed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TaxClass {
    /// Nearly everything.
    #[default]
    Standard,
    /// What the destination taxes less: books, food.
    Reduced,
    /// Never taxed: gift cards.
    Zero,
}

impl TaxClass {
    /// Every class.
    pub const ALL: [Self; 3] = [Self::Standard, Self::Reduced, Self::Zero];

    /// `standard`, `reduced` or `zero`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Reduced => "reduced",
            Self::Zero => "zero",
        }
    }

    /// The class of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.name() == name)
    }
}

/// How fast a parcel travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ShippingMethod {
    /// The cheap one; free above a threshold in the default shop.
    #[default]
    Standard,
    /// The fast one.
    Express,
}

impl ShippingMethod {
    /// Every method.
    pub const ALL: [Self; 2] = [Self::Standard, Self::Express];

    /// `standard` or `express`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Express => "express",
        }
    }

    /// The method of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.name() == name)
    }
}

/// A country by its two letters (ISO 3166-1), upper case. The letters are not checked against the
/// list: an unknown country has the tables' defaults.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country([u8; 2]);

/// Not two letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a country is written with its two letters, like DE")]
pub struct NotACountry;

impl Country {
    /// A country known at compile time.
    ///
    /// # Panics
    /// Unless the letters are `A..=Z`.
    #[must_use]
    pub const fn of(letters: &[u8; 2]) -> Self {
        assert!(letters[0].is_ascii_uppercase() && letters[1].is_ascii_uppercase(), "two letters");
        Self(*letters)
    }

    /// Its letters.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("??")
    }
}

impl FromStr for Country {
    type Err = NotACountry;
    fn from_str(text: &str) -> Result<Self, NotACountry> {
        let letters: [u8; 2] = text.as_bytes().try_into().map_err(|_| NotACountry)?;
        if letters.iter().all(u8::is_ascii_alphabetic) {
            Ok(Self(letters.map(|letter| letter.to_ascii_uppercase())))
        } else {
            Err(NotACountry)
        }
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Country {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Country {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Where goods go: what tax and shipping depend on.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Destination {
    /// The country.
    pub country: Country,
    /// Its state or province where taxes differ by it: `CA`; `US-CA` and lower case are understood.
    pub region: Option<String>,
    /// The postal code, as written.
    pub postal_code: String,
}

impl Destination {
    /// Somewhere in a country: for a quote before the address is known.
    #[must_use]
    pub const fn country(country: Country) -> Self {
        Self { country, region: None, postal_code: String::new() }
    }
}

/// A line to be quoted: what is bought, and for how much a piece. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PricedLine {
    /// The offer.
    pub sku: Sku,
    /// Its product.
    pub product: ProductId,
    /// Its variant.
    pub variant: VariantId,
    /// Who sells it.
    pub seller: SellerId,
    /// The product's title, with the variant's options where there are several.
    pub title: Arc<str>,
    /// Pieces: 1 to [`crate::MAX_QUANTITY`].
    pub quantity: u32,
    /// The price of one piece as listed: with tax where the destination's prices include it,
    /// without where they don't.
    pub unit_price: Money,
    /// Which rate it is taxed with.
    pub tax_class: TaxClass,
    /// Grams a piece; 0 when unknown.
    pub weight_g: u32,
    /// The path of a picture.
    pub image: Option<Arc<str>>,
}

/// A line that was quoted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuoteLine {
    /// What is bought.
    pub item: PricedLine,
    /// The tax rate in hundredths of a percent (basis points).
    pub rate_bp: u16,
    /// Quantity times unit price, as listed.
    pub subtotal: Money,
    /// The tax in (inclusive) or on top of (exclusive) the subtotal.
    pub tax: Money,
    /// What is paid for this line: the subtotal, plus the tax where it isn't included.
    pub total: Money,
}

/// What will be charged, and for what.
///
/// Always: `items` = Σ `lines.subtotal`; `tax` = Σ `lines.tax` + `shipping_tax`; `total` = `items` +
/// `shipping`, plus `tax` unless `tax_inclusive`; every amount in `currency`, none negative.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// The lines, in the order asked.
    pub lines: Vec<QuoteLine>,
    /// All goods, as listed.
    pub items: Money,
    /// Shipping, as listed.
    pub shipping: Money,
    /// The tax in or on top of shipping.
    pub shipping_tax: Money,
    /// The rate of that tax, in basis points: an invoice names it.
    pub shipping_rate_bp: u16,
    /// All tax, shipping's included.
    pub tax: Money,
    /// What is charged.
    pub total: Money,
    /// The currency of every amount.
    pub currency: Currency,
    /// Whether listed prices contain the tax.
    pub tax_inclusive: bool,
    /// The destination's country.
    pub country: Country,
    /// How it is shipped.
    pub shipping_method: ShippingMethod,
    /// The earliest day of delivery.
    pub delivery_from: Day,
    /// The latest day of delivery, as estimated.
    pub delivery_to: Day,
}

impl Quote {
    /// The delivery estimate for people: `Wed 25 Nov to Fri 27 Nov`.
    #[must_use]
    pub fn delivery(&self) -> String {
        if self.delivery_from == self.delivery_to {
            return self.delivery_from.short();
        }
        format!("{} to {}", self.delivery_from.short(), self.delivery_to.short())
    }
}
