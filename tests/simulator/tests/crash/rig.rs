//! A shop over one of the stores, with a gate in front of every port.

use crate::errands::Errand;
use parking_lot::Mutex;
use souk_faults::{CrashPlan, Faulty, Gate};
use souk_inventory::StockIntent;
use souk_kernel::{
    Bucket, CheckoutId, ClaimKey, Clock, Currency, LANES, MINUTE_MS, ManualClock, Mint, Money,
    SeededEntropy, Sku, UserId, one,
};
use souk_orders::{BuyerLine, PlaceRefusal, Placed, Saga, SagaParts, SagaSettings};
use souk_payments::Gateway;
use souk_pricing::{Country, Destination, Pricing, ShippingMethod};
use souk_simulator::check::{self, Evidence};
use souk_simulator::diary::{Diary, Entry, Heard};
use souk_simulator::exec::EPOCH;
use souk_simulator::fleet::{Listener, SimOffers};
use souk_simulator::gateway::SimGateway;
use souk_simulator::planted::Planter;
use souk_simulator::stores::{Base, Ports};
use souk_simulator::waiting::{block_on, run_until};
use souk_sqlite::{Options, Synchronous};
use souk_worker::{Consumer, Lister, MoneyMover, Relay, RelaySettings};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// How long a transfer is waited for here: over before the workers are done.
pub const TRANSFER_MS: i64 = 12 * MINUTE_MS;

/// Which store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Store {
    Colocated,
    Split,
    Sqlite,
}

