//! The shop of one life of a machine: from power-on until its power goes.

use crate::gateway::{InProcess, RecordDisk};
use async_trait::async_trait;
use souk_batcher::{Batched, Batching};
use souk_fulfillment::{FulfillmentService, Pace};
use souk_inventory::{Stock, StockIntent};
use souk_invoices::InvoiceService;
use souk_kernel::{
    BoxFuture, Bucket, Clock, Currency, LANES, MINUTE_MS, ManualClock, Mint, Money, Outbox,
    PortError, SeededEntropy, Sku, Spawner, Timestamp, UserId, WarehouseId,
};
use souk_orders::{BuyerLine, Offers, Orders, Saga, SagaParts, SagaSettings};
use souk_powerloss::Machine;
use souk_pricing::{PricedLine, Pricing, TaxClass};
use souk_sandbox as sandbox;
use souk_sqlite::{Options, Store, Synchronous};
use souk_worker::{Biller, Consumer, Lister, MoneyMover, Packer, Relay, RelaySettings};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How many buy at the same time.
pub const BUYERS: usize = 4;

/// What is synced, and what only says so.
#[derive(Debug, Clone, Copy)]
pub struct Durability {
    pub store: Synchronous,
    /// The gateway's record is never synced.
    pub lazy_record: bool,
}

/// As the shop ships.
pub const SHIPPED: Durability = Durability { store: Synchronous::Full, lazy_record: false };

/// What outlives the machine's lives: time, who buys, what there is.
pub struct World {
    pub clock: Arc<ManualClock>,
    pub users: Vec<UserId>,
    pub skus: Vec<Sku>,
    houses: Vec<WarehouseId>,
    seed: u64,
}

impl World {
    pub fn new(seed: u64) -> Self {
        let clock = Arc::new(ManualClock::at(Timestamp(1_790_000_000_000)));
        let mint = Mint::new(clock.clone(), Arc::new(SeededEntropy::new(seed)));
        Self {
            users: (0..BUYERS).map(|_| mint.mint_anywhere()).collect(),
            skus: (0..3).map(|_| mint.mint(Bucket::of(1))).collect(),
            houses: (0..2).map(|_| mint.mint(Bucket::of(0))).collect(),
            clock,
            seed,
        }
    }
}

/// Everything is for sale, at a price that follows from its id.
struct Anything;

#[async_trait]
impl Offers for Anything {
    async fn price(&self, lines: &[BuyerLine]) -> Result<Vec<Option<PricedLine>>, PortError> {
        let priced = |line: &BuyerLine| PricedLine {
            sku: line.sku,
            product: souk_kernel::Id::from_uuid(line.sku.uuid()),
            variant: souk_kernel::Id::from_uuid(line.sku.uuid()),
            seller: souk_kernel::Id::from_uuid(line.sku.uuid()),
            title: "A lamp".into(),
            quantity: line.quantity,
            unit_price: price_of(line.sku),
            tax_class: TaxClass::Standard,
            weight_g: 250,
            image: None,
        };
        Ok(lines.iter().map(|line| Some(priced(line))).collect())
    }
}

pub fn price_of(sku: Sku) -> Money {
    Money::new(1_299 + sku.key() % 7, Currency::Eur)
}

struct Tokio;

impl Spawner for Tokio {
    fn spawn(&self, task: BoxFuture<'static, ()>) {
        tokio::spawn(task);
    }
}

/// A running shop.
pub struct Shop {
    pub machine: Machine,
    pub clock: Arc<ManualClock>,
    pub store: Arc<Store>,
    pub sandbox: Arc<sandbox::Gateway>,
    pub saga: Saga,
    owner: u64,
    over: AtomicBool,
}

