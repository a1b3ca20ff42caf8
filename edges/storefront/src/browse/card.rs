//! A product as a card in a list: the whole card is one link.

use super::picture::Picture;
use super::product_path;
use crate::reviews::StarsView;
use crate::state::App;
use crate::words::thousands;
use serde::Serialize;
use souk_catalog::Listing;
use souk_catalog::picture::swatch;
use souk_kernel::{Money, OfferId, ProductId};
use souk_orders::BuyerLine;
use souk_pricing::{Destination, ShippingMethod};
use souk_search::Hit;

#[derive(Debug, Serialize)]
pub struct Card {
    pub href: String,
    pub picture: Picture,
    pub title: String,
    pub brand: String,
    pub price: String,
    /// The lowest price of the 30 days before it became cheaper; empty: it did not.
    pub was: String,
    pub sold_out: bool,
    /// What others say of it, if anybody does.
    pub stars: Option<StarsView>,
    pub reviews: String,
    /// `by Thu 3 Dec`; empty when nobody can say.
    pub arrives: String,
    /// The colours that it comes in, as far as they can be shown.
    pub colours: Vec<Dot>,
    /// How many more there are.
    pub more_colours: usize,
    /// What its heart wishes for; empty: nothing.
    pub wish: String,
    #[serde(skip)]
    pub product: ProductId,
    #[serde(skip)]
    offer: Option<OfferId>,
    #[serde(skip)]
    express: bool,
}

/// A colour as a dot.
#[derive(Debug, Serialize)]
pub struct Dot {
    pub name: String,
    /// Six hexadecimal digits.
    pub colour: String,
}

/// Colours shown on a card.
const DOTS: usize = 5;

/// The first colours; none when one of them has no known shade.
fn dots(colours: &[String]) -> Vec<Dot> {
    let dot = |name: &String| Dot { name: name.clone(), colour: swatch(name) };
    let dots: Vec<Dot> = colours.iter().take(DOTS).map(dot).collect();
    if dots.iter().any(|dot| dot.colour.is_empty()) { Vec::new() } else { dots }
}

impl Card {
    pub fn of_hit(app: &App, hit: &Hit) -> Self {
        Self {
            href: product_path(hit.product),
            picture: Picture::card(app, hit.product, &hit.title, &hit.brand, hit.image.as_deref()),
            title: hit.title.clone(),
            brand: hit.brand.clone(),
            price: price_text(hit.price),
            was: String::new(),
            sold_out: !hit.in_stock,
            stars: (hit.reviews > 0).then(|| StarsView::of(hit.rating_tenths)),
            reviews: thousands(u64::from(hit.reviews)),
            arrives: String::new(),
            colours: dots(&hit.colours),
            more_colours: hit.colours.len().saturating_sub(DOTS),
            wish: hit.offer.to_string(),
            product: hit.product,
            offer: Some(hit.offer),
            express: hit.fast_delivery,
        }
    }

    /// Without the index: stock and reviews are not known here, so nothing is said of them.
    pub fn of_listing(app: &App, listing: &Listing) -> Self {
        let product = &listing.product;
        let offer = listing.lead_offer();
        let brand = product.brand.as_deref().unwrap_or_default();
        let image = product.images.first().map(String::as_str);
        Self {
            href: product_path(product.id),
            picture: Picture::card(app, product.id, &product.title, brand, image),
            title: product.title.clone(),
            brand: product.brand.clone().unwrap_or_default(),
            price: offer.map_or_else(String::new, |offer| price_text(offer.price)),
            was: String::new(),
            sold_out: offer.is_none_or(|offer| !offer.buyable),
            stars: None,
            reviews: String::new(),
            arrives: String::new(),
            colours: Vec::new(),
            more_colours: 0,
            wish: offer.map_or_else(String::new, |offer| offer.id.to_string()),
            product: product.id,
            offer: offer.map(|offer| offer.id),
            express: false,
        }
    }
}

/// Says on each card when it would come: by express what can, the rest as usual. Days hang on the way
/// of shipping and on the destination, so two quotes do for a whole list.
pub async fn say_arrivals(app: &App, cards: &mut [Card]) {
    for (express, method) in [(false, ShippingMethod::Standard), (true, ShippingMethod::Express)] {
        let fits = |card: &Card| card.express == express && !card.sold_out;
        let offer = cards.iter().find(|card| fits(card)).and_then(|card| card.offer);
        let Some(offer) = offer else { continue };
        let Some(day) = arrival(app, offer, method).await else { continue };
        for card in cards.iter_mut().filter(|card| fits(card)) {
            card.arrives = format!("by {day}");
        }
    }
}

/// The last of the days on which an offer would come.
async fn arrival(app: &App, offer: OfferId, method: ShippingMethod) -> Option<String> {
    let line = [BuyerLine { sku: offer, quantity: 1 }];
    let destination = Destination::country(app.shop.country);
    let quote = app.saga.quote(&line, &destination, method).await.ok()?;
    Some(quote.delivery_to.short())
}

/// A price of zero is one that nobody knows: it is not shown as free.
pub fn price_text(price: Money) -> String {
    if price.minor > 0 { price.to_string() } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_dots_when_all_of_them_have_a_shade() {
        let named = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(ToString::to_string).collect();
            dots(&names).into_iter().map(|dot| dot.name).collect::<Vec<_>>()
        };
        assert_eq!(named(&["Black", "Dark grey"]), ["Black", "Dark grey"]);
        assert_eq!(named(&["Black", "Qwertz"]), Vec::<String>::new());
        assert_eq!(named(&["Black"; 9]).len(), DOTS);
    }
}
