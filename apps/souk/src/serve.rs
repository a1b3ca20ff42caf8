//! `souk serve`: the doors and what runs behind them.

use crate::config::{Config, Demo};
use crate::wiring::{
    LastUnit, NoBooks, NoSheets, SandboxBooks, SandboxSheets, Shop, Signs, demo_shopper,
    serve_sandbox, studio, webhooks,
};
use crate::{demo, measures, seller, supply};
use async_trait::async_trait;
use axum::Router;
use axum::extract::Request;
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use souk_admin::{AdminShop, AdminState, Badge, GatewayBooks, Race};
use souk_api::{ApiState, Services};
use souk_notifications::{Mailbox, Messages};
use souk_orders::InboxWorker;
use souk_orders::rules::link::OrderLinks;
use souk_pricing::Country;
use souk_storefront::{CardSheets, PATIENCE, ShopFront, StorefrontState};
use souk_webkit::{Origins, Problem, Readiness, page_headers};
use souk_worker::{Relay, RelaySettings, after_outage, every, every_and_when};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// Most pieces of background work at a time.
const PIECE: usize = 256;

/// Runs until it is told to stop (interrupt or terminate), then lets open requests end.
///
/// # Errors
/// In words for whoever starts the shop.
pub fn serve(config: Config) -> Result<(), String> {
    let filter = tracing_subscriber::EnvFilter::try_from_env("SOUK_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info,tantivy=warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    if config.workers > 0 {
        runtime.worker_threads(config.workers);
    }
    let runtime = runtime.enable_all().build().map_err(|e| e.to_string())?;
    runtime.block_on(run(config))
}

async fn run(config: Config) -> Result<(), String> {
    let bind = async |address| {
        let bound = TcpListener::bind(address).await;
        bound.map_err(|e| format!("{address} can't be listened on: {e}"))
    };
    let listener = bind(config.listen).await?;
    let shop = Arc::new(Shop::open(&config)?);
    let sandbox_listener = match &shop.sandbox {
        Some(_) => Some(bind(config.sandbox_listen).await?),
        None => None,
    };
    if config.demo() != Demo::None {
        demo::fill(&shop).await?;
    }
    // Before anybody buys: who was suspended when the shop closed still is.
    shop.market.sellers.refresh().await.map_err(|e| e.to_string())?;
    if shop.needs_rebuild() {
        let shop = Arc::clone(&shop);
        tokio::spawn(async move {
            if let Err(error) = supply::rebuild_index(shop).await {
                tracing::error!(%error, "rebuilding the search index");
            }
        });
    }
    shop.search.read_words().await.map_err(|e| e.to_string())?;
    let (stop, stopped) = watch::channel(false);
    let mut background = spawn_background(&config, &shop, &stopped);
    if config.demo() == Demo::All {
        let (shop, stopped) = (Arc::clone(&shop), stopped.clone());
        let sandbox = config.is_sandbox();
        background.push(tokio::spawn(async move {
            if let Err(error) = demo::more(Arc::clone(&shop), sandbox, stopped.clone()).await {
                tracing::error!(%error, "filling the shop; it goes on at the next start");
            }
            if let Err(error) = demo::past(&shop, &stopped).await {
                tracing::error!(%error, "telling the demo's past; it goes on at the next start");
            }
            if let Err(error) = demo::reviews(&shop, &stopped).await {
                tracing::error!(%error, "reviewing the demo; it goes on at the next start");
            }
        }));
    }
    if let (Some(listener), Some(sandbox)) = (sandbox_listener, &shop.sandbox) {
        let (sandbox, ended) = (Arc::clone(sandbox), ended(stopped.clone()));
        background.push(tokio::spawn(async move {
            if let Err(error) = serve_sandbox(listener, sandbox, ended).await {
                tracing::error!(%error, "the sandbox gateway ended");
            }
        }));
        tracing::info!(shop = config.base_url(), sandbox = config.sandbox_origin(), "open");
    } else {
        tracing::info!(
            shop = config.base_url(),
            "open; nothing can be paid: no gateway is connected"
        );
    }
    let doors = doors(&config, &shop)?;
    let signal = async move {
        told_to_stop().await;
        stop.send_replace(true);
    };
    let doors = doors.into_make_service_with_connect_info::<SocketAddr>();
    let served = axum::serve(listener, doors).with_graceful_shutdown(signal).await;
    for task in background {
        // A task that panicked has said so; the others still end in order.
        let _ = task.await;
    }
    shop.store.close();
    tracing::info!("closed");
    served.map_err(|e| e.to_string())
}