impl Shop {
    /// Opens what is on the machine's disk. `life` tells the processes of one history apart.
    pub fn open(
        machine: &Machine,
        world: &World,
        life: u64,
        durability: Durability,
    ) -> Result<Arc<Self>, String> {
        let clock: Arc<dyn Clock> = world.clock.clone();
        let options = Options {
            vfs: Some(machine.vfs_name().to_owned()),
            synchronous: durability.store,
            readers: 2,
            // Small and often, so that cuts fall into checkpoints too.
            checkpoint_pages: 40,
            checkpoint_look: Duration::from_millis(4),
        };
        let store = Store::open(machine.root(), Arc::clone(&clock), &options);
        let store = store.map_err(|e| format!("the store: {e}"))?;
        let disk = RecordDisk::open(machine, durability.lazy_record);
        let disk = disk.map_err(|e| format!("the record's file: {e}"))?;
        let chance = |part: u64| Arc::new(SeededEntropy::new(world.seed ^ (life << 32) ^ part));
        let parts = sandbox::Parts { clock: Arc::clone(&clock), entropy: chance(1), sink: None };
        let config = sandbox::Config { expected_authorizations: 64, ..sandbox::Config::default() };
        let sandbox = sandbox::Gateway::open(config, Box::new(disk), parts);
        let sandbox = sandbox.map_err(|e| format!("the record: {e}"))?;
        let spawner: Arc<dyn Spawner> = Arc::new(Tokio);
        let engine: Arc<dyn Orders> = store.clone();
        let owner = life + 1;
        let saga = Saga::new(SagaParts {
            orders: Arc::new(Batched::new(engine, &spawner, &Batching::default())),
            payments: store.clone(),
            stock: store.clone(),
            carts: store.clone(),
            offers: Arc::new(Anything),
            gateway: Arc::new(InProcess(Arc::clone(&sandbox))),
            tables: Arc::new(Pricing::default_shop(Currency::Eur)),
            mint: Mint::new(Arc::clone(&clock), chance(2)),
            clock,
            settings: SagaSettings { owner, ..SagaSettings::default() },
        });
        Ok(Arc::new(Self {
            machine: machine.clone(),
            clock: world.clock.clone(),
            store,
            sandbox,
            saga,
            owner,
            over: AtomicBool::new(false),
        }))
    }

    /// The first stock, where there is none yet: enough of the first, little of the last.
    pub async fn stock(&self, world: &World) -> Result<(), String> {
        let open = |sku: usize, house: usize, quantity| StockIntent::Open {
            sku: world.skus[sku],
            warehouse: world.houses[house],
            quantity,
        };
        let intents = vec![open(0, 0, 500), open(1, 0, 30), open(1, 1, 30), open(2, 1, 6)];
        let answers = Stock::apply(&*self.store, intents).await;
        answers.into_iter().try_for_each(|answer| answer.map(drop)).map_err(|e| e.to_string())
    }

    /// Buyers need not go on: the power is off, or the work is done.
    pub fn is_over(&self) -> bool {
        self.machine.is_off() || self.over.load(Ordering::Relaxed)
    }

    pub fn end(&self) {
        self.over.store(true, Ordering::Relaxed);
    }

    fn relay(&self) -> Relay {
        let pace = Pace::default();
        let parcels = FulfillmentService::beside(&self.saga, self.store.clone(), pace);
        let invoices = InvoiceService::new(self.store.clone(), self.store.clone());
        let consumers: Vec<Arc<dyn Consumer>> = vec![
            Arc::new(Lister(self.store.clone())),
            Arc::new(MoneyMover(self.saga.money().clone())),
            Arc::new(Packer(parcels.clone())),
            Arc::new(Biller { invoices, parcels }),
        ];
        let settings = RelaySettings { owner: self.owner, ..RelaySettings::default() };
        Relay::new(self.store.clone(), consumers, self.clock.clone(), settings)
    }

    async fn round(&self, relay: &mut Relay) -> Result<usize, PortError> {
        let now = self.clock.now();
        let lanes = Outbox::lease(&*self.store, self.owner, LANES, now, 600_000).await?;
        relay.round(&lanes).await
    }

    /// What goes on without a shopper waiting, while shoppers buy.
    pub async fn works(self: Arc<Self>) {
        let mut relay = self.relay();
        while !self.is_over() {
            // What fails is tried again in the next round; without power there is none.
            let _ = self.round(&mut relay).await;
            let _ = self.saga.sweep(16).await;
            let _ = self.saga.recover(16).await;
            let _ = self.saga.money().resume(MINUTE_MS, 16).await;
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// Recovery, sweep and relay until nothing is under way any more, while time moves past every
    /// deadline. Says whether it came to rest.
    pub async fn rests(&self) -> bool {
        const ROUNDS: usize = 30;
        let mut relay = self.relay();
        for _ in 0..ROUNDS {
            if self.machine.is_off() {
                return false;
            }
            self.clock.advance(5 * MINUTE_MS);
            let _ = self.saga.recover(64).await;
            let _ = self.saga.sweep(64).await;
            let _ = self.saga.money().resume(MINUTE_MS, 64).await;
            while matches!(self.round(&mut relay).await, Ok(many) if many > 0) {}
            if self.under_way() == Ok(0) {
                return true;
            }
        }
        false
    }

    /// Facts untold, orders open, stock held for nobody who has paid, refunds unanswered.
    fn under_way(&self) -> Result<i64, PortError> {
        self.store.read(|conn| {
            let sql = "SELECT (SELECT count(*) FROM outbox)
                + (SELECT count(*) FROM orders WHERE state IN ('created', 'payment_pending'))
                + (SELECT count(*) FROM hold WHERE state IN ('held', 'paying'))
                + (SELECT count(*) FROM refund WHERE state = 'reserved')";
            conn.query_row(sql, [], |row| row.get(0))
        })
    }
}
