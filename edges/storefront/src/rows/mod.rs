//! Rows of products: popular, cheaper than before, bought together, alike, looked at.
//!
//! Rows on pages that are the same for everyone are the same for everyone, and are made once in half a
//! minute. What is a shopper's own comes as a fragment that a small script asks for; without it the
//! same stands behind a plain link.

mod deals;
mod kept;
mod mine;

pub use kept::Kept;

use crate::browse::{Card, say_arrivals};
use crate::render;
use crate::state::App;
use crate::words::thousands;
use axum::Router;
use axum::routing::{get, post};
use serde::Serialize;
use souk_catalog::Listing;
use souk_insights::Deal;
use souk_kernel::{OfferId, PortError, ProductId};
use souk_search::{Hit, Like, Query, Sort};
use souk_webkit::Problem;
use std::sync::Arc;

/// Cards in a row.
pub const ROW: usize = 8;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/deals", get(deals::page))
        .route("/rows/mine", get(mine::fragment))
        .route("/recent", get(mine::page))
        .route("/recent/forget", post(mine::forget))
}

/// A row as pages show it.
#[derive(Serialize)]
pub struct Row {
    pub title: &'static str,
    /// Where there is more of it; empty: nowhere.
    pub href: &'static str,
    pub cards: Vec<Card>,
    #[serde(skip)]
    pub shown: Vec<ProductId>,
}

impl Row {
    fn of(title: &'static str, href: &'static str, cards: Vec<Card>) -> Option<Self> {
        let shown = cards.iter().map(|card| card.product).collect();
        (!cards.is_empty()).then_some(Self { title, href, cards, shown })
    }

    /// A row of hits.
    pub fn of_hits(
        app: &App,
        title: &'static str,
        href: &'static str,
        hits: &[Hit],
    ) -> Option<Self> {
        Self::of(title, href, hits.iter().map(|hit| Card::of_hit(app, hit)).collect())
    }
}

/// Products as cards, in that order, with stock and stars; those that are gone are left out.
async fn cards(app: &App, products: &[ProductId]) -> Result<Vec<Card>, PortError> {
    if products.is_empty() {
        return Ok(Vec::new());
    }
    let listings = app.catalog.listings(products).await?;
    let listings: Vec<Listing> = listings.into_iter().flatten().collect();
    let leads: Vec<Option<OfferId>> =
        listings.iter().map(|listing| listing.lead_offer().map(|offer| offer.id)).collect();
    let asked: Vec<OfferId> = leads.iter().flatten().copied().collect();
    let there = app.carts.offerings(&asked).await.map_err(|error| match error {
        souk_cart::CartError::Port(error) => error,
        other => PortError::Corrupt(other.to_string()),
    })?;
    let found: Vec<ProductId> = listings.iter().map(|listing| listing.product.id).collect();
    let said = app.reviews.store().summaries(&found).await?;
    let cards = listings.iter().zip(leads).zip(said).map(|((listing, lead), said)| {
        let place = asked.iter().position(|offer| Some(*offer) == lead);
        let now = place.and_then(|place| there.get(place)).copied().flatten();
        let mut card = Card::of_listing(app, listing);
        card.sold_out = now.is_none_or(|now| now.available == 0);
        card.rate(said.mean_tenths(), said.count());
        card
    });
    Ok(cards.collect())
}

/// A row decorates: without it the page still stands.
fn or_none<T>(found: Result<Vec<T>, PortError>, what: &'static str) -> Vec<T> {
    found.unwrap_or_else(|error| {
        tracing::warn!(%error, row = what, "a row is left out");
        Vec::new()
    })
}

/// What is popular and can be bought, without what is shown above.
pub async fn popular(app: &App, shown: &[ProductId]) -> Option<Row> {
    let found = or_none(app.insights.popular(4 * ROW).await, "popular");
    let found: Vec<ProductId> = found.into_iter().filter(|id| !shown.contains(id)).collect();
    let mut cards = or_none(cards(app, &found).await, "popular");
    cards.retain(|card| !card.sold_out);
    cards.truncate(ROW);
    Row::of("Popular now", "/search?sort=popular", cards)
}

