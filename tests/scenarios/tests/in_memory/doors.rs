//! The services and doors of an open shop, and what runs behind them.

use super::engines::Engines;
use super::gateway::{SandboxGateway, SandboxSheets};
use super::offers::{CartPrices, CatalogOffers};
use super::runtime::{OsEntropy, Tokio};
use super::webhooks;
use async_trait::async_trait;
use axum::Router;
use souk_accounts::{Argon2id, Cost, Inline};
use souk_api::{ApiState, Services};
use souk_batcher::{Batched, Batching};
use souk_cart::CartService;
use souk_catalog::CatalogService;
use souk_fulfillment::{FulfillmentService, Pace};
use souk_invoices::InvoiceService;
use souk_kernel::{Clock, Currency, Entropy, Mint, OrderId, PortError, Spawner, SystemClock};
use souk_memory::accounts::MemoryAccounts;
use souk_memory::inbox::MemoryInbox;
use souk_memory::invoices::MemoryInvoices;
use souk_memory::notifications::MemoryMailbox;
use souk_memory::orders::MemoryShop;
use souk_memory::saved::MemorySavedMethods;
use souk_memory::search::MemoryIndex;
use souk_notifications::{Messages, Notifier, NotifierParts, OrderDetails, OrderFacts};
use souk_orders::rules::link::OrderLinks;
use souk_orders::{InboxWorker, Orders, Saga, SagaParts, SagaSettings};
use souk_payments::{Inbox, SavedMethodService};
use souk_pricing::{Country, Pricing};
use souk_sandbox as sandbox;
use souk_search::Search;
use souk_storefront::{PATIENCE, ShopFront, StorefrontState, order_link};
use souk_webkit::{Cookies, Gate, Limits, LimitsOn, Origins, Readiness, Sessions, page_headers};
use souk_worker::{Consumer, Lister, MoneyMover, Relay, RelaySettings, every, every_and_when};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, watch};

const PIECE: usize = 256;

/// What an opening is told.
pub struct Plan<'a> {
    pub dir: &'a Path,
    pub shop: String,
    pub sandbox: String,
    pub hold_ms: i64,
    pub sweep: Duration,
}

/// Who writes the mails.
fn writer(plan: &Plan<'_>) -> souk_notifications::Shop {
    souk_notifications::Shop::new("Souk".into(), plan.shop.clone())
}

/// What opens orders to whoever has their mails.
fn links() -> OrderLinks {
    OrderLinks::of("a secret")
}

/// An open shop, as its routes know it.
pub struct Open {
    pub store: Arc<MemoryInbox>,
    pub sessions: Arc<Sessions>,
    pub clock: Arc<dyn Clock>,
    pub message_came: Notify,
    pub gateway: Arc<sandbox::Gateway>,
    pub mailbox: Arc<MemoryMailbox>,
    saga: Saga,
    catalog: Arc<CatalogService>,
    carts: CartService,
    lists: souk_lists::ListService,
    insights: souk_insights::InsightsService,
    reviews: souk_reviews::Service,
    mint: Mint,
}

/// Orders, as mails need them here: that there is one, and whom to tell.
struct Facts(Arc<dyn Orders>);

#[async_trait]
impl OrderFacts for Facts {
    async fn details(&self, orders: &[OrderId]) -> Result<Vec<Option<OrderDetails>>, PortError> {
        let found = self.0.orders(orders).await?;
        let details = found.into_iter().map(|order| {
            let order = order?;
            let quote = &order.quote;
            Some(OrderDetails {
                id: order.id,
                number: order.number().to_string(),
                path: order_link(&links(), order.id),
                email: order.ship_to.as_deref().map(|to| to.email.clone()),
                address: None,
                lines: Vec::new(),
                items: quote.items,
                shipping: quote.shipping,
                tax: quote.tax,
                tax_inclusive: quote.tax_inclusive,
                total: quote.total,
                delivery: quote.delivery(),
            })
        });
        Ok(details.collect())
    }
}

struct Always;

#[async_trait]
impl Readiness for Always {
    async fn ready(&self) -> Result<(), String> {
        Ok(())
    }
}

