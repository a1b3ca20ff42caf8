//! The state that the record tells: applying its facts in order gives it back, always the same.
//!
//! Compact, because it lies in memory whole. One authorization takes 64 bytes and its reference's
//! text (48 for `order_<uuid>`), one idempotency key 48 for its 24 hours, a table entry 5 to 10 each.
//! Two million authorizations with a capture each, all within a day: about 500 MB. A refund takes
//! 40 bytes more and its key's text, for good.
//!
//! [`Book::apply`] trusts its facts: [`crate::rules`] decides what may become one. Only facts that
//! name what isn't there are refused, so that a damaged record is noticed.

use crate::chunks::Chunks;
use crate::fact::{Authorization, Fact, Verdict};
use crate::keys::{Answered, Keys, NONE, Seen};
use crate::model::{DeclineReason, GatewayRef, Method, PaymentState, Status};
use crate::tokens::{Behaviour, Card};
use hashbrown::HashTable;
use souk_kernel::{Currency, HOUR_MS, Timestamp};
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

/// How long a token from the sheet can be used.
pub const TOKEN_LIFE_MS: i64 = HOUR_MS;

/// One authorization, or the tombstone of a reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub reference: Box<str>,
    /// Authorized; 0 when declined and for a tombstone.
    pub amount: i64,
    pub captured: i64,
    pub refunded: i64,
    pub behaviour: Behaviour,
    pub salt: u32,
    /// The one before it with the same reference, or `NONE`.
    previous: u32,
    pub currency: Currency,
    pub status: Status,
    pub reason: Option<DeclineReason>,
    /// Capture when the action is approved.
    pub capture: bool,
    /// On the newest of a reference: it was voided as a whole.
    pub closed: bool,
}

/// A token that the sheet gave out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetToken {
    pub behaviour: Behaviour,
    pub expires: Timestamp,
    pub used: bool,
    pub card: Option<Card>,
    /// Its shopper wants it to be kept.
    pub save: bool,
}

/// How the token of a kept card begins: it pays again and again.
pub const KEPT: &str = "pm_";

/// What came of the money that an entry waits for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Transfer {
    /// Minor units that came, ever.
    pub received: i64,
    /// Of these, what nobody waits for.
    pub unclaimed: i64,
    /// What the payer writes on it.
    pub statement: Box<str>,
}

/// One refund of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The key that it was asked for with.
    pub key: Box<str>,
    pub amount: i64,
    /// All refunds of the entry so far, this one included.
    pub total: i64,
}

/// A fact that can't follow the facts before it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Impossible(String);

/// All of it.
pub struct Book {
    entries: Chunks<Entry>,
    /// Reference → its newest entry.
    newest: HashTable<u32>,
    keys: Keys,
    tokens: HashMap<Box<str>, SheetToken>,
    /// When the oldest of `tokens` may be forgotten.
    tokens_until: Timestamp,
    /// Where actions lead back to, by entry; kept, because a page may be asked for again.
    returns: HashMap<u32, (Method, Box<str>)>,
    /// By entry: money that is paid by transfer.
    transfers: HashMap<u32, Transfer>,
    /// By entry: what was given back under which key; kept when the key is forgotten.
    refunds: HashMap<u32, Vec<Given>>,
    hasher: RandomState,
}

impl Book {
    /// An empty book with tables for so many authorizations.
    pub fn sized(expected: usize) -> Self {
        Self {
            entries: Chunks::new(),
            newest: HashTable::with_capacity(expected),
            keys: Keys::sized(expected.saturating_mul(2)),
            tokens: HashMap::new(),
            tokens_until: Timestamp(i64::MAX),
            returns: HashMap::new(),
            transfers: HashMap::new(),
            refunds: HashMap::new(),
            hasher: RandomState::new(),
        }
    }

    /// The name that the next entry will have.
    pub const fn next_ref(&self, salt: u32) -> GatewayRef {
        GatewayRef { index: self.entries.next(), salt }
    }

    /// Whether another entry can be named.
    pub const fn full(&self) -> bool {
        self.entries.next() == NONE
    }

    /// The entry of that name.
    pub fn entry(&self, gateway_ref: GatewayRef) -> Option<&Entry> {
        self.entries.get(gateway_ref.index).filter(|entry| entry.salt == gateway_ref.salt)
    }

