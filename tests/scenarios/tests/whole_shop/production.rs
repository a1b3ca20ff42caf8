//! A shop in production: nothing of a sandbox is there, and what can't be safe is refused at the start.

use crate::help::{Shop, call};
use std::io::Write as _;
use std::process::Stdio;

const SECRET: &str = "f3b1c0d9e8a7465544332211ffeeddcc";

/// A shop with products that is to open in production.
fn production(name: &str) -> Shop {
    Shop::new(name)
        .set("SOUK_MODE", "production")
        .set("SOUK_SECRET", SECRET)
        .set("SOUK_BASE_URL", "https://shop.example")
        .set("SOUK_DEMO", "none")
}

#[test]
fn nothing_of_the_sandbox_is_there() {
    let mut shop = production("production");
    shop.start();
    let get = |path| call(shop.port, ("GET", path), &[], "").unwrap();
    let post = |path, body| {
        let form = ("content-type", "application/x-www-form-urlencoded");
        let headers = [("sec-fetch-site", "same-origin"), form];
        call(shop.port, ("POST", path), &headers, body).unwrap()
    };
    for path in ["/mailbox", "/mailbox/01938f2e-9f3b-7000-8000-000000000001"] {
        get(path).expect(404);
    }
    // A stranger learns at the sign-in alone what pages the staff have.
    for path in ["/admin/race", "/admin/nowhere"] {
        get(path).expect(303);
    }
    for path in ["/admin/demo", "/admin/race", "/account/demo", "/api/v1/webhooks/sandbox"] {
        post(path, "").expect(404);
    }
    for path in ["/", "/admin/sign-in", "/account/sign-in"] {
        let page = get(path).expect(200);
        for said in ["Sandbox", "sandbox", "demo", "/mailbox"] {
            assert!(!page.body.contains(said), "{path}: {said}");
        }
        assert!(page.header("strict-transport-security").is_some(), "{path}");
    }
    assert!(std::net::TcpStream::connect(("127.0.0.1", shop.sandbox)).is_err(), "no card sheet");
}

#[test]
fn cookies_go_over_tls_only_and_nothing_can_be_ordered_without_a_gateway() {
    let mut shop = production("production-cookies");
    let offer = shop.offer();
    shop.start();
    let form = ("content-type", "application/x-www-form-urlencoded");
    let headers = [("sec-fetch-site", "same-origin"), form];
    let body = format!("offer_id={}&quantity=1", offer.id);
    let added = call(shop.port, ("POST", "/cart/add"), &headers, &body).unwrap();
    let cookie = added.header("set-cookie").unwrap_or_else(|| panic!("{}", added.head)).to_owned();
    assert!(cookie.starts_with("__Host-souk=") && cookie.ends_with("; Secure"), "{cookie}");
    let cookie = ("cookie", cookie.split(';').next().unwrap());
    let page = call(shop.port, ("GET", "/checkout"), &[cookie], "").unwrap().expect(501);
    assert!(page.body.contains("take payments yet"), "{}", page.body);
    let grant = call(shop.port, ("POST", "/api/v1/guests"), &[], "").unwrap();
    let bearer = format!("Bearer {}", grant.text("token"));
    let headers = [("authorization", bearer.as_str()), ("idempotency-key", "k-0001")];
    for path in ["/api/v1/orders", "/api/v1/checkouts"] {
        let refused = call(shop.port, ("POST", path), &headers, "{}").unwrap().expect(501);
        assert_eq!(refused.code(), "paying_not_set_up");
    }
    assert_eq!(shop.number("SELECT count(*) FROM hold"), 0, "nothing was held");
}

#[test]
fn staff_set_up_a_second_factor_before_anything_else() {
    let mut shop = production("production-staff");
    let password = "correct horse battery";
    let mut add = shop.command(&["staff", "add", "ada@example.com", "--role", "owner"]);
    let mut child = add.arg("--password-stdin").stdin(Stdio::piped()).spawn().unwrap();
    writeln!(child.stdin.take().unwrap(), "{password}").unwrap();
    assert!(child.wait().unwrap().success());
    shop.start();
    let body = format!("email=ada%40example.com&password={}", password.replace(' ', "+"));
    let set = shop.send("", "/admin/sign-in", &body).expect(303);
    let cookie = set.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    for path in ["/admin", "/admin/orders", "/admin/team", "/admin/stock"] {
        let led = shop.look(&cookie, path).expect(303);
        let to = led.header("location").unwrap();
        assert!(to.starts_with("/admin/security"), "{path}: {to}");
    }
    let page = shop.look(&cookie, "/admin/security").expect(200);
    assert!(page.body.contains("authenticator app"), "{}", page.body);
    let led = shop.send(&cookie, "/admin/synonyms", "words=kettle%2Cpot").expect(303);
    assert!(led.header("location").unwrap().starts_with("/admin/security"), "{led:?}");
}

#[test]
fn a_start_that_can_t_be_safe_is_refused_with_the_reason() {
    let unsafe_ones = [
        ("SOUK_SECRET", "sandbox", "SOUK_SECRET"),
        ("SOUK_SECRET", "short", "SOUK_SECRET"),
        ("SOUK_GATEWAY", "sandbox", "SOUK_GATEWAY"),
        ("SOUK_DEMO", "shelf", "SOUK_DEMO"),
        ("SOUK_CARRIER_SPEED", "600", "SOUK_CARRIER_SPEED"),
        ("SOUK_BASE_URL", "http://shop.example", "SOUK_BASE_URL"),
        // A sandbox that everybody could reach.
        ("SOUK_MODE", "sandbox", "SOUK_ALLOW_PUBLIC_SANDBOX=yes"),
    ];
    let mut shop = production("production-refused");
    for (key, value, named) in unsafe_ones {
        let public = ("SOUK_LISTEN", "0.0.0.0:0");
        let says = shop.refuses(&[(key, value), public]);
        assert!(says.contains(named), "{key}={value}: {says}");
        assert!(!says.contains(SECRET), "{says}");
    }
}
