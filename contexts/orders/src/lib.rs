//! The purchase: from "buy" to an order that exists, is paid once, and has its stock.
//!
//! # What this room promises
//! `no-lost-order`, `paid-once`, `same-key-same-answer`, `drawn-edges-only`, `charged-as-shown`, as far
//! as its [`port::Orders`] keeps the guarantees written there.
//!
//! # How
//! A purchase is two durable rounds with the gateway between them. [`Begin`] records the order, the
//! claim on the idempotency key, the hold on stock and the payment attempt; [`Settle`] records what the
//! gateway said and everything that follows from it. What happens between is decided by
//! [`rules::next`] from what is stored, and from nothing else: so a crash at any point leaves something
//! that [`Saga::recover`] can go on with, by the same code that ran the first time.

#[cfg(feature = "contract")]
pub mod contract;
mod digest;
mod error;
mod model;
mod number;
mod port;
pub mod rules;
mod service;
pub mod split;
#[cfg(test)]
mod tests;

pub use digest::{derived, request_digest};
pub use error::{BeginRefusal, PlaceRefusal, SettleRefusal};
pub use model::{
    Actor, Answer, BillTo, CheckoutRecord, Lease, Move, Order, OrderEvent, OrderState,
    OrderSummary, ShipTo,
};
pub use number::OrderNumber;
pub use port::{
    Begin, Begun, Claimed, HoldStep, OrderTraces, Orders, Settle, StartCheckout, Started, Subject,
};
pub use service::{
    BuyNow, BuyerLine, InboxWorker, Offers, Pay, Placed, Saga, SagaParts, SagaSettings,
    StartFromCart,
};
