//! Quotes by example, and what must hold for any order.

use super::*;
use crate::{Country, Pricing, TaxClass};
use proptest::prelude::*;
use souk_kernel::Id;
use std::sync::Arc;

/// Monday, 2026-11-23, noon.
const NOW: Timestamp = Timestamp(1_795_435_200_000);

fn line(quantity: u32, minor: i64, currency: Currency, tax_class: TaxClass) -> PricedLine {
    PricedLine {
        sku: Id::from_bytes([1; 16]),
        product: Id::from_bytes([2; 16]),
        variant: Id::from_bytes([3; 16]),
        seller: Id::from_bytes([4; 16]),
        title: Arc::from("Headphones"),
        quantity,
        unit_price: Money::new(minor, currency),
        tax_class,
        weight_g: 300,
        image: None,
    }
}

fn eur(quantity: u32, minor: i64) -> PricedLine {
    line(quantity, minor, Currency::Eur, TaxClass::Standard)
}

fn to(country: &[u8; 2], region: Option<&str>) -> Destination {
    let region = region.map(String::from);
    Destination { region, ..Destination::country(Country::of(country)) }
}

fn standard(lines: &[PricedLine], to: &Destination) -> Result<Quote, PricingError> {
    let shop = Pricing::default_shop(Currency::Eur);
    shop.quote(lines, to, ShippingMethod::Standard, NOW)
}

fn amounts(quote: &Quote) -> [i64; 5] {
    [quote.items, quote.shipping, quote.shipping_tax, quote.tax, quote.total].map(|m| m.minor)
}

#[test]
fn germany_includes_the_tax() {
    let quote = standard(&[eur(2, 1_299)], &to(b"DE", None)).unwrap();
    // 25.98 × 19/119 = 4.148; 4.90 × 19/119 = 0.782
    assert_eq!(amounts(&quote), [2_598, 490, 78, 415 + 78, 3_088]);
    assert!(quote.tax_inclusive);
    assert_eq!((quote.lines[0].rate_bp, quote.lines[0].total.minor), (1_900, 2_598));
    assert_eq!(quote.delivery(), "Wed 25 Nov to Fri 27 Nov");
}

#[test]
fn a_state_of_the_usa_adds_its_own() {
    let quote = standard(&[eur(2, 1_299)], &to(b"US", Some("us-ca"))).unwrap();
    // 25.98 × 7.25 % = 1.88355, shipping is not taxed there
    assert_eq!(amounts(&quote), [2_598, 490, 0, 188, 3_276]);
    assert_eq!(quote.lines[0].total.minor, 2_786);
    let texas = standard(&[eur(2, 1_299)], &to(b"US", Some("TX"))).unwrap();
    // 6.25 %: 1.62375 and 0.30625
    assert_eq!(amounts(&texas), [2_598, 490, 31, 162 + 31, 2_598 + 490 + 193]);
    let untaxed = standard(&[eur(2, 1_299)], &to(b"US", Some("XX"))).unwrap();
    assert_eq!((untaxed.tax.minor, untaxed.total.minor), (0, 3_088));
}

#[test]
fn classes_have_their_rates_and_the_rest_of_the_world_none() {
    let class = |class| line(1, 10_700, Currency::Eur, class);
    let lines = [class(TaxClass::Standard), class(TaxClass::Reduced), class(TaxClass::Zero)];
    let quote = standard(&lines, &to(b"DE", None)).unwrap();
    let taxes: Vec<i64> = quote.lines.iter().map(|line| line.tax.minor).collect();
    assert_eq!(taxes, [1_708, 700, 0]);
    assert_eq!((quote.shipping.minor, quote.tax.minor), (0, 2_408));
    assert_eq!(standard(&lines, &to(b"NZ", None)).unwrap().tax.minor, 0);
    for (country, tax) in [(b"FR", 558), (b"NL", 883), (b"AT", 973), (b"ES", 973), (b"GB", 510)] {
        let quote = standard(&[class(TaxClass::Reduced)], &to(country, None)).unwrap();
        assert_eq!(quote.tax.minor, tax, "{country:?}");
    }
}

