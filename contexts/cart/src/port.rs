//! What the cart asks of a store, and of the rooms that know prices and stock.

use crate::{Cart, Line, Notice, Owner};
use async_trait::async_trait;
use souk_kernel::{Answers, Money, OfferId, OrderId, PortError, Timestamp, UserId};

/// One atomic change of one cart. [`crate::rules::decide`] says what it does: an adapter reads the
/// cart, asks the rule, and writes what it says, all in one transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CartIntent {
    /// Whose cart.
    pub user: UserId,
    /// When it is asked.
    pub at: Timestamp,
    /// What is asked.
    pub step: Step,
}

/// What is asked of a cart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// More pieces: sums with a line of the same offer and takes the new price snapshot.
    Add {
        /// The line; its quantity is added.
        line: Line,
        /// Only if the cart's version is this.
        expected_version: Option<u64>,
        /// Until when the cart is kept from now on.
        keep_until: Timestamp,
    },
    /// Another quantity of a line that is there; 0 removes it.
    Set {
        /// Which line.
        offer: OfferId,
        /// The new quantity.
        quantity: u32,
        /// The price shown with it.
        price: Money,
        /// Only if the cart's version is this.
        expected_version: Option<u64>,
        /// Until when the cart is kept from now on.
        keep_until: Timestamp,
    },
    /// No such line any more.
    Remove {
        /// Which line.
        offer: OfferId,
        /// Only if the cart's version is this.
        expected_version: Option<u64>,
    },
    /// A line is saved for later: it leaves the lines and keeps its price snapshot.
    Save {
        /// Which line.
        offer: OfferId,
        /// Only if the cart's version is this.
        expected_version: Option<u64>,
        /// Until when lines, and what is saved, are kept from now on.
        keep: (Timestamp, Timestamp),
    },
    /// What is saved becomes a line again, with the price snapshot that it has; sums with a line of the
    /// same offer.
    Restore {
        /// Which saved line.
        offer: OfferId,
        /// Only if the cart's version is this.
        expected_version: Option<u64>,
        /// Until when lines, and what is saved, are kept from now on.
        keep: (Timestamp, Timestamp),
    },
    /// No such saved line any more.
    DropSaved {
        /// Which.
        offer: OfferId,
        /// Only if the cart's version is this.
        expected_version: Option<u64>,
    },
    /// The shopper has read what was told, at these prices: they are the snapshot from now on, and
    /// kept notices go. Lines don't change, so the version stays.
    Acknowledge {
        /// Offers, and the price that was shown of each.
        seen: Vec<(OfferId, Money)>,
    },
    /// A guest became an account: what is there is kept as long as an account keeps it.
    Keep {
        /// Until when lines, and what is saved, are kept at least.
        keep: (Timestamp, Timestamp),
    },
    /// An order claims the lines of this version: they stand still until it ends.
    /// Repeating it for the same order changes nothing.
    Freeze {
        /// The version that was shown to the shopper.
        expected_version: u64,
        /// Which order.
        by: OrderId,
    },
    /// The order ended without being confirmed. Nothing, unless this order holds the freeze.
    Thaw {
        /// Which order.
        by: OrderId,
    },
    /// The order is confirmed: exactly these pieces leave, the freeze ends. Nothing, unless this
    /// order holds the freeze.
    Ordered {
        /// Which order.
        by: OrderId,
        /// What was ordered.
        lines: Vec<(OfferId, u32)>,
    },
    /// First step of a merge, on the guest's cart: its lines stand still.
    Claim {
        /// Whose cart they go to.
        into: UserId,
    },
    /// Second step, on the account's cart: the lines arrive, once for each version of the guest's
    /// cart. Also while an order pays: it takes away only what it ordered.
    Merge {
        /// Whose lines.
        from: UserId,
        /// The version of that cart.
        from_version: u64,
        /// They.
        lines: Vec<Line>,
        /// What the guest saved for later.
        saved: Vec<Line>,
        /// Until when lines, and what is saved, are kept from now on.
        keep: (Timestamp, Timestamp),
    },
    /// Last step, on the guest's cart: the lines leave. Nothing, unless this version is claimed so.
    Release {
        /// Whose cart they went to.
        into: UserId,
        /// The version of the guest's cart that arrived there.
        from_version: u64,
    },
}

impl CartIntent {
    /// An order claims the cart that it pays for.
    #[must_use]
    pub const fn freeze(user: UserId, expected_version: u64, by: OrderId, at: Timestamp) -> Self {
        Self { user, at, step: Step::Freeze { expected_version, by } }
    }

    /// An order ended without being confirmed.
    #[must_use]
    pub const fn thaw(user: UserId, by: OrderId, at: Timestamp) -> Self {
        Self { user, at, step: Step::Thaw { by } }
    }

    /// An order was confirmed.
    #[must_use]
    pub const fn ordered(
        user: UserId,
        by: OrderId,
        lines: Vec<(OfferId, u32)>,
        at: Timestamp,
    ) -> Self {
        Self { user, at, step: Step::Ordered { by, lines } }
    }
}

/// What became of an intent; each carries the cart as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CartAnswer {
    /// What was asked holds now.
    Changed(Cart, Vec<Notice>),
    /// The expected version is gone; nothing was done.
    Stale(Cart),
    /// The cart stands still; nothing was done.
    Frozen(Cart),
    /// No room for another line; nothing was done.
    Full(Cart),
    /// There is no such line to set; nothing was done.
    NoLine(Cart),
}

impl CartAnswer {
    /// The cart as it is now.
    #[must_use]
    pub const fn cart(&self) -> &Cart {
        match self {
            Self::Changed(cart, _)
            | Self::Stale(cart)
            | Self::Frozen(cart)
            | Self::Full(cart)
            | Self::NoLine(cart) => cart,
        }
    }

    /// Whether what was asked holds now.
    #[must_use]
    pub const fn done(&self) -> bool {
        matches!(self, Self::Changed(..))
    }
}

/// What one piece of a sweep did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Swept {
    /// Carts that lost their lines.
    pub expired: u32,
    /// Where to go on; `None`: through.
    pub next: Option<UserId>,
}

/// Where carts are kept.
#[async_trait]
pub trait Carts: Send + Sync {
    /// Somebody's cart as stored; `None` if they never had one. May be past its time:
    /// see [`Cart::expired`].
    async fn get(&self, user: UserId) -> Result<Option<Cart>, PortError>;

    /// Applies intents in their order, each atomic and on its own: one that is refused or fails
    /// leaves the others. An applied change is as durable as the store is, when this returns.
    async fn apply(&self, intents: Vec<CartIntent>) -> Answers<CartAnswer, PortError>;

    /// Forgets the lines of carts past their time ([`crate::rules::expire`]), looking at no more
    /// than `limit` carts, in the order of their owners' ids, after `after`.
    async fn sweep(
        &self,
        now: Timestamp,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Swept, PortError>;
}

/// An offer as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offering {
    /// The price of one piece.
    pub price: Money,
    /// How many can be bought now.
    pub available: u32,
}

/// Who knows prices and stock.
#[async_trait]
pub trait Prices: Send + Sync {
    /// Offers as they stand, one answer each, in order; `None`: not for sale. One query, however
    /// many offers.
    async fn offerings(&self, offers: &[OfferId]) -> Result<Vec<Option<Offering>>, PortError>;
}

impl Owner {
    /// Until when a cart touched now is kept.
    #[must_use]
    pub const fn keep_until(self, now: Timestamp) -> Timestamp {
        now.plus_ms(self.keep_ms())
    }
}
