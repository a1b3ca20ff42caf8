//! The words of a mail, and of what it tells.

use serde::{Deserialize, Serialize};
use souk_kernel::{Aggregate, MailId, Money, OrderId, Timestamp};

/// What a mail tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailKind {
    /// The order is confirmed and paid.
    OrderConfirmed,
    /// The payment didn't go through; nothing was charged.
    PaymentFailed,
    /// The bank asks the shopper to confirm the payment.
    ActionNeeded,
    /// The order is cancelled.
    OrderCancelled,
    /// Money is on its way back.
    OrderRefunded,
    /// The carrier has a parcel.
    ParcelShipped,
    /// A parcel is in the van.
    ParcelOutForDelivery,
    /// A parcel has arrived.
    ParcelDelivered,
    /// Nobody took a parcel: it is back where it came from.
    ParcelReturned,
}

impl MailKind {
    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::OrderConfirmed,
        Self::PaymentFailed,
        Self::ActionNeeded,
        Self::OrderCancelled,
        Self::OrderRefunded,
        Self::ParcelShipped,
        Self::ParcelOutForDelivery,
        Self::ParcelDelivered,
        Self::ParcelReturned,
    ];

    /// Its stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::OrderConfirmed => "order_confirmed",
            Self::PaymentFailed => "payment_failed",
            Self::ActionNeeded => "action_needed",
            Self::OrderCancelled => "order_cancelled",
            Self::OrderRefunded => "order_refunded",
            Self::ParcelShipped => "parcel_shipped",
            Self::ParcelOutForDelivery => "parcel_out_for_delivery",
            Self::ParcelDelivered => "parcel_delivered",
            Self::ParcelReturned => "parcel_returned",
        }
    }

    /// The kind of a stable name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A mail, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Its id; mails are listed by it, newest first.
    pub id: MailId,
    /// What it tells.
    pub kind: MailKind,
    /// What it is about. With `kind` and `number` it is there once.
    pub about: Aggregate,
    /// The number of the fact that it tells.
    pub number: u64,
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

/// Who writes the mails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shop {
    /// The shop's name.
    pub name: String,
    /// Where its pages are, without a slash at the end: `https://shop.example`.
    pub base_url: String,
}

impl Shop {
    /// The page of an order.
    #[must_use]
    pub fn order_url(&self, order: OrderId) -> String {
        format!("{}/orders/{order}", self.base_url)
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
