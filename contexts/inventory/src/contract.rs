//! The cases that every adapter of [`Stock`] must pass. An adapter's test runs each of [`cases`] on an
//! empty store of its own.

mod bench;
mod holds;
mod shelves;

use crate::Stock;
use souk_kernel::{BoxFuture, ManualClock, Timestamp};
use std::sync::Arc;

/// Where a fixture's clock stands at first.
pub const START: Timestamp = Timestamp(1_790_000_000_000);

/// An empty store, and the clock that it compares deadlines with, at [`START`].
#[derive(Clone)]
pub struct Fixture {
    /// The store.
    pub stock: Arc<dyn Stock>,
    /// Its clock.
    pub clock: Arc<ManualClock>,
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
    let mut cases = holds::cases();
    cases.extend(shelves::cases());
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
