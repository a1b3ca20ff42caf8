//! Lists of the desk over the stores in memory.

use super::MemoryStaff;
use souk_accounts::User;
use souk_fulfillment::{Fulfillment, ParcelStage, ReturnState};
use souk_inventory::HoldState;
use souk_inventory::rules::hit;
use souk_kernel::{OrderId, SellerId, Sku, Timestamp, WarehouseId};
use souk_orders::OrderState;
use souk_payments::{Payment, Refund, RefundState};
use souk_reviews::{Review, Standing};
use souk_staff::{
    Begun, FindCustomers, FindParcels, FindPayments, FindRefunds, FindReturns, FindReviews, Hurt,
    PASSED, PASSED_REACH, ParcelTally, Returned, Sent, Short, TEXT_LEAST, Worth,
};
use std::cmp::Reverse;
use std::collections::BTreeMap;

impl MemoryStaff {
    pub(super) fn payments(&self, find: &FindPayments) -> Vec<Payment> {
        let named = |payment: &&Payment| {
            find.reference.as_ref().is_none_or(|text| {
                payment.gateway_ref.as_ref() == Some(text)
                    || payment.id.to_string() == text.to_lowercase()
            })
        };
        let rows = self.shop.rows();
        let earlier =
            |payment: &&Payment| find.before.is_none_or(|before| payment.id.key() < before.key());
        let mut found: Vec<&Payment> = rows.payments.payments().filter(earlier).collect();
        found.sort_by_key(|payment| Reverse(payment.id.key()));
        if find.state.is_some_and(|state| PASSED.contains(&state)) {
            found.truncate(PASSED_REACH);
        }
        let fits = found.into_iter().filter(named);
        let fits = fits.filter(|payment| find.state.is_none_or(|state| payment.state == state));
        fits.take(find.limit).cloned().collect()
    }

    pub(super) fn refunds(&self, find: &FindRefunds) -> Vec<Refund> {
        let rows = self.shop.rows();
        let payments = rows.payments.payments().map(|payment| payment.id);
        let all = payments.flat_map(|payment| rows.payments.refunds(payment));
        let place = |refund: &Refund| (refund.created_at, *refund.id.bytes());
        let before = find.before.map(|(at, id)| (at, *id.bytes()));
        let mut found: Vec<Refund> = all
            .filter(|refund| !find.open || refund.state == RefundState::Reserved)
            .filter(|refund| before.is_none_or(|before| place(refund) < before))
            .collect();
        found.sort_by_key(|refund| Reverse(place(refund)));
        found.truncate(find.limit);
        found
    }

    pub(super) fn customers(&self, find: &FindCustomers) -> Vec<User> {
        let text = find.text.to_lowercase();
        let mut found = self.accounts.customers();
        found.retain(|user| {
            let few = text.chars().count() < TEXT_LEAST;
            let email = user.email.as_ref().is_some_and(|email| match few {
                true => email.as_str().starts_with(&text),
                false => email.as_str().contains(&text),
            });
            let name = user.name.as_ref().is_some_and(|name| name.to_lowercase().contains(&text));
            (email || name && !few) && find.before.is_none_or(|before| user.id.key() < before.key())
        });
        found.sort_by_key(|user| Reverse(user.id.key()));
        found.truncate(find.limit);
        found
    }

    pub(super) fn find_reviews_of(&self, find: &FindReviews) -> Vec<Review> {
        let mut found = self.reviews.all();
        let before = find.before.filter(|_| !find.reported);
        found.retain(|review| {
            find.standing.is_none_or(|standing| review.standing == standing)
                && find.product.is_none_or(|product| review.product == product)
                && (!find.reported || review.reports > 0)
                && before.is_none_or(|before| review.id.key() < before.key())
        });
        let rank = |review: &Review| if find.reported { review.reports } else { 0 };
        found.sort_by_key(|review| Reverse((rank(review), review.id.key())));
        found.truncate(find.limit);
        found
    }

    pub(super) fn returns(&self, find: &FindReturns) -> Vec<Returned> {
        let rows = self.shop.rows();
        let mut found = Vec::new();
        for all in rows.fulfillments.all().rev() {
            if find.before.is_some_and(|before| all.order.key() >= before.key()) {
                continue;
            }
            let wanted = all.returns.iter().filter(|r| find.state.is_none_or(|s| r.state() == s));
            let returned =
                |back: &_| Returned { order: all.order, user: all.user, back: Clone::clone(back) };
            found.extend(wanted.map(returned));
            if found.len() >= find.limit {
                break;
            }
        }
        found
    }