/// What has become cheaper and can be bought: beside the lowest price of the 30 days before.
pub async fn deals(app: &App, limit: usize) -> Option<Row> {
    let deals = or_none(app.insights.deals(2 * limit).await, "deals");
    let products: Vec<ProductId> = deals.iter().map(|deal| deal.product).collect();
    let listings = or_none(app.catalog.listings(&products).await, "deals");
    let mut cards = or_none(cards(app, &products).await, "deals");
    cards.retain_mut(|card| {
        let deal = deals.iter().find(|deal| deal.product == card.product);
        let listing = listings.iter().flatten().find(|l| l.product.id == card.product);
        let lead = listing.and_then(Listing::lead_offer);
        // The card shows the lead offer: a deal of another one is not its deal, nor is a price that
        // has moved on.
        let own = deal.filter(|deal| {
            lead.is_some_and(|lead| {
                let same = lead.id == deal.offer || lead.price == deal.price;
                same && lead.price.minor < deal.was.minor
            })
        });
        if let Some(deal) = own {
            card.was = deal.was.to_string();
        }
        own.is_some() && !card.sold_out
    });
    cards.truncate(limit);
    Row::of("Deals", "/deals", cards)
}

/// What the rows of a product's page are made of.
pub struct Beside {
    /// The rows, as they stand on the page.
    pub html: String,
    /// The same for who has just put the product into the cart: once, and first what goes with it.
    pub after_adding: String,
    /// Its deal, if one of its offers is one.
    pub deal: Option<Deal>,
}

/// What stands beside a product: bought together, alike. The same for everyone, made once in a while.
pub async fn beside(app: &App, listing: &Listing) -> Result<Arc<Beside>, Problem> {
    let product = listing.product.id;
    if let Some(kept) = app.beside().get(product, app.now()) {
        return Ok(kept);
    }
    let companions = or_none(app.insights.together(product, ROW).await, "together");
    let companions: Vec<ProductId> = companions.iter().map(|one| one.product).collect();
    let mut together = or_none(cards(app, &companions).await, "together");
    together.retain(|card| !card.sold_out);
    let shown: Vec<ProductId> = together.iter().map(|card| card.product).collect();
    let related: Vec<Card> = related(app, listing, &shown).await;
    let deal = or_none(app.insights.deals_of(&[product]).await, "deal").pop().flatten();
    let mut rows: Vec<Row> =
        [Row::of("Bought together", "", together), Row::of("More like this", "", related)]
            .into_iter()
            .flatten()
            .collect();
    for row in &mut rows {
        say_arrivals(app, &mut row.cards).await;
    }
    let goes = rows.first().map_or_else(String::new, |row| row.goes_with_it(app));
    let html = render::part(app, "rows.html", &Rows { rows })?;
    let beside = Arc::new(Beside { html, after_adding: goes, deal });
    app.beside().put(product, app.now(), Arc::clone(&beside));
    Ok(beside)
}

/// What is like a product, without what is shown already.
async fn related(app: &App, listing: &Listing, shown: &[ProductId]) -> Vec<Card> {
    let product = &listing.product;
    let like = Like {
        product: product.id,
        brand: product.brand.clone().unwrap_or_default(),
        category: product.category_path.clone(),
        attributes: product.attributes.clone().into_iter().collect(),
        price: listing.lead_offer().map(|offer| offer.price),
    };
    match app.search.related(&like, 2 * ROW).await {
        Ok(hits) => {
            let others = hits.iter().filter(|hit| !shown.contains(&hit.product));
            others.take(ROW).map(|hit| Card::of_hit(app, hit)).collect()
        }
        Err(error) => {
            tracing::warn!(%error, "nothing is like it while search is away");
            Vec::new()
        }
    }
}

/// What a shopper will like, from what they looked at and bought, without what they know already;
/// nothing while too little is known of them.
async fn picked(app: &App, user: souk_kernel::UserId, known: &[ProductId]) -> Option<Row> {
    let taste = app.search.taste(Some(user)).await;
    if taste.is_empty() {
        return None;
    }
    let per_page = 4 * ROW as u32;
    let mut query = Query { taste, sort: Sort::Relevance, per_page, ..Query::default() };
    query.filters.in_stock = true;
    let mut hits = app.search.search(&query).await.ok()?.hits;
    hits.retain(|hit| !known.contains(&hit.product));
    hits.truncate(ROW);
    Row::of_hits(app, "Picked for you", "", &hits)
}

#[derive(Serialize)]
struct Rows {
    rows: Vec<Row>,
}

impl Row {
    /// The first cards, small, below "Added to your cart".
    fn goes_with_it(&self, app: &App) -> String {
        #[derive(Serialize)]
        struct Goes<'a> {
            cards: &'a [Card],
        }
        let few = &self.cards[..self.cards.len().min(4)];
        render::part(app, "goes_with_it.html", &Goes { cards: few }).unwrap_or_default()
    }
}

impl Card {
    /// Says what others think of it, if anybody does.
    fn rate(&mut self, tenths: u8, count: u32) {
        self.stars = (count > 0).then(|| crate::reviews::StarsView::of(tenths));
        self.reviews = thousands(u64::from(count));
    }
}
