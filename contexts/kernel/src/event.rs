//! Facts, as they travel from the outbox to their consumers.

use crate::Timestamp;
use serde::{Deserialize, Serialize};

/// What a fact is about. Events are in order within one aggregate, and only there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Aggregate(pub uuid::Uuid);

/// The stable name of a kind of fact: `order.confirmed`.
pub type EventKind = &'static str;

/// A fact in its wire form. Carries ids, never personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// What it is about.
    pub aggregate: Aggregate,
    /// The aggregate's version when it happened: grows, may have gaps. With the aggregate, the key
    /// by which consumers recognise a repetition.
    pub number: u64,
    /// `room.fact`, stable.
    pub kind: String,
    /// The fact's own JSON, versioned by its room.
    pub body: String,
    /// When it happened.
    pub at: Timestamp,
}
