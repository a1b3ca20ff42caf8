//! Money: the stores against the gateway's record.

use super::Judge;
use souk_kernel::OrderId;
use souk_orders::OrderState;
use souk_payments::{Account, GatewayStatus, PaymentState, RefundOutcome, RefundState};
use std::collections::BTreeMap;

impl Judge<'_> {
    pub(super) fn charges(&mut self) {
        let mut found: Vec<(&'static str, Option<OrderId>, String)> = Vec::new();
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
        for (id, seen) in &self.seen {
            let charges = by_order.remove(id).unwrap_or_default();
            let live: Vec<_> = charges
                .iter()
                .filter(|c| matches!(c.status, GatewayStatus::Authorized | GatewayStatus::Captured))
                .collect();
            let total = seen.order.total();
            if let Some(odd) = charges.iter().find(|c| c.asked != total) {
                let what = format!("asked for {:?}, total {total:?}", odd.asked);
                found.push(("charged-as-shown", Some(*id), what));
            }
            let kept: i64 = live.iter().map(|c| c.captured - c.refunded).sum();
            let open = live.iter().any(|c| c.status == GatewayStatus::Authorized);
            let payment = seen.payment.as_ref();
            match seen.order.state {
                OrderState::Confirmed => {
                    let taken: i64 = live.iter().map(|c| c.captured).sum();
                    let right = live.len() == 1 && taken == total.minor && !open;
                    let known = payment.is_some_and(|p| p.state == PaymentState::Captured);
                    if !right || !known {
                        let what = format!("confirmed, {charges:?}, {payment:?}");
                        found.push(("paid-once", Some(*id), what));
                    }
                }
                _ if kept != 0 || open => {
                    let what = format!("{}, {charges:?}", seen.order.state.name());
                    found.push(("paid-once", Some(*id), what));
                }
                _ => {}
            }
            if charges.iter().any(|c| c.status == GatewayStatus::RequiresAction) {
                let what = "an action can still be taken at the gateway".into();
                found.push(("paid-once", Some(*id), what));
            }
            let Some(payment) = payment else { continue };
            let unended = matches!(
                payment.state,
                PaymentState::Authorizing
                    | PaymentState::RequiresAction
                    | PaymentState::Capturing
                    | PaymentState::Voiding
            );
            if unended && seen.leftover {
                self.verdict.documented += 1;
            } else if unended {
                let what = format!("its payment is still {}", payment.state.name());
                found.push(("paid-once", Some(*id), what));
            }
            let there: i64 = charges.iter().map(|c| c.refunded).sum();
            let given: i64 = seen
                .refunds
                .iter()
                .filter(|r| r.state == RefundState::Succeeded)
                .map(|r| r.amount.minor)
                .sum();
            if payment.refunding != 0 || payment.refunded != there || given != there {
                let what = format!("refunded {there} at the gateway, {given} here, {payment:?}");
                found.push(("paid-once", Some(*id), what));
            }
        }
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
        for (invariant, order, what) in found {
            self.broken(invariant, order, what);
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
