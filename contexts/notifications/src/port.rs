//! Where mails go, and who knows what an order says.

use crate::{Envelope, Mail, OrderDetails, Topic, Unsubscribe};
use async_trait::async_trait;
use souk_kernel::{Aggregate, Answers, MailId, OrderId, PortError, UserId};
use std::collections::BTreeSet;

/// A piece of the mailbox, newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Only what is older than this mail.
    pub before: Option<MailId>,
    /// Only what is told of this order; not what was written to a person.
    pub about: Option<Aggregate>,
    /// Only what was written to this person. Not with `about`.
    pub user: Option<UserId>,
    /// At most so many.
    pub limit: u32,
}

/// Where mails are kept and handed over.
#[async_trait]
pub trait Mailbox: Send + Sync {
    /// Posts mails, each at most once by (kind, about, number, user), in one batch too: `true` if it is
    /// new, `false` if one like it is there, which then stays as it is. Durable when this returns.
    async fn post(&self, mails: Vec<Mail>) -> Answers<bool, PortError>;

    /// Lists mails, newest id first.
    async fn list(&self, page: Page) -> Result<Vec<Envelope>, PortError>;

    /// One mail.
    async fn get(&self, id: MailId) -> Result<Option<Mail>, PortError>;

    /// Takes recipient, subject and words out of every mail of these orders, and of every mail that was
    /// written to this person: all of it or nothing. That they were sent, of which kind and when, stays:
    /// so nothing is told again. Safe to repeat.
    async fn erase(&self, user: UserId, orders: &[OrderId]) -> Result<(), PortError>;
}

/// Where it is kept what somebody declined to be told.
#[async_trait]
pub trait Preferences: Send + Sync {
    /// What a user declined; nothing at first.
    async fn declined(&self, user: UserId) -> Result<BTreeSet<Topic>, PortError>;

    /// Declines a topic for a user, or takes that back. Doing it again changes nothing.
    async fn decline(&self, user: UserId, topic: Topic, declined: bool) -> Result<(), PortError>;

    /// The secret that a user's mails carry: `fresh` the first time, the same from then on.
    async fn secret(&self, user: UserId, fresh: [u8; 16]) -> Result<[u8; 16], PortError>;

    /// The secret that a user's mails carry, if one was given and they are not forgotten.
    async fn given_secret(&self, user: UserId) -> Result<Option<[u8; 16]>, PortError>;

    /// Declines a topic for who shows the user's secret. Says whether it is that.
    async fn unsubscribe(&self, unsubscribe: Unsubscribe) -> Result<bool, PortError>;

    /// Forgets a user. Their mails' links open nothing from then on.
    async fn forget(&self, user: UserId) -> Result<(), PortError>;
}

/// Who knows what an order says and whom it concerns.
#[async_trait]
pub trait OrderFacts: Send + Sync {
    /// Details of orders, one answer each, in order; `None`: there is no such order (yet).
    async fn details(&self, orders: &[OrderId]) -> Result<Vec<Option<OrderDetails>>, PortError>;
}
