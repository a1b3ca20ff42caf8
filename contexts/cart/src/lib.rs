//! Carts: lines, versions, merge at sign-in, the freeze during payment.
//!
//! This room promises:
//! - Each change of lines raises the cart's version, so a page that shows an old cart is told so.
//! - While an order pays for a cart its lines don't change under it; what was ordered leaves the
//!   cart once, when the order is confirmed.
//! - A guest's lines arrive in the account's cart once, however often signing in is repeated, in
//!   parallel too.
//! - What is saved for later is never ordered, and is kept longer than lines.
//! - What a merge had to cut or move is told until the shopper has read it. A price that changed is told
//!   until they acknowledge the price that they saw, or touch the line.
//! - An emptied, ordered or expired cart is a version without lines, never an absence: a late
//!   write of an old page can't bring lines back.

#[cfg(feature = "contract")]
pub mod contract;
mod error;
pub mod model;
pub mod port;
pub mod rules;
mod service;

pub use error::CartError;
pub use model::{Cart, CartView, Freeze, Line, LineView, Merged, Notice, Owner};
pub use port::{CartAnswer, CartIntent, Carts, Offering, Prices, Step, Swept};
pub use service::{CartService, CartSweep};
