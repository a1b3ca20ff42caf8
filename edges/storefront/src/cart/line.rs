//! A line of the cart as the page shows it: what it is, what it costs now and did before, what to say.

use crate::browse::{picture_path, product_path};
use serde::Serialize;
use souk_cart::{CartView, LineView, Notice};
use souk_catalog::OfferView;
use souk_kernel::Money;
use std::sync::Arc;

#[derive(Serialize)]
pub struct Line {
    offer: String,
    title: String,
    /// The choice of options: "Black, 64 GB"; may be empty.
    variant: String,
    href: String,
    picture: String,
    unit: String,
    /// The price that the shopper saw last, when it was another one.
    was: String,
    cheaper: bool,
    quantity: u32,
    subtotal: String,
    buyable: bool,
    /// So many can be bought, when that is fewer than are wanted; 0: none.
    available: u32,
    /// Whether it can be bought at all, in some quantity.
    there: bool,
    notices: Vec<Said>,
}

/// A notice in words.
#[derive(Serialize)]
struct Said {
    text: String,
    /// `bad`: stops the checkout; `wait`: to know; `good`: to be glad of.
    tone: &'static str,
}

/// Pieces times price, as far as a number goes.
fn times(price: Money, quantity: u32) -> Money {
    let sum = price.minor.checked_mul(i64::from(quantity));
    Money::new(sum.unwrap_or(i64::MAX), price.currency)
}

impl Line {
    /// A line in the cart, with what is to be told of it.
    pub fn of(cart: &CartView, line: &LineView, about: Option<&Arc<OfferView>>) -> Self {
        let own = cart.notices.iter().filter(|notice| notice.offer() == line.offer);
        Self { notices: own.map(words).collect(), ..Self::bare(line, about) }
    }

    /// A line that is saved for later: what changed is seen, nobody is stopped.
    pub fn bare(line: &LineView, about: Option<&Arc<OfferView>>) -> Self {
        let product = about.map(|about| about.product);
        // What is hidden has no page.
        let page = about.filter(|about| !about.hidden);
        let title = about.map_or("A product that is gone", |about| &about.title);
        let (title, variant) = title.rsplit_once(" – ").unwrap_or((title, ""));
        let differs = line.was != line.price && line.was.currency == line.price.currency;
        Self {
            offer: line.offer.to_string(),
            title: title.to_owned(),
            variant: variant.to_owned(),
            href: page.map_or_else(String::new, |about| product_path(about.product)),
            picture: product.map_or_else(String::new, picture_path),
            unit: line.price.to_string(),
            was: if differs { line.was.to_string() } else { String::new() },
            cheaper: line.price.minor < line.was.minor,
            quantity: line.quantity,
            subtotal: times(line.price, line.quantity).to_string(),
            buyable: line.buyable,
            available: line.available,
            there: line.available > 0,
            notices: Vec::new(),
        }
    }
}

fn words(notice: &Notice) -> Said {
    let (tone, text) = match notice {
        Notice::Capped { quantity, .. } => ("wait", format!("Limited to {quantity} pieces.")),
        Notice::SavedInstead { .. } => {
            ("wait", "There was no room in the cart: this is saved for later.".into())
        }
        Notice::NotMerged { .. } => ("wait", "There was no room for this.".into()),
        Notice::PriceChanged { from, to, .. } if to.minor < from.minor => {
            ("good", format!("Good news: now {to}, it was {from} when you added it."))
        }
        Notice::PriceChanged { from, to, .. } => {
            ("wait", format!("The price went up from {from} to {to} since you added it."))
        }
        Notice::StockShort { available: 0, .. } => {
            ("bad", "Sold out. Save it for later or remove it to go on.".into())
        }
        Notice::StockShort { available, .. } => {
            ("bad", format!("Only {available} left. Choose fewer to go on."))
        }
        Notice::Gone { .. } => ("bad", "No longer for sale. Remove it to go on.".into()),
    };
    Said { text, tone }
}

/// What a merge had to say of offers that have no line to say it at.
pub fn loose(cart: &CartView) -> Vec<String> {
    let has_line = |notice: &&Notice| cart.lines.iter().any(|line| line.offer == notice.offer());
    let loose = cart.notices.iter().filter(|notice| !has_line(notice));
    let mut moved = (0, 0);
    loose.for_each(|notice| match notice {
        Notice::SavedInstead { .. } => moved.0 += 1,
        Notice::NotMerged { .. } => moved.1 += 1,
        _ => {}
    });
    let mut said = Vec::new();
    if moved.0 > 0 {
        said.push(format!("Your cart is full: {} saved for later instead.", things(moved.0)));
    }
    if moved.1 > 0 {
        said.push(format!("Your cart is full: {} left out when you signed in.", things(moved.1)));
    }
    said
}

fn things(many: usize) -> String {
    if many == 1 { "one thing was".into() } else { format!("{many} things were") }
}