    /// The entries of a reference, newest first.
    pub fn of_reference<'s>(
        &'s self,
        reference: &str,
    ) -> impl Iterator<Item = (GatewayRef, &'s Entry)> + use<'s> {
        let mut at = self.newest_of(reference).unwrap_or(NONE);
        std::iter::from_fn(move || {
            let entry = self.entries.get(at)?;
            let gateway_ref = GatewayRef { index: at, salt: entry.salt };
            at = entry.previous;
            Some((gateway_ref, entry))
        })
    }

    /// Whether a reference was voided as a whole.
    pub fn closed(&self, reference: &str) -> bool {
        self.of_reference(reference).next().is_some_and(|(_, entry)| entry.closed)
    }

    /// What a key was used for in the last 24 hours.
    pub fn seen(&self, key: &str, now: Timestamp) -> Option<Seen> {
        let (request, answered, entry) = self.keys.find(key, now)?;
        let gateway_ref =
            self.entries.get(entry).map(|e| GatewayRef { index: entry, salt: e.salt });
        Some(Seen { request, answered, gateway_ref })
    }

    /// A token that the sheet gave out, unless long forgotten.
    pub fn token(&self, token: &str) -> Option<&SheetToken> {
        self.tokens.get(token)
    }

    /// Where an action leads back to.
    pub fn return_url(&self, gateway_ref: GatewayRef) -> Option<&str> {
        self.returns.get(&gateway_ref.index).map(|(_, url)| &**url)
    }

    /// What came of the money that an entry waits for; `None`: it is not paid by transfer.
    pub fn transfer(&self, gateway_ref: GatewayRef) -> Option<&Transfer> {
        self.entry(gateway_ref)?;
        self.transfers.get(&gateway_ref.index)
    }

    /// The refund of an entry that was made under this key, however long ago.
    pub fn refund(&self, gateway_ref: GatewayRef, key: &str) -> Option<&Given> {
        self.entry(gateway_ref)?;
        self.refunds.get(&gateway_ref.index)?.iter().find(|given| *given.key == *key)
    }

    /// What a reference's authorization stands at: a live one if there is, else the newest.
    pub fn state_of(&self, reference: &str) -> Option<PaymentState> {
        let live = |s: Status| matches!(s, Status::Authorized | Status::Captured);
        let found = self.of_reference(reference).find(|(_, entry)| live(entry.status));
        let (gateway_ref, entry) = found.or_else(|| self.of_reference(reference).next())?;
        Some(self.state(gateway_ref, entry))
    }

    /// An entry as callers see it.
    pub fn state(&self, gateway_ref: GatewayRef, entry: &Entry) -> PaymentState {
        let transfer = self.transfers.get(&gateway_ref.index);
        let method = match self.returns.get(&gateway_ref.index) {
            _ if transfer.is_some() => Method::Transfer,
            Some((method, _)) => *method,
            None => Method::Card,
        };
        PaymentState {
            reference: entry.reference.to_string(),
            gateway_ref,
            method,
            status: entry.status,
            currency: entry.currency,
            received_minor: transfer.map_or(0, |t| t.received),
            unclaimed_minor: transfer.map_or(0, |t| t.unclaimed),
            authorized_minor: entry.amount,
            captured_minor: entry.captured,
            refunded_minor: entry.refunded,
            reason: entry.reason,
        }
    }

    /// How many entries there are.
    #[cfg(test)]
    pub const fn len(&self) -> usize {
        self.entries.len()
    }

    /// Every entry, oldest first.
    #[cfg(test)]
    pub fn all(&self) -> Vec<PaymentState> {
        let at = |index| {
            let entry = self.entries.get(index)?;
            Some(self.state(GatewayRef { index, salt: entry.salt }, entry))
        };
        (0..self.entries.next()).filter_map(at).collect()
    }

    /// How many keys are remembered.
    #[cfg(test)]
    pub fn keys(&self) -> usize {
        self.keys.len()
    }

    /// Adds a fact.
    ///
    /// # Errors
    /// It names an authorization that isn't there, or one that is there already.
    pub fn apply(&mut self, fact: &Fact<'_>, at: Timestamp) -> Result<(), Impossible> {
        self.keys.forget(at);
        match *fact {
            Fact::Authorize(ref authorization) => self.apply_authorization(authorization, at),
            Fact::Capture { gateway_ref, keyed, amount } => {
                let entry = self.entry_mut(gateway_ref)?;
                entry.captured += amount;
                entry.status = Status::Captured;
                let total = entry.captured;
                self.keys.remember(keyed, gateway_ref.index, Answered::Captured { total }, at);
                Ok(())
            }
            Fact::Refund { gateway_ref, keyed, amount } => {
                let entry = self.entry_mut(gateway_ref)?;
                entry.refunded += amount;
                let total = entry.refunded;
                let given = Given { key: keyed.key.into(), amount, total };
                self.refunds.entry(gateway_ref.index).or_default().push(given);
                self.keys.remember(keyed, gateway_ref.index, Answered::Refunded { total }, at);
                Ok(())
            }
            Fact::Void { gateway_ref, keyed, reference } => {
                match reference {
                    Some(reference) => self.close(reference, gateway_ref)?,
                    None => self.void_entry(gateway_ref)?,
                }
                self.keys.remember(keyed, gateway_ref.index, Answered::Voided, at);
                Ok(())
            }
            Fact::Refused { keyed, reason, .. } => {
                self.keys.remember(keyed, NONE, Answered::Refused(reason), at);
                Ok(())
            }
            Fact::Action { gateway_ref, approved } => self.apply_action(gateway_ref, approved),
            Fact::Transfer { gateway_ref, amount } => self.apply_transfer(gateway_ref, amount),
            Fact::Return { gateway_ref, keyed, amount } => {
                self.claim(gateway_ref, amount)?;
                self.keys.remember(keyed, gateway_ref.index, Answered::Returned, at);
                Ok(())
            }
            Fact::Forget { token } => {
                self.tokens.remove(token);
                Ok(())
            }
            Fact::Token { token, behaviour, expires, card, save } => {
                self.forget_tokens(at);
                self.tokens_until = self.tokens_until.min(expires);
                let card = card.map(|(brand, last4, expires)| Card {
                    brand: brand.into(),
                    last4: last4.into(),
                    expires: expires.into(),
                });
                let given = SheetToken { behaviour, expires, used: false, card, save };
                self.tokens.insert(token.into(), given);
                Ok(())
            }
        }
    }

    fn apply_authorization(
        &mut self,
        a: &Authorization<'_>,
        at: Timestamp,
    ) -> Result<(), Impossible> {
        self.must_be_next(a.gateway_ref)?;
        let (status, reason) = match a.verdict {
            Verdict::Authorized if a.capture => (Status::Captured, None),
            Verdict::Authorized => (Status::Authorized, None),
            Verdict::Declined(reason) => (Status::Declined, Some(reason)),
            Verdict::RequiresAction => (Status::RequiresAction, None),
            Verdict::AwaitingTransfer => (Status::AwaitingTransfer, None),
        };
        let declined = status == Status::Declined;
        let captured = if status == Status::Captured { a.granted.minor } else { 0 };
        let index = self.push(Entry {
            reference: a.reference.into(),
            amount: if declined { 0 } else { a.granted.minor },
            captured,
            refunded: 0,
            behaviour: a.behaviour,
            salt: a.gateway_ref.salt,
            previous: NONE,
            currency: a.granted.currency,
            status,
            reason,
            capture: a.capture,
            closed: false,
        });
        let once = a.token.filter(|token| !token.starts_with(KEPT));
        if let Some(token) = once.and_then(|token| self.tokens.get_mut(token)) {
            token.used = true;
        }
        if a.method == Method::Transfer && status != Status::Declined {
            let source = a.token.and_then(|token| token.strip_prefix("funds_")?.parse().ok());
            if let Some(source) = source {
                self.claim(source, a.granted.minor)?;
            }
            let transfer =
                Transfer { received: captured, unclaimed: 0, statement: a.statement.into() };
            self.transfers.insert(index, transfer);
        }
        let answered = match a.verdict {
            Verdict::Authorized => Answered::Authorized(a.granted),
            Verdict::Declined(reason) => Answered::Declined(reason),
            Verdict::RequiresAction | Verdict::AwaitingTransfer => {
                self.returns.insert(index, (a.method, a.return_url.into()));
                match a.verdict {
                    Verdict::AwaitingTransfer => Answered::AwaitingTransfer,
                    _ => Answered::RequiresAction,
                }
            }
        };
        self.keys.remember(a.keyed, index, answered, at);
        Ok(())
    }

    /// What is waited for is taken as soon as it is there to the unit; what nobody waits for lies there.
    fn apply_transfer(&mut self, gateway_ref: GatewayRef, amount: i64) -> Result<(), Impossible> {
        let entry = self.entry_mut(gateway_ref)?;
        let (due, status) = (entry.amount, entry.status);
        let never = || Impossible(format!("{gateway_ref} waits for no transfer"));
        let transfer = self.transfers.get_mut(&gateway_ref.index).ok_or_else(never)?;
        transfer.received += amount;
        if status != Status::AwaitingTransfer {
            transfer.unclaimed += amount;
        } else if transfer.received == due {
            let entry = self.entry_mut(gateway_ref)?;
            (entry.status, entry.captured) = (Status::Captured, due);
        }
        Ok(())
    }

    /// Takes unclaimed money away: it pays for something else, or went back.
    fn claim(&mut self, gateway_ref: GatewayRef, amount: i64) -> Result<(), Impossible> {
        self.entry_mut(gateway_ref)?;
        let transfer = self.transfers.get_mut(&gateway_ref.index);
        let enough = transfer.filter(|transfer| transfer.unclaimed >= amount);
        let lacks = || Impossible(format!("{gateway_ref} has no such money"));
        enough.ok_or_else(lacks)?.unclaimed -= amount;
        Ok(())
    }

    fn apply_action(&mut self, gateway_ref: GatewayRef, approved: bool) -> Result<(), Impossible> {
        let wallet = matches!(self.returns.get(&gateway_ref.index), Some((Method::Wallet, _)));
        let entry = self.entry_mut(gateway_ref)?;
        if approved {
            entry.status = if entry.capture { Status::Captured } else { Status::Authorized };
            entry.captured = if entry.capture { entry.amount } else { 0 };
        } else {
            entry.status = Status::Declined;
            entry.reason = Some(if wallet {
                DeclineReason::CancelledByShopper
            } else {
                DeclineReason::AuthenticationFailed
            });
            entry.amount = 0;
        }
        Ok(())
    }

    fn close(&mut self, reference: &str, gateway_ref: GatewayRef) -> Result<(), Impossible> {
        let refs: Vec<GatewayRef> = self.of_reference(reference).map(|(at, _)| at).collect();
        let Some(newest) = refs.first() else {
            self.must_be_next(gateway_ref)?;
            self.push(Entry {
                reference: reference.into(),
                amount: 0,
                captured: 0,
                refunded: 0,
                behaviour: Behaviour::Approve,
                salt: gateway_ref.salt,
                previous: NONE,
                currency: Currency::Eur,
                status: Status::Voided,
                reason: None,
                capture: false,
                closed: true,
            });
            return Ok(());
        };
        self.entry_mut(*newest)?.closed = true;
        refs.into_iter().try_for_each(|each| self.void_entry(each))
    }

    fn void_entry(&mut self, gateway_ref: GatewayRef) -> Result<(), Impossible> {
        let entry = self.entry_mut(gateway_ref)?;
        if matches!(
            entry.status,
            Status::Authorized | Status::RequiresAction | Status::AwaitingTransfer
        ) {
            entry.status = Status::Voided;
        }
        Ok(())
    }

    fn must_be_next(&self, gateway_ref: GatewayRef) -> Result<(), Impossible> {
        if self.next_ref(gateway_ref.salt) == gateway_ref {
            return Ok(());
        }
        Err(Impossible(format!("{gateway_ref} is out of order")))
    }

    fn entry_mut(&mut self, gateway_ref: GatewayRef) -> Result<&mut Entry, Impossible> {
        let entry = self.entries.get_mut(gateway_ref.index);
        entry
            .filter(|entry| entry.salt == gateway_ref.salt)
            .ok_or_else(|| Impossible(format!("{gateway_ref} was never authorized")))
    }

    fn newest_of(&self, reference: &str) -> Option<u32> {
        let is_it = |at: &u32| self.entries.get(*at).is_some_and(|e| *e.reference == *reference);
        self.newest.find(self.hasher.hash_one(reference), is_it).copied()
    }

    fn push(&mut self, mut entry: Entry) -> u32 {
        let hash = self.hasher.hash_one(&*entry.reference);
        let entries = &self.entries;
        let is_it = |at: &u32| entries.get(*at).is_some_and(|e| e.reference == entry.reference);
        let next = entries.next();
        if let Some(newest) = self.newest.find_mut(hash, is_it) {
            entry.previous = *newest;
            *newest = next;
            return self.entries.push(entry);
        }
        let index = self.entries.push(entry);
        let (entries, hasher) = (&self.entries, &self.hasher);
        let rehash = |at: &u32| entries.get(*at).map_or(0, |e| hasher.hash_one(&*e.reference));
        self.newest.insert_unique(hash, index, rehash);
        index
    }

    /// Forgets tokens an hour after they expired: until then they are answered as expired or used.
    fn forget_tokens(&mut self, now: Timestamp) {
        if now < self.tokens_until.plus_ms(TOKEN_LIFE_MS) {
            return;
        }
        self.tokens.retain(|_, token| now < token.expires.plus_ms(TOKEN_LIFE_MS));
        let oldest = self.tokens.values().map(|token| token.expires).min();
        self.tokens_until = oldest.unwrap_or(Timestamp(i64::MAX));
    }
}

#[cfg(test)]
mod tests;
