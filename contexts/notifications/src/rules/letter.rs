//! A mail before it is set in text or HTML.

use crate::model::{OrderDetails, Shop};

/// The one thing to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Button {
    pub(crate) says: &'static str,
    pub(crate) url: String,
}

/// What follows the words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Block {
    /// What was bought, and the sums under it.
    Goods { heading: String, lines: Vec<Good>, sums: Vec<(&'static str, String)> },
    /// One value under its name.
    Fact { heading: &'static str, value: String },
    /// Lines under a heading.
    Lines { heading: &'static str, lines: Vec<String> },
    /// A thing and what it costs, with the price before.
    Offer { title: String, price: String, before: Option<String> },
}

/// A line of what was bought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Good {
    pub(crate) quantity: u32,
    pub(crate) title: String,
    pub(crate) amount: String,
}

/// A mail's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Letter {
    pub(crate) subject: String,
    pub(crate) heading: String,
    /// Paragraphs; the first is what lists of mails show beside the subject.
    pub(crate) says: Vec<String>,
    pub(crate) button: Button,
    pub(crate) blocks: Vec<Block>,
    /// Why it was sent.
    pub(crate) because: &'static str,
    /// Where such mails are declined.
    pub(crate) decline: Option<String>,
}

impl Letter {
    /// A letter of an order, with a button to its page.
    pub(crate) fn of_order(
        order: &OrderDetails,
        shop: &Shop,
        (subject, heading): (String, &str),
        says: Vec<String>,
    ) -> Self {
        Self {
            subject,
            heading: heading.to_owned(),
            says,
            button: Button { says: "View your order", url: shop.url(&order.path) },
            blocks: Vec::new(),
            because: "because of your order",
            decline: None,
        }
    }

    /// With another text on the button.
    pub(crate) fn button(mut self, says: &'static str) -> Self {
        self.button.says = says;
        self
    }

    /// With more under the words.
    pub(crate) fn with(mut self, blocks: impl IntoIterator<Item = Block>) -> Self {
        self.blocks.extend(blocks);
        self
    }
}

impl Block {
    /// What was bought.
    pub(crate) fn goods(order: &OrderDetails) -> Self {
        let line = |line: &crate::ItemLine| Good {
            quantity: line.quantity,
            title: line.title.clone(),
            amount: line.subtotal.to_string(),
        };
        Self::Goods {
            heading: format!("Order {}", order.number),
            lines: order.lines.iter().map(line).collect(),
            sums: sums(order),
        }
    }

    /// When and where it comes.
    pub(crate) fn delivery(order: &OrderDetails) -> Vec<Self> {
        let mut blocks = Vec::new();
        if !order.delivery.is_empty() {
            let value = order.delivery.clone();
            blocks.push(Self::Fact { heading: "Estimated delivery", value });
        }
        blocks.extend(Self::address(order));
        blocks
    }

    /// Where it comes.
    pub(crate) fn address(order: &OrderDetails) -> Option<Self> {
        let address = order.address.as_ref()?;
        let lines = std::iter::once(&address.name).chain(&address.lines).cloned().collect();
        Some(Self::Lines { heading: "Delivery to", lines })
    }
}

/// The rows under the lines: label and amount.
fn sums(order: &OrderDetails) -> Vec<(&'static str, String)> {
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
