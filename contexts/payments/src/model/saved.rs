//! Ways to pay that shoppers keep: a gateway's token, and what may be shown of the card behind it.

use serde::{Deserialize, Serialize};
use souk_kernel::{SavedMethodId, Timestamp, UserId};

/// What may be shown of a card. Never its number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardFace {
    /// `visa`, `mastercard`, …
    pub brand: String,
    /// The last four digits.
    pub last4: String,
    /// The month until which it is good: `2034-12`.
    pub expires: String,
}

/// What a gateway gives for a card that its shopper wants to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Pays again and again.
    pub token: String,
    /// What may be shown.
    pub face: CardFace,
}

/// A way to pay that a shopper keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedMethod {
    /// Its id.
    pub id: SavedMethodId,
    /// Whose.
    pub user: UserId,
    /// Which gateway knows it.
    pub gateway: String,
    /// The gateway's token: a secret between it and us.
    pub token: String,
    /// What may be shown.
    pub face: CardFace,
    /// Chosen where nothing else is. One of a shopper's is, if they keep any.
    pub is_default: bool,
    /// When it was kept.
    pub created_at: Timestamp,
}
