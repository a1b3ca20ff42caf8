//! Answers: what was told is so, and the same key was told the same.

use crate::finding::{Code, Report};
use crate::ids::Uuid;
use crate::log::{Ask, Told, Total};
use crate::shop::{OrderRow, Shop};
use std::collections::HashMap;

pub(crate) fn check(told: &HashMap<[u8; 16], Vec<Ask>>, shop: &Shop, report: &mut Report) {
    let mut owners: HashMap<Uuid, &Ask> = HashMap::new();
    for (claim, asks) in told {
        for ask in asks {
            one(ask, shop, report);
        }
        same_key(asks, report);
        claimed(claim, asks, shop, report);
        let first = asks.iter().find_map(|ask| match &ask.told {
            Told::Order { id, .. } if ask.op_is_buy_now => Some((*id, ask)),
            _ => None,
        });
        if let Some((order, ask)) = first
            && let Some(other) = owners.insert(order, ask)
        {
            let detail = format!("answered to key {:?} and to key {:?}", other.key, ask.key);
            report.add(Code::OrderShared, order, detail);
        }
    }
}

fn one(ask: &Ask, shop: &Shop, report: &mut Report) {
    match &ask.told {
        Told::Order { id, confirmed, total } => {
            let Some(order) = shop.orders.get(id) else {
                report.add(Code::OrderMissing, id, format!("answered to key {:?}", ask.key));
                return;
            };
            if *confirmed && !order.was_confirmed() {
                report.add(Code::OrderNotConfirmed, id, format!("it is {}", order.state));
            }
            belongs(ask, order, report);
            for total in [total, &ask.total].into_iter().flatten() {
                amount(order, total, report);
            }
        }
        Told::Declined(Some(id)) => match shop.orders.get(id) {
            None => report.add(Code::OrderMissing, id, "answered as declined"),
            Some(order) if order.was_confirmed() => {
                report.add(Code::DeclinedButConfirmed, id, format!("key {:?}", ask.key));
            }
            Some(order) => belongs(ask, order, report),
        },
        Told::Declined(None) | Told::Refused(_) | Told::Unknown => {}
    }
}

fn belongs(ask: &Ask, order: &OrderRow, report: &mut Report) {
    if order.user != ask.principal {
        let detail = format!("belongs to {}, was asked for by {}", order.user, ask.principal);
        report.add(Code::OwnerDiffers, order.id, detail);
    }
}

fn amount(order: &OrderRow, total: &Total, report: &mut Report) {
    if order.total != total.minor || order.currency != total.currency {
        let detail = format!(
            "stored {} {}, told {} {}",
            order.total, order.currency, total.minor, total.currency
        );
        report.add(Code::TotalDiffers, order.id, detail);
    }
}

/// The same key: one order, one request.
fn same_key(asks: &[Ask], report: &mut Report) {
    let honoured = |ask: &&Ask| matches!(ask.told, Told::Order { .. } | Told::Declined(_));
    let mut honoured = asks.iter().filter(honoured);
    let Some(first) = honoured.next() else { return };
    for ask in honoured {
        let id = format!("{} {:?}", ask.principal, ask.key);
        if order_of(first) != order_of(ask) {
            let detail = format!("{:?} and {:?}", order_of(first), order_of(ask));
            report.add(Code::KeyTwoOrders, id, detail);
        } else if first.body_digest != ask.body_digest {
            let detail = format!("{} and {}", first.body_digest, ask.body_digest);
            report.add(Code::KeyTwoBodies, id, detail);
        }
    }
}

fn order_of(ask: &Ask) -> Option<Uuid> {
    match &ask.told {
        Told::Order { id, .. } => Some(*id),
        Told::Declined(id) => *id,
        Told::Refused(_) | Told::Unknown => None,
    }
}

/// What the shop recorded under the key.
fn claimed(claim: &[u8; 16], asks: &[Ask], shop: &Shop, report: &mut Report) {
    let Some(ask) = asks.first() else { return };
    let id = format!("{} {:?}", ask.principal, ask.key);
    let told = asks.iter().find_map(order_of);
    let Some(subject) = shop.claims.get(claim) else {
        if let Some(order) = told {
            report.add(Code::ClaimMissing, id, format!("answered with order {order}"));
        }
        return;
    };
    if let Some(told) = told.filter(|told| told != subject) {
        report.add(Code::KeyTwoOrders, &id, format!("told {told}, recorded {subject}"));
    }
    let Some(order) = shop.orders.get(subject) else {
        if !shop.checkouts.contains_key(subject) {
            report.add(Code::ClaimWithoutOrder, id, format!("recorded for {subject}"));
        }
        return;
    };
    belongs(ask, order, report);
    let only_refused = asks.iter().all(|ask| matches!(ask.told, Told::Refused(_)));
    if only_refused && order.state != "cancelled" {
        let detail = format!("refused, and order {subject} is {}", order.state);
        report.add(Code::RefusedLeftOrder, id, detail);
    }
}
