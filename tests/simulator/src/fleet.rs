//! The processes: each a saga, a relay and the workers' loops over its own gate; and what starts them
//! again after a crash.

use crate::exec::{OUTSIDE, Process, World};
use crate::gate::{Rates, SimGate};
use crate::gateway::SimGateway;
use crate::network::{Network, News};
use crate::oneshot;
use crate::planted::{Bug, Planter};
use crate::stores::{Base, Ports};
use async_trait::async_trait;
use parking_lot::Mutex;
use souk_faults::{Faulty, Gate, Noted};
use souk_kernel::{
    Answers, BoxFuture, Bucket, Currency, Event, LANES, MINUTE_MS, Mint, Money, PortError,
    SECOND_MS, Sku, Spawner,
};
use souk_orders::{BuyerLine, Offers, Saga, SagaParts, SagaSettings};
use souk_payments::Gateway;
use souk_pricing::{PricedLine, Pricing, TaxClass};
use souk_worker::{Consumer, Lister, MoneyMover, Relay, RelaySettings};
use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

/// Processes that serve shoppers and work.
pub const PROCESSES: usize = 2;
/// How long a transfer is waited for here: longer than a card, and over before the calm is.
pub const TRANSFER_MS: i64 = 45 * MINUTE_MS;
/// The process that runs when everything else is over.
pub const DRAIN: Process = PROCESSES;

/// What is sold, for how much.
#[derive(Default)]
pub struct SimOffers(pub Mutex<BTreeMap<Sku, i64>>);

#[async_trait]
impl Offers for SimOffers {
    async fn price(&self, lines: &[BuyerLine]) -> Result<Vec<Option<PricedLine>>, PortError> {
        let prices = self.0.lock();
        let line = |line: &BuyerLine| {
            Some(PricedLine {
                sku: line.sku,
                product: souk_kernel::Id::from_uuid(line.sku.uuid()),
                variant: souk_kernel::Id::from_uuid(line.sku.uuid()),
                seller: souk_kernel::Id::from_uuid(line.sku.uuid()),
                title: "something".into(),
                quantity: line.quantity,
                unit_price: Money::new(*prices.get(&line.sku)?, Currency::Eur),
                tax_class: TaxClass::Standard,
                weight_g: 100,
                image: None,
            })
        };
        Ok(lines.iter().map(line).collect())
    }
}

/// Remembers every fact that it is told.
#[derive(Default)]
pub struct Listener(pub Mutex<Vec<Event>>);

#[async_trait]
impl Consumer for Listener {
    fn name(&self) -> &'static str {
        "listener"
    }

    async fn take(&self, facts: &[Event]) -> Answers<(), PortError> {
        self.0.lock().extend(facts.iter().cloned());
        facts.iter().map(|_| Ok(())).collect()
    }
}

/// The processes and what they share.
pub struct Fleet {
    /// Time and chance.
    pub world: Arc<World>,
    /// The stores.
    pub base: Base,
    /// The gateway.
    pub gateway: Arc<SimGateway>,
    /// How much goes wrong.
    pub rates: Arc<Rates>,
    /// What processes tried to write down.
    pub noted: Arc<Mutex<Vec<Noted>>>,
    /// What is sold.
    pub offers: Arc<SimOffers>,
    /// Who was told what.
    pub listener: Arc<Listener>,
    /// Ids.
    pub mint: Mint,
    /// A bug on purpose.
    pub bug: Option<Bug>,
    sagas: Mutex<Vec<Option<Saga>>>,
    stopped: AtomicBool,
    dark_until: AtomicI64,
    /// Half of the histories have their ports batched, as the shop is wired.
    batched: bool,
}

/// Starts tasks of a process.
struct Tasks(Arc<World>, Process);

impl Spawner for Tasks {
    fn spawn(&self, task: BoxFuture<'static, ()>) {
        self.0.spawn(self.1, task);
    }
}

/// One process's use cases.
pub struct Stack {
    /// The purchase.
    pub saga: Saga,
    /// Facts out.
    pub relay: Relay,
    /// Its ports.
    pub ports: Ports,
}