impl Open {
    /// Opens everything over the engines. Within the runtime.
    pub fn new(engines: &Engines, catalog: &Arc<CatalogService>, plan: &Plan<'_>) -> Arc<Self> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let entropy: Arc<dyn Entropy> = Arc::new(OsEntropy);
        let mint = Mint::new(Arc::clone(&clock), Arc::clone(&entropy));
        let gateway = open_gateway(plan, &clock, &entropy);
        let prices =
            Arc::new(CartPrices { catalog: Arc::clone(catalog), stock: engines.stock.clone() });
        let carts = CartService::new(engines.carts.clone(), prices.clone(), Arc::clone(&clock));
        let accounts = Arc::new(souk_accounts::Service::new(
            Arc::new(MemoryAccounts::default()),
            Arc::new(Inline(Argon2id::new(Cost::LEAST))),
            Arc::clone(&clock),
            entropy,
            mint.clone(),
            souk_accounts::Settings::default(),
        ));
        let limits = Limits::new(LimitsOn::SignIn, false, Arc::clone(&clock));
        let gate = Arc::new(Gate { limits, ..Gate::default() });
        let sessions = Arc::new(Sessions { accounts, cookies: Cookies::Loopback, gate });
        let saga = open_saga(engines, catalog, &gateway, &mint, plan);
        let said = Arc::new(MemoryShop::new(Arc::clone(&clock)));
        let lists = souk_lists::ListService::new(
            Arc::new(souk_memory::lists::MemoryLists::over(said.clone())),
            prices,
            mint.clone(),
            Arc::clone(&clock),
        );
        let insights = souk_insights::InsightsService::new(
            Arc::new(souk_memory::insights::MemoryInsights::default()),
            Arc::clone(&clock),
        );
        let reviews = souk_reviews::Service::new(
            Arc::new(souk_memory::reviews::MemoryReviews::over(said)),
            Arc::new(souk_memory::reviews::Bought::default()),
            mint.clone(),
            Arc::clone(&clock),
        );
        Arc::new(Self {
            store: Arc::default(),
            sessions,
            clock,
            message_came: Notify::new(),
            gateway,
            mailbox: Arc::default(),
            saga,
            catalog: Arc::clone(catalog),
            carts,
            lists,
            insights,
            reviews,
            mint,
        })
    }

    /// Nothing is sent from here: parcels need their stock in one store with them.
    fn parcels(&self) -> FulfillmentService {
        let nowhere = Arc::new(MemoryShop::new(Arc::clone(&self.clock)));
        FulfillmentService::beside(&self.saga, nowhere, Pace::default())
    }

    fn methods(&self) -> SavedMethodService {
        let parts = self.saga.parts();
        let (gateway, clock) = (Arc::clone(&parts.gateway), Arc::clone(&self.clock));
        let none = Arc::new(MemorySavedMethods::default());
        SavedMethodService::new(none, gateway, self.mint.clone(), clock)
    }

    /// Nobody issues any here.
    fn invoices(&self) -> InvoiceService {
        let none = Arc::new(MemoryInvoices::new(Arc::clone(&self.clock)));
        InvoiceService::new(none, Arc::clone(&self.saga.parts().orders))
    }

    /// The API, the gateway's messages, the pages.
    pub fn routes(self: &Arc<Self>, plan: &Plan<'_>) -> Router {
        let search = Search::new(Arc::new(MemoryIndex::default()));
        let api = souk_api::router(ApiState::new(Services {
            accounts: Arc::clone(&self.sessions.accounts),
            sessions: Arc::clone(&self.sessions),
            catalog: Arc::clone(&self.catalog),
            search: search.clone(),
            carts: self.carts.clone(),
            lists: self.lists.clone(),
            insights: self.insights.clone(),
            reviews: self.reviews.clone(),
            saga: self.saga.clone(),
            parcels: self.parcels(),
            preferences: self.mailbox.clone(),
            invoices: self.invoices(),
            methods: self.methods(),
            sandbox: true,
            readiness: Arc::new(Always),
        }));
        let origins = Origins { form_action: vec![plan.sandbox.clone()], ..Origins::default() };
        let pages = souk_storefront::router(StorefrontState {
            shop: ShopFront {
                name: "Souk".into(),
                base_url: plan.shop.clone(),
                country: Country::of(b"DE"),
                currency: Currency::Eur,
                sandbox: true,
                pays: true,
            },
            saga: self.saga.clone(),
            catalog: Arc::clone(&self.catalog),
            search,
            carts: self.carts.clone(),
            lists: self.lists.clone(),
            insights: self.insights.clone(),
            reviews: self.reviews.clone(),
            sessions: Arc::clone(&self.sessions),
            links: links(),
            mailbox: Some(self.mailbox.clone()),
            messages: Messages::new(self.mailbox.clone(), writer(plan)),
            preferences: self.mailbox.clone(),
            parcels: self.parcels(),
            invoices: self.invoices(),
            methods: self.methods(),
            sheets: Arc::new(SandboxSheets(Arc::clone(&self.gateway))),
            clock: Arc::clone(&self.clock),
            entropy: Arc::new(OsEntropy),
            headers: page_headers(&origins, Cookies::Loopback).unwrap(),
            pictures: None,
            patience: PATIENCE,
        });
        api.merge(webhooks::routes(self)).merge(pages)
    }