fn doors(config: &Config, shop: &Arc<Shop>) -> Result<Router, String> {
    let api = souk_api::router(ApiState::new(Services {
        accounts: Arc::clone(&shop.accounts),
        sessions: Arc::clone(&shop.sessions),
        catalog: Arc::clone(&shop.catalog),
        search: shop.search.clone(),
        carts: shop.carts.clone(),
        lists: shop.lists.clone(),
        insights: shop.insights.clone(),
        reviews: shop.reviews.clone(),
        saga: shop.saga.clone(),
        parcels: shop.fulfillment.clone(),
        preferences: shop.store.clone(),
        invoices: shop.invoices.clone(),
        methods: shop.methods.clone(),
        sandbox: config.is_sandbox(),
        readiness: Arc::new(Engines(Arc::clone(shop))),
    }));
    // Where paying leads; nowhere, without a gateway.
    let form_action = shop.sandbox.iter().map(|_| config.sandbox_origin()).collect();
    let origins = Origins { form_action, ..Origins::default() };
    let sheets: Arc<dyn CardSheets> = match &shop.sandbox {
        Some(sandbox) => Arc::new(SandboxSheets(Arc::clone(sandbox))),
        None => Arc::new(NoSheets),
    };
    let pictures = studio(config)?;
    let mailbox = config.is_sandbox().then(|| shop.store.clone() as Arc<dyn Mailbox>);
    let pages = souk_storefront::router(StorefrontState {
        shop: ShopFront {
            name: config.name.clone(),
            base_url: config.base_url(),
            country: Country::of(b"DE"),
            currency: shop.currency,
            sandbox: config.is_sandbox(),
            pays: shop.sandbox.is_some(),
        },
        saga: shop.saga.clone(),
        catalog: Arc::clone(&shop.catalog),
        search: shop.search.clone(),
        carts: shop.carts.clone(),
        lists: shop.lists.clone(),
        insights: shop.insights.clone(),
        reviews: shop.reviews.clone(),
        sessions: Arc::clone(&shop.sessions),
        links: OrderLinks::of(&config.secret),
        mailbox,
        messages: Messages::new(shop.store.clone(), config.writer()),
        preferences: shop.store.clone(),
        parcels: shop.fulfillment.clone(),
        invoices: shop.invoices.clone(),
        methods: shop.methods.clone(),
        sheets,
        clock: Arc::clone(&shop.clock),
        entropy: Arc::clone(&shop.entropy),
        headers: page_headers(&origins, config.cookies()).map_err(|e| format!("{e:?}"))?,
        pictures: Some(Arc::clone(&pictures)),
        patience: PATIENCE,
    });
    let (staff, sellers) = (admin(config, shop)?, seller::door(config, shop, pictures)?);
    let doors = match &shop.sandbox {
        Some(_) => api.merge(webhooks::routes(shop)),
        None => api.layer(axum::middleware::from_fn(not_paid)),
    };
    let doors = if config.is_sandbox() { doors.merge(demo_shopper::routes(shop)) } else { doors };
    Ok(doors.merge(measures::routes(shop)).merge(staff).merge(sellers).merge(pages))
}

/// Where nobody takes money nothing can be ordered: said before anything is held or written.
async fn not_paid(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let orders = path == "/api/v1/orders" || path.starts_with("/api/v1/checkouts");
    if request.method() != Method::POST || !orders {
        return next.run(request).await;
    }
    let detail = "no payment provider is connected: nothing can be ordered yet";
    Problem::new(StatusCode::NOT_IMPLEMENTED, "paying_not_set_up", detail).into_response()
}

/// The staff's door. Races and the demo sign-in are a sandbox's.
fn admin(config: &Config, shop: &Arc<Shop>) -> Result<Router, String> {
    let (cookies, sandbox) = (config.cookies(), config.is_sandbox());
    let books: Arc<dyn GatewayBooks> = match &shop.sandbox {
        Some(gateway) => Arc::new(SandboxBooks(Arc::clone(gateway))),
        None => Arc::new(NoBooks),
    };
    Ok(souk_admin::router(AdminState {
        shop: AdminShop {
            name: config.name.clone(),
            sandbox,
            base_url: config.base_url(),
            currency: shop.currency,
            warehouses: shop.named_warehouses(),
        },
        staff: Arc::clone(&shop.staff),
        sellers: Arc::clone(&shop.market.sellers),
        seller_books: shop.market.books.clone(),
        desk: shop.store.clone(),
        saga: shop.saga.clone(),
        catalog: Arc::clone(&shop.catalog),
        search: shop.search.clone(),
        words: shop.store.clone(),
        parcels: shop.fulfillment.clone(),
        accounts: Arc::clone(&shop.accounts),
        reviews: shop.reviews.clone(),
        outbox: shop.outbox(),
        inbox: shop.inbox(),
        mailbox: shop.store.clone(),
        books,
        vitals: Arc::new(Signs(Arc::clone(shop))),
        race: sandbox.then(|| Arc::new(LastUnit(Arc::clone(shop))) as Arc<dyn Race>),
        entropy: Arc::clone(&shop.entropy),
        badge: Badge(cookies),
        gate: Arc::clone(&shop.sessions.gate),
        clock: Arc::clone(&shop.clock),
        headers: page_headers(&Origins::default(), cookies).map_err(|e| format!("{e:?}"))?,
    }))
}

