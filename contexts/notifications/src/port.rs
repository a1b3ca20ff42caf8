//! Where mails go, and who knows what an order says.

use crate::{Envelope, Mail, OrderDetails};
use async_trait::async_trait;
use souk_kernel::{Aggregate, Answers, MailId, OrderId, PortError};

/// A piece of the mailbox, newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Only what is older than this mail.
    pub before: Option<MailId>,
    /// Only what is about this.
    pub about: Option<Aggregate>,
    /// At most so many.
    pub limit: u32,
}

/// Where mails are kept and handed over.
#[async_trait]
pub trait Mailbox: Send + Sync {
    /// Posts mails, each at most once by (kind, about, number), in one batch too: `true` if it is
    /// new, `false` if one like it is there, which then stays as it is. Durable when this returns.
    async fn post(&self, mails: Vec<Mail>) -> Answers<bool, PortError>;

    /// Lists mails, newest id first.
    async fn list(&self, page: Page) -> Result<Vec<Envelope>, PortError>;

    /// One mail.
    async fn get(&self, id: MailId) -> Result<Option<Mail>, PortError>;
}

/// Who knows what an order says and whom it concerns.
#[async_trait]
pub trait OrderFacts: Send + Sync {
    /// Details of orders, one answer each, in order; `None`: there is no such order (yet).
    async fn details(&self, orders: &[OrderId]) -> Result<Vec<Option<OrderDetails>>, PortError>;
}
