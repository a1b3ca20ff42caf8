//! Invoices and credit notes that are missing or say something else, planted by raw SQL.

use super::fixture::{Planted, Shop, named, plant};

#[test]
fn a_sold_order_without_an_invoice() {
    plant("DELETE FROM invoice", "captured", &["told-at-least-once"]);
    plant("DELETE FROM invoice", "returned", &["told-at-least-once"]);
}

/// An order of before there were invoices has none.
#[test]
fn an_order_of_old_needs_no_invoice() {
    let planted = Planted::copy(Shop::shared());
    planted.sql("DELETE FROM invoice; UPDATE migration SET applied_at = applied_at * 2");
    let report = planted.reconcile();
    assert!(report.findings.is_empty(), "{report}");
}

/// Another amount than went back, wherever money did: in part, for goods, and all of it.
#[test]
fn credits_that_are_not_what_went_back() {
    let one = "UPDATE invoice SET minor = 1, body = json_set(body, '$.total.minor', 1)
      WHERE kind = 'credit_note' AND order_key = {key}";
    for order in ["partly refunded", "returned", "refunded"] {
        plant(one, order, &["ledgers-sum"]);
    }
}

#[test]
fn a_document_that_is_kept_with_another_amount_than_it_shows() {
    let kept =
        "UPDATE invoice SET body = json_set(body, '$.total.minor', 1) WHERE order_key = {key}";
    plant(kept, "captured", &["charged-as-shown"]);
    plant(
        "UPDATE invoice SET body = '' WHERE order_key = {key}",
        "captured",
        &["charged-as-shown"],
    );
}

/// The sum is right, and another seller than the one whose goods came back gives some of it.
#[test]
fn a_return_that_another_seller_credits() {
    let shop = Shop::shared();
    let planted = Planted::copy(shop);
    let id = shop.order("returned");
    planted.sql(
        &"CREATE TEMP TABLE other AS SELECT seller, max(number) + 1 AS next FROM invoice
           WHERE seller = (SELECT seller FROM invoice WHERE order_key = {key}
             GROUP BY seller HAVING count(*) = 1);
         INSERT INTO invoice SELECT o.seller, o.next, i.order_key, i.order_id, i.user, i.source, i.kind,
             10, i.currency, json_set(i.body, '$.total.minor', 10), i.issued_at
           FROM invoice i, other o WHERE i.order_key = {key} AND i.kind = 'credit_note';
         UPDATE invoice SET minor = minor - 10, body = json_set(body, '$.total.minor', minor - 10)
           WHERE order_key = {key} AND kind = 'credit_note' AND minor > 10"
            .replace("{key}", &id.key().to_string()),
    );
    let seller: [u8; 16] = planted.get("SELECT id FROM seller_account");
    let seller = souk_kernel::SellerId::from_bytes(seller).to_string();
    named(&planted.reconcile(), &["ledgers-sum"], "seller", &seller);
}