    pub(super) fn parcels(&self, find: &FindParcels) -> Vec<Sent> {
        let rows = self.shop.rows();
        let mut found: Vec<Sent> = rows.fulfillments.all().flat_map(each).collect();
        let urgent_first = find.stage.is_awaited();
        found.retain(|sent| {
            let behind = |place| {
                if urgent_first { sent.place() > place } else { sent.place() < place }
            };
            ParcelStage::of(sent.parcel.state()) == find.stage
                && find.seller.is_none_or(|seller| sent.parcel.seller == seller)
                && find.warehouse.is_none_or(|warehouse| sent.parcel.warehouse == warehouse)
                && find.awaited_before.is_none_or(|moment| sent.awaited < moment)
                && find.after.is_none_or(behind)
        });
        found.sort_by_key(Sent::place);
        if !urgent_first {
            found.reverse();
        }
        found.truncate(find.limit);
        found
    }

    pub(super) fn tally_parcels(&self, seller: Option<SellerId>, now: Timestamp) -> ParcelTally {
        let rows = self.shop.rows();
        let mut tally = ParcelTally::default();
        let theirs = |sent: &Sent| seller.is_none_or(|seller| sent.parcel.seller == seller);
        for sent in rows.fulfillments.all().flat_map(each).filter(theirs) {
            tally.add(ParcelStage::of(sent.parcel.state()), 1, u64::from(sent.awaited < now));
        }
        tally
    }

    pub(super) fn short(&self, limit: usize) -> Vec<Short> {
        let rows = self.shop.rows();
        let mut found: Vec<Short> = Vec::new();
        for sku in rows.stock.skus() {
            for at in rows.stock.levels(sku) {
                let missing = at.level.short();
                if missing > 0 {
                    let hurt = hit(missing, &sold_there(&rows, sku, at.warehouse));
                    let hurt =
                        hurt.into_iter().map(|(order, missing)| Hurt { order, missing }).collect();
                    found.push(Short { sku, warehouse: at.warehouse, missing, hurt });
                }
            }
        }
        found.sort_by_key(|short| (Reverse(short.missing), short.sku, short.warehouse));
        found.truncate(limit);
        found
    }

    pub(super) fn began(&self, since: Timestamp, until: Timestamp) -> Begun {
        use OrderState::{Confirmed, Delivered, Shipped};
        let rows = self.shop.rows();
        let within = |at: Timestamp| since <= at && at < until;
        let mut checkouts = BTreeMap::new();
        for record in rows.orders.checkouts().filter(|record| within(record.created_at)) {
            checkouts.insert(record.id, false);
        }
        let mut begun = Begun::default();
        for order in rows.orders.orders().filter(|order| within(order.created_at)) {
            let paid = matches!(order.state, Confirmed | Shipped | Delivered);
            *checkouts.entry(order.checkout).or_default() |= paid;
            begun.tries += 1;
            begun.failed += u64::from(order.state == OrderState::PaymentFailed);
            begun.minor += if paid { order.total().minor } else { 0 };
        }
        begun.paid = checkouts.values().filter(|paid| **paid).count() as u64;
        begun.checkouts = checkouts.len() as u64;
        begun
    }

    pub(super) fn worth_a_look(&self) -> Worth {
        use ReturnState::{Label, Received, Requested};
        let reviews = self.reviews.all();
        let rows = self.shop.rows();
        let backs = rows.fulfillments.all().flat_map(|all| &all.returns);
        let open = backs.filter(|back| matches!(back.state(), Requested | Label | Received));
        let returns = open.count() as u64;
        Worth {
            reported: reviews.iter().filter(|review| review.reports > 0).count() as u64,
            held: reviews.iter().filter(|r| r.standing == Standing::Held).count() as u64,
            returns,
            refunds: self
                .refunds(&FindRefunds { open: true, before: None, limit: usize::MAX })
                .len() as u64,
        }
    }
}

/// An order's parcels, each by itself.
fn each(all: &Fulfillment) -> Vec<Sent> {
    let (order, awaited) = (all.order, all.awaited());
    let sent = |parcel: &souk_fulfillment::Parcel| Sent { order, awaited, parcel: parcel.clone() };
    all.parcels.iter().map(sent).collect()
}

/// Sold holds of a shelf with their pieces there, the newest first.
fn sold_there(
    rows: &crate::orders::ShopRows,
    sku: Sku,
    warehouse: WarehouseId,
) -> Vec<(OrderId, u32)> {
    let sold = rows.stock.holds().filter(|hold| hold.state == HoldState::Committed);
    let mut newest: Vec<_> = sold.collect();
    newest.sort_by_key(|hold| Reverse(hold.checkout.key()));
    let there = |hold: &&souk_inventory::Hold| {
        let at = hold.allocations.iter().find(|a| (a.sku, a.warehouse) == (sku, warehouse))?;
        Some((hold.order?, at.quantity))
    };
    newest.iter().filter_map(there).collect()
}
