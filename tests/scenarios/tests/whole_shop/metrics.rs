//! `/metrics`: what happened is counted, for this machine only.

use crate::help::{Shop, call, key};

#[test]
fn what_happened_is_counted() {
    let shop = Shop::open("metrics");
    let offer = shop.offer();
    let shopper = shop.guest();
    shopper.bought(&offer);
    let total = shopper.total(&[(&offer, 1)]);
    shopper.buy(&[(&offer, 1)], &total, "tok_decline", &key()).unwrap().expect(402);
    shop.comes_to_rest();
    let answer = call(shop.port, ("GET", "/metrics"), &[], "").unwrap().expect(200);
    assert!(answer.header("content-type").unwrap().starts_with("application/openmetrics-text"));
    for line in [
        r#"souk_http_request_duration_seconds_count{method="POST",route="/api/v1/orders",status="201"} 1"#,
        r#"souk_http_request_duration_seconds_count{method="POST",route="/api/v1/orders",status="402"} 1"#,
        r#"souk_orders_total{outcome="confirmed"} 1"#,
        r#"souk_orders_total{outcome="payment_failed"} 1"#,
        r#"souk_gateway_call_duration_seconds_count{call="authorize",outcome="authorized"} 1"#,
        r#"souk_gateway_call_duration_seconds_count{call="authorize",outcome="declined"} 1"#,
        r#"souk_gateway_call_duration_seconds_count{call="capture",outcome="done"} 1"#,
        "souk_outbox_facts 0",
        "souk_outbox_parked 0",
        "souk_inbox_messages 0",
        r#"souk_writer_queue{lane="purchase"} 0"#,
        "souk_holds_expired_total 0",
        "souk_recovery_takeovers_total 0",
    ] {
        assert!(answer.body.lines().any(|found| found == line), "{line}\n{}", answer.body);
    }
    let value = |name: &str| -> f64 {
        let line = answer.body.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|rest| rest.trim().parse().ok()).unwrap_or_else(|| panic!("{name}"))
    };
    assert!(value("souk_writer_commits_total") >= 4.0);
    assert!(value("souk_writer_jobs_total") >= value("souk_writer_commits_total"));
    assert!(value("souk_writer_commit_seconds_total") > 0.0);
    assert!(value("souk_process_memory_bytes") > 1e6);
    // What comes through a proxy is not from this machine.
    let proxied = [("x-forwarded-for", "10.0.0.1")];
    let refused = call(shop.port, ("GET", "/metrics"), &proxied, "").unwrap().expect(403);
    assert_eq!(refused.code(), "not_local");
}