#[test]
fn tax_is_rounded_once_and_given_to_the_largest_remainders() {
    // Three lines of 0.10 with 19 % on top are 0.019 each: 0.057 together, rounded to 0.06.
    let rule = TaxRule {
        country: Country::of(b"XX"),
        region: None,
        inclusive: false,
        standard_bp: 1_900,
        reduced_bp: 0,
        shipping: TaxClass::Zero,
    };
    let taxes = TaxTable::new(vec![rule]);
    let shipping = ShippingTable::default_shop(Currency::Eur);
    let lines = [eur(1, 10), eur(1, 13), eur(1, 10)];
    let method = ShippingMethod::Express;
    let to = to(b"XX", None);
    let quote = quote(&lines, &to, method, &taxes, &shipping, NOW).unwrap();
    // Exact: 1.9, 2.47, 1.9 = 6.27; the first line is before the third on the tie.
    let taxes: Vec<i64> = quote.lines.iter().map(|line| line.tax.minor).collect();
    assert_eq!((quote.tax.minor, taxes), (6, vec![2, 2, 2]));
}

#[test]
fn shipping_is_free_from_fifty_and_dearer_beyond_twenty_kilograms() {
    let de = to(b"DE", None);
    assert_eq!(standard(&[eur(1, 4_999)], &de).unwrap().shipping.minor, 490);
    assert_eq!(standard(&[eur(1, 5_000)], &de).unwrap().shipping.minor, 0);
    let heavy = PricedLine { weight_g: 10_100, ..eur(2, 100) };
    assert_eq!(standard(&[heavy], &de).unwrap().shipping.minor, 590);
    let shop = Pricing::default_shop(Currency::Eur);
    let express = shop.quote(&[eur(1, 9_000)], &de, ShippingMethod::Express, NOW).unwrap();
    assert_eq!(express.shipping.minor, 1_290);
    assert_eq!(express.delivery(), "Tue 24 Nov to Wed 25 Nov");
}

#[test]
fn what_can_not_be_quoted() {
    let de = to(b"DE", None);
    let refused = |lines: &[PricedLine]| standard(lines, &de).unwrap_err();
    assert_eq!(refused(&[]), PricingError::Empty);
    assert_eq!(refused(&vec![eur(1, 1); 201]), PricingError::TooManyLines);
    assert!(standard(&vec![eur(999, 1); 200], &de).is_ok());
    assert_eq!(refused(&[eur(0, 1)]), PricingError::Quantity);
    assert_eq!(refused(&[eur(1_000, 1)]), PricingError::Quantity);
    assert_eq!(refused(&[eur(1, -1)]), PricingError::NegativePrice);
    let usd = line(1, 1, Currency::Usd, TaxClass::Standard);
    assert_eq!(refused(&[eur(1, 1), usd.clone()]), PricingError::MixedCurrencies);
    assert_eq!(refused(&[usd]), PricingError::NoShipping(Country::of(b"DE")));
    assert_eq!(refused(&[eur(999, i64::MAX)]), PricingError::TooLarge);
    assert_eq!(refused(&[eur(1, i64::MAX), eur(1, i64::MAX)]), PricingError::TooLarge);
    assert_eq!(refused(&[eur(1, MAX_AMOUNT + 1)]), PricingError::TooLarge);
    assert!(standard(&[eur(1, MAX_AMOUNT)], &de).is_ok());
    let weighty = ShippingRate {
        method: ShippingMethod::Standard,
        countries: Vec::new(),
        price: Money::new(1, Currency::Eur),
        included_g: 1,
        per_kg_minor: i64::MAX / 2,
        free_from_minor: None,
        days: (1, 1),
    };
    let shipping = ShippingTable::new(vec![weighty]);
    let taxes = TaxTable::default_shop();
    let heavy = [PricedLine { weight_g: 9_000, ..eur(1, 1) }];
    let too_large = quote(&heavy, &de, ShippingMethod::Standard, &taxes, &shipping, NOW);
    assert_eq!(too_large, Err(PricingError::TooLarge));
}

