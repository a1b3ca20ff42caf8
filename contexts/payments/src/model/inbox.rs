//! The nouns of the inbox: a gateway's messages, from the moment they are answered until they are worked.

use souk_kernel::Timestamp;

/// A gateway's message, as far as it is kept: ids only, never a person's data. It says that something
/// happened; how things stand is asked of the gateway itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Whose gateway: `sandbox`.
    pub provider: String,
    /// The gateway's id of the event, the same however often it is delivered.
    pub event: String,
    /// The gateway's word for what happened, for people.
    pub kind: String,
    /// Our name for the payment: see [`crate::reference`].
    pub reference: String,
    /// When it came.
    pub at: Timestamp,
}

/// A message's place in the inbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageNo(pub i64);

/// A message that is to be worked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Which.
    pub no: MessageNo,
    /// What it says.
    pub message: Message,
    /// How often it was tried in vain.
    pub tries: u32,
}

/// How a try ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// What it tells has been looked at.
    Done,
    /// To be tried again.
    Again {
        /// Not before this.
        at: Timestamp,
        /// Why, for an operator.
        why: String,
    },
    /// Tried often enough: it waits for an operator.
    Parked {
        /// Why.
        why: String,
    },
}

/// The end of one try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worked {
    /// Which message.
    pub no: MessageNo,
    /// Only if it was tried so often before: two workers count one try once.
    pub tries: u32,
    /// How it ended.
    pub outcome: Outcome,
}

/// How much the inbox holds that is not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Backlog {
    /// Messages that wait for a try.
    pub waiting: u64,
    /// Milliseconds since the oldest of them came.
    pub oldest_ms: i64,
    /// Messages that wait for an operator.
    pub parked: u64,
}
