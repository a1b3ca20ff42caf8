//! The staff port's contract, on the memory adapter.

use futures_util::FutureExt;
use souk_kernel::{ManualClock, Timestamp};
use souk_memory::catalog::MemoryCatalog;
use souk_memory::invoices::MemoryInvoices;
use souk_memory::orders::MemoryShop;
use souk_memory::reviews::MemoryReviews;
use souk_memory::staff::MemoryStaff;
use souk_staff::contract::{Bench, cases};
use std::sync::Arc;

#[test]
fn keeps_the_contract() {
    let cases = cases();
    assert!(cases.len() >= 9);
    for case in cases {
        println!("{}", case.name);
        let clock = Arc::new(ManualClock::at(Timestamp(1_790_000_000_000)));
        let shop = Arc::new(MemoryShop::new(clock.clone()));
        let catalog = Arc::new(MemoryCatalog::new());
        let reviews = Arc::new(MemoryReviews::over(shop.clone()));
        let accounts = Arc::new(souk_memory::accounts::MemoryAccounts::default());
        let invoices = Arc::new(MemoryInvoices::new(clock));
        let beside = (catalog.clone(), reviews.clone(), accounts.clone(), invoices.clone());
        let staff = MemoryStaff::beside(shop.clone(), beside);
        let staff = Arc::new(staff);
        let bench = Bench {
            staff: staff.clone(),
            desk: staff.clone(),
            payments: shop.clone(),
            accounts,
            parcels: shop.clone(),
            words: staff,
            stock: shop.clone(),
            books: shop.clone(),
            invoices,
            sellers: shop.clone(),
            outbox: shop,
            catalog,
            reviews,
        };
        (case.run)(bench).now_or_never().expect("memory never waits");
    }
}
