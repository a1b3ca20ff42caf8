//! The use cases of the purchase.

mod checkout;
mod inbox;
mod late;
mod recovery;
mod saga;

pub use checkout::{BuyNow, BuyerLine, Pay, Placed, StartFromCart};
pub use inbox::InboxWorker;

use crate::{Orders, PlaceRefusal};
use async_trait::async_trait;
use souk_cart::Carts;
use souk_inventory::Stock;
use souk_kernel::{Clock, DAY_MS, MINUTE_MS, Mint, PortError, SECOND_MS, Sku};
use souk_payments::{Gateway, Method, PaymentService, Payments};
use souk_pricing::{PricedLine, Pricing, Quote};
use std::sync::Arc;

/// Who knows what an offer is and costs.
#[async_trait]
pub trait Offers: Send + Sync {
    /// Offers as lines to be quoted, one answer each, in order; `None`: not for sale. One query at
    /// most, however many lines.
    async fn price(&self, lines: &[BuyerLine]) -> Result<Vec<Option<PricedLine>>, PortError>;

    /// The first line of a frozen quote that may not be sold any more, whatever was promised: its
    /// seller was suspended meanwhile. `None`: all may.
    async fn withdrawn(&self, quote: &Quote) -> Result<Option<Sku>, PortError> {
        let _ = quote;
        Ok(None)
    }
}

/// What can be set about the purchase.
#[derive(Debug, Clone)]
pub struct SagaSettings {
    /// How long a checkout holds its stock.
    pub hold_ms: i64,
    /// How long a shopper has to confirm in their wallet.
    pub wallet_ms: i64,
    /// How long a bank transfer is waited for.
    pub transfer_ms: i64,
    /// How many orders of a shopper may wait for a transfer at a time.
    pub transfers: u32,
    /// How long a saga's owner has it to itself; longer than any gateway call may take.
    pub lease_ms: i64,
    /// This process, among the processes that run sagas. Not 0.
    pub owner: u64,
    /// Where the gateway sends the shopper back to; the order's id is appended.
    pub return_url: String,
}

impl SagaSettings {
    /// How long the stock of an order that is paid in this way is kept for it.
    #[must_use]
    pub const fn patience_ms(&self, method: Method) -> i64 {
        match method {
            Method::Card => self.hold_ms,
            Method::Wallet => self.wallet_ms,
            Method::BankTransfer => self.transfer_ms,
        }
    }

    /// How many of a shopper's orders that are paid in this way may wait at a time, if that is limited.
    #[must_use]
    pub const fn transfers_max(&self, method: Method) -> Option<u32> {
        match method {
            Method::Card | Method::Wallet => None,
            Method::BankTransfer => Some(self.transfers),
        }
    }
}

impl Default for SagaSettings {
    fn default() -> Self {
        Self {
            hold_ms: 15 * MINUTE_MS,
            wallet_ms: 15 * MINUTE_MS,
            transfer_ms: 3 * DAY_MS,
            transfers: 3,
            lease_ms: 60 * SECOND_MS,
            owner: 1,
            return_url: "http://127.0.0.1:8080/orders/return/".into(),
        }
    }
}

/// What the saga works with.
#[derive(Clone)]
pub struct SagaParts {
    /// The store of orders.
    pub orders: Arc<dyn Orders>,
    /// The store of payments.
    pub payments: Arc<dyn Payments>,
    /// The store of stock.
    pub stock: Arc<dyn Stock>,
    /// The store of carts.
    pub carts: Arc<dyn Carts>,
    /// What is sold.
    pub offers: Arc<dyn Offers>,
    /// The payment gateway.
    pub gateway: Arc<dyn Gateway>,
    /// Taxes and shipping.
    pub tables: Arc<Pricing>,
    /// Ids.
    pub mint: Mint,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Settings.
    pub settings: SagaSettings,
}

/// The purchase.
///
/// Its futures are meant to run on tasks that outlive the connection that asked: dropping one midway
/// loses nothing, but leaves the order to the recovery worker.
#[derive(Clone)]
pub struct Saga {
    parts: Arc<SagaParts>,
    money: PaymentService,
}

impl Saga {
    /// Puts the purchase together.
    #[must_use]
    pub fn new(parts: SagaParts) -> Self {
        let money = PaymentService::new(
            Arc::clone(&parts.payments),
            Arc::clone(&parts.gateway),
            Arc::clone(&parts.clock),
        );
        Self { parts: Arc::new(parts), money }
    }

    /// Captures, voids and refunds.
    #[must_use]
    pub const fn money(&self) -> &PaymentService {
        &self.money
    }

    /// The store of orders, for reading.
    #[must_use]
    pub fn orders(&self) -> &dyn Orders {
        &*self.parts.orders
    }

    /// The parts, for reading beside the purchase.
    #[must_use]
    pub fn parts(&self) -> &SagaParts {
        &self.parts
    }
}

/// What a use case answers.
pub(crate) type Placing<T> = Result<T, PlaceRefusal>;
