//! The embedded shop: SQLite, Tantivy, the sandbox gateway, all in this process.

use super::facts::{Buyers, Indexer, OrdersForMail};
use super::gateway::SandboxGateway;
use super::measured::MeasuredGateway;
use super::nobody::NoGateway;
use super::offers::{CartPrices, CatalogOffers};
use super::people::{InBehaviour, InCart, InKept, InMails, InMarks, InOrders, InReviews};
use super::purchases::{Bought, Verifier};
use super::runtime::{OsEntropy, Tokio};
use super::sellers::Market;
use super::wishes::{InLists, InTrail};
use crate::config::{Config, Demo, GatewayChoice};
use crate::measures::Measures;
use souk_accounts::port::{Bearers, Courier, Keeper};
use souk_accounts::{Argon2id, Cost, Hashing, Service as Accounts, Settings};
use souk_batcher::{Batched, Batching, Linger};
use souk_cart::CartService;
use souk_catalog::{CACHED_OFFERS, CatalogService};
use souk_fulfillment::{FulfillmentService, Pace};
use souk_insights::InsightsService;
use souk_invoices::InvoiceService;
use souk_kernel::{
    Clock, Currency, Entropy, HOUR_MS, Mint, Outbox, Spawner, SystemClock, WarehouseId,
};
use souk_lists::ListService;
use souk_notifications::{Notifier, NotifierParts};
use souk_orders::rules::link::OrderLinks;
use souk_orders::{Orders, Saga, SagaParts, SagaSettings};
use souk_payments::{Gateway, Inbox, SavedMethodService};
use souk_pricing::Pricing;
use souk_reviews::Service as Reviews;
use souk_sandbox as sandbox;
use souk_search::{Index, Search, Watch};
use souk_sqlite::catalog::SqliteCatalog;
use souk_sqlite::{Options, Pressure, Store};
use souk_staff::Service as Staff;
use souk_staff::rules::factor::Seal;
use souk_tantivy::TantivyIndex;
use souk_webkit::{Gate, Limits, Offloaded, Sessions};
use souk_worker::{
    AlertMailer, Biller, Busy, Consumer, Herald, Learner, Lister, MoneyMover, Packer, ReadOnce,
};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// Everything that is open.
pub struct Shop {
    /// The relational store.
    pub store: Arc<Store>,
    /// The sandbox gateway; none in production.
    pub sandbox: Option<Arc<sandbox::Gateway>>,
    /// The purchase.
    pub saga: Saga,
    /// Parcels and returns.
    pub fulfillment: FulfillmentService,
    pub invoices: InvoiceService,
    pub methods: SavedMethodService,
    /// What is sold.
    pub catalog: Arc<CatalogService>,
    /// Finding it.
    pub search: Search,
    /// Carts.
    pub carts: CartService,
    /// Wishlists and alerts.
    pub lists: ListService,
    /// What shoppers looked at, and what goes with what.
    pub insights: InsightsService,
    /// Accounts.
    pub accounts: Arc<Accounts>,
    /// What shoppers say of products.
    pub reviews: Reviews,
    /// Who runs the shop.
    pub staff: Arc<Staff>,
    /// Who sells in it, and their books.
    pub market: Market,
    /// Sessions.
    pub sessions: Arc<Sessions>,
    /// Keeps search as the catalogue is.
    pub indexer: Arc<Indexer>,
    /// Who hears facts.
    pub consumers: Vec<Arc<dyn Consumer>>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Ids.
    pub mint: Mint,
    /// Where first stock is put, the main one first; never empty.
    pub warehouses: Vec<WarehouseId>,
    /// The shop's currency.
    pub currency: Currency,
    /// Its name.
    pub name: String,
    /// Notified when a gateway's message was kept.
    pub message_came: Arc<Notify>,
    /// What is counted.
    pub measures: Arc<Measures>,
    index: Arc<TantivyIndex>,
    needs_rebuild: bool,
}

