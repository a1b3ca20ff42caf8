//! The stores under test, and the ports that a process sees of them.

use crate::planted::Planter;
use souk_batcher::{Batched, Batching};
use souk_cart::Carts;
use souk_faults::{Faulty, Gate};
use souk_inventory::Stock;
use souk_kernel::{Clock, Outbox, Spawner};
use souk_memory::orders::{MemoryShop, SplitShop};
use souk_orders::Orders;
use souk_orders::split::{OrderRecords, SplitOrders};
use souk_payments::{MoneyEntry, Payments};
use souk_sqlite::Store;
use std::sync::Arc;

/// Where the rows are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Mode {
    /// In memory, every store under one lock.
    Colocated,
    /// In memory, every store for itself.
    Split,
    /// One SQLite file.
    Sqlite,
}

/// What a process sees.
#[derive(Clone)]
pub struct Ports {
    /// Orders.
    pub orders: Arc<dyn Orders>,
    /// Payments.
    pub payments: Arc<dyn Payments>,
    /// Stock.
    pub stock: Arc<dyn Stock>,
    /// Carts.
    pub carts: Arc<dyn Carts>,
    /// Facts.
    pub outbox: Arc<dyn Outbox>,
}

impl Ports {
    /// The same ports, with concurrent callers sharing batches, as the shop is wired.
    #[must_use]
    pub fn batched(self, spawner: &Arc<dyn Spawner>) -> Self {
        let batching = Batching::default();
        Self {
            orders: Arc::new(Batched::new(self.orders, spawner, &batching)),
            payments: Arc::new(Batched::new(self.payments, spawner, &batching)),
            stock: Arc::new(Batched::new(self.stock, spawner, &batching)),
            carts: Arc::new(Batched::new(self.carts, spawner, &batching)),
            outbox: self.outbox,
        }
    }
}

type Ledger = Arc<dyn Fn() -> Option<Vec<MoneyEntry>> + Send + Sync>;

/// The stores themselves, without faults.
#[derive(Clone)]
pub struct Base {
    /// Which.
    pub mode: Mode,
    /// Without faults.
    pub plain: Ports,
    records: Option<Arc<dyn OrderRecords>>,
    money: Ledger,
    clock: Arc<dyn Clock>,
}

impl Base {
    /// Empty stores in memory, co-located.
    #[must_use]
    pub fn colocated(clock: Arc<dyn Clock>) -> Self {
        let shop = Arc::new(MemoryShop::new(Arc::clone(&clock)));
        let plain = Ports {
            orders: shop.clone(),
            payments: shop.clone(),
            stock: shop.clone(),
            carts: shop.clone(),
            outbox: shop.clone(),
        };
        let money: Ledger = Arc::new(move || Some(shop.rows().payments.money().to_vec()));
        Self { mode: Mode::Colocated, plain, records: None, money, clock }
    }

    /// Empty stores in memory, each for itself.
    #[must_use]
    pub fn split(clock: Arc<dyn Clock>) -> Self {
        let shop = SplitShop::new(Arc::clone(&clock));
        let plain = Ports {
            orders: shop.orders,
            payments: shop.payments.clone(),
            stock: shop.stock,
            carts: shop.carts,
            outbox: shop.records.clone(),
        };
        let money: Ledger = Arc::new(move || Some(shop.payments.rows().money().to_vec()));
        Self { mode: Mode::Split, plain, records: Some(shop.records), money, clock }
    }

    /// An open SQLite store.
    #[must_use]
    pub fn sqlite(store: &Arc<Store>, clock: Arc<dyn Clock>) -> Self {
        let plain = Ports {
            orders: store.clone(),
            payments: store.clone(),
            stock: store.clone(),
            carts: store.clone(),
            outbox: store.clone(),
        };
        Self { mode: Mode::Sqlite, plain, records: None, money: Arc::new(|| None), clock }
    }

    /// The money ledger, where it can be read.
    #[must_use]
    pub fn money(&self) -> Option<Vec<MoneyEntry>> {
        (self.money)()
    }

    /// The ports as a process sees them: through its gate, and with the bug that was planted.
    #[must_use]
    pub fn through(&self, gate: &Arc<dyn Gate>, planter: &Planter) -> Ports {
        let plain = self.plain.clone();
        let carts: Arc<dyn Carts> = Arc::new(Faulty::new(plain.carts, gate.clone()));
        let stock: Arc<dyn Stock> = Arc::new(Faulty::new(plain.stock, gate.clone()));
        let stock = planter.stock(stock);
        let payments: Arc<dyn Payments> = Arc::new(Faulty::new(plain.payments, gate.clone()));
        let payments = planter.payments(payments);
        let outbox: Arc<dyn Outbox> = Arc::new(Faulty::new(plain.outbox, gate.clone()));
        let orders: Arc<dyn Orders> = match &self.records {
            None => Arc::new(Faulty::new(plain.orders, gate.clone())),
            Some(records) => Arc::new(SplitOrders {
                records: Arc::new(Faulty::new(records.clone(), gate.clone())),
                stock: stock.clone(),
                payments: payments.clone(),
                carts: carts.clone(),
                clock: self.clock.clone(),
            }),
        };
        let orders = planter.orders(orders, &stock);
        Ports { orders, payments, stock, carts, outbox: planter.outbox(outbox) }
    }
}