/// What runs without a shopper waiting: the relay, recovery, sweeps.
fn spawn_background(
    config: &Config,
    shop: &Arc<Shop>,
    stop: &watch::Receiver<bool>,
) -> Vec<tokio::task::JoinHandle<()>> {
    let owner = shop.saga.parts().settings.owner;
    let settings = RelaySettings { owner, ..RelaySettings::default() };
    let clock = Arc::clone(&shop.clock);
    let relay = Relay::new(shop.outbox(), shop.consumers.clone(), clock, settings);
    let relay = relay.yielding(shop.busy());
    let pause = Duration::from_millis(config.sweep_ms);
    let full = |found: usize| found >= PIECE;
    let (recover, sweep, refunds) = (shop.saga.clone(), shop.saga.clone(), shop.saga.clone());
    let stock = Arc::clone(shop);
    let (taken, swept) = (Arc::clone(&shop.measures), Arc::clone(&shop.measures));
    let (outbox, clock) = (shop.outbox(), Arc::clone(&shop.clock));
    let mut tasks = spawn_forgetting(shop, pause * 60, stop);
    tasks.push(tokio::spawn(every("parked", pause * 60, stop.clone(), move || {
        let (outbox, clock) = (Arc::clone(&outbox), Arc::clone(&clock));
        async move { after_outage(&*outbox, clock.now(), PIECE).await.map(|_| false) }
    })));
    tasks.extend(spawn_learning(shop, stop));
    tasks.extend([
        tokio::spawn(relay.run(stop.clone())),
        tokio::spawn(every("recovery", pause, stop.clone(), move || {
            let (saga, measures) = (recover.clone(), Arc::clone(&taken));
            async move {
                let found = saga.recover(PIECE).await?;
                measures.takeovers.inc_by(found as u64);
                Ok(full(found))
            }
        })),
        tokio::spawn(every("expiry", pause, stop.clone(), move || {
            let (saga, measures) = (sweep.clone(), Arc::clone(&swept));
            async move {
                let found = saga.sweep(PIECE).await?;
                measures.holds_expired.inc_by(found as u64);
                Ok(full(found))
            }
        })),
        spawn_inbox(shop, pause, stop),
        spawn_carrier(shop, pause, stop),
        tokio::spawn(every("first stock", pause, stop.clone(), move || {
            let shop = Arc::clone(&stock);
            async move { supply::receive(&shop, PIECE).await.map(full) }
        })),
        tokio::spawn(every("refunds", pause * 5, stop.clone(), move || {
            let saga = refunds.clone();
            async move {
                let sent = saga.money().resume(5_000, PIECE).await;
                sent.map(full).map_err(|e| souk_kernel::PortError::Unavailable(e.to_string()))
            }
        })),
    ]);
    tasks.extend(shop.sandbox.clone().map(|sandbox| {
        let mut ended = stop.clone();
        tokio::spawn(async move {
            tokio::select! {
                () = sandbox.deliver_webhooks() => {}
                _ = ended.wait_for(|stop| *stop) => {}
            }
        })
    }));
    tasks
}

/// What shoppers did is written every second, and ranks products from the next minute on.
fn spawn_learning(
    shop: &Arc<Shop>,
    stop: &watch::Receiver<bool>,
) -> Vec<tokio::task::JoinHandle<()>> {
    let (written, learnt) = (shop.search.clone(), shop.search.clone());
    let (looks, lists) = (shop.insights.clone(), shop.lists.clone());
    vec![
        tokio::spawn(every("looks", Duration::from_secs(1), stop.clone(), move || {
            let insights = looks.clone();
            async move {
                let dropped = insights.flush().await?;
                if dropped > 0 {
                    tracing::info!(dropped, "more looks than are written");
                }
                Ok(false)
            }
        })),
        tokio::spawn(every("alerts", Duration::from_secs(5), stop.clone(), move || {
            let lists = lists.clone();
            async move { lists.look_at_shelves(PIECE).await }
        })),
        tokio::spawn(every("acts", Duration::from_secs(1), stop.clone(), move || {
            let search = written.clone();
            async move {
                let dropped = search.flush().await?;
                if dropped > 0 {
                    tracing::info!(dropped, "more acts of shoppers than are written");
                }
                Ok(false)
            }
        })),
        tokio::spawn(every("demand", Duration::from_secs(60), stop.clone(), move || {
            let search = learnt.clone();
            async move { search.learn().await.map(|()| false) }
        })),
    ]
}

