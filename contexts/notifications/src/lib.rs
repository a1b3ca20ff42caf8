//! Notifications: what to tell whom, and the mailbox.
//!
//! This room promises:
//! - A fact is told once, however often it is delivered: mails are unique by kind, by what they
//!   are about and by the number of the fact.
//! - Nobody is told what they declined; what an order or an account needs is always told.
//! - A mail says in its subject what happened, reads without HTML, and its HTML loads nothing from
//!   anywhere and shows titles and names as text, never as markup.
//! - What may be declined carries, in its headers too, the link that does so; no header can be forged by
//!   what somebody else wrote.
//!
//! Facts carry ids, never personal data: who is told of an order, and its words, come from
//! [`OrderFacts`], asked when the mail is written. What is told to a person is handed over as a
//! [`Notice`], recipient included. This room publishes no facts of its own.

#[cfg(feature = "contract")]
pub mod contract;
mod html;
pub mod model;
pub mod port;
pub mod rules;
mod service;
mod text;

pub use model::{
    Address, Envelope, Header, ItemLine, Mail, MailKind, Message, News, Notice, OrderDetails,
    Recipient, Shop, Topic, Unsubscribe, Ware,
};
pub use port::{Mailbox, OrderFacts, Page, Preferences};
pub use rules::{message, on_event, on_notice};
pub use service::{Messages, Notifier, NotifierParts, Told};
