//! The rates that a new shop starts with: a handful of real ones, to be replaced by configuration.

use crate::{
    Country, Pricing, ShippingMethod, ShippingRate, ShippingTable, TaxClass, TaxRule, TaxTable,
};
use souk_kernel::{Currency, Money};

/// Country, standard and reduced rate in basis points; prices include the tax.
const INCLUSIVE: [(&[u8; 2], u16, u16); 18] = [
    (b"AT", 2_000, 1_000),
    (b"BE", 2_100, 600),
    (b"CH", 810, 260),
    (b"CZ", 2_100, 1_200),
    (b"DE", 1_900, 700),
    (b"DK", 2_500, 2_500),
    (b"ES", 2_100, 1_000),
    (b"FR", 2_000, 550),
    (b"GB", 2_000, 500),
    (b"IE", 2_300, 1_350),
    (b"IT", 2_200, 1_000),
    (b"JP", 1_000, 800),
    (b"LU", 1_700, 800),
    (b"NL", 2_100, 900),
    (b"PL", 2_300, 800),
    (b"PT", 2_300, 600),
    (b"SE", 2_500, 1_200),
    (b"TR", 2_000, 1_000),
];

/// State of the USA, its own rate in basis points (cities and counties may add theirs), and whether
/// it taxes shipping; the tax is added to prices.
const EXCLUSIVE: [(&str, u16, bool); 9] = [
    ("CA", 725, false),
    ("FL", 600, false),
    ("IL", 625, true),
    ("MA", 625, false),
    ("NY", 400, true),
    ("OR", 0, false),
    ("PA", 600, true),
    ("TX", 625, true),
    ("WA", 650, true),
];

impl TaxTable {
    /// Real rates of a handful of countries; everywhere else is not taxed.
    #[must_use]
    pub fn default_shop() -> Self {
        let inclusive = INCLUSIVE.map(|(country, standard_bp, reduced_bp)| TaxRule {
            country: Country::of(country),
            region: None,
            inclusive: true,
            standard_bp,
            reduced_bp,
            shipping: TaxClass::Standard,
        });
        let state = |region: Option<&str>, standard_bp, taxes_shipping| TaxRule {
            country: Country::of(b"US"),
            region: region.map(String::from),
            inclusive: false,
            standard_bp,
            reduced_bp: 0,
            shipping: if taxes_shipping { TaxClass::Standard } else { TaxClass::Zero },
        };
        let mut rules = Vec::from(inclusive);
        rules.extend(EXCLUSIVE.map(|(region, bp, shipping)| state(Some(region), bp, shipping)));
        rules.push(state(None, 0, false));
        Self::new(rules)
    }
}

impl ShippingTable {
    /// Two methods to everywhere: standard for 4.90 (free from 50.00) in 2 to 4 working days,
    /// express for 12.90 in 1 to 2; 1.00 for each kilogram beyond 20. In another kind of money the
    /// amounts are of the same order.
    #[must_use]
    pub fn default_shop(currency: Currency) -> Self {
        // Of the amounts below, in hundredths: yen and won have no hundredths but are worth one
        // to ten, dinars have thousandths but are worth threefold.
        let minor = |hundredths: i64| match currency {
            Currency::Krw => hundredths * 10,
            Currency::Kwd | Currency::Bhd => hundredths * 4,
            Currency::Try => hundredths * 40,
            _ => hundredths,
        };
        let rate = |method, price, free_from: Option<i64>, days| ShippingRate {
            method,
            countries: Vec::new(),
            price: Money::new(minor(price), currency),
            included_g: 20_000,
            per_kg_minor: minor(100),
            free_from_minor: free_from.map(minor),
            days,
        };
        Self::new(vec![
            rate(ShippingMethod::Standard, 490, Some(5_000), (2, 4)),
            rate(ShippingMethod::Express, 1_290, None, (1, 2)),
        ])
    }
}

impl Pricing {
    /// The default rates of a shop that sells in one currency.
    #[must_use]
    pub fn default_shop(currency: Currency) -> Self {
        Self { taxes: TaxTable::default_shop(), shipping: ShippingTable::default_shop(currency) }
    }
}
