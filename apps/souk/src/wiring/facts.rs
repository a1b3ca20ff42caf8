//! What mails say of orders, and what search says of products.

use async_trait::async_trait;
use souk_catalog::{CatalogService, Listing, Offer};
use souk_inventory::Stock;
use souk_kernel::{Answers, Clock, Event, OrderId, PortError, ProductId};
use souk_notifications::{Address, ItemLine, OrderDetails, OrderFacts};
use souk_orders::rules::link::OrderLinks;
use souk_orders::{Order, OrderEvent, Orders};
use souk_reviews::Reviews;
use souk_search::{Act, Document, Interest, Search, SearchError, Seen};
use souk_worker::Consumer;
use std::sync::Arc;

/// Orders, as mails describe them; and what opens their pages.
pub struct OrdersForMail(pub Arc<dyn Orders>, pub OrderLinks);

#[async_trait]
impl OrderFacts for OrdersForMail {
    async fn details(&self, orders: &[OrderId]) -> Result<Vec<Option<OrderDetails>>, PortError> {
        let found = self.0.orders(orders).await?;
        Ok(found.iter().map(|order| order.as_ref().map(|order| details(order, &self.1))).collect())
    }
}

fn details(order: &Order, links: &OrderLinks) -> OrderDetails {
    let quote = &order.quote;
    let line = |line: &souk_pricing::QuoteLine| ItemLine {
        title: line.item.title.to_string(),
        quantity: line.item.quantity,
        subtotal: line.subtotal,
    };
    let address = order
        .ship_to
        .as_deref()
        .map(|to| Address { name: to.name.clone(), lines: to.written().place() });
    let email = order.ship_to.as_deref().map(|to| to.email.clone());
    OrderDetails {
        id: order.id,
        number: order.number().to_string(),
        path: souk_storefront::order_link(links, order.id),
        email: email.filter(|email| !email.is_empty()),
        address,
        lines: quote.lines.iter().map(line).collect(),
        items: quote.items,
        shipping: quote.shipping,
        tax: quote.tax,
        tax_inclusive: quote.tax_inclusive,
        total: quote.total,
        delivery: quote.delivery(),
    }
}

/// Keeps the search index as the catalogue is.
pub struct Indexer {
    /// What is sold.
    pub catalog: Arc<CatalogService>,
    /// Finding it.
    pub search: Search,
    /// How many are left.
    pub stock: Arc<dyn Stock>,
    /// What shoppers say.
    pub reviews: Arc<dyn Reviews>,
}

impl Indexer {
    /// Publishes products as they stand now; takes out those that are gone.
    ///
    /// # Errors
    /// The store's or the index's.
    pub async fn publish(&self, products: &[ProductId]) -> Result<(), PortError> {
        let listings = self.catalog.listings(products).await?;
        let mut gone: Vec<ProductId> = Vec::new();
        let mut documents = Vec::with_capacity(listings.len());
        for (product, listing) in products.iter().zip(&listings) {
            let document = match listing {
                Some(listing) => self.document(listing).await?,
                None => None,
            };
            match document {
                Some(document) => documents.push(document),
                None => gone.push(*product),
            }
        }
        if !gone.is_empty() {
            self.search.withdraw(gone).await.map_err(failed)?;
        }
        self.search.publish(documents).await.map_err(failed)
    }

    /// A listing as search finds it; `None` when there is nothing to sell: hidden, no offers, or none but
    /// those of sellers who sell nothing at present.
    ///
    /// # Errors
    /// The store's.
    pub async fn document(&self, listing: &Listing) -> Result<Option<Document>, PortError> {
        let Some(offer) = listing.lead_offer().filter(|_| !listing.product.hidden) else {
            return Ok(None);
        };
        if listing.offers.iter().all(|offer| self.catalog.is_closed(offer.seller)) {
            return Ok(None);
        }
        let levels = self.stock.levels(offer.id).await?;
        let in_stock = offer.buyable && levels.iter().any(|l| l.level.available() > 0);
        let product = &listing.product;
        let said = self.reviews.summaries(&[product.id]).await?.pop().unwrap_or_default();
        let external = product.external.as_ref().map(|external| external.id.clone());
        Ok(Some(Document {
            product: product.id,
            offer: offer.id,
            seller: offer.seller,
            title: product.title.clone(),
            description: product.description.clone(),
            brand: product.brand.clone().unwrap_or_default(),
            codes: product.gtins.iter().cloned().chain(external).collect(),
            category: product.category_path.clone(),
            attributes: product.attributes.iter().map(|(n, v)| (n.clone(), v.clone())).collect(),
            price: offer.price,
            in_stock,
            rating_tenths: said.mean_tenths(),
            reviews: said.count(),
            fast_delivery: comes_fast(offer),
            created_at: product.created_at,
            image: product.images.first().cloned(),
            colours: listing.colours(),
        }))
    }
}

/// What the express carrier takes, packed.
const EXPRESS_UP_TO_G: u32 = 5_000;

/// Whether an offer can come by express: what it weighs is known, and not too much.
fn comes_fast(offer: &Offer) -> bool {
    (1..=EXPRESS_UP_TO_G).contains(&offer.weight_g)
}

fn failed(error: SearchError) -> PortError {
    match error {
        SearchError::Port(error) => error,
        other => PortError::Corrupt(other.to_string()),
    }
}

