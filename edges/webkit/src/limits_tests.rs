//! Limits by a clock that stands still until it is moved.

use super::*;
use axum::response::IntoResponse;
use souk_kernel::{ManualClock, Timestamp};

fn limits(on: LimitsOn) -> (Limits, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::at(Timestamp(1_790_000_000_000)));
    (Limits::new(on, false, clock.clone()), clock)
}

fn from(address: &str) -> Extensions {
    let mut extensions = Extensions::new();
    extensions.insert(ConnectInfo(SocketAddr::new(address.parse().unwrap(), 4_000)));
    extensions
}

fn ask(limits: &Limits, route: &str, address: &str) -> bool {
    limits.request(&Method::POST, route, &HeaderMap::new(), &from(address)).is_ok()
}

#[test]
fn an_account_s_password_is_tried_ten_times_a_minute() {
    let (limits, clock) = limits(LimitsOn::SignIn);
    let tried = (0..50).filter(|_| limits.account("ada@example.com").is_ok()).count();
    assert_eq!(tried, 10);
    assert!(limits.account(" ADA@example.com").is_err(), "however it is spelt");
    assert!(limits.account("bea@example.com").is_ok(), "others are not concerned");
    let refused = limits.account("ada@example.com").unwrap_err();
    assert_eq!((refused.status().as_u16(), refused.code()), (429, "rate_limited"));
    let response = refused.into_response();
    let retry: Vec<_> = response.headers().get_all(header::RETRY_AFTER).iter().collect();
    assert_eq!(retry, ["6"], "one try in six seconds");
    clock.advance(6_000);
    let tried = (0..50).filter(|_| limits.account("ada@example.com").is_ok()).count();
    assert_eq!(tried, 1);
    clock.advance(3_600_000);
    let tried = (0..50).filter(|_| limits.account("ada@example.com").is_ok()).count();
    assert_eq!(tried, 10, "a bucket holds no more than its burst");
}

#[test]
fn mails_and_exports_are_counted_by_whom_they_are_for() {
    let (limits, clock) = limits(LimitsOn::SignIn);
    let sent = (0..50).filter(|_| limits.mail_to("ada@example.com").is_ok()).count();
    assert_eq!(sent, 3);
    assert!(limits.mail_to(" ADA@example.com").is_err(), "however it is spelt");
    assert!(limits.mail_to("bea@example.com").is_ok(), "others are not concerned");
    assert!(limits.account("ada@example.com").is_ok(), "passwords are counted apart");
    clock.advance(60_000);
    assert!(limits.mail_to("ada@example.com").is_ok());
    assert!(limits.mail_to("ada@example.com").is_err());
    assert_eq!((0..50).filter(|_| limits.export("ada").is_ok()).count(), 4);
    let (off, _) = self::limits(LimitsOn::Off);
    assert!((0..50).all(|_| off.mail_to("ada@example.com").is_ok() && off.export("ada").is_ok()));
}

#[test]
fn guessing_tokens_is_counted_as_guessing_passwords_is() {
    let (limits, _) = limits(LimitsOn::SignIn);
    let routes = [
        "/account/register",
        "/account/reset",
        "/account/verify",
        "/account/details/password",
        "/admin/sign-in",
        "/seller/sign-in",
        "/seller/apply",
        "/api/v1/sessions",
        "/api/v1/accounts",
        "/account/privacy/delete",
        "/api/v1/password-resets/confirm",
        "/api/v1/email-verifications",
    ];
    for (n, route) in routes.into_iter().enumerate() {
        let address = format!("10.0.0.{n}");
        assert_eq!((0..50).filter(|_| ask(&limits, route, &address)).count(), 30, "{route}");
        assert!(!ask(&limits, "/account/sign-in", &address), "{route} and sign-in count as one");
    }
}

