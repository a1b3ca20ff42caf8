//! The nouns of fulfillment.

mod parcel;
mod returns;

pub use parcel::{Parcel, ParcelId, ParcelLine, ParcelStage, ParcelState, Scan};
pub use returns::{
    Origin, RefundPlan, Return, ReturnId, ReturnLine, ReturnReason, ReturnState, ReturnStep,
};

use serde::{Deserialize, Serialize};
use souk_kernel::{Aggregate, CheckoutId, DAY_MS, Id, OrderId, Timestamp, UserId};

/// The nouns of this room that have ids.
pub mod noun {
    use souk_kernel::Noun;

    /// What travels in one box.
    #[derive(Debug)]
    pub enum Parcel {}
    impl Noun for Parcel {
        const NAME: &'static str = "parcel";
    }
    /// What a shopper sends back.
    #[derive(Debug)]
    pub enum Return {}
    impl Noun for Return {
        const NAME: &'static str = "return";
    }
}

/// Everything that leaves or comes back for one order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fulfillment {
    /// Which order.
    pub order: OrderId,
    /// Whose.
    pub user: UserId,
    /// Whose hold has the stock.
    pub checkout: CheckoutId,
    /// Grows with each write and each fact; every write is conditional on it. Kept beside the body.
    #[serde(skip)]
    pub version: u64,
    /// The end of the day by which the shopper was told that all of it comes; none in orders of old.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised: Option<Timestamp>,
    /// The parcels, by number.
    pub parcels: Vec<Parcel>,
    /// What came or comes back, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub returns: Vec<Return>,
}

impl Fulfillment {
    /// What its facts are about: not the order, whose facts are numbered by the order's own version.
    #[must_use]
    pub fn aggregate(order: OrderId) -> Aggregate {
        Aggregate(child::<()>(order, u64::MAX).uuid())
    }

    /// A parcel by its number.
    #[must_use]
    pub fn parcel(&self, no: u16) -> Option<&Parcel> {
        self.parcels.iter().find(|parcel| parcel.no == no)
    }

    /// A return by its id.
    #[must_use]
    pub fn returned(&self, id: ReturnId) -> Option<&Return> {
        self.returns.iter().find(|back| back.id == id)
    }

    /// By when the shopper waits for all of it: what was promised; in orders of old, a week after the
    /// labels.
    #[must_use]
    pub fn awaited(&self) -> Timestamp {
        let labels = self.parcels.first().and_then(|parcel| parcel.scans.first());
        let week = |scan: &Scan| scan.at.plus_ms(7 * DAY_MS);
        self.promised.or_else(|| labels.map(week)).unwrap_or(Timestamp(0))
    }

    /// How far the parcels are.
    #[must_use]
    pub fn progress(&self) -> Progress {
        let sent = self.parcels.iter().filter(|p| p.state() != ParcelState::Cancelled);
        let mut progress = Progress::default();
        for parcel in sent {
            progress.parcels += 1;
            progress.shipped += usize::from(parcel.has_left());
            progress.delivered += usize::from(parcel.state() == ParcelState::Delivered);
            let gone = matches!(parcel.state(), ParcelState::ReturnedToSender | ParcelState::Lost);
            progress.lost += usize::from(gone);
        }
        progress
    }
}

/// How far an order's parcels are: "1 of 2 parcels shipped".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Parcels that were not cancelled.
    pub parcels: usize,
    /// Of these, picked up by the carrier at some time.
    pub shipped: usize,
    /// Of these, arrived.
    pub delivered: usize,
    /// Of these, back at the sender's or lost: nobody waits for them.
    pub lost: usize,
}

impl Progress {
    /// In one word.
    #[must_use]
    pub const fn status(&self) -> FulfillmentStatus {
        if self.shipped == 0 {
            FulfillmentStatus::Unfulfilled
        } else if self.shipped < self.parcels {
            FulfillmentStatus::Partly
        } else if self.delivered > 0 && self.delivered + self.lost == self.parcels {
            FulfillmentStatus::Delivered
        } else {
            FulfillmentStatus::Shipped
        }
    }
}

/// How far an order's parcels are, in one word. Derived, never stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FulfillmentStatus {
    /// Nothing has left.
    Unfulfilled,
    /// Some parcels have left.
    Partly,
    /// All have left.
    Shipped,
    /// All that is still on its way somewhere has arrived.
    Delivered,
}

impl FulfillmentStatus {
    /// Its stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unfulfilled => "unfulfilled",
            Self::Partly => "partly_shipped",
            Self::Shipped => "shipped",
            Self::Delivered => "delivered",
        }
    }
}

/// An id that follows from an order and a number: it carries the order's time and bucket, so whoever
/// has it finds the order's row by its key.
#[must_use]
pub fn child<N>(order: OrderId, salt: u64) -> Id<N> {
    const TAIL: u128 = (1 << 50) - 1;
    let tail = u128::from(mixed(order.tail() ^ mixed(salt.wrapping_add(1))));
    let bits = (order.uuid().as_u128() & !TAIL) | (tail & TAIL);
    Id::from_bytes(bits.to_be_bytes())
}

/// A number that looks like chance and follows from another one (`splitmix64`).
#[must_use]
pub const fn mixed(n: u64) -> u64 {
    let n = n.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let n = (n ^ (n >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let n = (n ^ (n >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    n ^ (n >> 31)
}