/// Removed when dropped.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        Self(PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name))
    }

    fn open(&self, clock: Arc<dyn Clock>) -> Base {
        // A process that ends is not a power cut: what was written stays.
        let options = Options { synchronous: Synchronous::Off, readers: 1, ..Options::default() };
        let store = souk_sqlite::Store::open(&self.0, clock.clone(), &options).expect("a store");
        Base::sqlite(&store, clock)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Left behind at worst: the folder is below the build's own.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A process's desk, and what the shopper at it knows.
pub struct Desk {
    pub saga: Saga,
    pub ports: Ports,
    relay: Relay,
    pub clock: Arc<ManualClock>,
    pub gateway: Arc<SimGateway>,
    pub diary: Arc<Diary>,
    pub user: UserId,
    pub skus: Vec<(Sku, Money)>,
    pub shown: Money,
    pub checkout: Arc<Mutex<Option<CheckoutId>>>,
}

impl Desk {
    pub fn key(&self, key: &str) -> ClaimKey {
        ClaimKey { principal: self.user, key: key.into() }
    }

    pub fn writes(&self, key: &str, asked: u64, answer: &Result<Placed, PlaceRefusal>) {
        self.diary.write(Entry {
            user: self.user,
            key: key.into(),
            asked,
            heard: self.diary.moment(),
            what: Heard::of(Some(answer.clone())),
            shown: self.shown,
        });
    }

    /// Hands facts on until none waits.
    pub async fn tells(&mut self) {
        let now = self.clock.now();
        let lanes = self.ports.outbox.lease(1, LANES, now, 30_000).await.expect("lanes");
        while self.relay.round(&lanes).await.expect("a round") > 0 {}
    }
}

/// A shop.
pub struct Rig {
    store: Store,
    base: Option<Base>,
    folder: Folder,
    clock: Arc<ManualClock>,
    gateway: Arc<SimGateway>,
    mint: Mint,
    diary: Arc<Diary>,
    listener: Arc<Listener>,
    offers: Arc<SimOffers>,
    plans: Vec<Arc<CrashPlan>>,
    user: UserId,
    skus: Vec<(Sku, Money)>,
    shown: Money,
    checkout: Arc<Mutex<Option<CheckoutId>>>,
}

impl Rig {
    pub fn new(store: Store) -> Self {
        let clock = Arc::new(ManualClock::at(EPOCH));
        let folder = Folder::new();
        let base = match store {
            Store::Colocated => Base::colocated(clock.clone()),
            Store::Split => Base::split(clock.clone()),
            Store::Sqlite => folder.open(clock.clone()),
        };
        let mint = Mint::new(clock.clone(), Arc::new(SeededEntropy::new(11)));
        let offers = Arc::new(SimOffers::default());
        let skus: Vec<(Sku, Money)> = (0..2)
            .map(|n| (mint.mint(Bucket::of(n)), Money::new(1_000 + 7 * n as i64, Currency::Eur)))
            .collect();
        let opens =
            |sku: Sku| StockIntent::Open { sku, warehouse: mint.mint(Bucket::of(0)), quantity: 5 };
        for (sku, price) in &skus {
            offers.0.lock().insert(*sku, price.minor);
            one(block_on(base.plain.stock.apply(vec![opens(*sku)]))).expect("stock");
        }
        let mut rig = Self {
            store,
            base: Some(base),
            folder,
            gateway: SimGateway::new(clock.clone()),
            user: mint.mint(Bucket::of(3)),
            clock,
            mint,
            diary: Arc::default(),
            listener: Arc::default(),
            offers,
            plans: Vec::new(),
            skus,
            shown: Money::zero(Currency::Eur),
            checkout: Arc::default(),
        };
        rig.shown = rig.total();
        rig
    }

    fn total(&mut self) -> Money {
        let lines: Vec<BuyerLine> =
            self.skus.iter().map(|(sku, _)| BuyerLine { sku: *sku, quantity: 2 }).collect();
        let to = Destination::country(Country::of(b"DE"));
        let desk = self.desk(&Arc::new(CrashPlan::count()));
        block_on(desk.saga.quote(&lines, &to, ShippingMethod::Standard)).expect("a quote").total
    }

    fn base(&self) -> &Base {
        self.base.as_ref().expect("the store is open")
    }

    fn desk(&mut self, plan: &Arc<CrashPlan>) -> Desk {
        self.plans.push(plan.clone());
        let gate: Arc<dyn Gate> = plan.clone();
        let ports = self.base().through(&gate, &Planter::default());
        let gateway: Arc<dyn Gateway> = Arc::new(Faulty::new(self.gateway.clone(), gate));
        let clock: Arc<dyn Clock> = self.clock.clone();
        let saga = Saga::new(SagaParts {
            orders: ports.orders.clone(),
            payments: ports.payments.clone(),
            stock: ports.stock.clone(),
            carts: ports.carts.clone(),
            offers: self.offers.clone(),
            gateway,
            tables: Arc::new(Pricing::default_shop(Currency::Eur)),
            mint: self.mint.clone(),
            clock: clock.clone(),
            settings: SagaSettings { transfer_ms: TRANSFER_MS, ..SagaSettings::default() },
        });
        let consumers: Vec<Arc<dyn Consumer>> = vec![
            Arc::new(Lister(ports.orders.clone())),
            self.listener.clone(),
            Arc::new(MoneyMover(saga.money().clone())),
        ];
        let settings = RelaySettings { idle: Duration::ZERO, ..RelaySettings::default() };
        let relay = Relay::new(ports.outbox.clone(), consumers, clock, settings);
        Desk {
            saga,
            ports,
            relay,
            clock: self.clock.clone(),
            gateway: self.gateway.clone(),
            diary: self.diary.clone(),
            user: self.user,
            skus: self.skus.clone(),
            shown: self.shown,
            checkout: self.checkout.clone(),
        }
    }

    /// Whether the process came to the errand's end.
    pub fn run(&mut self, errand: Errand, plan: &Arc<CrashPlan>) -> bool {
        let desk = self.desk(plan);
        run_until(errand.run(desk), || plan.crashed()).is_some()
    }

    /// A new process over what is stored.
    pub fn restarts(&mut self) {
        if self.store == Store::Sqlite {
            self.base = None;
            self.base = Some(self.folder.open(self.clock.clone()));
        }
    }

    /// The workers, until every lease and deadline is past.
    pub fn settles(&mut self) {
        let plan = Arc::new(CrashPlan::count());
        let mut desk = self.desk(&plan);
        block_on(async {
            for _ in 0..5 {
                desk.clock.advance(5 * MINUTE_MS);
                desk.saga.recover(8).await.expect("recovery");
                desk.saga.sweep(8).await.expect("the sweep");
                // A gateway says that money came until it is heard.
                for charge in desk.gateway.charges().iter().filter(|c| c.unclaimed > 0) {
                    let order = souk_payments::order_of(&charge.reference).expect("an order");
                    desk.saga.sync(order).await.expect("a message");
                }
                desk.tells().await;
                desk.saga.money().resume(MINUTE_MS, 8).await.expect("refunds");
                desk.tells().await;
            }
        });
    }

    /// The errand's purchase under the same key.
    pub fn asks_again(&mut self, errand: Errand) {
        let plan = Arc::new(CrashPlan::count());
        let desk = self.desk(&plan);
        block_on(errand.again(desk));
    }

    /// Every promise was kept.
    pub fn judged(&self, what: &str) {
        let base = self.base();
        let evidence = Evidence {
            ports: &base.plain,
            noted: self.plans.iter().flat_map(|plan| plan.noted()).collect(),
            opened: self.skus.iter().map(|(sku, _)| (*sku, 5)).collect(),
            charges: self.gateway.charges(),
            alerts: self.gateway.alerts(),
            entries: self.diary.entries(),
            refunds: self.diary.refunds(),
            told: Some(self.listener.0.lock().clone()),
            money: base.money(),
            users: vec![self.user],
            paused_and_crashed: false,
            now: self.clock.now(),
        };
        let verdict = block_on(check::judge(&evidence));
        assert!(verdict.violations.is_empty(), "{what}: {:#?}", verdict.violations);
    }
}
