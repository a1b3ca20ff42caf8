//! A shop that runs while it is looked at; and rebuilding it.

use super::fixture::{Live, Planted, Shop, named, scratch};
use souk_reconcile::{Error, rebuild, reconcile, run_rebuild, run_reconcile};
use std::process::ExitCode;

/// After every single step of every kind of order, with counters that are not in their rows yet.
#[tokio::test]
async fn it_is_clean_at_every_moment() {
    let dir = scratch("running");
    let live = Live::open(&dir).await;
    let record = dir.join("sandbox/record.jsonl");
    let clean = |when: &str| {
        let report = reconcile(&dir.join("souk.db"), Some(&record), &Default::default()).unwrap();
        assert!(report.is_clean(), "{when}\n{report}");
    };
    clean("empty");
    let orders = live.fill().await;
    clean("filled");
    for name in ["untold", "second try"] {
        live.tell(orders[name]).await;
        clean(name);
    }
    live.cancel(orders["second try"]).await;
    clean("cancelled after the capture, the money not back yet");
    live.tell(orders["second try"]).await;
    clean("the money is back");
    live.clock.advance(souk_kernel::HOUR_MS);
    while live.saga.recover(100).await.unwrap() > 0 {
        clean("recovering");
        live.clock.advance(souk_kernel::MINUTE_MS);
    }
    live.saga.sweep(100).await.unwrap();
    clean("recovered");
    assert!(matches!(rebuild(&dir.join("souk.db")), Err(Error::Running(_))));
    drop(live);
    std::fs::remove_dir_all(dir).unwrap();
}

/// Orders are placed by several buyers while it is checked again and again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_clean_under_load() {
    let dir = scratch("load");
    let live = std::sync::Arc::new(Live::open(&dir).await);
    let buyers: Vec<_> = (0..4)
        .map(|_| {
            let live = live.clone();
            tokio::spawn(async move {
                for token in ["tok_approve", "tok_decline", "tok_approve", "tok_lost_answer"] {
                    for _ in 0..3 {
                        let order = live.buy(token, &[(0, 1)], "DE").await;
                        if token != "tok_lost_answer" {
                            live.tell(order).await;
                        }
                    }
                }
            })
        })
        .collect();
    let (db, record) = (dir.join("souk.db"), dir.join("sandbox/record.jsonl"));
    let mut looks = 0;
    loop {
        let last = buyers.iter().all(|buyer| buyer.is_finished());
        let report = {
            let (db, record) = (db.clone(), record.clone());
            let look = move || reconcile(&db, Some(&record), &Default::default()).unwrap();
            tokio::task::spawn_blocking(look).await.unwrap()
        };
        assert!(report.is_clean(), "look {looks}\n{report}");
        looks += 1;
        if last {
            break;
        }
    }
    for buyer in buyers {
        buyer.await.unwrap();
    }
    drop(live);
    std::fs::remove_dir_all(dir).unwrap();
}

#[test]
fn what_is_derived_is_rebuilt() {
    let shop = Shop::shared();
    let planted = Planted::copy(shop);
    planted.sql(
        "UPDATE stock_level SET on_hand = 7, held = 1, committed = 2, as_of = 3;
         UPDATE stock_counted SET seq = 3;
         UPDATE payment SET captured = 0, refunded = 1, refunding = 2;
         DELETE FROM order_list;
         INSERT INTO order_list SELECT zeroblob(16), key FROM orders",
    );
    assert!(!planted.reconcile().is_clean());
    let orders: i64 = planted.get("SELECT count(*) FROM orders");
    let ended: i64 = planted
        .get("SELECT count(*) FROM orders WHERE state NOT IN ('created', 'payment_pending')");
    let rebuilt = rebuild(&planted.db()).unwrap();
    assert_eq!(rebuilt.stock_levels, 4);
    assert_eq!(i64::try_from(rebuilt.payments), Ok(orders));
    assert_eq!(i64::try_from(rebuilt.listed_orders), Ok(orders + ended));
    let report = planted.reconcile();
    assert!(report.is_clean(), "{report}");
    assert_eq!(rebuild(&planted.db()).unwrap(), Default::default());
}

#[test]
fn a_ledger_that_cannot_be_is_not_counted() {
    let planted = Planted::copy(Shop::shared());
    planted.sql("UPDATE stock_entry SET quantity = 1 WHERE kind = 'receive'");
    assert!(matches!(rebuild(&planted.db()), Err(Error::Ledger(_))));
    let sku = souk_kernel::Sku::from_bytes(planted.get("SELECT sku_id FROM stock_level LIMIT 1"));
    named(&planted.reconcile(), &["no-oversell", "ledgers-sum"], "sku", &sku.to_string());
}

#[test]
fn exit_codes_say_what_was_found() {
    let planted = Planted::copy(Shop::shared());
    let code = |json| {
        let data = planted.dir.clone();
        let code = run_reconcile(&souk_reconcile::ReconcileArgs { data, json, list_max: Some(1) });
        format!("{code:?}")
    };
    let is = |code: u8| format!("{:?}", ExitCode::from(code));
    assert_eq!(code(false), is(0));
    planted.sql("UPDATE stock_level SET on_hand = on_hand + 1");
    assert_eq!(code(true), is(1));
    assert_eq!(format!("{:?}", run_rebuild(&planted.dir, || ExitCode::SUCCESS)), is(0));
    assert_eq!(code(false), is(0));
    planted.sql("DROP TABLE claim");
    assert_eq!(code(false), is(2));
    assert_eq!(format!("{:?}", run_rebuild(&planted.dir, || ExitCode::SUCCESS)), is(2));
}
