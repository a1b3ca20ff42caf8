//! The words of a mail, and of what it tells.

mod kind;
mod message;
mod notice;

pub use kind::{MailKind, Topic};
pub use message::{Header, Message, Shop};
pub use notice::{News, Notice, Recipient, Unsubscribe, Ware};

use souk_kernel::{Aggregate, MailId, Money, OrderId, Timestamp, UserId};

/// A mail, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Its id; mails are listed by it, newest first.
    pub id: MailId,
    /// What it tells.
    pub kind: MailKind,
    /// What it is about. With `kind`, `number` and `user` it is there once.
    pub about: Aggregate,
    /// The number of the fact that it tells.
    pub number: u64,
    /// Whom it was written to as a person; `None` for what is told of an order, to whoever ordered.
    pub user: Option<UserId>,
    /// To whom.
    pub to: String,
    /// The subject line.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The same as a whole HTML document.
    pub html: String,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it was handed over; the embedded mailbox is its own post office.
    pub sent_at: Option<Timestamp>,
}

/// A mail without its words, for lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// Its id.
    pub id: MailId,
    /// What it tells.
    pub kind: MailKind,
    /// What it is about.
    pub about: Aggregate,
    /// To whom.
    pub to: String,
    /// The subject line.
    pub subject: String,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it was handed over.
    pub sent_at: Option<Timestamp>,
}

impl Envelope {
    /// Whether its words and its recipient are gone, because the person is.
    #[must_use]
    pub fn is_erased(&self) -> bool {
        self.to.is_empty()
    }
}

impl Mail {
    /// The mail without its words.
    #[must_use]
    pub fn envelope(&self) -> Envelope {
        Envelope {
            id: self.id,
            kind: self.kind,
            about: self.about,
            to: self.to.clone(),
            subject: self.subject.clone(),
            created_at: self.created_at,
            sent_at: self.sent_at,
        }
    }
}

/// Where the parcel goes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Address {
    /// Whose door.
    pub name: String,
    /// Street, city with postal code, region, country: as they are written on a parcel.
    pub lines: Vec<String>,
}

/// A line of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemLine {
    /// What.
    pub title: String,
    /// Pieces.
    pub quantity: u32,
    /// For all pieces, as listed.
    pub subtotal: Money,
}

/// What a mail says of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderDetails {
    /// The order.
    pub id: OrderId,
    /// Its number, as people say it.
    pub number: String,
    /// The path of its page, with what opens it to whoever bought without an account.
    pub path: String,
    /// Who is told; `None` if the shopper left no address or was erased: then nobody is.
    pub email: Option<String>,
    /// Where the parcel goes.
    pub address: Option<Address>,
    /// What was bought.
    pub lines: Vec<ItemLine>,
    /// All goods, as listed.
    pub items: Money,
    /// Shipping, as listed.
    pub shipping: Money,
    /// All tax.
    pub tax: Money,
    /// Whether the tax is contained in the listed prices.
    pub tax_inclusive: bool,
    /// What is charged.
    pub total: Money,
    /// The delivery estimate in words: `Wed 25 Nov to Fri 27 Nov`.
    pub delivery: String,
}
