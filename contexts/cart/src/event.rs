//! Facts about carts that other rooms may follow. Adding and removing lines is not a fact worth a
//! row: insights, when they come, sample it elsewhere.

use souk_kernel::{EventKind, OrderId, UserId};

/// What happened to a cart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CartEvent {
    /// What was ordered left it.
    Ordered(OrderId),
    /// Another cart's lines came in.
    Merged(UserId),
    /// Its lines were forgotten.
    Expired,
}

impl CartEvent {
    /// The stable name.
    #[must_use]
    pub const fn kind(&self) -> EventKind {
        match self {
            Self::Ordered(_) => "cart.ordered",
            Self::Merged(_) => "cart.merged",
            Self::Expired => "cart.expired",
        }
    }
}
