//! Notifications: what to tell whom, and the mailbox.
//!
//! This room promises:
//! - A fact is told once, however often it is delivered: mails are unique by kind, by what they
//!   are about and by the number of the fact.
//! - A mail says in its subject what happened, reads without HTML, and its HTML loads nothing from
//!   anywhere and shows titles and names as text, never as markup.
//!
//! Facts carry ids, never personal data: who is told, and the words of the order, come from
//! [`OrderFacts`], asked when the mail is written. This room publishes no facts of its own.

#[cfg(feature = "contract")]
pub mod contract;
mod html;
pub mod model;
pub mod port;
pub mod rules;
mod service;
mod text;

pub use model::{Address, Envelope, ItemLine, Mail, MailKind, OrderDetails, Shop};
pub use port::{Mailbox, OrderFacts, Page};
pub use rules::on_event;
pub use service::Notifier;