impl Shop {
    /// Opens every engine.
    ///
    /// # Errors
    /// In words for whoever starts the shop.
    pub fn open(config: &Config) -> Result<Self, String> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let entropy: Arc<dyn Entropy> = Arc::new(OsEntropy);
        let mint = Mint::new(Arc::clone(&clock), Arc::clone(&entropy));
        let store = open_store(config, &clock)?;
        let found = TantivyIndex::open(&config.data.join("search")).map_err(|e| e.to_string())?;
        let index = Arc::new(found.index);
        let search = open_search(&index, &store, &clock);
        let catalog = open_catalog(&store, &clock);
        let currency: Currency = config.currency.parse().map_err(|_| "unknown currency")?;
        let measures = Arc::new(Measures::default());
        let (sandbox, gateway) = open_gateway(config, (&clock, &entropy), &measures)?;
        let methods = open_methods(&store, &gateway, &mint, &clock);
        let saga = open_saga(config, &store, gateway, &catalog, (&mint, &clock, currency));
        let fulfillment = open_fulfillment(config, &saga, &store);
        let invoices = InvoiceService::new(store.clone(), store.clone());
        let prices = Arc::new(CartPrices { catalog: Arc::clone(&catalog), stock: store.clone() });
        let carts = CartService::new(store.clone(), prices.clone(), Arc::clone(&clock));
        let lists = ListService::new(store.clone(), prices, mint.clone(), Arc::clone(&clock));
        let insights = InsightsService::new(store.clone(), Arc::clone(&clock));
        let hashing = open_hashing();
        let once = Arc::new(ReadOnce::new(store.clone()));
        let notifier = open_notifier(config, (&store, &once), &mint, &clock, &entropy);
        let keepers = keepers(&store, &clock, &insights, &methods);
        let tools = (&entropy, &mint, &notifier);
        let accounts = open_accounts(&store, &hashing, &clock, tools, keepers);
        let staff = open_staff(&store, Arc::clone(&hashing), (&clock, &entropy, &mint), config);
        let minting = (&clock, &entropy, &mint);
        let market = Market::open(&store, &catalog, &fulfillment, hashing, minting);
        let sessions = open_sessions(config, &accounts, &measures, &clock);
        let indexer = open_indexer(&store, &catalog, &search);
        let mut shop = Self {
            warehouses: warehouses(config.demo()),
            needs_rebuild: found.needs_rebuild,
            reviews: open_reviews(&store, &mint, &clock),
            store,
            sandbox,
            saga,
            fulfillment,
            invoices,
            methods,
            catalog,
            search,
            carts,
            lists,
            insights,
            accounts,
            staff,
            market,
            sessions,
            indexer,
            consumers: Vec::new(),
            clock,
            entropy,
            mint,
            currency,
            name: config.name.clone(),
            message_came: Arc::default(),
            measures,
            index,
        };
        shop.consumers = shop.listeners(notifier, once);
        Ok(shop)
    }

    /// Who hears facts, each in this order.
    fn listeners(&self, notifier: Arc<Notifier>, once: Arc<ReadOnce>) -> Vec<Arc<dyn Consumer>> {
        let store = &self.store;
        let parcels = self.fulfillment.clone();
        let biller = Biller { invoices: self.invoices.reading(once.clone()), parcels };
        vec![
            once.clone(),
            Arc::new(Lister(store.clone())),
            Arc::new(MoneyMover(self.saga.money().clone())),
            Arc::new(AlertMailer::new(&notifier, &self.accounts, &self.catalog)),
            notifier,
            Arc::new(Packer(self.fulfillment.clone())),
            Arc::new(self.market.bookkeeper.reading(once.clone())),
            Arc::new(biller),
            Arc::clone(&self.indexer) as Arc<dyn Consumer>,
            self.market.gatekeeper(&self.catalog, &self.indexer),
            Arc::new(Buyers::new(once.clone(), &self.indexer, &self.clock)),
            Arc::new(Learner::new(self.insights.clone(), once.clone())),
            Arc::new(Verifier { reviews: self.reviews.clone(), orders: once }),
            Arc::new(Herald(self.lists.clone())),
            Arc::clone(&self.measures) as Arc<dyn Consumer>,
        ]
    }

    /// The warehouses with their names for people.
    pub fn named_warehouses(&self) -> Vec<(WarehouseId, String)> {
        let names = ["Main", "East", "West"];
        self.warehouses.iter().copied().zip(names.map(String::from)).collect()
    }

    /// Where facts wait.
    pub fn outbox(&self) -> Arc<dyn Outbox> {
        self.store.clone()
    }

    /// Whether shoppers keep the store busy just now.
    pub fn busy(&self) -> Busy {
        let pressure = Pressure::of(self.store.clone());
        Arc::new(move || pressure.is_high())
    }

    /// Where gateways' messages wait.
    pub fn inbox(&self) -> Arc<dyn Inbox> {
        self.store.clone()
    }

    /// Whether the search index lacks products that the catalogue has.
    pub const fn needs_rebuild(&self) -> bool {
        self.needs_rebuild
    }

    /// Ends a rebuild of the search index.
    ///
    /// # Errors
    /// The index's.
    pub fn finish_rebuild(&self) -> Result<(), String> {
        self.index.finish_rebuild().map_err(|e| e.to_string())
    }
}

