//! The contract of invoices, in memory.

use futures_util::FutureExt;
use souk_invoices::contract::cases;
use souk_kernel::{ManualClock, Timestamp};
use souk_memory::invoices::MemoryInvoices;
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
