//! Idempotency keys and their first answers, for 24 hours: 48 bytes each, and a table entry.
//!
//! A key is kept as 128 bits of a keyed hash: two keys that collide can't be found or made.

use crate::chunks::Chunks;
use crate::error::Refused;
use crate::fact::Keyed;
use crate::model::{Captured, DeclineReason, GatewayRef, Refunded, Returned, Voided};
use hashbrown::HashTable;
use souk_kernel::{Currency, DAY_MS, Money, SECOND_MS, Timestamp};
use std::hash::{BuildHasher, RandomState};

/// How long an idempotency key is remembered.
pub const KEY_LIFE_MS: i64 = DAY_MS;
/// No such row.
pub const NONE: u32 = u32::MAX;

/// The first answer to a key, without what its entry or the request itself tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answered {
    Authorized(Money),
    Declined(DeclineReason),
    RequiresAction,
    AwaitingTransfer,
    Returned,
    Captured { total: i64 },
    Refunded { total: i64 },
    Voided,
    Refused(Refused),
}

#[derive(Debug, Clone, Copy)]
struct KeyRow {
    digest: [u64; 2],
    request: u64,
    /// Seconds since 1970.
    at: u32,
    /// The entry that it acted on.
    entry: u32,
    /// The amount that the answer tells.
    amount: i64,
    answered: Kind,
}

/// [`Answered`] without its amount: 2 bytes.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Authorized(Currency),
    Declined(DeclineReason),
    RequiresAction,
    AwaitingTransfer,
    Returned,
    Captured,
    Refunded,
    Voided,
    Refused(Refused),
}

impl KeyRow {
    fn answered(&self) -> Answered {
        match self.answered {
            Kind::Authorized(currency) => Answered::Authorized(Money::new(self.amount, currency)),
            Kind::Declined(reason) => Answered::Declined(reason),
            Kind::RequiresAction => Answered::RequiresAction,
            Kind::AwaitingTransfer => Answered::AwaitingTransfer,
            Kind::Returned => Answered::Returned,
            Kind::Captured => Answered::Captured { total: self.amount },
            Kind::Refunded => Answered::Refunded { total: self.amount },
            Kind::Voided => Answered::Voided,
            Kind::Refused(refused) => Answered::Refused(refused),
        }
    }

    fn expired(&self, now: Timestamp) -> bool {
        now.0 - i64::from(self.at) * SECOND_MS >= KEY_LIFE_MS
    }
}

fn kind_of(answered: Answered) -> (Kind, i64) {
    match answered {
        Answered::Authorized(amount) => (Kind::Authorized(amount.currency), amount.minor),
        Answered::Declined(reason) => (Kind::Declined(reason), 0),
        Answered::RequiresAction => (Kind::RequiresAction, 0),
        Answered::AwaitingTransfer => (Kind::AwaitingTransfer, 0),
        Answered::Returned => (Kind::Returned, 0),
        Answered::Captured { total } => (Kind::Captured, total),
        Answered::Refunded { total } => (Kind::Refunded, total),
        Answered::Voided => (Kind::Voided, 0),
        Answered::Refused(refused) => (Kind::Refused(refused), 0),
    }
}

/// What a key was used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    pub request: u64,
    pub answered: Answered,
    /// What it acted on; of a refusal, none.
    pub gateway_ref: Option<GatewayRef>,
}

impl Seen {
    /// The first answer to a capture of `amount_minor`.
    pub fn captured(&self, amount_minor: i64) -> Option<Captured> {
        match (self.answered, self.gateway_ref) {
            (Answered::Captured { total }, Some(gateway_ref)) => {
                Some(Captured { gateway_ref, amount_minor, captured_minor: total })
            }
            _ => None,
        }
    }

    /// The first answer to a refund of `amount_minor`.
    pub fn refunded(&self, amount_minor: i64) -> Option<Refunded> {
        match (self.answered, self.gateway_ref) {
            (Answered::Refunded { total }, Some(gateway_ref)) => {
                Some(Refunded { gateway_ref, amount_minor, refunded_minor: total })
            }
            _ => None,
        }
    }

    /// The first answer to a return of `amount_minor`.
    pub fn returned(&self, amount_minor: i64) -> Option<Returned> {
        match (self.answered, self.gateway_ref) {
            (Answered::Returned, Some(gateway_ref)) => Some(Returned { gateway_ref, amount_minor }),
            _ => None,
        }
    }

    /// The first answer to a void.
    pub fn voided(&self) -> Option<Voided> {
        match (self.answered, self.gateway_ref) {
            (Answered::Voided, Some(gateway_ref)) => Some(Voided { gateway_ref }),
            _ => None,
        }
    }
}

/// All keys of the last 24 hours.
pub struct Keys {
    rows: Chunks<KeyRow>,
    /// Digest of a key → its newest row.
    newest: HashTable<u32>,
    hashers: [RandomState; 2],
}

impl Keys {
    /// None, with a table for so many.
    pub fn sized(expected: usize) -> Self {
        Self {
            rows: Chunks::new(),
            newest: HashTable::with_capacity(expected),
            hashers: [RandomState::new(), RandomState::new()],
        }
    }

    /// How many are remembered.
    #[cfg(test)]
    pub const fn len(&self) -> usize {
        self.rows.len()
    }

    /// The request that came with a key, its answer, and the number of the entry that it acted on.
    pub fn find(&self, key: &str, now: Timestamp) -> Option<(u64, Answered, u32)> {
        let digest = self.digest(key);
        let is_it = |at: &u32| self.rows.get(*at).is_some_and(|row| row.digest == digest);
        let row = self.rows.get(*self.newest.find(digest[0], is_it)?)?;
        (!row.expired(now)).then(|| (row.request, row.answered(), row.entry))
    }

    /// Adds a first answer. `entry`: what it acted on, or `NONE`.
    pub fn remember(&mut self, keyed: Keyed<'_>, entry: u32, answered: Answered, at: Timestamp) {
        let digest = self.digest(keyed.key);
        let (kind, amount) = kind_of(answered);
        let seconds = u32::try_from(at.0.max(0) / SECOND_MS).unwrap_or(u32::MAX);
        let request = keyed.request;
        let row = KeyRow { digest, request, at: seconds, entry, amount, answered: kind };
        let index = self.rows.push(row);
        let rows = &self.rows;
        let is_it = |at: &u32| rows.get(*at).is_some_and(|row| row.digest == digest);
        if let Some(known) = self.newest.find_mut(digest[0], is_it) {
            *known = index;
            return;
        }
        let rehash = |at: &u32| rows.get(*at).map_or(0, |row| row.digest[0]);
        self.newest.insert_unique(digest[0], index, rehash);
    }

    /// Forgets up to two expired keys: enough to keep up, and no fact waits for a sweep.
    pub fn forget(&mut self, now: Timestamp) {
        for _ in 0..2 {
            let Some((at, row)) = self.rows.oldest() else { return };
            if !row.expired(now) {
                return;
            }
            let hash = row.digest[0];
            if let Ok(found) = self.newest.find_entry(hash, |known| *known == at) {
                found.remove();
            }
            self.rows.drop_oldest();
        }
    }

    fn digest(&self, key: &str) -> [u64; 2] {
        [self.hashers[0].hash_one(key), self.hashers[1].hash_one(key)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_as_small_as_promised() {
        assert!(size_of::<KeyRow>() <= 48, "{}", size_of::<KeyRow>());
    }
}
