//! The cases that every adapter of [`Orders`] must pass, and the comparison of two adapters. An
//! adapter's test runs each of [`cases`] on an empty store of its own.

mod beginning;
mod bench;
mod checkouts;
mod differential;
mod facts;
mod reading;
pub mod samples;
mod settling;
pub mod traces;

pub use differential::compare;

use crate::Orders;
use souk_cart::Carts;
use souk_inventory::Stock;
use souk_kernel::{BoxFuture, ManualClock, Outbox, Timestamp};
use souk_payments::Payments;
use std::sync::Arc;

/// Where a fixture's clock stands at first.
pub const START: Timestamp = Timestamp(1_790_000_000_000);

/// An empty shop: the ports of the purchase, over the same stores, and the clock that they read, at
/// [`START`].
#[derive(Clone)]
pub struct Fixture {
    /// Orders.
    pub orders: Arc<dyn Orders>,
    /// Stock.
    pub stock: Arc<dyn Stock>,
    /// Payments.
    pub payments: Arc<dyn Payments>,
    /// Carts.
    pub carts: Arc<dyn Carts>,
    /// The facts of orders.
    pub outbox: Arc<dyn Outbox>,
    /// The clock of all of them.
    pub clock: Arc<ManualClock>,
    /// Whether a refused begin leaves no order at all; otherwise it leaves a cancelled one.
    pub co_located: bool,
}

/// One case: its name and its body, which panics when the store is wrong.
pub struct Case {
    /// In words.
    pub name: &'static str,
    /// The body.
    pub run: fn(Fixture) -> BoxFuture<'static, ()>,
}

/// Every case.
#[must_use]
pub fn cases() -> Vec<Case> {
    let mut cases = beginning::cases();
    cases.extend(settling::cases());
    cases.extend(checkouts::cases());
    cases.extend(reading::cases());
    cases.extend(facts::cases());
    cases
}

/// Defines the cases of a file and lists them: a case can't be written and forgotten.
macro_rules! contract_cases {
    ($($(#[$doc:meta])* async fn $name:ident($bench:ident) $body:block)*) => {
        pub(super) fn cases() -> Vec<super::Case> {
            vec![$(super::Case {
                name: stringify!($name),
                run: |fixture| Box::pin($name(super::bench::Bench::new(fixture, 29))),
            }),*]
        }
        $($(#[$doc])* async fn $name($bench: super::bench::Bench) $body)*
    };
}
use contract_cases;
