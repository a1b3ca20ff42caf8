//! Money: each sold order is covered once at the gateway, and nothing is kept for another.

use crate::Options;
use crate::finding::{Code, Report};
use crate::record::{Charge, Gateway};
use crate::shop::{OrderRow, PaymentRow, Shop};
use std::collections::HashMap;

pub(crate) fn check(shop: &Shop, gateway: &Gateway, options: Options, report: &mut Report) {
    for order in shop.orders.values().filter(|order| order.is_sold() && order.total > 0) {
        covered(order, gateway, report);
    }
    let mut by_checkout: HashMap<i64, &Charge> = HashMap::new();
    for charge in gateway.charges.iter().filter(|charge| charge.is_live()) {
        let order = charge.order.and_then(|order| shop.orders.get(&order));
        wanted(charge, order, shop, options, report);
        if let Some(order) = order
            && let Some(other) = by_checkout.insert(order.checkout, charge)
        {
            let detail = format!("checkout {} is also charged by {}", order.checkout, other.name);
            report.add(Code::DoubleCharge, &charge.name, detail);
        }
    }
    for (id, payment) in &shop.payments {
        let (captured, refunded) = shop.money.get(&id.key()).copied().unwrap_or_default();
        if (captured, refunded) != (payment.captured, payment.refunded) {
            let detail = format!(
                "captured and refunded: payment {:?}, ledger {:?}",
                (payment.captured, payment.refunded),
                (captured, refunded)
            );
            report.add(Code::MoneyLedgerDiffers, id, detail);
        }
        agrees(payment, gateway, options, report);
    }
}

/// Exactly one authorization that was not let go, of the order's amount.
fn covered(order: &OrderRow, gateway: &Gateway, report: &mut Report) {
    let granted: Vec<&Charge> = gateway.of_order(order.id).filter(|c| c.was_granted()).collect();
    match granted[..] {
        [] => report.add(Code::ChargeMissing, order.id, "the gateway holds nothing for it"),
        [charge] if charge.amount != order.total || charge.currency != order.currency => {
            let detail = format!(
                "total {} {}, authorized {} {}",
                order.total, order.currency, charge.amount, charge.currency
            );
            report.add(Code::ChargeDiffers, order.id, detail);
        }
        [_] => {}
        _ => {
            let names: Vec<&str> = granted.iter().map(|charge| charge.name.as_str()).collect();
            report.add(Code::DoubleCharge, order.id, names.join(", "));
        }
    }
}

/// A live charge has an order that is sold, or one that is still being decided.
fn wanted(
    charge: &Charge,
    order: Option<&OrderRow>,
    shop: &Shop,
    options: Options,
    report: &mut Report,
) {
    let Some(order) = order else {
        let detail = format!("for {}, which is no order", charge.reference);
        report.add(Code::ChargeWithoutOrder, &charge.name, detail);
        return;
    };
    let payment = shop.payments.get(&order.payment);
    let going_back = payment.is_some_and(|p| p.state == "voiding" || p.refunding > 0);
    // A cancellation is told first, and then the money goes back.
    let under_way = order.is_open() || going_back || shop.untold.contains(&order.id);
    if !order.is_sold() && (options.settled || !under_way) {
        let detail = format!("for order {}, which is {}", order.id, order.state);
        report.add(Code::ChargeWithoutOrder, &charge.name, detail);
    }
}

/// What the payment says was captured and refunded, was; and once settled, nothing more was.
fn agrees(payment: &PaymentRow, gateway: &Gateway, options: Options, report: &mut Report) {
    let sum = |of: fn(&Charge) -> i64| gateway.of_order(payment.order).map(of).sum::<i64>();
    let (captured, refunded) = (sum(|c| c.captured), sum(|c| c.refunded));
    let behind = payment.captured > captured || payment.refunded > refunded;
    let ahead = payment.captured < captured || payment.refunded < refunded;
    if behind || ahead && options.settled {
        let detail = format!(
            "captured and refunded: payment {:?}, gateway {:?}",
            (payment.captured, payment.refunded),
            (captured, refunded)
        );
        report.add(Code::CaptureDiffers, format!("order {}", payment.order), detail);
    }
}