/// The warehouses, the same in every shop and process: three where the whole demo is shown, one else.
fn warehouses(demo: Demo) -> Vec<WarehouseId> {
    // They differ at the front: keys are made of that.
    let all = [b"souk-warehouse-1", b"east-warehouse-1", b"west-warehouse-1"];
    let many = if demo == Demo::All { all.len() } else { 1 };
    all[..many].iter().map(|name| WarehouseId::from_bytes(**name)).collect()
}

fn open_catalog(store: &Arc<Store>, clock: &Arc<dyn Clock>) -> Arc<CatalogService> {
    let shelves = Arc::new(SqliteCatalog::new(store.clone()));
    Arc::new(CatalogService::new(shelves, Arc::clone(clock), CACHED_OFFERS))
}

fn open_indexer(
    store: &Arc<Store>,
    catalog: &Arc<CatalogService>,
    search: &Search,
) -> Arc<Indexer> {
    Arc::new(Indexer {
        catalog: Arc::clone(catalog),
        search: search.clone(),
        stock: store.clone(),
        reviews: store.clone(),
    })
}

fn open_notifier(
    config: &Config,
    (store, orders): (&Arc<Store>, &Arc<ReadOnce>),
    mint: &Mint,
    clock: &Arc<dyn Clock>,
    entropy: &Arc<dyn Entropy>,
) -> Arc<Notifier> {
    Arc::new(Notifier::new(NotifierParts {
        mailbox: store.clone(),
        preferences: store.clone(),
        orders: Arc::new(OrdersForMail(orders.clone(), OrderLinks::of(&config.secret))),
        mint: mint.clone(),
        clock: Arc::clone(clock),
        entropy: Arc::clone(entropy),
        shop: config.writer(),
    }))
}

/// Who takes the money: the sandbox, or nobody.
fn open_gateway(
    config: &Config,
    (clock, entropy): (&Arc<dyn Clock>, &Arc<dyn Entropy>),
    measures: &Arc<Measures>,
) -> Result<(Option<Arc<sandbox::Gateway>>, Arc<MeasuredGateway>), String> {
    let (sandbox, gateway): (_, Arc<dyn Gateway>) = match config.gateway() {
        GatewayChoice::Sandbox => {
            let sandbox = open_sandbox(config, clock, entropy)?;
            (Some(Arc::clone(&sandbox)), Arc::new(SandboxGateway(sandbox)))
        }
        GatewayChoice::None => (None, Arc::new(NoGateway)),
    };
    Ok((sandbox, Arc::new(MeasuredGateway::new(gateway, Arc::clone(measures)))))
}

