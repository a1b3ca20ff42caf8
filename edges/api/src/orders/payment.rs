//! Ways to pay, as clients write and see them.

use serde::{Deserialize, Serialize};
use souk_kernel::{SavedMethodId, UserId};
use souk_orders::{Answer, Order};
use souk_payments::{BankAccount, Method, Payment, PaymentState};
use souk_webkit::{MoneyView, Problem};
use utoipa::ToSchema;

/// A gateway's token is a name, not a text.
const TOKEN_MAX: usize = 150;

/// How it is paid.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PaymentMethodView {
    /// With a token of the gateway's for a card; answered within seconds.
    #[default]
    Card,
    /// Confirmed in the wallet's app: the answer is `requires_action`, for a quarter of an hour.
    Wallet,
    /// The answer is `awaiting_transfer`; the stock is kept for three days.
    BankTransfer,
}

impl From<PaymentMethodView> for Method {
    fn from(view: PaymentMethodView) -> Self {
        match view {
            PaymentMethodView::Card => Self::Card,
            PaymentMethodView::Wallet => Self::Wallet,
            PaymentMethodView::BankTransfer => Self::BankTransfer,
        }
    }
}

/// How a request pays: with which token, and whether the card shall be kept.
pub(crate) struct Chosen {
    pub method: Method,
    pub token: String,
    /// A card that the caller keeps; then there is no token.
    pub saved: Option<String>,
}

impl Chosen {
    /// With the token of the card that the caller keeps, if it is one.
    ///
    /// # Errors
    /// They keep no such one.
    pub async fn resolved(self, state: &crate::ApiState, user: UserId) -> Result<Self, Problem> {
        let Some(saved) = &self.saved else { return Ok(self) };
        let missing = || Problem::not_found("there is no such saved method");
        let id: SavedMethodId = saved.parse().map_err(|_| missing())?;
        let found = state.methods.find(user, id).await?.ok_or_else(missing)?;
        Ok(Self { token: found.token, ..self })
    }
}

/// The method and the token of a request.
pub(crate) fn chosen(
    method: Option<PaymentMethodView>,
    token: Option<String>,
    saved: Option<String>,
) -> Result<Chosen, Problem> {
    let method = method.unwrap_or_default();
    let token = token.filter(|token| !token.is_empty());
    match (method, token) {
        (PaymentMethodView::Card, None) if saved.is_some() => {
            Ok(Chosen { method: method.into(), token: String::new(), saved })
        }
        _ if saved.is_some() => {
            let detail = "a saved method is a card, and needs no `payment_token`";
            Err(Problem::invalid("saved_method_alone", detail))
        }
        (PaymentMethodView::Card, None) => {
            Err(Problem::invalid("payment_token_required", "a card needs a `payment_token`"))
        }
        (_, Some(token)) if !is_name(&token) => {
            let detail = format!("`payment_token`: at most {TOKEN_MAX} visible ASCII characters");
            Err(Problem::invalid("payment_token_invalid", detail))
        }
        (_, token) => {
            let token = token.unwrap_or_default();
            Ok(Chosen { method: method.into(), token, saved: None })
        }
    }
}

fn is_name(token: &str) -> bool {
    token.len() <= TOKEN_MAX && token.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Where to send the money of a transfer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TransferView {
    pub holder: String,
    pub iban: String,
    pub bic: String,
    /// What to write on it, so that it can be matched.
    pub reference: String,
    /// How much is due.
    pub amount: MoneyView,
    /// What has come of it.
    pub received: MoneyView,
    /// Until when it must have come, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

impl TransferView {
    /// As the one who placed the order was told.
    pub fn told(answer: &Answer, amount: souk_kernel::Money) -> Option<Self> {
        let Answer::AwaitingTransfer { account, reference, .. } = answer else { return None };
        let nothing = souk_kernel::Money::zero(amount.currency);
        Some(Self::of(account, reference.clone(), amount, nothing))
    }

    fn of(
        account: &BankAccount,
        reference: String,
        amount: souk_kernel::Money,
        received: souk_kernel::Money,
    ) -> Self {
        Self {
            holder: account.holder.clone(),
            iban: account.iban.clone(),
            bic: account.bic.clone(),
            reference,
            amount: amount.into(),
            received: received.into(),
            until: None,
        }
    }
}

/// How an order is paid.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PaymentView {
    /// `card`, `wallet` or `bank_transfer`.
    pub method: &'static str,
    /// `authorizing`, `requires_action`, `awaiting_transfer`, `authorized`, `declined`, `voiding`, `voided`,
    /// `capturing` or `captured`.
    pub state: &'static str,
    /// What was taken; 0 until it is.
    pub captured: MoneyView,
    /// What was given back of it.
    pub refunded: MoneyView,
    /// What is on its way back: at the gateway, not answered yet.
    pub refunding: MoneyView,
    /// Where the shopper must act.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action_url: Option<String>,
    /// While a transfer is waited for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transfer: Option<TransferView>,
}

impl PaymentView {
    pub fn new(order: &Order, payment: &Payment) -> Self {
        let waits = payment.state == PaymentState::AwaitingTransfer;
        let received = souk_kernel::Money::new(payment.received, payment.amount.currency);
        let reference = souk_orders::rules::transfer::statement(order);
        let account = payment.account.as_ref().filter(|_| waits);
        let money = |minor| souk_kernel::Money::new(minor, payment.amount.currency).into();
        Self {
            method: payment.method.name(),
            state: payment.state.name(),
            captured: money(payment.captured),
            refunded: money(payment.refunded),
            refunding: money(payment.refunding),
            action_url: payment.action_url.clone(),
            transfer: account.map(|account| TransferView {
                until: Some(order.deadline.rfc3339()),
                ..TransferView::of(account, reference, payment.amount, received)
            }),
        }
    }
}
