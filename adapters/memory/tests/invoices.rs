//! The contract of invoices, in memory; and a cancellation that meets a refund.

use async_trait::async_trait;
use futures_util::FutureExt;
use parking_lot::Mutex;
use souk_invoices::contract::cases;
use souk_invoices::{Back, Document, InvoiceService, Invoices, Issue, IssueRefusal, Kind};
use souk_kernel::{
    Answers, CheckoutId, ClaimKey, Currency, Id, ManualClock, Money, OrderId, PortError, SellerId,
    Timestamp, UserId,
};
use souk_memory::invoices::MemoryInvoices;
use souk_orders::contract::samples;
use souk_orders::{
    Begin, BeginRefusal, Begun, CheckoutRecord, Claimed, Order, OrderState, OrderSummary, Orders,
    Settle, SettleRefusal, StartCheckout, Started,
};
use std::sync::Arc;

#[test]
fn keeps_the_contract() {
    let cases = cases();
    assert!(cases.len() >= 6);
    for case in cases {
        println!("{}", case.name);
        let clock = Arc::new(ManualClock::at(Timestamp(1_790_000_000_000)));
        let store = Arc::new(MemoryInvoices::new(clock));
        (case.run)(store).now_or_never().expect("memory never waits");
    }
}

/// One order, to be read only.
struct Only(Mutex<Order>);

#[async_trait]
impl Orders for Only {
    async fn order(&self, _: OrderId) -> Result<Option<Order>, PortError> {
        Ok(Some(self.0.lock().clone()))
    }

    async fn order_by_key(&self, _: i64) -> Result<Option<Order>, PortError> {
        Ok(Some(self.0.lock().clone()))
    }

    async fn begin(&self, _: Vec<Begin>) -> Answers<Begun, BeginRefusal> {
        Vec::new()
    }

    async fn settle(&self, _: Vec<Settle>) -> Answers<u64, SettleRefusal> {
        Vec::new()
    }

    async fn start(&self, _: Vec<StartCheckout>) -> Answers<Started, BeginRefusal> {
        Vec::new()
    }

    async fn checkout(&self, _: CheckoutId) -> Result<Option<CheckoutRecord>, PortError> {
        Ok(None)
    }

    async fn live_order(&self, _: CheckoutId) -> Result<Option<OrderId>, PortError> {
        Ok(None)
    }

    async fn claimed(&self, _: &ClaimKey) -> Result<Option<Claimed>, PortError> {
        Ok(None)
    }

    async fn due(&self, _: usize) -> Result<Vec<OrderId>, PortError> {
        Ok(Vec::new())
    }

    async fn of_user(
        &self,
        _: UserId,
        _: Option<OrderId>,
        _: usize,
    ) -> Result<Vec<OrderSummary>, PortError> {
        Ok(Vec::new())
    }

    async fn list(&self, _: Vec<OrderId>) -> Result<(), PortError> {
        Ok(())
    }
}

/// Between the read of the order and the write of its invoice, it is cancelled, and that is heard.
struct Meanwhile {
    store: Arc<MemoryInvoices>,
    order: Arc<Only>,
}

#[async_trait]
impl Invoices for Meanwhile {
    async fn issue(&self, batch: Vec<Issue>) -> Answers<Vec<Document>, IssueRefusal> {
        let id = {
            let mut order = self.order.0.lock();
            order.state = OrderState::Cancelled;
            order.id
        };
        let elsewhere = InvoiceService::new(self.store.clone(), self.order.clone());
        elsewhere.cancelled(id).await.expect("memory works");
        self.store.issue(batch).await
    }

    async fn of_order(&self, order: OrderId) -> Result<Vec<Document>, PortError> {
        self.store.of_order(order).await
    }

    async fn of_seller(
        &self,
        seller: SellerId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<Document>, PortError> {
        self.store.of_seller(seller, after, limit).await
    }
}

/// A refund is told before its order, which is cancelled at that moment: no invoice stays without its
/// credit note.
#[test]
fn a_cancellation_between_read_and_write_leaves_no_invoice_that_counts() {
    let clock = Arc::new(ManualClock::at(Timestamp(1_790_000_000_000)));
    let store = Arc::new(MemoryInvoices::new(clock));
    let sold = samples::confirmed(samples::quote(&[samples::line()], Timestamp(0)));
    let (id, total) = (sold.id, sold.total().minor);
    let order = Arc::new(Only(Mutex::new(sold)));
    let meanwhile = Meanwhile { store: store.clone(), order: order.clone() };
    let service = InvoiceService::new(Arc::new(meanwhile), order);
    let back = Back { amount: Money::new(100, Currency::Eur), goods: Vec::new() };
    let refunded = service.refunded(id, Id::from_bytes([5; 16]), &back);
    refunded.now_or_never().expect("memory never waits").expect("memory works");
    let all = store.of_order(id).now_or_never().expect("memory never waits").expect("it works");
    let of = |kind| -> i64 {
        let those = all.iter().filter(|document| document.draft.content.kind == kind);
        those.map(|document| document.draft.content.total.minor).sum()
    };
    assert_eq!((of(Kind::Invoice), of(Kind::CreditNote)), (total, total));
}