#[test]
fn the_largest_order_at_the_largest_rate_stays_in_64_bits() {
    let rule = TaxRule {
        country: Country::of(b"XX"),
        region: None,
        inclusive: false,
        standard_bp: u16::MAX,
        reduced_bp: 0,
        shipping: TaxClass::Standard,
    };
    let shipping = ShippingTable::default_shop(Currency::Eur);
    let lines = [eur(1, MAX_AMOUNT)];
    let taxes = TaxTable::new(vec![rule]);
    let method = ShippingMethod::Standard;
    let quote = quote(&lines, &to(b"XX", None), method, &taxes, &shipping, NOW).unwrap();
    assert_eq!(quote.tax.minor, MAX_AMOUNT / 10_000 * i64::from(u16::MAX));
}

#[test]
fn a_special_rate_comes_before_the_general_one() {
    let rate = |countries: &[&[u8; 2]], minor| ShippingRate {
        method: ShippingMethod::Standard,
        countries: countries.iter().map(|c| Country::of(c)).collect(),
        price: Money::new(minor, Currency::Eur),
        included_g: 0,
        per_kg_minor: 0,
        free_from_minor: None,
        days: (1, 1),
    };
    let shipping = ShippingTable::new(vec![rate(&[b"AT", b"DE"], 100), rate(&[], 900)]);
    let price = |country| {
        let rate = shipping.rate(ShippingMethod::Standard, Country::of(country), Currency::Eur);
        rate.unwrap().price.minor
    };
    assert_eq!((price(b"DE"), price(b"FR")), (100, 900));
}

#[test]
fn a_stored_quote_reads_back_and_keeps_its_wire_form() {
    let mut item = eur(2, 1_299);
    item.image = Some(Arc::from("/media/7.webp"));
    let quote = standard(&[item, eur(1, 5)], &to(b"DE", None)).unwrap();
    let text = serde_json::to_string(&quote).unwrap();
    assert_eq!(serde_json::from_str::<Quote>(&text).unwrap(), quote);
    // Orders keep this for years: a change here is a change of what is stored.
    let expected = concat!(
        r#"{"currency":"EUR","lines":[{"sku":"01010101-0101-0101-0101-010101010101","#,
        r#""product":"02020202-0202-0202-0202-020202020202","#,
        r#""variant":"03030303-0303-0303-0303-030303030303","#,
        r#""seller":"04040404-0404-0404-0404-040404040404","title":"Headphones","quantity":2,"#,
        r#""price":1299,"class":"standard","weight_g":300,"image":"/media/7.webp","#,
        r#""rate_bp":1900,"subtotal":2598,"tax":415,"total":2598},"#,
    );
    assert!(text.starts_with(expected), "{text}");
    let end = concat!(
        r#""items":2603,"shipping":490,"shipping_tax":78,"shipping_bp":1900,"tax":494,"total":3093,"#,
        r#""inclusive":true,"country":"DE","method":"standard","#,
        r#""from":"2026-11-25","to":"2026-11-27"}"#,
    );
    assert!(text.ends_with(end), "{text}");
}

#[test]
fn countries_are_two_letters() {
    assert_eq!("de".parse(), Ok(Country::of(b"DE")));
    for bad in ["", "D", "DEU", "1A", "é"] {
        assert!(bad.parse::<Country>().is_err(), "{bad}");
    }
}

fn any_lines(currency: Currency) -> impl Strategy<Value = Vec<PricedLine>> {
    let any = (1_u32..=999, 0_i64..2_000_000, 0_usize..3)
        .prop_map(move |(n, minor, class)| line(n, minor, currency, TaxClass::ALL[class]));
    proptest::collection::vec(any, 1..=MAX_LINES)
}

