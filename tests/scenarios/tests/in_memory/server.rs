//! A shop of one scenario's own: its stores, its runtime, its two ports.

use super::doors::{Open, Plan};
use super::engines::Engines;
use souk_catalog::{CatalogService, demo};
use souk_inventory::StockIntent;
use souk_kernel::{Answers, Clock, Currency, Mint, Money, OfferId, SystemClock, WarehouseId, one};
use souk_memory::catalog::MemoryCatalog;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::watch;

const WAREHOUSE: &[u8; 16] = b"souk-warehouse-1";

/// Something for sale.
#[derive(Debug, Clone)]
pub struct Offer {
    /// As the API writes it.
    pub id: String,
    pub sku: OfferId,
}

pub struct Shop {
    pub dir: PathBuf,
    pub port: u16,
    pub sandbox: u16,
    pub(super) engines: Engines,
    pub(super) open: Option<Arc<Open>>,
    pub(super) runtime: Option<Runtime>,
    catalog: Arc<CatalogService>,
    offers: Vec<Offer>,
    hold_seconds: i64,
    sweep_ms: u64,
    stop: watch::Sender<bool>,
}

fn folder(name: &str) -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let n = COUNT.fetch_add(1, Ordering::Relaxed);
    let dir = std::env::temp_dir().join(format!("souk-memory-{}-{n}-{name}", std::process::id()));
    let _ = fs::remove_dir_all(&dir);
    fs::create_dir_all(&dir).unwrap();
    dir
}

impl Shop {
    /// A shop with the demo catalogue, not open yet.
    pub fn new(name: &str) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let engines = Engines::open(crate::MODE, Arc::clone(&clock));
        let mut runtime = tokio::runtime::Builder::new_multi_thread();
        let runtime = runtime.worker_threads(2).enable_all().build().unwrap();
        let catalog = Arc::new(CatalogService::new(Arc::new(MemoryCatalog::new()), clock, 1_000));
        let offers = runtime.block_on(fill(&catalog, &engines));
        Self {
            dir: folder(name),
            port: 0,
            sandbox: 0,
            engines,
            open: None,
            runtime: Some(runtime),
            catalog,
            offers,
            hold_seconds: 15 * 60,
            sweep_ms: 50,
            stop: watch::Sender::new(false),
        }
    }

    /// The same, and open.
    pub fn open(name: &str) -> Self {
        let mut shop = Self::new(name);
        shop.start();
        shop
    }

    pub fn set(mut self, key: &'static str, value: u32) -> Self {
        match key {
            "SOUK_HOLD_SECONDS" => self.hold_seconds = value.into(),
            "SOUK_SWEEP_MS" => self.sweep_ms = value.into(),
            other => panic!("{other} is not a setting here"),
        }
        self
    }

    pub(super) fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.as_ref().unwrap().block_on(future)
    }

    /// Opens the shop.
    pub fn start(&mut self) {
        let bind = || self.wait(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))).unwrap();
        let (listener, sandbox) = (bind(), bind());
        let port = |listener: &TcpListener| listener.local_addr().unwrap().port();
        let (shop_port, sandbox_port) = (port(&listener), port(&sandbox));
        let plan = Plan {
            dir: &self.dir,
            shop: format!("http://127.0.0.1:{shop_port}"),
            sandbox: format!("http://localhost:{sandbox_port}"),
            hold_ms: self.hold_seconds * 1_000,
            sweep: Duration::from_millis(self.sweep_ms),
        };
        let stopped = self.stop.subscribe();
        let open = self.wait(async {
            let open = Open::new(&self.engines, &self.catalog, &plan);
            open.spawn_background(&self.engines, &plan, &stopped);
            let routes = open.routes(&plan);
            let doors = routes.into_make_service_with_connect_info::<SocketAddr>();
            tokio::spawn(async move { axum::serve(listener, doors).await });
            let mut ended = stopped.clone();
            let ended = async move {
                let _ = ended.wait_for(|stop| *stop).await;
            };
            let gateway = Arc::clone(&open.gateway);
            tokio::spawn(souk_sandbox::http::serve(sandbox, gateway, ended));
            open
        });
        (self.port, self.sandbox, self.open) = (shop_port, sandbox_port, Some(open));
    }

    fn adjust(&self, offer: &Offer, warehouse: WarehouseId, to: i64) {
        let stock = &self.engines.stock;
        let levels = self.wait(stock.levels(offer.sku)).unwrap();
        let at = levels.iter().find(|found| found.warehouse == warehouse);
        let delta = to - at.map_or(0, |found| found.level.on_hand);
        let intent = StockIntent::Adjust { sku: offer.sku, warehouse, delta };
        one(self.wait(stock.apply(vec![intent]))).unwrap();
    }

    /// Sets an offer's stock, by a line of the ledger.
    pub fn stock(&self, offer: &Offer, pieces: i64) {
        self.adjust(offer, WarehouseId::from_bytes(*WAREHOUSE), pieces);
    }

    /// The same in one more warehouse.
    pub fn stock_also_in(&self, offer: &Offer, warehouse: &[u8; 16], pieces: u32) {
        let warehouse = WarehouseId::from_bytes(*warehouse);
        let intent = StockIntent::Open { sku: offer.sku, warehouse, quantity: pieces };
        one(self.wait(self.engines.stock.apply(vec![intent]))).unwrap();
    }

    /// An offer costs more from now on.
    pub fn dearer(&mut self, offer: &Offer, minor: i64) {
        let view = self.wait(self.catalog.offers(&[offer.sku])).unwrap().remove(0).unwrap();
        let listing = self.wait(self.catalog.listing(view.product)).unwrap().unwrap();
        let found = listing.offers.iter().find(|found| found.id == offer.sku).unwrap();
        let price = Money::new(found.price.minor + minor, found.price.currency);
        self.wait(self.catalog.set_price(found.id, price, found.version)).unwrap();
    }

    /// What is for sale, best stocked first, as it was when the shop was new.
    pub fn offers(&self) -> Vec<Offer> {
        self.offers.clone()
    }

    /// The one that scenarios with one offer sell.
    pub fn offer(&self) -> Offer {
        self.offers[0].clone()
    }
}

/// The shelves of a new shop.
async fn fill(catalog: &CatalogService, engines: &Engines) -> Vec<Offer> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let mint = Mint::new(Arc::clone(&clock), Arc::new(super::runtime::OsEntropy));
    catalog.open_house("Souk").await.unwrap();
    let listings = demo::listings(&mint, Currency::Eur, clock.now());
    let put: Answers<_, _> = catalog.put(listings, None).await.unwrap();
    put.into_iter().for_each(|answer| drop(answer.unwrap()));
    let warehouse = WarehouseId::from_bytes(*WAREHOUSE);
    let due = catalog.store().stock_due(1_000).await.unwrap();
    let open =
        due.iter().map(|d| StockIntent::Open { sku: d.sku, warehouse, quantity: d.quantity });
    engines.stock.apply(open.collect()).await.into_iter().for_each(|done| drop(done.unwrap()));
    let mut best: Vec<_> = due.iter().map(|d| (d.quantity, d.sku)).collect();
    best.sort_unstable_by_key(|(quantity, sku)| (std::cmp::Reverse(*quantity), *sku));
    best.into_iter().map(|(_, sku)| Offer { id: sku.to_string(), sku }).collect()
}

impl Drop for Shop {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(Duration::from_secs(5));
        }
        if std::thread::panicking() {
            println!("the gateway's record is kept: {}", self.dir.display());
        } else {
            let _ = fs::remove_dir_all(&self.dir);
        }
    }
}