impl Fleet {
    /// No process runs yet.
    #[must_use]
    pub fn new(world: &Arc<World>, base: Base, mint: Mint, bug: Option<Bug>) -> Arc<Self> {
        let rates = Arc::new(Rates::draw(world));
        let gateway = SimGateway::new(Arc::new(Monotonic(Arc::clone(world))));
        Arc::new(Self {
            world: Arc::clone(world),
            base,
            gateway,
            rates,
            noted: Arc::default(),
            offers: Arc::default(),
            listener: Arc::default(),
            mint,
            bug,
            sagas: Mutex::new(vec![None; PROCESSES]),
            stopped: AtomicBool::new(false),
            dark_until: AtomicI64::new(0),
            batched: world.odds(5_000),
        })
    }

    /// Workers end their loops.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// Whether they do.
    pub fn stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// Ends every process; none starts again before `ms` have passed.
    pub fn go_dark(&self, ms: i64) {
        self.dark_until.store(self.world.elapsed() + ms, Ordering::Relaxed);
        self.world.note("world", || format!("nothing runs for {} h", ms / 3_600_000));
        (0..PROCESSES).for_each(|process| self.world.crash(process));
    }

    /// When processes may start again, in simulated milliseconds since the beginning.
    pub fn dark_until(&self) -> i64 {
        self.dark_until.load(Ordering::Relaxed)
    }

    /// A process's use cases over its own gate.
    #[must_use]
    pub fn stack(self: &Arc<Self>, process: Process) -> Stack {
        let world = Arc::clone(&self.world);
        let name =
            if process == DRAIN { "drain".into() } else { format!("worker {}", process + 1) };
        let gate: Arc<dyn Gate> = Arc::new(SimGate {
            world: world.clone(),
            rates: Arc::clone(&self.rates),
            process,
            noted: Arc::clone(&self.noted),
            name,
        });
        let tasks = Arc::clone(&self.world);
        let later = Arc::new(move |task| tasks.spawn(process, task));
        let planter = Planter::new(self.bug, later, Arc::clone(&self.noted));
        let ports = self.base.through(&gate, &planter);
        let tasks: Arc<dyn Spawner> = Arc::new(Tasks(Arc::clone(&self.world), process));
        let ports = if self.batched { ports.batched(&tasks) } else { ports };
        let network: Arc<dyn Gateway> = Arc::new(Network {
            world: world.clone(),
            gateway: Arc::clone(&self.gateway),
            rates: Arc::clone(&self.rates),
            news: self.news(),
        });
        let gateway: Arc<dyn Gateway> = Arc::new(Faulty::new(network, gate));
        let owner = process as u64 + 1;
        let saga = Saga::new(SagaParts {
            orders: ports.orders.clone(),
            payments: ports.payments.clone(),
            stock: ports.stock.clone(),
            carts: ports.carts.clone(),
            offers: self.offers.clone(),
            gateway: planter.gateway(gateway, &self.gateway),
            tables: Arc::new(Pricing::default_shop(Currency::Eur)),
            mint: self.mint.clone(),
            clock: world.clone(),
            settings: SagaSettings { owner, transfer_ms: TRANSFER_MS, ..SagaSettings::default() },
        });
        let consumers: Vec<Arc<dyn Consumer>> = vec![
            Arc::new(Lister(ports.orders.clone())),
            self.listener.clone(),
            Arc::new(MoneyMover(saga.money().clone())),
        ];
        let settings = RelaySettings {
            owner,
            batch: 32,
            idle: Duration::ZERO,
            retry_ms: 500,
            attempts: 10_000,
            ..RelaySettings::default()
        };
        let relay = Relay::new(ports.outbox.clone(), consumers, world, settings);
        Stack { saga, relay, ports }
    }

    /// Starts a process, and starts it again after each crash.
    pub fn keep_running(self: &Arc<Self>, process: Process) {
        let fleet = Arc::clone(self);
        self.world.spawn(OUTSIDE, async move {
            while !fleet.stopped() {
                let crashed = fleet.world.watch(process);
                fleet.boot(process);
                crashed.await;
                fleet.sagas.lock()[process] = None;
                fleet.world.sleep(fleet.world.between(SECOND_MS, 40 * SECOND_MS)).await;
                let dark = fleet.dark_until() - fleet.world.elapsed();
                fleet.world.sleep(dark).await;
                fleet.world.note("world", || format!("worker {} starts again", process + 1));
            }
        });
    }