#[test]
fn an_address_is_counted_by_class() {
    let (limits, _) = limits(LimitsOn::All);
    let count = |route, address| (0..5_000).filter(|_| ask(&limits, route, address)).count();
    assert_eq!(count("/api/v1/sessions", "10.0.0.1"), 30);
    assert_eq!(count("/account/sign-in", "10.0.0.1"), 0, "two doors to one thing");
    assert_eq!(count("/account/sign-in", "10.0.0.2"), 30);
    assert_eq!(count("/api/v1/guests", "10.0.0.1"), 60);
    assert_eq!(count("/p/{product}/review", "10.0.0.1"), 30);
    assert_eq!(count("/api/v1/products/{id}/reviews", "10.0.0.1"), 0, "two doors to one thing");
    assert_eq!(count("/account/forgot", "10.0.0.1"), 12);
    assert_eq!(count("/api/v1/search", "10.0.0.1"), 200);
    assert_eq!(count("/search/suggest", "10.0.0.1"), 0);
    assert_eq!(count("/api/v1/webhooks/sandbox", "10.0.0.1"), 2_000);
    assert_eq!(count("/api/v1/cart/lines", "10.0.0.1"), 300);
    assert_eq!(count("/cart", "10.0.0.1"), 300);
    assert_eq!(count("/api/v1/guests", "2001:db8::1"), 60);
    assert_eq!(count("/api/v1/guests", "2001:db8::2"), 0, "one network");
}

#[test]
fn reading_what_others_wrote_is_not_writing() {
    let (limits, _) = limits(LimitsOn::SignIn);
    let get = |route: &str| {
        let from = from("10.0.0.1");
        limits.request(&Method::GET, route, &HeaderMap::new(), &from).is_ok()
    };
    assert!((0..500).all(|_| get("/p/{product}/reviews") && get("/account/forgot")));
    let post = |route| (0..500).filter(|_| ask(&limits, route, "10.0.0.1")).count();
    assert_eq!((post("/reviews/{review}/helpful"), post("/account/forgot")), (30, 12));
    assert_eq!(post("/admin/reviews/{review}/hide"), 500, "staff moderate as fast as they can");
}

#[test]
fn only_what_is_on_holds() {
    let (limits_, _) = limits(LimitsOn::SignIn);
    assert_eq!((0..500).filter(|_| ask(&limits_, "/api/v1/guests", "10.0.0.1")).count(), 500);
    assert_eq!((0..500).filter(|_| ask(&limits_, "/api/v1/sessions", "10.0.0.1")).count(), 30);
    let (limits_, _) = limits(LimitsOn::Off);
    assert!((0..500).all(|_| ask(&limits_, "/api/v1/sessions", "10.0.0.1")));
    assert!((0..500).all(|_| limits_.account("ada@example.com").is_ok()));
    assert_eq!("sign-in".parse(), Ok(LimitsOn::SignIn));
    assert!("yes".parse::<LimitsOn>().is_err());
}

/// A client can't name another address, unless a proxy that is ours does it.
#[test]
fn a_forwarded_address_counts_behind_a_proxy_only() {
    for behind_proxy in [false, true] {
        let clock = Arc::new(ManualClock::at(Timestamp(0)));
        let limits = Limits::new(LimitsOn::SignIn, behind_proxy, clock);
        let passed = (0..100).filter(|n| {
            let named = format!("1.1.1.1, 10.0.{n}.1");
            let mut headers = HeaderMap::new();
            headers.insert("x-forwarded-for", named.parse().unwrap());
            let route = "/api/v1/sessions";
            limits.request(&Method::POST, route, &headers, &from("127.0.0.1")).is_ok()
        });
        assert_eq!(passed.count(), if behind_proxy { 100 } else { 30 });
    }
}

/// A flood of strangers doesn't make whoever asks a lot be forgotten, nor memory grow.
#[test]
fn memory_is_bounded() {
    let (limits, _) = limits(LimitsOn::SignIn);
    while limits.account("ada@example.com").is_ok() {}
    for n in 0..120_000 {
        assert!(limits.account(&format!("{n}@example.com")).is_ok());
    }
    let kept: usize = limits.shards.iter().map(|shard| shard.lock().unwrap().len()).sum();
    assert!(kept <= SHARDS * SHARD_MAX, "{kept}");
    assert!(limits.account("ada@example.com").is_err());
}