    /// The relay, recovery, the sweep, refunds, messages both ways.
    pub fn spawn_background(
        self: &Arc<Self>,
        engines: &Engines,
        plan: &Plan<'_>,
        stop: &watch::Receiver<bool>,
    ) {
        let shop = writer(plan);
        let notifier = Notifier::new(NotifierParts {
            mailbox: self.mailbox.clone(),
            preferences: self.mailbox.clone(),
            orders: Arc::new(Facts(engines.orders.clone())),
            mint: self.mint.clone(),
            clock: Arc::clone(&self.clock),
            entropy: Arc::new(OsEntropy),
            shop,
        });
        let consumers: Vec<Arc<dyn Consumer>> = vec![
            Arc::new(Lister(engines.orders.clone())),
            Arc::new(MoneyMover(self.saga.money().clone())),
            Arc::new(notifier),
        ];
        let clock = Arc::clone(&self.clock);
        let settings = RelaySettings::default();
        let relay = Relay::new(engines.outbox.clone(), consumers, clock, settings);
        tokio::spawn(relay.run(stop.clone()));
        let (recover, sweep, refunds) = (self.saga.clone(), self.saga.clone(), self.saga.clone());
        tokio::spawn(every("recovery", plan.sweep, stop.clone(), move || {
            let saga = recover.clone();
            async move { saga.recover(PIECE).await.map(|found| found >= PIECE) }
        }));
        tokio::spawn(every("expiry", plan.sweep, stop.clone(), move || {
            let saga = sweep.clone();
            async move { saga.sweep(PIECE).await.map(|found| found >= PIECE) }
        }));
        tokio::spawn(every("refunds", plan.sweep * 5, stop.clone(), move || {
            let saga = refunds.clone();
            async move {
                let sent = saga.money().resume(5_000, PIECE).await;
                sent.map(|n| n >= PIECE).map_err(|e| PortError::Unavailable(e.to_string()))
            }
        }));
        let (this, stop) = (Arc::clone(self), stop.clone());
        let (pause, inbox) = (plan.sweep, Arc::clone(&self.store) as Arc<dyn Inbox>);
        let worker = InboxWorker::new(self.saga.clone(), inbox);
        tokio::spawn(async move {
            every_and_when("inbox", pause, &this.message_came, stop, || async {
                worker.work(PIECE).await.map(|found| found >= PIECE)
            })
            .await;
        });
        tokio::spawn(Arc::clone(&self.gateway).deliver_webhooks());
    }
}

fn open_gateway(
    plan: &Plan<'_>,
    clock: &Arc<dyn Clock>,
    entropy: &Arc<dyn Entropy>,
) -> Arc<sandbox::Gateway> {
    let record = plan.dir.join("sandbox/record.jsonl");
    std::fs::create_dir_all(record.parent().unwrap()).unwrap();
    let settings = sandbox::Config {
        origin: plan.sandbox.clone(),
        webhook_url: Some(format!("{}/api/v1/webhooks/sandbox", plan.shop)),
        return_origins: vec![plan.shop.clone()],
        ..sandbox::Config::default()
    };
    let parts = sandbox::Parts {
        clock: Arc::clone(clock),
        entropy: Arc::clone(entropy),
        sink: Some(Arc::new(sandbox::HyperSink::new())),
    };
    let disk = sandbox::record::FileDisk::open(record).unwrap();
    sandbox::Gateway::open(settings, Box::new(disk), parts).unwrap()
}

fn open_saga(
    engines: &Engines,
    catalog: &Arc<CatalogService>,
    gateway: &Arc<sandbox::Gateway>,
    mint: &Mint,
    plan: &Plan<'_>,
) -> Saga {
    let spawner: Arc<dyn Spawner> = Arc::new(Tokio);
    let orders = Batched::new(engines.orders.clone(), &spawner, &Batching::default());
    Saga::new(SagaParts {
        orders: Arc::new(orders),
        payments: engines.payments.clone(),
        stock: engines.stock.clone(),
        carts: engines.carts.clone(),
        offers: Arc::new(CatalogOffers(Arc::clone(catalog))),
        gateway: Arc::new(SandboxGateway(Arc::clone(gateway))),
        tables: Arc::new(Pricing::default_shop(Currency::Eur)),
        mint: mint.clone(),
        clock: Arc::new(SystemClock),
        settings: SagaSettings {
            hold_ms: plan.hold_ms,
            owner: OsEntropy.next_u64() | 1,
            return_url: format!("{}/orders/return/", plan.shop),
            ..SagaSettings::default()
        },
    })
}
