//! The cases that every adapter of [`Payments`] must pass. An adapter's test runs each of [`cases`] on
//! an empty store of its own.

mod bench;
pub mod inbox;
mod moves;
mod refunds;
pub mod saved;

use crate::{MoneyEntry, Payments};
use async_trait::async_trait;
use souk_kernel::{BoxFuture, Outbox, PaymentId};
use std::sync::Arc;

/// An empty store.
#[derive(Clone)]
pub struct Fixture {
    /// The store.
    pub payments: Arc<dyn Payments>,
    /// Its money ledger, which no use case reads. Without it, its cases check nothing.
    pub money: Option<Arc<dyn MoneyLedger>>,
    /// Its outbox. Without it, its cases check nothing.
    pub outbox: Option<Arc<dyn Outbox>>,
}

/// The money ledger, for checks.
#[async_trait]
pub trait MoneyLedger: Send + Sync {
    /// A payment's entries, oldest first.
    async fn entries(&self, payment: PaymentId) -> Vec<MoneyEntry>;
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
    let mut cases = moves::cases();
    cases.extend(refunds::cases());
    cases
}

/// Defines the cases of a file and lists them: a case can't be written and forgotten.
macro_rules! contract_cases {
    ($($(#[$doc:meta])* async fn $name:ident($bench:ident) $body:block)*) => {
        pub(super) fn cases() -> Vec<super::Case> {
            vec![$(super::Case {
                name: stringify!($name),
                run: |fixture| Box::pin($name(super::bench::Bench::new(fixture))),
            }),*]
        }
        $($(#[$doc])* async fn $name($bench: super::bench::Bench) $body)*
    };
}
use contract_cases;
