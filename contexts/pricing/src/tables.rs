//! The shop's rates: tax by destination, shipping by destination, method and currency.

use crate::{Country, Destination, ShippingMethod, TaxClass};
use serde::{Deserialize, Serialize};
use souk_kernel::Money;
use std::cmp::Ordering;

/// How one destination taxes. Rates are basis points: 1900 is 19 %.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxRule {
    /// The country.
    pub country: Country,
    /// One region of it, upper case; `None` is the rest of the country.
    #[serde(default)]
    pub region: Option<String>,
    /// Whether listed prices contain the tax (as in Europe) or it is added (as in the USA).
    pub inclusive: bool,
    /// For most things.
    pub standard_bp: u16,
    /// For what is taxed less.
    pub reduced_bp: u16,
    /// How shipping is taxed.
    #[serde(default)]
    pub shipping: TaxClass,
}

impl TaxRule {
    /// The rate of a class in basis points.
    #[must_use]
    pub const fn rate_bp(&self, class: TaxClass) -> u16 {
        match class {
            TaxClass::Standard => self.standard_bp,
            TaxClass::Reduced => self.reduced_bp,
            TaxClass::Zero => 0,
        }
    }

    fn order(&self, country: Country, region: Option<&str>) -> Ordering {
        self.country.cmp(&country).then_with(|| match (self.region.as_deref(), region) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(own), Some(asked)) => {
                own.bytes().cmp(asked.bytes().map(|b| b.to_ascii_uppercase()))
            }
        })
    }
}

/// Tax rules by destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaxTable {
    rules: Vec<TaxRule>,
    elsewhere: TaxRule,
}

impl TaxTable {
    /// A table; of two rules for one destination the first counts. Destinations without a rule are
    /// not taxed.
    #[must_use]
    pub fn new(mut rules: Vec<TaxRule>) -> Self {
        for rule in &mut rules {
            rule.region = rule.region.take().map(|region| region.to_ascii_uppercase());
        }
        rules.sort_by(|a, b| a.order(b.country, b.region.as_deref()));
        rules.dedup_by(|later, first| {
            later.country == first.country && later.region == first.region
        });
        let elsewhere = TaxRule {
            country: Country::of(b"ZZ"),
            region: None,
            inclusive: true,
            standard_bp: 0,
            reduced_bp: 0,
            shipping: TaxClass::Zero,
        };
        Self { rules, elsewhere }
    }

    /// The rule of a destination: its region's, else its country's, else no tax.
    #[must_use]
    pub fn rule(&self, destination: &Destination) -> &TaxRule {
        let country = destination.country;
        let find = |region: Option<&str>| {
            self.rules.binary_search_by(|rule| rule.order(country, region)).ok()
        };
        let region = destination.region.as_deref().map(|region| {
            // `US-CA` (ISO 3166-2) and `CA` are the same region.
            match region.split_once('-') {
                Some((prefix, rest)) if prefix.eq_ignore_ascii_case(country.code()) => rest,
                _ => region,
            }
        });
        let found = region.and_then(|region| find(Some(region))).or_else(|| find(None));
        found.and_then(|at| self.rules.get(at)).unwrap_or(&self.elsewhere)
    }
}

/// One price of shipping.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShippingRate {
    /// How.
    pub method: ShippingMethod,
    /// Where to; empty is everywhere.
    #[serde(default)]
    pub countries: Vec<Country>,
    /// For a parcel of up to `included_g`. Its currency is the one of the orders that it is for.
    pub price: Money,
    /// Grams in the price; 0 is any weight.
    #[serde(default)]
    pub included_g: u32,
    /// Minor units for each further kilogram begun.
    #[serde(default)]
    pub per_kg_minor: i64,
    /// Goods worth this much (in minor units, as listed) ship free.
    #[serde(default)]
    pub free_from_minor: Option<i64>,
    /// Working days until delivery, at least and at most.
    pub days: (u8, u8),
}

impl ShippingRate {
    /// The price in minor units of shipping goods of this weight and worth; `None` when it is
    /// beyond 64 bits.
    #[must_use]
    pub fn price_minor(&self, weight_g: u64, items_minor: i64) -> Option<i64> {
        if self.free_from_minor.is_some_and(|free| items_minor >= free) {
            return Some(0);
        }
        let included = u64::from(self.included_g);
        if included == 0 || weight_g <= included {
            return Some(self.price.minor);
        }
        let further_kg = i64::try_from((weight_g - included).div_ceil(1_000)).ok()?;
        self.per_kg_minor.checked_mul(further_kg)?.checked_add(self.price.minor)
    }
}

/// Shipping prices. The first rate that fits counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShippingTable {
    rates: Vec<ShippingRate>,
}

impl ShippingTable {
    /// A table of rates, special ones first.
    #[must_use]
    pub const fn new(rates: Vec<ShippingRate>) -> Self {
        Self { rates }
    }

    /// The rate by which a method ships to a country, in a currency.
    #[must_use]
    pub fn rate(
        &self,
        method: ShippingMethod,
        country: Country,
        currency: souk_kernel::Currency,
    ) -> Option<&ShippingRate> {
        self.rates.iter().find(|rate| {
            rate.method == method
                && rate.price.currency == currency
                && (rate.countries.is_empty() || rate.countries.contains(&country))
        })
    }
}