/// Forgets what is past its time.
fn spawn_forgetting(
    shop: &Arc<Shop>,
    pause: Duration,
    stop: &watch::Receiver<bool>,
) -> Vec<tokio::task::JoinHandle<()>> {
    let (sessions, erasures, claims) = (Arc::clone(shop), Arc::clone(shop), Arc::clone(shop));
    let staff = Arc::clone(&shop.staff);
    let sellers = Arc::clone(&shop.market.sellers);
    let carts = souk_cart::CartSweep::new(shop.store.clone(), Arc::clone(&shop.clock));
    let carts = Arc::new(carts);
    let inbox = InboxWorker::new(shop.saga.clone(), shop.inbox());
    let (wishes, insights) = (shop.lists.clone(), shop.insights.clone());
    vec![
        tokio::spawn(every("wishes", pause, stop.clone(), move || {
            let lists = wishes.clone();
            async move { lists.prune(PIECE).await.map(|found| found >= PIECE) }
        })),
        tokio::spawn(every("insights", pause, stop.clone(), move || {
            let insights = insights.clone();
            async move { insights.prune(PIECE).await }
        })),
        tokio::spawn(every("sessions", pause, stop.clone(), move || {
            let shop = Arc::clone(&sessions);
            async move { Ok(shop.accounts.sweep(256).await? >= 256) }
        })),
        tokio::spawn(every("erasures", pause, stop.clone(), move || {
            let shop = Arc::clone(&erasures);
            async move { Ok(shop.accounts.resume_erasures(16).await? >= 16) }
        })),
        tokio::spawn(every("staff sessions", pause, stop.clone(), move || {
            let staff = Arc::clone(&staff);
            async move { Ok(staff.sweep(256).await? >= 256) }
        })),
        tokio::spawn(every("seller sessions", pause, stop.clone(), move || {
            let sellers = Arc::clone(&sellers);
            async move { Ok(sellers.sweep(256).await? >= 256) }
        })),
        tokio::spawn(every("carts", pause, stop.clone(), move || {
            let carts = Arc::clone(&carts);
            async move { carts.piece(256).await }
        })),
        tokio::spawn(every("claims", pause, stop.clone(), move || {
            let shop = Arc::clone(&claims);
            async move { shop.store.prune_claims(PIECE).await.map(|found| found >= PIECE) }
        })),
        tokio::spawn(every("messages", pause, stop.clone(), move || {
            let inbox = inbox.clone();
            async move { inbox.prune(PIECE).await.map(|found| found >= PIECE) }
        })),
    ]
}

/// Moves parcels and returns whose time has come: the carrier simulator, and refunds of what came back.
fn spawn_carrier(
    shop: &Arc<Shop>,
    pause: Duration,
    stop: &watch::Receiver<bool>,
) -> tokio::task::JoinHandle<()> {
    let parcels = shop.fulfillment.clone();
    tokio::spawn(every("carrier", pause, stop.clone(), move || {
        let parcels = parcels.clone();
        async move { parcels.work(PIECE).await.map(|found| found >= PIECE) }
    }))
}

/// Works gateways' messages: as soon as one is kept, and whenever one is to be tried again.
fn spawn_inbox(
    shop: &Arc<Shop>,
    pause: Duration,
    stop: &watch::Receiver<bool>,
) -> tokio::task::JoinHandle<()> {
    let worker = InboxWorker::new(shop.saga.clone(), shop.inbox());
    let (came, stop) = (Arc::clone(&shop.message_came), stop.clone());
    tokio::spawn(async move {
        every_and_when("inbox", pause, &came, stop, || async {
            worker.work(PIECE).await.map(|found| found >= PIECE)
        })
        .await;
    })
}

async fn ended(mut stop: watch::Receiver<bool>) {
    // The sender lives as long as the shop.
    let _ = stop.wait_for(|stop| *stop).await;
}

async fn told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

/// Ready when the store answers.
struct Engines(Arc<Shop>);

#[async_trait]
impl Readiness for Engines {
    async fn ready(&self) -> Result<(), String> {
        self.0.outbox().lag(self.0.clock.now()).await.map(|_| ()).map_err(|e| e.to_string())
    }
}