fn open_sandbox(
    config: &Config,
    clock: &Arc<dyn Clock>,
    entropy: &Arc<dyn Entropy>,
) -> Result<Arc<sandbox::Gateway>, String> {
    let folder = config.data.join("sandbox");
    std::fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let disk = sandbox::record::FileDisk::open(folder.join("record.jsonl"))
        .map_err(|e| format!("the sandbox's record: {e}"))?;
    let settings = sandbox::Config {
        origin: config.sandbox_origin(),
        authorize_latency_ms: config.sandbox_latency_ms,
        webhook_url: Some(format!("{}/api/v1/webhooks/sandbox", config.base_url())),
        return_origins: vec![config.base_url()],
        ..sandbox::Config::default()
    };
    let parts = sandbox::Parts {
        clock: Arc::clone(clock),
        entropy: Arc::clone(entropy),
        sink: Some(Arc::new(sandbox::HyperSink::new())),
    };
    sandbox::Gateway::open(settings, Box::new(disk), parts).map_err(|e| e.to_string())
}

fn open_saga(
    config: &Config,
    store: &Arc<Store>,
    gateway: Arc<MeasuredGateway>,
    catalog: &Arc<CatalogService>,
    (mint, clock, currency): (&Mint, &Arc<dyn Clock>, Currency),
) -> Saga {
    let spawner: Arc<dyn Spawner> = Arc::new(Tokio);
    let engine: Arc<dyn Orders> = store.clone();
    let batching = Batching { linger: Some(gather()), ..Batching::default() };
    let orders = Arc::new(Batched::new(engine, &spawner, &batching));
    Saga::new(SagaParts {
        orders,
        payments: store.clone(),
        stock: store.clone(),
        carts: store.clone(),
        offers: Arc::new(CatalogOffers(Arc::clone(catalog))),
        gateway,
        tables: Arc::new(Pricing::default_shop(currency)),
        mint: mint.clone(),
        clock: Arc::clone(clock),
        settings: SagaSettings {
            hold_ms: config.hold_seconds * 1_000,
            wallet_ms: config.wallet_seconds * 1_000,
            transfer_ms: config.transfer_seconds * 1_000,
            // A process that starts takes over what one before it left.
            owner: OsEntropy.next_u64() | 1,
            return_url: format!("{}/orders/return/", config.base_url()),
            ..SagaSettings::default()
        },
    })
}

fn open_store(config: &Config, clock: &Arc<dyn Clock>) -> Result<Arc<Store>, String> {
    let store = Store::open(&config.data, Arc::clone(clock), &Options::default());
    store.map_err(|e| e.to_string())
}

fn open_methods(
    store: &Arc<Store>,
    gateway: &Arc<MeasuredGateway>,
    mint: &Mint,
    clock: &Arc<dyn Clock>,
) -> SavedMethodService {
    SavedMethodService::new(store.clone(), gateway.clone(), mint.clone(), Arc::clone(clock))
}

fn open_sessions(
    config: &Config,
    accounts: &Arc<Accounts>,
    measures: &Arc<Measures>,
    clock: &Arc<dyn Clock>,
) -> Arc<Sessions> {
    let gate = Arc::new(Gate {
        limits: Limits::new(config.rate_limits, config.behind_proxy, Arc::clone(clock)),
        requests: measures.requests.clone(),
    });
    Arc::new(Sessions { accounts: Arc::clone(accounts), cookies: config.cookies(), gate })
}

/// Whoever comes while others wait shares a batch with them: one look into the store, one commit. Who
/// comes alone waits for nobody.
fn gather() -> Linger {
    Arc::new(|before| {
        Box::pin(async move {
            match before {
                0 | 1 => tokio::task::yield_now().await,
                _ => tokio::time::sleep(Duration::from_millis(2)).await,
            }
        })
    })
}

fn open_search(index: &Arc<TantivyIndex>, store: &Arc<Store>, clock: &Arc<dyn Clock>) -> Search {
    let watch = Arc::new(Watch::new(store.clone(), Arc::clone(clock)));
    Search::new(Arc::clone(index) as Arc<dyn Index>).watched(watch).worded(store.clone())
}

