//! The decisions of money, without a store.

pub mod inbox;

use crate::{
    FinishRefund, GatewayPayment, GatewayStatus, Method, MovePayment, Payment, PaymentRefusal,
    PaymentState, Refund, RefundState, ReserveRefund,
};
use souk_kernel::Money;

/// The drawn edges of a payment. Money that comes by transfer is never held: it is waited for, and taken
/// as soon as it is there.
#[must_use]
pub const fn drawn(method: Method, from: PaymentState, to: PaymentState) -> bool {
    use PaymentState::{
        Authorized, Authorizing, AwaitingTransfer, Captured, Capturing, Declined, RequiresAction,
        Voided, Voiding,
    };
    match method {
        Method::Card | Method::Wallet => matches!(
            (from, to),
            (Authorizing, RequiresAction | Authorized | Declined | Voiding)
                | (RequiresAction, Authorized | Declined | Voiding)
                | (Authorized, Capturing | Voiding)
                | (Capturing, Captured | Authorized)
                | (Voiding, Voided)
        ),
        Method::BankTransfer => matches!(
            (from, to),
            (Authorizing, AwaitingTransfer | Captured | Declined | Voiding)
                | (AwaitingTransfer, Captured | Declined | Voiding)
                // The money came while the gateway was asked to wait no longer.
                | (Voiding, Voided | Captured)
        ),
    }
}

/// Applies a move. `Ok(None)`: it is there already, and brings no news.
///
/// # Errors
/// Another state than the move starts from.
pub fn moved(payment: &Payment, step: &MovePayment) -> Result<Option<Payment>, PaymentRefusal> {
    let received = step.received.unwrap_or(0).max(payment.received);
    if payment.state == step.to {
        if step.to != PaymentState::AwaitingTransfer {
            return Ok(None);
        }
        let reason = payment.reason.clone().or_else(|| step.reason.clone());
        let news = received > payment.received || reason != payment.reason;
        return Ok(news.then(|| Payment { received, reason, ..payment.clone() }));
    }
    if !step.from.contains(&payment.state) || !drawn(payment.method, payment.state, step.to) {
        return Err(PaymentRefusal::WrongState(payment.state));
    }
    let mut next = payment.clone();
    next.received = received;
    next.state = step.to;
    next.gateway_ref = step.gateway_ref.clone().or(next.gateway_ref);
    next.action_url = step.action_url.clone();
    next.account = step.account.clone().or(next.account);
    next.reason = step.reason.clone().or(next.reason);
    if step.to == PaymentState::Captured {
        next.captured = next.amount.minor;
        next.captured_at = Some(step.at);
    }
    Ok(Some(next))
}

/// What can still be refunded.
#[must_use]
pub const fn refundable(payment: &Payment) -> i64 {
    payment.captured - payment.refunded - payment.refunding
}

/// Sets an amount aside.
///
/// # Errors
/// Not an amount of the payment's currency; more than is left.
pub fn reserve(
    payment: &Payment,
    ask: &ReserveRefund,
) -> Result<(Payment, Refund), PaymentRefusal> {
    let left = Money::new(refundable(payment), payment.amount.currency);
    let amount = ask.amount.unwrap_or(left);
    if amount.minor <= 0 || amount.currency != left.currency {
        return Err(if ask.amount.is_none() {
            PaymentRefusal::TooMuch { left }
        } else {
            PaymentRefusal::BadAmount
        });
    }
    if amount.minor > left.minor {
        return Err(PaymentRefusal::TooMuch { left });
    }
    let refund = Refund {
        id: ask.refund,
        payment: payment.id,
        order: payment.order,
        amount,
        state: RefundState::Reserved,
        reason: ask.reason.clone(),
        created_at: ask.at,
    };
    let payment = Payment { refunding: payment.refunding + amount.minor, ..payment.clone() };
    Ok((payment, refund))
}

/// Ends a refund. `Ok(None)`: it ended before.
///
/// # Errors
/// None today; a refund that ended otherwise stays as it ended.
#[must_use]
pub fn finish(payment: &Payment, refund: &Refund, end: &FinishRefund) -> Option<(Payment, Refund)> {
    if refund.state != RefundState::Reserved {
        return None;
    }
    let mut payment = payment.clone();
    payment.refunding -= refund.amount.minor;
    let mut refund = refund.clone();
    refund.state = if end.succeeded { RefundState::Succeeded } else { RefundState::Failed };
    if end.succeeded {
        payment.refunded += refund.amount.minor;
    }
    Some((payment, refund))
}

/// What the gateway's own record says about an attempt whose answer we lack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Truth {
    /// The gateway holds or took exactly the amount.
    Paid,
    /// The gateway holds another amount: let it go.
    WrongAmount,
    /// Refused, or let go.
    NotPaid(String),
    /// The shopper has yet to act, there.
    Waiting(Option<String>),
}

/// Reads a gateway's record. Monotone: a later state never turns back into an earlier one, so repeats,
/// disorder and lateness of its messages can't matter.
#[must_use]
pub fn truth(payment: &Payment, there: &GatewayPayment) -> Truth {
    match there.status {
        GatewayStatus::RequiresAction => Truth::Waiting(there.action_url.clone()),
        // Less than is due may be followed by the rest; more never becomes right.
        GatewayStatus::AwaitingTransfer if there.received > payment.amount.minor => {
            Truth::WrongAmount
        }
        GatewayStatus::AwaitingTransfer => Truth::Waiting(there.action_url.clone()),
        GatewayStatus::Declined => {
            Truth::NotPaid(there.reason.clone().unwrap_or_else(|| "declined".into()))
        }
        GatewayStatus::Voided => Truth::NotPaid("voided".into()),
        GatewayStatus::Authorized | GatewayStatus::Captured => {
            if there.authorized == payment.amount { Truth::Paid } else { Truth::WrongAmount }
        }
    }
}
