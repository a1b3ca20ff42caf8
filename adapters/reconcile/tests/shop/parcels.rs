//! Parcels and returns that are not what they should be, planted by raw SQL; and the return of the shop that
//! the tests look at.

use super::fixture::{Live, Planted, Shop, plant};
use souk_fulfillment::{Dispatch, ParcelState, ReturnReason, Verdict};
use souk_invoices::Back;
use souk_kernel::{Id, OrderId, one};
use souk_orders::Orders;
use souk_payments::Payments;
use souk_sellers::Reversal;

impl Live {
    /// All of an order arrives, two of its first pieces come back and are paid, and everybody is told.
    pub async fn send_back(&self, order: OrderId) {
        let first = self.skus[0];
        for parcel in self.parcels.parcels(order).await.unwrap().parcels {
            self.parcels.ship(order, parcel.no, Dispatch::default()).await.unwrap();
            self.parcels.scan(order, parcel.no, ParcelState::Delivered).await.unwrap();
        }
        one(self.parcels.orders_follow(&[order]).await).unwrap();
        let key = self.key(self.user_of(order).await);
        let lines = vec![(first, 2)];
        let asked = self.parcels.request_return(&key, order, lines, ReturnReason::Defective);
        let back = asked.await.unwrap().1.remove(0).id;
        self.parcels.receive(order, back).await.unwrap();
        let as_new = [Verdict { sku: first, restock: 1 }];
        self.parcels.inspect(order, back, &as_new).await.unwrap();
        let payment = self.store.order(order).await.unwrap().unwrap().payment;
        let refund = self.store.refunds(payment).await.unwrap().remove(0);
        let goods = vec![(first, 2)];
        let credit = Back { amount: refund.amount, goods: goods.clone() };
        self.invoices.refunded(order, refund.id, &credit).await.unwrap();
        let drawn = Reversal::Amount { minor: refund.amount.minor, goods };
        let cause = Id::from_uuid(refund.id.uuid());
        self.books.went_back(&self.charged(order).await, cause, &drawn).await.unwrap();
        self.told(order).await;
    }
}

/// Changes what is written of an order's parcels.
fn rewritten(to: &str) -> String {
    format!("UPDATE fulfillment SET body = {to} WHERE key = {{key}};")
}

#[test]
fn a_sold_order_without_parcels() {
    plant("DELETE FROM fulfillment WHERE key = {key}", "captured", &["told-at-least-once"]);
    plant("DELETE FROM fulfillment", "captured", &["told-at-least-once"]);
}

/// Who is still to be told may not have opened them yet; an order of before there were parcels has none.
#[test]
fn what_may_be_without_parcels() {
    let planted = Planted::copy(Shop::shared());
    planted.sql("DELETE FROM fulfillment; UPDATE migration SET applied_at = applied_at * 2");
    let report = planted.reconcile();
    assert!(report.findings.is_empty(), "{report}");
}

#[test]
fn parcels_that_are_not_the_order_s() {
    let more = rewritten("json_set(body, '$.parcels[0].lines[0].quantity', 7)");
    plant(&more, "captured", &["no-lost-order"]);
    let whose = "json_set(body, '$.order', '01936f2b-7a1c-7abc-8def-0123456789ab')";
    plant(&rewritten(whose), "captured", &["own-data-only"]);
    plant(&rewritten("'{}'"), "captured", &["no-lost-order"]);
    let planted = Planted::copy(Shop::shared());
    planted
        .sql("UPDATE fulfillment SET key = key + 1 WHERE key = (SELECT max(key) FROM fulfillment)");
    let stray = planted.reconcile();
    assert!(stray.to_string().contains("has parcels and is not there"), "{stray}");
}

#[test]
fn more_comes_back_than_arrived() {
    let many = rewritten("json_set(body, '$.returns[0].lines[0].quantity', 99)");
    plant(&many, "returned", &["released-once"]);
    let never = rewritten(
        "json_set(body, '$.parcels[0].scans', json('[]'), '$.parcels[1].scans', json('[]'))",
    );
    plant(&never, "returned", &["released-once"]);
}

#[test]
fn a_return_that_was_paid_otherwise_than_it_says() {
    let paid = rewritten("json_set(body, '$.returns[0].refund.paid.minor', 9999999)");
    plant(&paid, "returned", &["paid-once"]);
    let less = rewritten("json_set(body, '$.returns[0].refund.amount.minor', 1)");
    plant(&less, "returned", &["paid-once"]);
    let unsaid = rewritten("json_remove(body, '$.returns[0].refund.paid')");
    plant(&unsaid, "returned", &["paid-once"]);
}

#[test]
fn a_return_that_is_owed_and_that_nothing_will_pay() {
    let owed = "json_remove(body, '$.returns[0].refund.paid', '$.returns[0].steps[#-1]')";
    plant(&rewritten(owed), "returned", &["paid-once"]);
    let unsaid = "json_remove(body, '$.returns[0].refund')";
    plant(&rewritten(unsaid), "returned", &["paid-once"]);
}