fn open_fulfillment(config: &Config, saga: &Saga, store: &Arc<Store>) -> FulfillmentService {
    let pace = Pace { speed: config.carrier_speed(), ..Pace::default() };
    FulfillmentService::beside(saga, store.clone(), pace)
}

/// One place where passwords are hashed: shoppers and staff wait in one line.
fn open_hashing() -> Arc<dyn Hashing> {
    Arc::new(Offloaded::new(Argon2id::new(Cost::RECOMMENDED), 2, 64))
}

fn open_reviews(store: &Arc<Store>, mint: &Mint, clock: &Arc<dyn Clock>) -> Reviews {
    let bought = Arc::new(Bought { orders: store.clone(), parcels: store.clone() });
    Reviews::new(store.clone(), bought, mint.clone(), Arc::clone(clock))
}

fn open_staff(
    store: &Arc<Store>,
    hashing: Arc<dyn Hashing>,
    (clock, entropy, mint): (&Arc<dyn Clock>, &Arc<dyn Entropy>, &Mint),
    config: &Config,
) -> Arc<Staff> {
    let (clock, entropy) = (Arc::clone(clock), Arc::clone(entropy));
    let staff = Staff::new(store.clone(), hashing, clock, entropy, mint.clone());
    Arc::new(staff.with_factors(Seal::of(&config.secret), !config.is_sandbox()))
}

/// The staff of a shop that is closed.
///
/// # Errors
/// The store's: also when the shop is open.
pub fn open_closed_staff(config: &Config) -> Result<Arc<Staff>, String> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let entropy: Arc<dyn Entropy> = Arc::new(OsEntropy);
    let mint = Mint::new(Arc::clone(&clock), Arc::clone(&entropy));
    let store = Store::open(&config.data, Arc::clone(&clock), &Options::default());
    let store = store.map_err(|e| e.to_string())?;
    Ok(open_staff(&store, open_hashing(), (&clock, &entropy, &mint), config))
}

/// Everywhere that something of people is kept, beside their accounts.
fn keepers(
    store: &Arc<Store>,
    clock: &Arc<dyn Clock>,
    insights: &InsightsService,
    methods: &SavedMethodService,
) -> Vec<Arc<dyn Keeper>> {
    vec![
        // Mails are found by orders: they go before the orders' own traces do.
        Arc::new(InMails {
            mailbox: store.clone(),
            preferences: store.clone(),
            orders: store.clone(),
        }),
        Arc::new(InOrders { orders: store.clone(), traces: store.clone(), parcels: store.clone() }),
        Arc::new(InCart(store.clone(), Arc::clone(clock))),
        Arc::new(InReviews(store.clone())),
        Arc::new(InMarks(store.clone())),
        Arc::new(InBehaviour(store.clone())),
        Arc::new(InLists(store.clone(), Arc::clone(clock))),
        Arc::new(InTrail(insights.clone())),
        Arc::new(InKept(methods.clone())),
    ]
}

fn open_accounts(
    store: &Arc<Store>,
    hashing: &Arc<dyn Hashing>,
    clock: &Arc<dyn Clock>,
    (entropy, mint, notifier): (&Arc<dyn Entropy>, &Mint, &Arc<Notifier>),
    keepers: Vec<Arc<dyn Keeper>>,
) -> Arc<Accounts> {
    // One process: what it caches, nobody else changes.
    let settings = Settings { cache_ttl_ms: HOUR_MS, ..Settings::default() };
    let (engine, spawner): (Arc<dyn Bearers>, Arc<dyn Spawner>) = (store.clone(), Arc::new(Tokio));
    let batching = Batching { linger: Some(gather()), max_in_flight: 1, ..Batching::default() };
    let accounts = Accounts::new(
        store.clone(),
        Arc::clone(hashing),
        Arc::clone(clock),
        Arc::clone(entropy),
        mint.clone(),
        settings,
    );
    Arc::new(
        accounts
            .with_bearers(Arc::new(Batched::new(engine, &spawner, &batching)))
            .with_courier(Arc::clone(notifier) as Arc<dyn Courier>)
            .with_keepers(keepers),
    )
}
