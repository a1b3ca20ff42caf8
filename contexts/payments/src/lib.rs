//! Payments: one attempt per order, its captures, its refunds, and the ledger of money.
//!
//! This room promises its part of `paid-once`: captured ≤ authorized, refunded ≤ captured, and *no
//! outside call without a conditional state move first that makes the opposite decision impossible*.
//! It knows no stock and no cart; a card number never enters it, only a gateway's token.

mod capture;
#[cfg(feature = "contract")]
pub mod contract;
mod error;
pub mod event;
mod gateway;
mod model;
mod port;
pub mod rules;
mod service;
#[cfg(test)]
mod tests;

pub use error::{GatewayError, PaymentRefusal};
pub use gateway::{Authorization, Authorize, Gateway, GatewayPayment, GatewayStatus};
pub use model::{
    Account, Backlog, BankAccount, Message, MessageNo, Method, MoneyEntry, Outcome, Payment,
    PaymentState, Refund, RefundState, StartAttempt, Waiting, Worked, order_of, reference,
};
pub use port::{FinishRefund, Inbox, MovePayment, PaymentIntent, Payments, ReserveRefund};
pub use service::{PaymentService, RefundOutcome};
