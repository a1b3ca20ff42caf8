//! Who runs the shop: members of staff, what each role may do, and the audit of what they did.
//!
//! This room promises:
//! - Members are apart from shoppers: their own accounts, their own sessions, their own cookie.
//! - What a role may do is one table, [`rules::allows`]; every door asks it and nothing else.
//! - A change that a member makes and its audit entry are one intent: there is never one without the
//!   other. A change that was refused leaves no entry.
//! - A session lasts a working day ([`SESSION_MS`]) and is not renewed; a change of role counts from the
//!   next request on, because a session carries no role of its own.
//! - Who has a second factor shows it before anything else; a code counts once, a recovery code too. Where
//!   it is required, who has none sets one up before anything else.
//! - An unknown email address and a wrong password cost the same time and get the same answer.
//!
//! It publishes no events: what staff did to stock or orders, those rooms tell.

pub mod port;
pub mod rules;

mod error;
mod model;
mod service;

#[cfg(feature = "contract")]
pub mod contract;

pub use error::{AddError, ChangeError, ChangeRefusal, FactorError, RoleError, SignInError};
pub use model::{
    Act, Actor, AuditEntry, AuditId, Change, Done, FormKey, Make, Member, PRODUCTS_MAX, Permission,
    Role, StaffId, StaffSession,
};
pub use model::{
    Begun, EMAIL_REACH, Figures, FindCustomers, FindOrders, FindParcels, FindPayments, FindRefunds,
    FindReturns, FindReviews, Hour, Hurt, Low, Moment, PASSED, PASSED_REACH, ParcelPlace,
    ParcelTally, Returned, Sent, Short, Sought, Source, TEXT_LEAST, Worth,
};
pub use port::{Desk, Staff};
pub use service::{Grant, Known, SESSION_MS, Service, Stage, WAITING_MS};
