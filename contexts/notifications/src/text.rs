//! A letter as plain text.

use crate::model::{OrderDetails, Shop};
use crate::rules::Letter;
use std::fmt::Write as _;

/// What somebody else wrote, on one line: a title can't forge lines of the mail.
pub(crate) fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// The rows under the lines: label and amount.
pub(crate) fn sums(order: &OrderDetails) -> Vec<(&'static str, String)> {
    let free = order.shipping.minor == 0;
    let shipping = if free { String::from("free") } else { order.shipping.to_string() };
    let mut rows = vec![("Items", order.items.to_string()), ("Shipping", shipping)];
    if !order.tax_inclusive {
        rows.push(("Tax", order.tax.to_string()));
    }
    rows.push(("Total", order.total.to_string()));
    if order.tax_inclusive && order.tax.minor > 0 {
        rows.push(("Tax included", order.tax.to_string()));
    }
    rows
}

/// The letter with all that follows.
pub(crate) fn set(letter: &Letter, order: &OrderDetails, shop: &Shop) -> String {
    let mut out = format!("{}\n", letter.heading);
    for paragraph in &letter.says {
        let _ = write!(out, "\n{}\n", one_line(paragraph));
    }
    let _ = write!(out, "\n{}: {}\n", letter.button, shop.order_url(order.id));
    if letter.shows_order {
        let _ = write!(out, "\nOrder {}\n", one_line(&order.number));
        for line in &order.lines {
            let title = one_line(&line.title);
            let _ = writeln!(out, "  {} x {title}: {}", line.quantity, line.subtotal);
        }
        for (label, amount) in sums(order) {
            let _ = writeln!(out, "{label}: {amount}");
        }
    }
    if letter.shows_delivery {
        let _ = write!(out, "\nEstimated delivery: {}\n", order.delivery);
        if let Some(address) = &order.address {
            let _ = write!(out, "\nDelivery to\n  {}\n", one_line(&address.name));
            for line in &address.lines {
                let _ = writeln!(out, "  {}", one_line(line));
            }
        }
    }
    let _ = write!(out, "\n{}\n{}\n", one_line(&shop.name), shop.base_url);
    out
}