/// The product that a fact changes for search, if it does.
fn product_of(fact: &Event) -> Option<ProductId> {
    use souk_catalog::event::{OFFER_PRICE_CHANGED, OfferPriceChanged, PRODUCT_CHANGED};
    use souk_reviews::event::{REVIEWS_CHANGED, ReviewsChanged};
    match fact.kind.as_str() {
        PRODUCT_CHANGED => Some(ProductId::from_uuid(fact.aggregate.0)),
        // Its aggregate is the offer.
        OFFER_PRICE_CHANGED => {
            serde_json::from_str::<OfferPriceChanged>(&fact.body).ok().map(|body| body.product)
        }
        // Its aggregate is the review.
        REVIEWS_CHANGED => {
            serde_json::from_str::<ReviewsChanged>(&fact.body).ok().map(|body| body.product)
        }
        _ => None,
    }
}

#[async_trait]
impl Consumer for Indexer {
    fn name(&self) -> &'static str {
        "search"
    }

    async fn take(&self, facts: &[Event]) -> Answers<(), PortError> {
        let mut products: Vec<ProductId> = facts.iter().filter_map(product_of).collect();
        products.sort_unstable();
        products.dedup();
        if products.is_empty() {
            return facts.iter().map(|_| Ok(())).collect();
        }
        let done = self.publish(&products).await;
        facts.iter().map(|_| done.clone()).collect()
    }
}

/// Orders of one batch that search is told of.
const SAMPLE: usize = 32;

/// Tells search what was bought.
pub struct Buyers {
    orders: Arc<dyn Orders>,
    catalog: Arc<CatalogService>,
    search: Search,
    clock: Arc<dyn Clock>,
}

impl Buyers {
    /// Over the orders and what search is told of otherwise.
    pub fn new(orders: Arc<dyn Orders>, indexer: &Indexer, clock: &Arc<dyn Clock>) -> Self {
        let catalog = Arc::clone(&indexer.catalog);
        Self { orders, catalog, search: indexer.search.clone(), clock: Arc::clone(clock) }
    }

    async fn one(&self, fact: &Event) -> Result<(), PortError> {
        if !matches!(OrderEvent::from_name(&fact.kind), Some(OrderEvent::Confirmed)) {
            return Ok(());
        }
        let Some(order) = self.orders.order(OrderId::from_uuid(fact.aggregate.0)).await? else {
            return Ok(());
        };
        let products: Vec<ProductId> =
            order.quote.lines.iter().map(|line| line.item.product).collect();
        for listing in self.catalog.listings(&products).await?.into_iter().flatten() {
            let product = &listing.product;
            let interest = Interest {
                product: product.id,
                act: Act::Bought,
                brand: product.brand.clone().unwrap_or_default(),
                category: product.category_path.clone(),
                at: self.clock.now(),
            };
            self.search.saw(Seen { user: Some(order.user), interest });
        }
        Ok(())
    }
}

#[async_trait]
impl Consumer for Buyers {
    fn name(&self) -> &'static str {
        "buyers"
    }

    async fn take(&self, facts: &[Event]) -> Answers<(), PortError> {
        let mut answers = Vec::with_capacity(facts.len());
        for (at, fact) in facts.iter().enumerate() {
            // In a rush a sample says as much, and leaves the processor to the purchase.
            answers.push(if at < SAMPLE { self.one(fact).await } else { Ok(()) });
        }
        answers
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Demo};
    use crate::wiring::Shop;
    use souk_kernel::{LANES, Money};
    use souk_search::{Filters, Query};
    use souk_worker::RelaySettings;
    use std::time::Duration;

    /// What waits in the outbox goes to the index: one round of the relay.
    async fn round(shop: &Shop) {
        let lanes: Vec<u16> = (0..LANES).collect();
        let waiting = shop.outbox().pending(&lanes, 10_000).await.unwrap();
        let facts: Vec<Event> = waiting.into_iter().map(|(_, fact)| fact).collect();
        for consumer in shop.consumers.iter().filter(|consumer| consumer.name() == "search") {
            consumer.take(&facts).await.into_iter().for_each(|answer| answer.unwrap());
        }
    }

    /// A price is found as soon as its fact was told once, and the relay looks for facts many times a
    /// second: so it is found within one.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_changed_price_is_found_after_one_round() {
        let data = std::env::temp_dir().join(format!("souk-found-{}", std::process::id()));
        let config = Config { data: data.clone(), demo: Some(Demo::Shelf), ..Config::default() };
        let shop = Arc::new(Shop::open(&config).unwrap());
        crate::demo::fill(&shop).await.unwrap();
        round(&shop).await;
        let before = shop.search.search(&Query::new("kettle")).await.unwrap().hits.remove(0);
        let listing = shop.catalog.listing(before.product).await.unwrap().unwrap();
        let offer = listing.lead_offer().unwrap();
        let price = Money { minor: offer.price.minor + 98_765, ..offer.price };
        shop.catalog.set_price(offer.id, price, offer.version).await.unwrap();
        let dear = Filters { price_min: Some(98_765), ..Filters::default() };
        let dear = Query { filters: dear, ..Query::new("kettle") };
        assert_eq!(shop.search.search(&dear).await.unwrap().total, 0, "nobody was told yet");
        round(&shop).await;
        let mut found = shop.search.search(&dear).await.unwrap().hits;
        // Another variant may be the cheapest one now: then the card sells that.
        let listing = shop.catalog.listing(before.product).await.unwrap().unwrap();
        let lead = listing.lead_offer().unwrap().price;
        found.retain(|hit| hit.product == before.product);
        let shown = shop.search.search(&Query::new("kettle")).await.unwrap().hits;
        let shown = shown.iter().find(|hit| hit.product == before.product).unwrap();
        assert_eq!(shown.price, lead);
        assert_eq!(found.len(), usize::from(lead.minor >= 98_765));
        assert!(RelaySettings::default().idle <= Duration::from_millis(100));
        shop.store.close();
        let _ = std::fs::remove_dir_all(data);
    }
}
