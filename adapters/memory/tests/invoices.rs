//! The contract of invoices, in memory; and a cancellation that meets a refund.

use async_trait::async_trait;
use futures_util::FutureExt;
use parking_lot::Mutex;
use souk_invoices::contract::cases;
use souk_invoices::{Back, Document, InvoiceService, Invoices, Issue, IssueRefusal, Kind};
use souk_kernel::{
    Answers, Currency, Id, ManualClock, Money, OrderId, PortError, SellerId, Timestamp,
};
use souk_memory::invoices::MemoryInvoices;
use souk_orders::contract::samples::{self, Readable};
use souk_orders::{Order, OrderState, Orders};
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

/// One order, as it stands when it is read.
fn only(order: &Arc<Mutex<Order>>) -> Arc<dyn Orders> {
    let order = Arc::clone(order);
    Arc::new(Readable(move |_| Some(order.lock().clone())))
}

/// Between the read of the order and the write of its invoice, it is cancelled, and that is heard.
struct Meanwhile {
    store: Arc<MemoryInvoices>,
    order: Arc<Mutex<Order>>,
}

#[async_trait]
impl Invoices for Meanwhile {
    async fn issue(&self, batch: Vec<Issue>) -> Answers<Vec<Document>, IssueRefusal> {
        let id = {
            let mut order = self.order.lock();
            order.state = OrderState::Cancelled;
            order.id
        };
        let elsewhere = InvoiceService::new(self.store.clone(), only(&self.order));
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
    let order = Arc::new(Mutex::new(sold));
    let meanwhile = Meanwhile { store: store.clone(), order: order.clone() };
    let service = InvoiceService::new(Arc::new(meanwhile), only(&order));
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
