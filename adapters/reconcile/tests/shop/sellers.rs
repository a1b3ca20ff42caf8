//! Violations of the seller ledger, planted by raw SQL. The ledger's own triggers are dropped first: they
//! refuse what is planted here.

use super::fixture::{Planted, Shop, named};

const DROP: &str =
    "DROP TRIGGER seller_line_is_not_changed; DROP TRIGGER seller_line_is_not_shortened;
    DROP TRIGGER seller_rate_is_not_changed; DROP TRIGGER seller_rate_is_not_shortened;";

/// Plants something about an order, `{key}` its key, and expects this order to be named.
#[track_caller]
fn plant(sql: &str, order: &str, invariants: &[&str]) {
    let shop = Shop::shared();
    let planted = Planted::copy(shop);
    let id = shop.order(order);
    planted.sql(&format!("{DROP}{}", sql.replace("{key}", &id.key().to_string())));
    named(&planted.reconcile(), invariants, "order", &id.to_string());
}

/// The balance follows a planted line, so that nothing else is wrong.
const REBALANCE: &str = "DELETE FROM seller_balance; INSERT INTO seller_balance
    SELECT seller, currency, sum(minor) FROM seller_line GROUP BY 1, 2;";

#[test]
fn a_balance_that_the_ledger_does_not_bear_out() {
    let planted = Planted::copy(Shop::shared());
    let seller: [u8; 16] = planted.get("SELECT seller FROM seller_balance ORDER BY 1 LIMIT 1");
    let seller = souk_kernel::SellerId::from_bytes(seller).to_string();
    planted.sql(
        "UPDATE seller_balance SET minor = minor + 1 WHERE seller = (
        SELECT seller FROM seller_balance ORDER BY 1 LIMIT 1)",
    );
    named(&planted.reconcile(), &["ledgers-sum"], "seller", &seller);
    planted.sql("DELETE FROM seller_balance");
    named(&planted.reconcile(), &["ledgers-sum"], "seller", &seller);
}

#[test]
fn sales_that_are_not_what_was_charged() {
    let more = "UPDATE seller_line SET minor = minor + 1 WHERE order_key = {key} AND sku IS NULL;";
    plant(&format!("{more}{REBALANCE}"), "captured", &["ledgers-sum"]);
    let gone = format!("DELETE FROM seller_line WHERE order_key = {{key}};{REBALANCE}");
    plant(&gone, "captured", &["told-at-least-once"]);
}

#[test]
fn a_commission_by_another_rate_than_was_in_force() {
    let dear =
        "UPDATE seller_line SET minor = minor - 1 WHERE order_key = {key} AND kind = 'commission';";
    plant(&format!("{dear}{REBALANCE}"), "captured", &["ledgers-sum"]);
    let later = "UPDATE seller_line SET basis_points = 0 WHERE order_key = {key} AND kind IN ('sale', 'commission');
        UPDATE seller_line SET minor = 0 WHERE order_key = {key} AND kind = 'commission';";
    plant(&format!("{later}{REBALANCE}"), "captured", &["ledgers-sum"]);
}

#[test]
fn money_that_went_back_and_was_not_drawn_from_the_sellers() {
    let never = "DELETE FROM seller_line WHERE order_key = {key} AND kind IN ('refund', 'commission_reversal');";
    plant(&format!("{never}{REBALANCE}"), "partly refunded", &["ledgers-sum"]);
    plant(&format!("{never}{REBALANCE}"), "voided", &["ledgers-sum"]);
    let twice =
        "INSERT INTO seller_line SELECT key + 1000000000, id, seller, order_key, order_id, kind,
        cause, sku, quantity, minor, currency, basis_points, of_line, at FROM seller_line
        WHERE order_key = {key} AND kind = 'refund';";
    plant(&format!("{twice}{REBALANCE}"), "voided", &["ledgers-sum"]);
}

#[test]
fn a_commission_that_is_kept_of_what_went_back() {
    let kept = "DELETE FROM seller_line WHERE order_key = {key} AND kind = 'commission_reversal';";
    plant(&format!("{kept}{REBALANCE}"), "partly refunded", &["ledgers-sum"]);
}

#[test]
fn another_seller_s_order_in_a_list() {
    let shop = Shop::shared();
    let planted = Planted::copy(shop);
    let id = shop.order("two warehouses");
    planted.sql(&format!(
        "INSERT INTO seller_order SELECT s.id, {}, x'{}', 0, 'to_pack', 1, 'EUR', 1, 0, 1
         FROM seller_account s LIMIT 1",
        id.key(),
        id.uuid().simple()
    ));
    named(&planted.reconcile(), &["own-data-only"], "order", &id.to_string());
}
