//! An order's frozen content adds up, and is what was shown and charged.

use super::Order;
use crate::ids;
use crate::report::Collector;
use crate::stock;
use serde::Deserialize;

#[derive(Deserialize)]
struct Line<'a> {
    sku: &'a str,
    quantity: i64,
    price: i64,
    subtotal: i64,
    tax: i64,
    total: i64,
}

#[derive(Deserialize)]
struct Quote<'a> {
    currency: &'a str,
    #[serde(borrow)]
    lines: Vec<Line<'a>>,
    items: i64,
    shipping: i64,
    shipping_tax: i64,
    tax: i64,
    total: i64,
    inclusive: bool,
}

/// Checks the content; gives the sum of its goods, to be compared with its stock.
pub fn check(order: &Order<'_>, found: &mut Collector) -> Option<u64> {
    let Some(text) = order.quote else {
        found.add("no-lost-order", order.named(), "its content is missing");
        return None;
    };
    let Ok(quote) = serde_json::from_str::<Quote<'_>>(text) else {
        found.add("no-lost-order", order.named(), "its content is not understood");
        return None;
    };
    if let Some(wrong) = quote.wrong() {
        found.add("charged-as-shown", order.named(), wrong);
    }
    if (quote.total, quote.currency) != (order.total, order.currency) {
        let what = format!(
            "costs {} {}, its content says {} {}",
            order.total, order.currency, quote.total, quote.currency
        );
        found.add("charged-as-shown", order.named(), what);
    }
    if let Some(shown) = order.shown
        && shown != text
        && !serde_json::from_str::<Quote<'_>>(shown).is_ok_and(|shown| shown.same(&quote))
    {
        found.add("charged-as-shown", order.named(), "its content is not what its checkout showed");
    }
    quote.goods()
}

impl Quote<'_> {
    /// What does not add up.
    fn wrong(&self) -> Option<String> {
        let sum =
            |of: fn(&Line<'_>) -> i64| self.lines.iter().map(|l| i128::from(of(l))).sum::<i128>();
        let is = |is: i64, what: &str, should: i128| {
            (i128::from(is) != should).then(|| format!("its {what} {is} should be {should}"))
        };
        for line in &self.lines {
            let on_top = if self.inclusive { 0 } else { line.tax };
            let subtotal = i128::from(line.price) * i128::from(line.quantity);
            let wrong = is(line.subtotal, "line's subtotal", subtotal)
                .or_else(|| is(line.total, "line's total", subtotal + i128::from(on_top)));
            if wrong.is_some() {
                return wrong;
            }
        }
        let tax = sum(|line| line.tax) + i128::from(self.shipping_tax);
        let on_top = if self.inclusive { 0 } else { tax };
        is(self.items, "sum of items", sum(|line| line.subtotal))
            .or_else(|| is(self.tax, "tax", tax))
            .or_else(|| {
                let total = i128::from(self.items) + i128::from(self.shipping) + on_top;
                is(self.total, "total", total)
            })
    }

    /// The same goods at the same prices, for the same total.
    fn same(&self, other: &Quote<'_>) -> bool {
        let goods = |quote: &Quote<'_>| -> Vec<_> {
            quote.lines.iter().map(|l| (l.sku.to_owned(), l.quantity, l.price, l.total)).collect()
        };
        (self.total, self.currency, self.tax) == (other.total, other.currency, other.tax)
            && goods(self) == goods(other)
    }

    fn goods(&self) -> Option<u64> {
        let one = |line: &Line<'_>| {
            ids::parse(line.sku).map(|sku| stock::goods(ids::key(&sku), line.quantity))
        };
        self.lines.iter().map(one).try_fold(0_u64, |sum, line| Some(sum.wrapping_add(line?)))
    }
}
