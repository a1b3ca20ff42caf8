//! A small shop, filled by the real store, saga and gateway: clean as it is, and each violation that is
//! planted in it is named.

#![expect(clippy::unwrap_used, reason = "in a test, the panic is the report")]

mod books;
mod database;
mod fixture;
mod gateway;
mod papers;
mod parcels;
mod record;
mod running;
mod sellers;

use fixture::{Planted, Shop};

#[test]
fn a_healthy_shop_is_clean() {
    let shop = Shop::shared();
    let report = Planted::copy(shop).reconcile();
    assert!(report.is_clean(), "{report}");
    assert_eq!(report.findings, []);
    for checked in &report.checked {
        assert!(checked.rows > 0, "no {} in the fixture", checked.what);
    }
}

#[test]
fn findings_beyond_the_limit_are_counted() {
    let planted = Planted::copy(Shop::shared());
    planted.sql("DELETE FROM order_content");
    let options = souk_reconcile::Options { list_max: 2, ..Default::default() };
    let report = souk_reconcile::reconcile(&planted.db(), None, &options).unwrap();
    let lost = report.totals.iter().find(|(name, _)| *name == "no-lost-order").unwrap().1;
    assert!(lost > 10, "{report}");
    assert_eq!(report.findings.len(), 2);
    assert!(report.to_string().contains(&format!("and {} more", lost - 2)), "{report}");
}

#[test]
fn a_file_that_is_no_shop_is_refused() {
    let planted = Planted::copy(Shop::shared());
    planted.sql("DROP TABLE money_entry");
    let refused = souk_reconcile::reconcile(&planted.db(), None, &Default::default());
    assert!(matches!(refused, Err(souk_reconcile::Error::NotAShop(_, "money_entry"))));
    let absent = planted.dir.join("absent.db");
    assert!(souk_reconcile::reconcile(&absent, None, &Default::default()).is_err());
    assert!(!absent.exists());
}
