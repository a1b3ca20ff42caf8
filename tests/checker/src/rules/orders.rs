//! Orders: only drawn steps, one live order a checkout, stock behind each sold one.

use crate::Options;
use crate::finding::{Code, Report};
use crate::shop::{OrderRow, Shop, sum_by_sku};
use std::collections::HashMap;

/// The state machine, by hand.
const DRAWN: [(&str, &str); 9] = [
    ("", "created"),
    ("created", "payment_pending"),
    ("created", "cancelled"),
    ("payment_pending", "confirmed"),
    ("payment_pending", "payment_failed"),
    ("payment_pending", "cancelled"),
    ("confirmed", "shipped"),
    ("confirmed", "cancelled"),
    ("shipped", "delivered"),
];

pub(crate) fn check(shop: &Shop, options: Options, report: &mut Report) {
    let mut live: HashMap<i64, &OrderRow> = HashMap::new();
    for order in shop.orders.values() {
        steps(order, report);
        payment(order, shop, report);
        if !matches!(order.state.as_str(), "payment_failed" | "cancelled")
            && let Some(other) = live.insert(order.checkout, order)
        {
            let detail = format!("checkout {} also has {}", order.checkout, other.id);
            report.add(Code::CheckoutTwoOrders, order.id, detail);
        }
        if order.is_sold() {
            hold(order, shop, report);
        }
        if options.settled && order.is_open() && !waits_for_shopper(order, shop) {
            report.add(Code::StillOpen, order.id, format!("it is {}", order.state));
        }
    }
    for (checkout, hold) in shop.holds.iter().filter(|(_, hold)| hold.state == "committed") {
        let owner = hold.order.and_then(|order| shop.orders.get(&order));
        if !owner.is_some_and(|order| order.is_sold() && order.checkout == *checkout) {
            let detail = format!("committed for {:?}", hold.order.map(|order| order.to_string()));
            report.add(Code::HoldWithoutOrder, format!("checkout {checkout}"), detail);
        }
    }
}

/// 3-D Secure: the order stays open until the shopper acts or its time is over.
fn waits_for_shopper(order: &OrderRow, shop: &Shop) -> bool {
    shop.payments
        .get(&order.payment)
        .is_some_and(|payment| matches!(&*payment.state, "requires_action" | "awaiting_transfer"))
}

fn steps(order: &OrderRow, report: &mut Report) {
    let mut at = "";
    for step in &order.steps {
        if !DRAWN.contains(&(at, step.to.as_str())) {
            let detail = format!("from {at:?} to {:?}", step.to);
            report.add(Code::EdgeNotDrawn, order.id, detail);
        }
        if at == "confirmed"
            && step.to == "cancelled"
            && !matches!(step.by.as_str(), "shopper" | "staff")
        {
            report.add(Code::ConfirmedTakenBack, order.id, format!("by {}", step.by));
        }
        at = &step.to;
    }
    if at != order.state {
        let detail = format!("its state is {:?}, its last step {at:?}", order.state);
        report.add(Code::EdgeNotDrawn, order.id, detail);
    }
}

fn payment(order: &OrderRow, shop: &Shop, report: &mut Report) {
    let Some(payment) = shop.payments.get(&order.payment) else {
        report.add(Code::PaymentDiffers, order.id, format!("no payment {}", order.payment));
        return;
    };
    let same = payment.order == order.id
        && payment.minor == order.total
        && payment.currency == order.currency;
    if !same {
        let detail = format!(
            "total {} {}; its payment is for order {}, {} {}",
            order.total, order.currency, payment.order, payment.minor, payment.currency
        );
        report.add(Code::PaymentDiffers, order.id, detail);
    }
}

fn hold(order: &OrderRow, shop: &Shop, report: &mut Report) {
    let Some(hold) = shop.holds.get(&order.checkout) else {
        report.add(Code::HoldMissing, order.id, "no hold");
        return;
    };
    if hold.state != "committed" || hold.order != Some(order.id) {
        let owner = hold.order.map(|id| id.to_string()).unwrap_or_default();
        report.add(Code::HoldMissing, order.id, format!("its hold is {} for {owner}", hold.state));
        return;
    }
    let held = sum_by_sku(hold.lines.iter().map(|line| (line.0, line.2)).collect());
    if order.units.as_ref().is_some_and(|units| *units != held) {
        let detail = format!("sold {:?}, committed {held:?}", order.units);
        report.add(Code::HoldMissing, order.id, detail);
    }
}