    fn boot(self: &Arc<Self>, process: Process) {
        let Stack { saga, relay, ports } = self.stack(process);
        self.sagas.lock()[process] = Some(saga.clone());
        let (fleet, recovering) = (Arc::clone(self), saga.clone());
        self.world.spawn(process, async move {
            while !fleet.stopped() {
                fleet.world.sleep(fleet.world.between(3_000, 25_000)).await;
                // A round that fails is followed by another one.
                let _ = recovering.recover(8).await;
            }
        });
        let fleet = Arc::clone(self);
        self.world.spawn(process, async move {
            while !fleet.stopped() {
                fleet.world.sleep(fleet.world.between(10_000, 60_000)).await;
                let _ = saga.sweep(8).await;
                let _ = saga.money().resume(20 * SECOND_MS, 8).await;
            }
        });
        let fleet = Arc::clone(self);
        self.world.spawn(process, async move { fleet.relaying(process, relay, &ports).await });
    }

    async fn relaying(&self, process: Process, mut relay: Relay, ports: &Ports) {
        let world = &self.world;
        while !self.stopped() {
            world.sleep(world.between(500, 12_000)).await;
            let now = souk_kernel::Clock::now(&**world);
            let owner = process as u64 + 1;
            if let Ok(lanes) = ports.outbox.lease(owner, LANES * 2 / 3, now, 30_000).await {
                let _ = relay.round(&lanes).await;
            }
        }
    }

    /// Asks a process as a client does: the work goes on there, whether or not the client waits. `None`:
    /// no answer came.
    pub async fn ask<T, F>(
        self: &Arc<Self>,
        patience: i64,
        ask: impl FnOnce(Saga) -> F,
    ) -> Option<T>
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        let process = self.world.below(PROCESSES as u64) as usize;
        let saga = self.sagas.lock()[process].clone();
        let Some(saga) = saga else {
            self.world.sleep(500).await;
            return None;
        };
        let (tell, hear) = oneshot::channel();
        let work = ask(saga);
        self.world.spawn(process, async move { tell.send(work.await) });
        self.world.within(patience, hear).await.flatten()
    }

    /// What hears of the gateway's news: webhooks, late, twice, in disorder, or never.
    #[must_use]
    pub fn news(self: &Arc<Self>) -> News {
        let fleet = Arc::downgrade(self);
        Arc::new(move |reference: String| {
            let Some(fleet) = fleet.upgrade() else { return };
            let Some(order) = reference.strip_prefix("order_").and_then(|id| id.parse().ok())
            else {
                return;
            };
            let copies = if fleet.rates.calm() { 1 } else { fleet.world.below(4) };
            for _ in 0..copies {
                let fleet = Arc::clone(&fleet);
                let world = Arc::clone(&fleet.world);
                let after = [2_000, 60_000, 600_000][world.below(3) as usize];
                let after = world.between(0, after);
                world.clone().spawn(OUTSIDE, async move {
                    world.sleep(after).await;
                    world.note("webhook", || format!("about order {order}"));
                    // An inbox keeps it until it was taken.
                    for _ in 0..3 {
                        let ask = |saga: Saga| async move { saga.sync(order).await };
                        match fleet.ask(60_000, ask).await {
                            Some(Ok(Some(_))) => break,
                            _ => world.sleep(20_000).await,
                        }
                    }
                });
            }
        })
    }

    /// A fresh id for somebody or something outside the shop.
    pub fn fresh<N>(&self) -> souk_kernel::Id<N> {
        self.mint.mint(Bucket::of(self.world.below(4_096)))
    }
}

/// The gateway's clock: it never jumps.
pub struct Monotonic(pub Arc<World>);

impl souk_kernel::Clock for Monotonic {
    fn now(&self) -> souk_kernel::Timestamp {
        crate::exec::EPOCH.plus_ms(self.0.elapsed())
    }
}