fn any_order() -> impl Strategy<Value = (Vec<PricedLine>, Destination)> {
    let country = proptest::sample::select(vec![
        (b"DE", None),
        (b"FR", None),
        (b"CH", None),
        (b"DK", None),
        (b"JP", None),
        (b"US", Some("CA")),
        (b"US", Some("WA")),
        (b"US", None),
        (b"NZ", None),
    ]);
    // Currencies of 0, 2 and 3 decimals are all among them.
    let currency = proptest::sample::select(Currency::ALL.to_vec());
    let destination = country.prop_map(|(country, region)| to(country, region));
    (currency.prop_flat_map(any_lines), destination)
}

proptest! {
    #[test]
    fn parts_add_up((lines, to) in any_order(), express in any::<bool>()) {
        let currency = lines[0].unit_price.currency;
        let shop = Pricing::default_shop(currency);
        let method = ShippingMethod::ALL[usize::from(express)];
        let quote = shop.quote(&lines, &to, method, NOW).unwrap();
        prop_assert_eq!(&shop.quote(&lines, &to, method, NOW).unwrap(), &quote, "deterministic");

        let sum = |part: fn(&QuoteLine) -> i64| quote.lines.iter().map(part).sum::<i64>();
        prop_assert_eq!(sum(|line| line.subtotal.minor), quote.items.minor);
        prop_assert_eq!(
            sum(|line| line.tax.minor) + quote.shipping_tax.minor,
            quote.tax.minor
        );
        let on_top = if quote.tax_inclusive { 0 } else { quote.tax.minor };
        prop_assert_eq!(quote.items.minor + quote.shipping.minor + on_top, quote.total.minor);
        let shipping_on_top = if quote.tax_inclusive { 0 } else { quote.shipping_tax.minor };
        prop_assert_eq!(
            sum(|line| line.total.minor) + quote.shipping.minor + shipping_on_top,
            quote.total.minor
        );
        for (line, asked) in quote.lines.iter().zip(&lines) {
            prop_assert_eq!(&line.item, asked);
            prop_assert_eq!(line.subtotal.minor, asked.unit_price.minor * i64::from(asked.quantity));
            let (floor, rest) = share(line.subtotal.minor, line.rate_bp, quote.tax_inclusive);
            let most = floor + i64::from(rest > 0);
            prop_assert!((floor..=most).contains(&line.tax.minor), "within one of its share");
            prop_assert!(line.total.currency == currency && line.tax.currency == currency);
        }
    }

    /// The law's tax: of each rate's sum, rounded half up, once.
    #[test]
    fn each_rate_is_rounded_once((lines, to) in any_order()) {
        let shop = Pricing::default_shop(lines[0].unit_price.currency);
        let quote = shop.quote(&lines, &to, ShippingMethod::Standard, NOW).unwrap();
        for rate in quote.lines.iter().map(|line| line.rate_bp) {
            let of_rate = || quote.lines.iter().filter(|line| line.rate_bp == rate);
            let base: i128 = of_rate().map(|line| i128::from(line.subtotal.minor)).sum();
            let tax: i128 = of_rate().map(|line| i128::from(line.tax.minor)).sum();
            let whole = if quote.tax_inclusive { 10_000 + i128::from(rate) } else { 10_000 };
            let doubled = base * i128::from(rate) * 2;
            prop_assert_eq!(tax, (doubled + whole) / (2 * whole));
        }
    }

    #[test]
    fn any_stored_quote_reads_back((lines, to) in any_order()) {
        let shop = Pricing::default_shop(lines[0].unit_price.currency);
        let quote = shop.quote(&lines, &to, ShippingMethod::Standard, NOW).unwrap();
        let text = serde_json::to_string(&quote).unwrap();
        prop_assert_eq!(serde_json::from_str::<Quote>(&text).unwrap(), quote);
    }
}
