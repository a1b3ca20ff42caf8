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

pub use error::{GatewayError, PaymentRefusal, SaveRefusal};
pub use gateway::{Authorization, Authorize, Gateway, GatewayPayment, GatewayStatus};
pub use model::{
    Account, Backlog, BankAccount, CardFace, Kept, Message, MessageNo, Method, MoneyEntry, Outcome,
    Payment, PaymentState, Refund, RefundState, SavedMethod, StartAttempt, Waiting, Worked,
    order_of, reference,
};
pub use port::{
    FinishRefund, Inbox, KEPT_MAX, MovePayment, PaymentIntent, Payments, RefundPlace,
    ReserveRefund, SavedMethods,
};
pub use service::{PaymentService, RefundOutcome, SavedMethodService};
