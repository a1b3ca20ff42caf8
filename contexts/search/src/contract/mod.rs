//! The cases that every adapter of [`Index`] must pass. Each wants an empty index of its own.

pub mod behaviour;
mod bench;
mod facets;
mod finding;
mod orders;
mod spelling;
mod writing;

use crate::port::Index;
use souk_kernel::BoxFuture;
use std::sync::Arc;

/// One case: its name and its body, which panics when the index is wrong.
pub struct Case {
    /// In words.
    pub name: &'static str,
    /// To be run on an empty index.
    pub run: fn(Arc<dyn Index>) -> BoxFuture<'static, ()>,
}

/// Defines the cases of a file and lists them: a case can't be written and forgotten.
macro_rules! define {
    ($($(#[$doc:meta])* async fn $name:ident($bench:ident) $body:block)*) => {
        pub fn cases() -> Vec<super::Case> {
            vec![$(super::Case {
                name: stringify!($name),
                run: |index| Box::pin($name(super::bench::Bench::over(index))),
            }),*]
        }
        $($(#[$doc])* async fn $name($bench: super::bench::Bench) $body)*
    };
}
use define;

/// Every case.
#[must_use]
pub fn cases() -> Vec<Case> {
    let mut all = writing::cases();
    all.extend(finding::cases());
    all.extend(facets::cases());
    all.extend(orders::cases());
    all.extend(spelling::cases());
    all
}
