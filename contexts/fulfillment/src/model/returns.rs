//! What comes back, and its money.

use super::noun;
use serde::{Deserialize, Serialize};
use souk_kernel::{Id, Money, Sku, Timestamp};

/// A return's id: carries its order's time and bucket.
pub type ReturnId = Id<noun::Return>;

/// How a return stands.
///
/// ```text
/// requested ─► label ─► received ─► inspected ─► restocked | written_off ─► refunded
///     └──────────┴──────────┴─► rejected
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnState {
    /// Asked for.
    Requested,
    /// The shopper has a label to send it with.
    Label,
    /// It lies at the warehouse.
    Received,
    /// Somebody has looked at it.
    Inspected,
    /// It is back on the shelf, in part or whole.
    Restocked,
    /// None of it can be sold again.
    WrittenOff,
    /// Its money is back.
    Refunded,
    /// Refused: it counts as never asked for.
    Rejected,
}

impl ReturnState {
    /// Every state.
    pub const ALL: [Self; 8] = [
        Self::Requested,
        Self::Label,
        Self::Received,
        Self::Inspected,
        Self::Restocked,
        Self::WrittenOff,
        Self::Refunded,
        Self::Rejected,
    ];

    /// Its stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Label => "label",
            Self::Received => "received",
            Self::Inspected => "inspected",
            Self::Restocked => "restocked",
            Self::WrittenOff => "written_off",
            Self::Refunded => "refunded",
            Self::Rejected => "rejected",
        }
    }
}

/// One step of a return: appended, never changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnStep {
    /// Into which state.
    pub state: ReturnState,
    /// When.
    pub at: Timestamp,
}

/// Why the shopper sends it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnReason {
    /// No longer wanted.
    ChangedMind,
    /// Does not work, or arrived broken.
    Defective,
    /// Not what was ordered.
    WrongItem,
    /// Not as the page said.
    NotAsDescribed,
    /// Too late.
    Late,
    /// Nobody was there to take it: the carrier brought it back.
    Undeliverable,
    /// The carrier lost it: it never comes back.
    Lost,
}

impl ReturnReason {
    /// What a shopper can say, in the order of the form.
    pub const SAID: [Self; 5] =
        [Self::ChangedMind, Self::Defective, Self::WrongItem, Self::NotAsDescribed, Self::Late];

    /// Its stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ChangedMind => "changed_mind",
            Self::Defective => "defective",
            Self::WrongItem => "wrong_item",
            Self::NotAsDescribed => "not_as_described",
            Self::Late => "late",
            Self::Undeliverable => "undeliverable",
            Self::Lost => "lost",
        }
    }

    /// The reason of a stable name, of those that a shopper can say.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::SAID.into_iter().find(|reason| reason.name() == name)
    }
}

/// How it came to be sent back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The shopper asked.
    Shopper,
    /// The carrier could not deliver this parcel.
    Parcel(u16),
}

/// So many of a SKU, on their way back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnLine {
    /// What.
    pub sku: Sku,
    /// How many.
    pub quantity: u32,
    /// Of these, back on the shelf; the rest was written off once it was inspected.
    #[serde(default)]
    pub restocked: u32,
}

/// Money that a return is owed: fixed when it is inspected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundPlan {
    /// What goes back, tax included.
    pub amount: Money,
    /// The tax in it.
    pub tax: Money,
    /// Which try: a gateway's final no gets a new refund.
    pub attempt: u32,
    /// When to ask (again).
    pub again: Timestamp,
    /// What went back, once it has: less than planned where the order was refunded otherwise before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paid: Option<Money>,
}

/// Something that comes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Return {
    /// Its id.
    pub id: ReturnId,
    /// How it came to be.
    pub origin: Origin,
    /// Why.
    pub reason: ReturnReason,
    /// What, one line a SKU, in order of SKU.
    pub lines: Vec<ReturnLine>,
    /// Its way so far, oldest first; never empty.
    pub steps: Vec<ReturnStep>,
    /// The money, once it was inspected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund: Option<RefundPlan>,
}

impl Return {
    /// How it stands.
    #[must_use]
    pub fn state(&self) -> ReturnState {
        self.steps.last().map_or(ReturnState::Requested, |step| step.state)
    }

    /// When it came into the state that it is in.
    #[must_use]
    pub fn since(&self) -> Timestamp {
        self.steps.last().map_or(Timestamp(0), |step| step.at)
    }

    /// Whether it counts: was not rejected.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.state() != ReturnState::Rejected
    }

    /// Pieces of a SKU in it.
    #[must_use]
    pub fn pieces(&self, sku: Sku) -> u32 {
        self.lines.iter().filter(|line| line.sku == sku).map(|line| line.quantity).sum()
    }
}
