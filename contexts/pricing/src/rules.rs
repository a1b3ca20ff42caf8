//! The decision: what is charged for these lines, there, that way.
//!
//! Tax is computed on the sum of all lines of one rate and then distributed over them by largest
//! remainder: so the order's tax is the law's (rounded once), and the lines still add up to it.
//! Integers only; amounts are limited so that no product leaves 64 bits.

use crate::{
    Day, Destination, PricedLine, PricingError, Quote, QuoteLine, ShippingMethod, ShippingRate,
    ShippingTable, TaxRule, TaxTable,
};
use souk_kernel::{Currency, Money, Timestamp};

/// The most lines of an order.
pub const MAX_LINES: usize = 200;
/// The most pieces of a line.
pub const MAX_QUANTITY: u32 = 999;
/// The most that goods, or shipping, may cost, in minor units: times any rate it fits in 64 bits.
pub const MAX_AMOUNT: i64 = 100_000_000_000_000;

/// Basis points of a whole.
const WHOLE_BP: i64 = 10_000;

/// What `lines` cost, shipped to `destination` by `method`, if ordered `now`. The same inputs give
/// the same quote.
///
/// # Errors
/// Nothing to price, more than [`MAX_LINES`], a quantity outside 1 to [`MAX_QUANTITY`], several
/// currencies, a negative price, a sum above [`MAX_AMOUNT`], no shipping that way.
pub fn quote(
    lines: &[PricedLine],
    destination: &Destination,
    method: ShippingMethod,
    taxes: &TaxTable,
    shipping: &ShippingTable,
    now: Timestamp,
) -> Result<Quote, PricingError> {
    let currency = check(lines)?;
    let country = destination.country;
    let rule = taxes.rule(destination);
    let rate = shipping.rate(method, country, currency).ok_or(PricingError::NoShipping(country))?;

    let (mut quoted, items) = subtotals(lines, rule, currency)?;
    let goods_tax = tax_lines(&mut quoted, rule);
    let (shipping, shipping_tax) = shipping_cost(lines, items, rate, rule)?;
    let tax = goods_tax + shipping_tax;
    let on_top = if rule.inclusive { 0 } else { tax };

    let money = |minor| Money::new(minor, currency);
    let day = Day::of(now);
    Ok(Quote {
        lines: quoted,
        items: money(items),
        shipping: money(shipping),
        shipping_tax: money(shipping_tax),
        shipping_rate_bp: rule.rate_bp(rule.shipping),
        tax: money(tax),
        total: money(items + shipping + on_top),
        currency,
        tax_inclusive: rule.inclusive,
        country,
        shipping_method: method,
        delivery_from: day.plus_working_days(rate.days.0),
        delivery_to: day.plus_working_days(rate.days.1),
    })
}

fn check(lines: &[PricedLine]) -> Result<Currency, PricingError> {
    let first = lines.first().ok_or(PricingError::Empty)?;
    if lines.len() > MAX_LINES {
        return Err(PricingError::TooManyLines);
    }
    let currency = first.unit_price.currency;
    for line in lines {
        if line.quantity == 0 || line.quantity > MAX_QUANTITY {
            return Err(PricingError::Quantity);
        }
        if line.unit_price.currency != currency {
            return Err(PricingError::MixedCurrencies);
        }
        if line.unit_price.minor < 0 {
            return Err(PricingError::NegativePrice);
        }
    }
    Ok(currency)
}

/// The lines without tax yet, and the sum of their subtotals.
fn subtotals(
    lines: &[PricedLine],
    rule: &TaxRule,
    currency: Currency,
) -> Result<(Vec<QuoteLine>, i64), PricingError> {
    let mut quoted = Vec::with_capacity(lines.len());
    let mut items: i64 = 0;
    for line in lines {
        let subtotal = line.unit_price.times(line.quantity)?;
        items = items.checked_add(subtotal.minor).ok_or(PricingError::TooLarge)?;
        if items > MAX_AMOUNT {
            return Err(PricingError::TooLarge);
        }
        quoted.push(QuoteLine {
            item: line.clone(),
            rate_bp: rule.rate_bp(line.tax_class),
            subtotal,
            tax: Money::zero(currency),
            total: subtotal,
        });
    }
    Ok((quoted, items))
}

/// Fills in the lines' tax and totals; gives the sum of the tax.
fn tax_lines(lines: &mut [QuoteLine], rule: &TaxRule) -> i64 {
    let mut sum = tax_rate(lines, rule.standard_bp, rule.inclusive);
    if rule.reduced_bp != rule.standard_bp {
        sum += tax_rate(lines, rule.reduced_bp, rule.inclusive);
    }
    sum
}

/// Taxes the lines of one rate.
fn tax_rate(lines: &mut [QuoteLine], rate_bp: u16, inclusive: bool) -> i64 {
    if rate_bp == 0 {
        return 0;
    }
    let mut base = 0;
    let mut given = 0;
    for line in lines.iter_mut().filter(|line| line.rate_bp == rate_bp) {
        let (whole, _) = share(line.subtotal.minor, rate_bp, inclusive);
        line.tax.minor = whole;
        base += line.subtotal.minor;
        given += whole;
    }
    let tax = tax_of(base, rate_bp, inclusive);
    give_remainders(lines, rate_bp, inclusive, (tax - given) as usize);
    if !inclusive {
        for line in lines.iter_mut().filter(|line| line.rate_bp == rate_bp) {
            line.total.minor += line.tax.minor;
        }
    }
    tax
}

/// One minor unit more for each of the `count` lines with the largest remainders, the earlier ones
/// on a tie.
fn give_remainders(lines: &mut [QuoteLine], rate_bp: u16, inclusive: bool, count: usize) {
    if count == 0 {
        return;
    }
    let mut order: Vec<(i64, usize)> = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| line.rate_bp == rate_bp)
        .map(|(at, line)| (share(line.subtotal.minor, rate_bp, inclusive).1, at))
        .collect();
    order.sort_unstable_by_key(|&(remainder, at)| (std::cmp::Reverse(remainder), at));
    for &(_, at) in order.iter().take(count) {
        lines[at].tax.minor += 1;
    }
}

const fn divisor(rate_bp: u16, inclusive: bool) -> i64 {
    if inclusive { WHOLE_BP + rate_bp as i64 } else { WHOLE_BP }
}

/// The whole minor units of an amount's tax, and the remainder.
const fn share(amount: i64, rate_bp: u16, inclusive: bool) -> (i64, i64) {
    let exact = amount * rate_bp as i64;
    let divisor = divisor(rate_bp, inclusive);
    (exact / divisor, exact % divisor)
}

/// The tax in or on an amount, rounded half up.
const fn tax_of(amount: i64, rate_bp: u16, inclusive: bool) -> i64 {
    let (whole, remainder) = share(amount, rate_bp, inclusive);
    if remainder * 2 >= divisor(rate_bp, inclusive) { whole + 1 } else { whole }
}

/// The price of shipping and its tax.
fn shipping_cost(
    lines: &[PricedLine],
    items: i64,
    rate: &ShippingRate,
    rule: &TaxRule,
) -> Result<(i64, i64), PricingError> {
    // At most 200 × 999 × 4 billion: far from 64 bits.
    let weight = lines.iter().map(|line| u64::from(line.weight_g) * u64::from(line.quantity)).sum();
    let price = rate.price_minor(weight, items).ok_or(PricingError::TooLarge)?;
    if !(0..=MAX_AMOUNT).contains(&price) {
        return Err(PricingError::TooLarge);
    }
    Ok((price, tax_of(price, rule.rate_bp(rule.shipping), rule.inclusive)))
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
