//! Sellers beside the rest of the shop: who is closed, and what search is told of it.

use super::Shop;
use super::facts::Indexer;
use crate::config::Config;
use async_trait::async_trait;
use souk_accounts::Hashing;
use souk_catalog::{CatalogService, Shelf};
use souk_fulfillment::FulfillmentService;
use souk_kernel::{Answers, Clock, Entropy, Event, Mint, OrderId, PortError, ProductId, SellerId};
use souk_seller::Follow;
use souk_sellers::event::SELLER_CHANGED;
use souk_sellers::{BookService, SellerService};
use souk_sqlite::Store;
use souk_staff::{Desk, FindOrders};
use souk_worker::{Bookkeeper, Consumer};
use std::process::ExitCode;
use std::sync::Arc;

/// Who sells, and their books.
pub struct Market {
    /// Their accounts.
    pub sellers: Arc<SellerService>,
    /// Their money and lists of orders.
    pub books: BookService,
    /// Who keeps them.
    pub bookkeeper: Arc<Bookkeeper>,
}

impl Market {
    /// Over a store, beside the catalogue and the parcels.
    pub fn open(
        store: &Arc<Store>,
        catalog: &Arc<CatalogService>,
        parcels: &FulfillmentService,
        hashing: Arc<dyn Hashing>,
        (clock, entropy, mint): (&Arc<dyn Clock>, &Arc<dyn Entropy>, &Mint),
    ) -> Self {
        let parts = (Arc::clone(clock), Arc::clone(entropy), mint.clone());
        let sellers = SellerService::new(store.clone(), Arc::clone(catalog), hashing, parts);
        let books = BookService::new(store.clone(), store.clone(), Arc::clone(clock), mint.clone());
        let (orders, parcels) = (store.clone(), parcels.clone());
        let bookkeeper = Bookkeeper { books: books.clone(), orders, parcels };
        Self { sellers: Arc::new(sellers), books, bookkeeper: Arc::new(bookkeeper) }
    }

    /// Who lets catalogue and search follow them.
    pub fn gatekeeper(
        &self,
        catalog: &Arc<CatalogService>,
        indexer: &Arc<Indexer>,
    ) -> Arc<dyn Consumer> {
        let (catalog, indexer) = (Arc::clone(catalog), Arc::clone(indexer));
        Arc::new(Gatekeeper { sellers: Arc::clone(&self.sellers), catalog, indexer })
    }
}

/// Products that search is told of together.
const PIECE: usize = 200;

/// Lets catalogue and search follow a seller that was approved, suspended or reactivated.
pub struct Gatekeeper {
    /// Who stands how.
    pub sellers: Arc<SellerService>,
    /// What they sell.
    pub catalog: Arc<CatalogService>,
    /// Where it is found.
    pub indexer: Arc<Indexer>,
}

impl Gatekeeper {
    async fn follow(&self, seller: SellerId) -> Result<(), PortError> {
        self.sellers.refresh().await?;
        let mut after = None;
        loop {
            let page = self.catalog.page(&Shelf::Seller(seller), after, PIECE).await?;
            let products: Vec<ProductId> = page.listings.iter().map(|l| l.product.id).collect();
            if !products.is_empty() {
                self.indexer.publish(&products).await?;
            }
            after = page.next;
            if after.is_none() {
                return Ok(());
            }
        }
    }
}

#[async_trait]
impl Consumer for Gatekeeper {
    fn name(&self) -> &'static str {
        "sellers"
    }

    async fn take(&self, facts: &[Event]) -> Answers<(), PortError> {
        let mut answers = Vec::with_capacity(facts.len());
        for fact in facts {
            answers.push(if fact.kind == SELLER_CHANGED {
                self.follow(SellerId::from_uuid(fact.aggregate.0)).await
            } else {
                Ok(())
            });
        }
        answers
    }
}

/// Orders of one piece of a backfill.
const BACKFILLED: usize = 500;

/// Writes sellers' books of every order where they are missing, the oldest first, and their lists of orders
/// anew. The shop must be closed.
#[expect(clippy::print_stdout, clippy::print_stderr, reason = "what a command says")]
pub fn backfill(config: &Config) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let done = runtime.map_err(|e| e.to_string()).and_then(|runtime| {
        let shop = Shop::open(config)?;
        let done = runtime.block_on(books_of_all(&shop)).map_err(|e| e.to_string());
        shop.store.close();
        done
    });
    match done {
        Ok(orders) => {
            println!("Sellers' books and lists are those of {orders} orders.");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("rebuild: {error}");
            ExitCode::from(2)
        }
    }
}

async fn books_of_all(shop: &Shop) -> Result<usize, PortError> {
    let desk: &dyn Desk = &*shop.store;
    let mut orders: Vec<OrderId> = Vec::new();
    loop {
        let before = orders.last().copied();
        let find = FindOrders { before, limit: BACKFILLED, ..FindOrders::default() };
        let page = desk.find_orders(&find).await?;
        orders.extend(&page);
        if page.len() < BACKFILLED {
            break;
        }
    }
    orders.reverse();
    for piece in orders.chunks(BACKFILLED) {
        shop.market.bookkeeper.backfill(piece, &*shop.store).await?;
    }
    Ok(orders.len())
}

/// What follows when a seller does something that no fact tells of.
pub struct Following {
    /// The lists of orders.
    pub books: Arc<Bookkeeper>,
    /// Search.
    pub indexer: Arc<Indexer>,
}

#[async_trait]
impl Follow for Following {
    async fn orders(&self, orders: &[OrderId]) -> Result<(), PortError> {
        self.books.follow(orders).await
    }

    async fn publish(&self, products: &[ProductId]) -> Result<(), PortError> {
        self.indexer.publish(products).await
    }
}
