//! The words of a cart. A cart is stored as its serde form, which belongs to this room.

use serde::{Deserialize, Serialize};
use souk_kernel::{DAY_MS, Money, OfferId, OrderId, Timestamp, UserId};

/// How long an untouched cart of a guest keeps its lines.
pub const GUEST_KEEP_MS: i64 = 7 * DAY_MS;
/// How long an untouched cart of an account keeps its lines.
pub const ACCOUNT_KEEP_MS: i64 = 30 * DAY_MS;
/// How long an account keeps what it saved for later, untouched. A guest keeps it as long as lines.
pub const SAVED_KEEP_MS: i64 = 365 * DAY_MS;

/// Whose cart, and how long it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owner {
    /// The principal.
    pub user: UserId,
    /// Without an account: kept for 7 days instead of 30.
    pub guest: bool,
}

impl Owner {
    /// Milliseconds that an untouched cart is kept.
    #[must_use]
    pub const fn keep_ms(self) -> i64 {
        if self.guest { GUEST_KEEP_MS } else { ACCOUNT_KEEP_MS }
    }

    /// Until when lines, and what is saved for later, are kept when they are touched now.
    #[must_use]
    pub const fn keep(self, now: Timestamp) -> (Timestamp, Timestamp) {
        let saved = if self.guest { GUEST_KEEP_MS } else { SAVED_KEEP_MS };
        (now.plus_ms(self.keep_ms()), now.plus_ms(saved))
    }
}

/// Some pieces of one offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The offer.
    pub offer: OfferId,
    /// Pieces, 1 to [`crate::rules::MAX_QUANTITY`].
    pub quantity: u32,
    /// The price of one piece when the shopper last touched the line: what they expect to pay.
    pub price: Money,
    /// When the line came.
    pub added_at: Timestamp,
}

/// Why a cart's lines can't be changed by hand now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Freeze {
    /// An order is paying for them.
    Order(OrderId),
    /// They are moving into this principal's cart.
    Merge(UserId),
}

/// A cart that was merged into this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merged {
    /// Whose it was.
    pub from: UserId,
    /// Its version then: the same version isn't merged twice.
    pub version: u64,
}

/// A principal's cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cart {
    /// Whose.
    pub owner: UserId,
    /// Raised by each change of lines. 0: never had a line.
    pub version: u64,
    /// What is in it, in order of arrival; each offer once.
    pub lines: Vec<Line>,
    /// What is saved for later, in order of saving; each offer once. Nobody pays for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub saved: Vec<Line>,
    /// From when on what is saved is forgotten.
    #[serde(default = "for_ever")]
    pub saved_until: Timestamp,
    /// What a merge had to tell, until the shopper has read it or touched the line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kept: Vec<Notice>,
    /// Whether, and by what, it is frozen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frozen: Option<Freeze>,
    /// The order that froze it last and is over: its late `Freeze` is stale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<OrderId>,
    /// The last carts merged into it, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub merged: Vec<Merged>,
    /// When its lines last changed.
    pub updated_at: Timestamp,
    /// From when on its lines are forgotten, unless it is frozen.
    pub expires_at: Timestamp,
}

const fn for_ever() -> Timestamp {
    Timestamp(i64::MAX)
}

impl Cart {
    /// The cart of somebody who never had one.
    #[must_use]
    pub const fn empty(owner: UserId) -> Self {
        Self {
            owner,
            version: 0,
            lines: Vec::new(),
            saved: Vec::new(),
            saved_until: for_ever(),
            kept: Vec::new(),
            frozen: None,
            ended: None,
            merged: Vec::new(),
            updated_at: Timestamp(0),
            expires_at: Timestamp(i64::MAX),
        }
    }

    /// The line of an offer.
    #[must_use]
    pub fn line(&self, offer: OfferId) -> Option<&Line> {
        self.lines.iter().find(|line| line.offer == offer)
    }

    /// All pieces of all lines: the number on the badge.
    #[must_use]
    pub fn pieces(&self) -> u32 {
        self.lines.iter().map(|line| line.quantity).sum()
    }

    /// When something of it is to be forgotten next; `None`: there is nothing.
    #[must_use]
    pub fn due(&self) -> Option<Timestamp> {
        let lines = (!self.lines.is_empty()).then_some(self.expires_at);
        let saved = (!self.saved.is_empty()).then_some(self.saved_until);
        lines.into_iter().chain(saved).min()
    }

    /// Whether something of it is due to be forgotten. An order that is being paid keeps its cart; a
    /// merge that nobody finished in all that time does not.
    #[must_use]
    pub fn expired(&self, now: Timestamp) -> bool {
        let paying = matches!(self.frozen, Some(Freeze::Order(_)));
        !paying && self.due().is_some_and(|due| due <= now)
    }
}

/// What a shopper should be told about a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// The limit of a line cut the quantity to this.
    Capped {
        /// Of which line.
        offer: OfferId,
        /// What is left of it.
        quantity: u32,
    },
    /// The line found no room when carts were merged: it is saved for later.
    SavedInstead {
        /// Which line.
        offer: OfferId,
    },
    /// The line found no room at all when carts were merged: it is lost.
    NotMerged {
        /// Which line.
        offer: OfferId,
    },
    /// The price is another one than when the line was last touched.
    PriceChanged {
        /// Of which line.
        offer: OfferId,
        /// The price then.
        from: Money,
        /// The price now.
        to: Money,
    },
    /// There are fewer than wanted; 0 is sold out.
    StockShort {
        /// Of which line.
        offer: OfferId,
        /// How many there are.
        available: u32,
    },
    /// The offer is gone.
    Gone {
        /// Which line.
        offer: OfferId,
    },
}

impl Notice {
    /// The offer that it is about.
    #[must_use]
    pub const fn offer(&self) -> OfferId {
        match self {
            Self::Capped { offer, .. }
            | Self::SavedInstead { offer }
            | Self::NotMerged { offer }
            | Self::PriceChanged { offer, .. }
            | Self::StockShort { offer, .. }
            | Self::Gone { offer } => *offer,
        }
    }
}

/// A cart beside the present prices and stock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CartView {
    /// The cart.
    pub cart: Cart,
    /// Its lines at present prices, in the cart's order.
    pub lines: Vec<LineView>,
    /// What is saved for later at present prices, in the cart's order.
    pub saved: Vec<LineView>,
    /// What a merge had to tell, then what changed, in order of the lines. What changed about saved
    /// lines is told by their prices and stock alone: nobody is stopped by it.
    pub notices: Vec<Notice>,
}

/// A line beside the present price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineView {
    /// The offer.
    pub offer: OfferId,
    /// Pieces.
    pub quantity: u32,
    /// The price of one piece now; the price snapshot when the offer is gone.
    pub price: Money,
    /// The price snapshot: what the shopper saw last.
    pub was: Money,
    /// How many can be bought now.
    pub available: u32,
    /// Whether this quantity can be bought now.
    pub buyable: bool,
}
