//! The payments port's contract, on both memory adapters.

use async_trait::async_trait;
use futures_util::FutureExt;
use souk_kernel::{ManualClock, Outbox, PaymentId, Timestamp};
use souk_memory::orders::MemoryShop;
use souk_memory::payments::{MemoryPayments, PaymentRows};
use souk_payments::MoneyEntry;
use souk_payments::contract::{Fixture, MoneyLedger, cases};
use std::sync::Arc;

struct Ledger<F>(F);

#[async_trait]
impl<F: Fn() -> PaymentRows + Send + Sync> MoneyLedger for Ledger<F> {
    async fn entries(&self, payment: PaymentId) -> Vec<MoneyEntry> {
        let rows = (self.0)();
        rows.money().iter().filter(|entry| entry.payment == payment).cloned().collect()
    }
}

#[test]
fn a_store_of_its_own_keeps_the_contract() {
    for case in cases() {
        println!("{}", case.name);
        let clock = Arc::new(ManualClock::at(Timestamp(0)));
        let payments = Arc::new(MemoryPayments::new(clock));
        let outbox = Some(payments.clone() as Arc<dyn Outbox>);
        let ledger = payments.clone();
        let money = Some(Arc::new(Ledger(move || ledger.rows())) as Arc<dyn MoneyLedger>);
        (case.run)(Fixture { payments, money, outbox }).now_or_never().expect("memory never waits");
    }
}

#[test]
fn the_co_located_shop_keeps_the_contract() {
    for case in cases() {
        println!("{}", case.name);
        let payments = Arc::new(MemoryShop::new(Arc::new(ManualClock::at(Timestamp(0)))));
        let outbox = Some(payments.clone() as Arc<dyn Outbox>);
        let ledger = payments.clone();
        let money = Some(Arc::new(Ledger(move || ledger.rows().payments)) as Arc<dyn MoneyLedger>);
        (case.run)(Fixture { payments, money, outbox }).now_or_never().expect("memory never waits");
    }
}
