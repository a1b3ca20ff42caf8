//! What this room needs from a payment gateway.

use crate::{BankAccount, GatewayError, Kept, Method};
use async_trait::async_trait;
use souk_kernel::Money;

/// A request to hold money. The reference is also its idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authorize {
    /// `order_{order_id}`.
    pub reference: String,
    /// How much.
    pub amount: Money,
    /// How the shopper pays.
    pub method: Method,
    /// The gateway's token for the card; of money that came too late, its name (see
    /// [`Gateway::funds_token`]).
    pub token: String,
    /// What the shopper writes on a transfer, so that the gateway can match it; else empty.
    pub statement: String,
    /// Where the shopper returns to after acting.
    pub return_url: String,
}

/// A gateway's answer to [`Authorize`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Authorization {
    /// The money is held: so much of it, which need not be what was asked for.
    Authorized {
        /// The gateway's name for it.
        gateway_ref: String,
        /// What it holds.
        amount: Money,
    },
    /// The gateway refuses.
    Declined {
        /// Its code: `insufficient_funds`.
        reason: String,
    },
    /// The shopper must act.
    RequiresAction {
        /// The gateway's name for it.
        gateway_ref: String,
        /// Where.
        url: String,
    },
    /// The shopper must send the money to this account.
    AwaitingTransfer {
        /// The gateway's name for it.
        gateway_ref: String,
        /// Where to.
        account: BankAccount,
        /// A page of the gateway about it, if it has one.
        url: Option<String>,
    },
    /// The money has come already, and is taken.
    Received {
        /// The gateway's name for it.
        gateway_ref: String,
        /// What came.
        amount: Money,
    },
}

/// How a payment stands at the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GatewayStatus {
    /// The shopper has not acted yet.
    RequiresAction,
    /// The money of a transfer has not come yet, or not in the right amount.
    AwaitingTransfer,
    /// The money is held.
    Authorized,
    /// It was refused.
    Declined,
    /// It was let go.
    Voided,
    /// It was taken, in part or whole.
    Captured,
}

/// A payment as the gateway knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GatewayPayment {
    /// The gateway's name for it.
    pub gateway_ref: String,
    /// How it stands.
    pub status: GatewayStatus,
    /// What is or was held; of a transfer, what is waited for.
    pub authorized: Money,
    /// Minor units that came by transfer, ever.
    pub received: i64,
    /// Of these, minor units that nobody waits for: they came too late or a second time, and lie there
    /// until they are used for another payment or sent back.
    pub unclaimed: i64,
    /// Where a transfer goes.
    pub account: Option<BankAccount>,
    /// Minor units taken.
    pub captured: i64,
    /// Minor units given back.
    pub refunded: i64,
    /// Why it was declined.
    pub reason: Option<String>,
    /// Where the shopper must act.
    pub action_url: Option<String>,
}

/// A payment gateway. Every call carries a key that derives from the business fact, so that repeating
/// it has one effect within the gateway's key lifetime. Whoever may not be the first to send a capture
/// or a refund looks first: [`Gateway::look_up`] and [`Gateway::has_refunded`] know what was done for as
/// long as the gateway knows the payment.
#[async_trait]
pub trait Gateway: Send + Sync {
    /// Its name in payments: `sandbox`.
    fn name(&self) -> &'static str;

    /// How long it remembers a key, in milliseconds. Past it, look up and never re-send.
    fn key_lifetime_ms(&self) -> i64;

    /// Holds money.
    async fn authorize(&self, request: Authorize) -> Result<Authorization, GatewayError>;

    /// Takes held money. `key`: `order_{id}:capture:{n}`.
    async fn capture(
        &self,
        gateway_ref: &str,
        amount: Money,
        key: &str,
    ) -> Result<(), GatewayError>;

    /// Lets held money go, by our reference; one that the gateway never saw is refused from then on.
    /// Of a transfer: nothing is waited for any more, and what came in another amount goes back. It is
    /// refused once the right amount has come.
    async fn void(&self, reference: &str, key: &str) -> Result<(), GatewayError>;

    /// Gives taken money back. `key`: `refund_{refund_id}`; also our name for the refund, which the
    /// gateway keeps with it.
    async fn refund(&self, gateway_ref: &str, amount: Money, key: &str)
    -> Result<(), GatewayError>;

    /// Sends unclaimed money of a transfer back to where it came from. A gateway without transfers has
    /// none.
    /// `key`: `order_{id}:return:{received}`.
    async fn return_unclaimed(
        &self,
        gateway_ref: &str,
        amount: Money,
        key: &str,
    ) -> Result<(), GatewayError> {
        let _ = (gateway_ref, amount, key);
        Err(GatewayError::Refused("no transfers here".into()))
    }

    /// The token with which the unclaimed money of a transfer pays for something else, once.
    fn funds_token(&self, gateway_ref: &str) -> String {
        format!("funds_{gateway_ref}")
    }

    /// Asks for a token that pays again and again, in place of one that pays once. `None`: there is
    /// nothing to keep, or the shopper did not say that they want to; `asked`: they said so here, not on
    /// the gateway's own page. The same token again gets the same answer.
    async fn keep(&self, token: &str, asked: bool) -> Result<Option<Kept>, GatewayError> {
        let _ = (token, asked);
        Ok(None)
    }

    /// Forgets a token that was kept; it never pays again.
    async fn forget(&self, token: &str) -> Result<(), GatewayError> {
        let _ = token;
        Ok(())
    }

    /// Whether it gave money back of a payment under our name for a refund, however long ago. If not,
    /// a request may still be on its way.
    async fn has_refunded(&self, gateway_ref: &str, key: &str) -> Result<bool, GatewayError>;

    /// What the gateway knows under our reference.
    async fn look_up(&self, reference: &str) -> Result<Option<GatewayPayment>, GatewayError>;
}
