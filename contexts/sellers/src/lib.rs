//! Who sells in the shop: sellers' accounts, their members and sessions, and the money that is theirs.
//!
//! This room promises:
//! - A seller applies, and sells nothing before the shop's staff approved it. A seller that is suspended
//!   sells nothing from the answer on; nothing of it is deleted, and reactivated it goes on as before.
//! - A seller's members are apart from shoppers and from staff: own rows, own sessions, own cookie.
//! - The **seller ledger** is append-only. What an order brings a seller, and the commission on it, are
//!   lines written once, by the rate that was in force when the order was placed; the rate stands in the
//!   line. What goes back is drawn from what is left of those lines, by the same rate.
//! - Of any order, all sale lines together are what was charged; all refund lines together never exceed
//!   it; the commission that is given back never exceeds what was taken ([`rules::ledger`]).
//! - A seller's orders are a read model: computed anew from order and parcels, as often as one likes.
//! - Nobody reads or changes another seller's products, orders or money: every use case takes the seller.

#[cfg(feature = "contract")]
pub mod contract;
pub mod event;
pub mod port;
pub mod rules;

mod error;
mod model;
mod service;

pub use error::{ApplyError, ProductError, SellerRefusal, SignInError};
pub use model::{
    Charged, DaySales, Line, LineId, LineKind, Rate, SellerAccount, SellerChange, SellerMember,
    SellerMemberId, SellerOrder, SellerSession, SellerState, Sold, StaffRef, Stage, noun,
};
pub use port::{Books, Sellers};
pub use rules::ledger::Reversal;
pub use rules::listing::{ProductDraft, VariantDraft};
pub use rules::offers::{Fix, Health};
pub use service::{Application, BookService, Grant, ProductService, SESSION_MS, SellerService};
