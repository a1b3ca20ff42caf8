//! The stores, and their rows.

use super::Mode;
use souk_cart::Carts;
use souk_inventory::Stock;
use souk_kernel::{Clock, Outbox};
use souk_memory::inventory::StockRows;
use souk_memory::orders::{MemoryShop, OrderRows, SplitShop};
use souk_memory::payments::PaymentRows;
use souk_orders::Orders;
use souk_payments::Payments;
use std::sync::Arc;

/// What the stores hold at one moment.
pub struct Rows {
    pub stock: StockRows,
    pub payments: PaymentRows,
    pub orders: OrderRows,
}

/// The stores of the purchase.
pub struct Engines {
    pub orders: Arc<dyn Orders>,
    pub payments: Arc<dyn Payments>,
    pub stock: Arc<dyn Stock>,
    pub carts: Arc<dyn Carts>,
    pub outbox: Arc<dyn Outbox>,
    rows: Box<dyn Fn() -> Rows + Send + Sync>,
}

impl Engines {
    pub fn open(mode: Mode, clock: Arc<dyn Clock>) -> Self {
        match mode {
            Mode::Colocated => Self::colocated(clock),
            Mode::Split => Self::split(clock),
        }
    }

    fn colocated(clock: Arc<dyn Clock>) -> Self {
        let shop = Arc::new(MemoryShop::new(clock));
        Self {
            orders: shop.clone(),
            payments: shop.clone(),
            stock: shop.clone(),
            carts: shop.clone(),
            outbox: shop.clone(),
            rows: Box::new(move || {
                let rows = shop.rows();
                Rows { stock: rows.stock, payments: rows.payments, orders: rows.orders }
            }),
        }
    }

    fn split(clock: Arc<dyn Clock>) -> Self {
        let shop = SplitShop::new(clock);
        let SplitShop { records, stock, payments, carts, orders } = shop.clone();
        Self {
            orders,
            payments,
            stock,
            carts,
            outbox: records,
            rows: Box::new(move || Rows {
                stock: shop.stock.rows(),
                payments: shop.payments.rows(),
                orders: shop.records.orders(),
            }),
        }
    }

    pub fn rows(&self) -> Rows {
        (self.rows)()
    }
}
