//! Parcels and their way.

use super::{child, noun};
use serde::{Deserialize, Serialize};
use souk_kernel::{Id, OrderId, SellerId, Sku, Timestamp, WarehouseId};

/// A parcel's id: follows from its order and number.
pub type ParcelId = Id<noun::Parcel>;

/// How a parcel stands.
///
/// ```text
/// label ─► packed ─► picked_up ─► in_transit ─► out_for_delivery ─► delivered
///   │         │                                      ▲ │
///   └────┬────┘                                      │ ▼
///    cancelled                                      failed ─► returned_to_sender
/// ```
/// On its way a parcel may skip scans that a carrier does not tell, and may get lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParcelState {
    /// It has a label; nothing is in it yet.
    Label,
    /// It waits for the carrier.
    Packed,
    /// The carrier has it: its pieces are no longer stock.
    PickedUp,
    /// Between the carrier's places.
    InTransit,
    /// In the van.
    OutForDelivery,
    /// Arrived.
    Delivered,
    /// Nobody took it: the carrier tries again, or it goes back.
    Failed,
    /// Back where it came from.
    ReturnedToSender,
    /// The carrier can't find it any more: it ends here, and its money goes back.
    Lost,
    /// Its order was cancelled before it left.
    Cancelled,
}

impl ParcelState {
    /// Every state.
    pub const ALL: [Self; 10] = [
        Self::Label,
        Self::Packed,
        Self::PickedUp,
        Self::InTransit,
        Self::OutForDelivery,
        Self::Delivered,
        Self::Failed,
        Self::ReturnedToSender,
        Self::Lost,
        Self::Cancelled,
    ];

    /// Its stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Label => "label",
            Self::Packed => "packed",
            Self::PickedUp => "picked_up",
            Self::InTransit => "in_transit",
            Self::OutForDelivery => "out_for_delivery",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::ReturnedToSender => "returned_to_sender",
            Self::Lost => "lost",
            Self::Cancelled => "cancelled",
        }
    }

    /// The state of a stable name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Whether its way has ended.
    #[must_use]
    pub const fn has_ended(self) -> bool {
        matches!(self, Self::Delivered | Self::ReturnedToSender | Self::Lost | Self::Cancelled)
    }
}

/// Who has to do something about a parcel, or has had to: what lists of parcels are cut by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ParcelStage {
    /// Somebody packs it.
    ToPack,
    /// Somebody gives it to the carrier.
    ToShip,
    /// The carrier has it.
    Travelling,
    /// Nobody took it: it is tried again or goes back.
    Failed,
    /// It arrived.
    Delivered,
    /// It never will: it came back, or is lost.
    Undelivered,
    /// It never left.
    CalledOff,
}

impl ParcelStage {
    /// Every stage, in the order of the way.
    pub const ALL: [Self; 7] = [
        Self::ToPack,
        Self::ToShip,
        Self::Travelling,
        Self::Failed,
        Self::Delivered,
        Self::Undelivered,
        Self::CalledOff,
    ];

    /// Of a state.
    #[must_use]
    pub const fn of(state: ParcelState) -> Self {
        match state {
            ParcelState::Label => Self::ToPack,
            ParcelState::Packed => Self::ToShip,
            ParcelState::PickedUp | ParcelState::InTransit | ParcelState::OutForDelivery => {
                Self::Travelling
            }
            ParcelState::Failed => Self::Failed,
            ParcelState::Delivered => Self::Delivered,
            ParcelState::ReturnedToSender | ParcelState::Lost => Self::Undelivered,
            ParcelState::Cancelled => Self::CalledOff,
        }
    }

    /// Its stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ToPack => "to_pack",
            Self::ToShip => "to_ship",
            Self::Travelling => "travelling",
            Self::Failed => "failed",
            Self::Delivered => "delivered",
            Self::Undelivered => "undelivered",
            Self::CalledOff => "called_off",
        }
    }

    /// The stage of a stable name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.name() == name)
    }

    /// Its place among all of them.
    #[must_use]
    pub const fn rank(self) -> u8 {
        self as u8
    }

    /// Whether somebody still waits for the parcel.
    #[must_use]
    pub const fn is_awaited(self) -> bool {
        self.rank() <= Self::Failed.rank()
    }
}

/// One tracking event: appended, never changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scan {
    /// Into which state.
    pub state: ParcelState,
    /// When.
    pub at: Timestamp,
}

/// So many of a SKU in a parcel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParcelLine {
    /// What.
    pub sku: Sku,
    /// How many.
    pub quantity: u32,
}

/// What travels in one box: from one seller's shelf in one warehouse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parcel {
    /// 1, 2, … within its order.
    pub no: u16,
    /// Who packs it.
    pub seller: SellerId,
    /// Where.
    pub warehouse: WarehouseId,
    /// What is in it, one line a SKU.
    pub lines: Vec<ParcelLine>,
    /// Its way so far, oldest first; never empty.
    pub scans: Vec<Scan>,
    /// The carrier's number, when it is another than [`Parcel::tracking_number`] derives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tracking: Option<String>,
    /// Who carries it, when somebody said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carrier: Option<String>,
}

impl Parcel {
    /// Its id.
    #[must_use]
    pub fn id(&self, order: OrderId) -> ParcelId {
        child(order, u64::from(self.no))
    }

    /// How it stands.
    #[must_use]
    pub fn state(&self) -> ParcelState {
        self.scans.last().map_or(ParcelState::Label, |scan| scan.state)
    }

    /// When it came into the state that it is in.
    #[must_use]
    pub fn since(&self) -> Timestamp {
        self.scans.last().map_or(Timestamp(0), |scan| scan.at)
    }

    /// When it was first in a state.
    #[must_use]
    pub fn when(&self, state: ParcelState) -> Option<Timestamp> {
        self.scans.iter().find(|scan| scan.state == state).map(|scan| scan.at)
    }

    /// Whether the carrier has or had it.
    #[must_use]
    pub fn has_left(&self) -> bool {
        self.when(ParcelState::PickedUp).is_some()
    }

    /// What the carrier calls it.
    #[must_use]
    pub fn tracking_number(&self, order: OrderId) -> String {
        const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        let tail = self.id(order).tail();
        let letter = |at: u32| char::from(LETTERS[(tail >> (5 * at)) as usize % 32]);
        let derived = || "SK".chars().chain((0..10).rev().map(letter)).collect();
        self.tracking.clone().unwrap_or_else(derived)
    }

    /// Pieces of a SKU in it.
    #[must_use]
    pub fn pieces(&self, sku: Sku) -> u32 {
        self.lines.iter().filter(|line| line.sku == sku).map(|line| line.quantity).sum()
    }
}
