//! Money: the stores against the gateway's record.

use super::{Judge, Seen};
use crate::gateway::Charge;
use souk_kernel::OrderId;
use souk_orders::OrderState;
use souk_payments::{Account, GatewayStatus, Payment, PaymentState, RefundOutcome, RefundState};
use std::collections::BTreeMap;

type Found = (&'static str, Option<OrderId>, String);

/// What the gateway holds and took for an order, against how the order ended.
fn charged(seen: &Seen, charges: &[&Charge]) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    let total = seen.order.total();
    let is_live =
        |c: &&&Charge| matches!(c.status, GatewayStatus::Authorized | GatewayStatus::Captured);
    let live: Vec<_> = charges.iter().filter(is_live).collect();
    if let Some(odd) = charges.iter().find(|c| c.asked != total) {
        found.push(("charged-as-shown", format!("asked for {:?}, total {total:?}", odd.asked)));
    }
    let open = live.iter().any(|c| c.status == GatewayStatus::Authorized);
    let taken: i64 = live.iter().map(|c| c.captured).sum();
    let kept: i64 = live.iter().map(|c| c.captured - c.refunded).sum();
    let payment = seen.payment.as_ref();
    let state = seen.order.state;
    let right = if state == OrderState::Confirmed {
        let known = payment.is_some_and(|p| p.state == PaymentState::Captured);
        live.len() == 1 && taken == total.minor && !open && known
    } else {
        kept == 0 && !open
    };
    if !right {
        found.push(("paid-once", format!("{}, {charges:?}, {payment:?}", state.name())));
    }
    if charges.iter().any(|c| c.status == GatewayStatus::AwaitingTransfer) {
        found.push(("paid-once", "a transfer is still waited for at the gateway".into()));
    }
    if let Some(left) = charges.iter().find(|c| c.unclaimed > 0) {
        found.push(("paid-once", format!("nobody claims what came: {left:?}")));
    }
    if charges.iter().any(|c| c.status == GatewayStatus::RequiresAction) {
        found.push(("paid-once", "an action can still be taken at the gateway".into()));
    }
    found
}

/// What our books say of a payment, against the gateway's.
fn kept_books(seen: &Seen, payment: &Payment, charges: &[&Charge]) -> Option<String> {
    if unended(payment) {
        return Some(format!("its payment is still {}", payment.state.name()));
    }
    let there: i64 = charges.iter().map(|c| c.refunded).sum();
    let succeeded = seen.refunds.iter().filter(|r| r.state == RefundState::Succeeded);
    let given: i64 = succeeded.map(|r| r.amount.minor).sum();
    let same = payment.refunding == 0 && payment.refunded == there && given == there;
    (!same).then(|| format!("refunded {there} at the gateway, {given} here, {payment:?}"))
}

fn unended(payment: &Payment) -> bool {
    use PaymentState::{Authorizing, AwaitingTransfer, Capturing, RequiresAction, Voiding};
    matches!(payment.state, Authorizing | RequiresAction | AwaitingTransfer | Capturing | Voiding)
}

impl Judge<'_> {
    pub(super) fn charges(&mut self) {
        let mut found: Vec<Found> = Vec::new();
        for alert in &self.evidence.alerts {
            found.push(("paid-once", None, format!("the gateway was asked too much: {alert}")));
        }
        let mut by_order: BTreeMap<OrderId, Vec<_>> = BTreeMap::new();
        for charge in &self.evidence.charges {
            let order = charge.reference.strip_prefix("order_").and_then(|id| id.parse().ok());
            match order.filter(|order| self.seen.contains_key(order)) {
                Some(order) => by_order.entry(order).or_default().push(charge),
                None => found.push(("paid-once", order, format!("no order for {charge:?}"))),
            }
        }
        let mut documented = 0;
        for (id, seen) in &self.seen {
            let charges = by_order.remove(id).unwrap_or_default();
            let at_gateway = charged(seen, &charges).into_iter();
            found.extend(at_gateway.map(|(invariant, what)| (invariant, Some(*id), what)));
            let Some(payment) = &seen.payment else { continue };
            match kept_books(seen, payment, &charges) {
                Some(_) if unended(payment) && seen.leftover => documented += 1,
                Some(what) => found.push(("paid-once", Some(*id), what)),
                None => {}
            }
        }
        self.verdict.documented += documented;
        self.answered_refunds(&mut found);
        for (invariant, order, what) in found {
            self.broken(invariant, order, what);
        }
    }

    /// A refund that was answered is stored as it was answered.
    fn answered_refunds(&self, found: &mut Vec<Found>) {
        for (refund, order, outcome) in &self.evidence.refunds {
            let kept = self
                .seen
                .get(order)
                .and_then(|seen| seen.refunds.iter().find(|r| r.id == *refund).map(|r| r.state));
            let wanted = match outcome {
                RefundOutcome::Succeeded => Some(RefundState::Succeeded),
                RefundOutcome::Failed => Some(RefundState::Failed),
                RefundOutcome::Pending => continue,
            };
            if kept != wanted {
                let what = format!("refund {refund} was answered {outcome:?}, is {kept:?}");
                found.push(("same-key-same-answer", Some(*order), what));
            }
        }
    }

    /// What the ledger says of each payment is what its counters say.
    pub(super) fn ledger_of_money(&mut self) {
        let Some(entries) = &self.evidence.money else { return };
        let mut sums = BTreeMap::new();
        for entry in entries {
            let (taken, given) = sums.entry(entry.payment).or_insert((0, 0));
            match (entry.debit, entry.credit) {
                (Account::Gateway, Account::Sales) => *taken += entry.amount.minor,
                _ => *given += entry.amount.minor,
            }
        }
        let mut found = Vec::new();
        for (id, seen) in &self.seen {
            let Some(payment) = &seen.payment else { continue };
            let sum = sums.get(&payment.id).copied().unwrap_or((0, 0));
            if sum != (payment.captured, payment.refunded) {
                found.push((*id, format!("the ledger sums to {sum:?}, {payment:?}")));
            }
        }
        for (order, what) in found {
            self.broken("ledgers-sum", Some(order), what);
        }
    }
}
