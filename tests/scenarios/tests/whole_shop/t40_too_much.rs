//! Requests that are far too large or broken: a clear no, and the shop goes on.

use crate::help::{LONG, Shop, call};
use serde_json::{Value, json};
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};

/// Sends bytes as they are, as far as they are taken; what comes back, if anything does.
fn raw(port: u16, head: &str, piece: &[u8], pieces: usize) -> (usize, String) {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
    stream.set_read_timeout(Some(LONG)).unwrap();
    stream.write_all(head.as_bytes()).unwrap();
    let mut sent = 0;
    while sent < pieces && stream.write_all(piece).is_ok() {
        sent += 1;
    }
    let mut answer = Vec::new();
    // A connection that is reset because nobody reads on is an answer as well.
    let _ = stream.read_to_end(&mut answer);
    (sent, String::from_utf8_lossy(&answer).into_owned())
}

#[test]
fn what_is_too_large_or_broken_is_refused_and_the_shop_goes_on() {
    let shop = Shop::open("t40");
    let shopper = shop.guest();
    let offer = shop.offer();

    let line = json!({"offer_id": offer.id, "quantity": 1});
    let lines: Vec<Value> = (0..10_000).map(|_| line.clone()).collect();
    let cart = shopper.post("/quotes", &json!({ "lines": lines })).expect(413);
    assert_eq!(cart.code(), "body_too_large");
    let many = json!({"lines": lines, "payment_token": "tok_approve", "total": {"minor": 1, "currency": "EUR"}});
    assert_eq!(shopper.post("/orders", &many).expect(413).code(), "body_too_large");
    // As many as fit into a body are still too many, or one line.
    let fit = json!({ "lines": lines[..500] });
    let answer = shopper.post("/quotes", &fit);
    assert!(matches!(answer.status, 200 | 422), "{answer:?}");

    let bearer = format!("authorization: Bearer {}\r\n", shopper.token);
    let head = |length: usize| {
        format!(
            "POST /api/v1/quotes HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\
             content-type: application/json\r\n{bearer}content-length: {length}\r\n\r\n"
        )
    };
    let (_, answer) = raw(shop.port, &head(100_000_000), &[b' '; 65_536], 1_526);
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 413"), "{answer}");
    let broken = b"{\"a\": \xFF\xFE";
    let (_, answer) = raw(shop.port, &head(broken.len()), broken, 1);
    assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");

    // The gateway's own door says it as the others do.
    let path = ("POST", "/api/v1/webhooks/sandbox");
    let told = call(shop.port, path, &[], &"x".repeat(17 * 1_024)).unwrap().expect(413);
    assert_eq!(told.code(), "body_too_large");

    // Somebody else is served meanwhile and afterwards.
    shop.guest().bought(&offer);
    shopper.bought(&offer);
    shop.is_sound();
}

/// A request of one line and these headers, as it is; the status, or 0 where the connection was just closed.
fn status_of(port: u16, line: &str, headers: &str) -> u16 {
    let head = format!("{line} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n{headers}\r\n");
    let (_, answer) = raw(port, &head, b"", 0);
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
}

#[test]
fn long_questions_and_heads_are_refused_in_words() {
    let shop = Shop::open("t40-heads");
    let offer = shop.offer();
    let get = |path: &str| call(shop.port, ("GET", path), &[], "").unwrap();

    // Search terms: one long word, many words, and what only looks like text.
    for text in ["x".repeat(10_000), "kettle+".repeat(1_400), "%C3%A4".repeat(3_000)] {
        let answer = get(&format!("/api/v1/search?q={text}")).expect(422);
        assert!(!answer.code().is_empty(), "{answer:?}");
        let page = get(&format!("/search?q={text}"));
        assert!((200..500).contains(&page.status), "{page:?}");
        assert!(page.body.len() < 1 << 20, "the page has {} bytes", page.body.len());
        assert!(get(&format!("/search/suggest?q={text}")).status < 500);
        assert!(get(&format!("/api/v1/search/suggestions?q={text}")).status < 500);
    }
    for path in ["/search?q=%FF%FE", "/api/v1/search?q=%FF%FE", "/p/%FF", "/c/%FF%FE", "/p/%00"] {
        let answer = get(path);
        assert!(answer.status < 500, "{path}: {answer:?}");
    }
    // Facets: one of them thousands of times, thousands of them, and thousands of values.
    let facets = [
        "attr.a=b&".repeat(6_000),
        (0..4_000).map(|n| format!("attr.a{n}=b&")).collect(),
        (0..4_000).map(|n| format!("attr.a=b{n}&")).collect(),
        (0..4_000).map(|n| format!("brand=b{n}&")).collect(),
        (0..4_000).map(|n| format!("a.Colour=b{n}&")).collect(),
        (0..4_000).map(|n| format!("a.a{n}=b&q=k{n}&")).collect::<String>()[..60_000].to_owned(),
    ];
    for query in facets {
        for path in ["/api/v1/search", "/search"] {
            let answer = get(&format!("{path}?{query}"));
            assert!(answer.status < 500, "{path}?{}: {}", &query[..40], answer.status);
            let bytes = answer.body.len();
            assert!(bytes < 1 << 20, "{path}?{}: {bytes} bytes", &query[..40]);
        }
    }
    // A line longer than any address is, and heads that don't end.
    let long = format!("GET /search?q={}", "a".repeat(1 << 20));
    assert!(matches!(status_of(shop.port, &long, ""), 0 | 414 | 431));
    let one = format!("x-long: {}\r\n", "a".repeat(1 << 20));
    assert!(matches!(status_of(shop.port, "GET /", &one), 0 | 431));
    let many: String = (0..5_000).map(|n| format!("x-{n}: a\r\n")).collect();
    assert!(matches!(status_of(shop.port, "GET /", &many), 0 | 431));
    let cookie = format!("cookie: souk_session={}\r\n", "0".repeat(30_000));
    let answered = status_of(shop.port, "GET /cart", &cookie);
    assert!((200..500).contains(&answered), "{answered}");

    shop.guest().bought(&offer);
    shop.is_sound();
}

#[test]
fn pages_that_nothing_reaches_and_deep_bodies_are_answered_clearly() {
    let shop = Shop::open("t40-pages");
    let shopper = shop.guest();
    let offer = shop.offer();
    let staff = shop.staff();

    let most = u64::MAX.to_string();
    for page in ["0", "-1", "417", "4294967295", "4294967296", &most, "1e9", "NaN", "", "%FF"] {
        for path in ["/api/v1/search?q=a&page=", "/api/v1/search?page=1&per_page="] {
            let path = format!("{path}{page}");
            let answer = call(shop.port, ("GET", &path), &[], "").unwrap();
            assert!(matches!(answer.status, 200 | 400 | 422), "{path}: {answer:?}");
            assert!(answer.status == 200 || !answer.code().is_empty(), "{path}: {answer:?}");
        }
        for path in ["/search?q=a&page=", "/c/Kitchen?page=", "/search?q=a&per_page="] {
            let path = format!("{path}{page}");
            let answer = shop.page(&shopper, &path);
            assert!(answer.status < 500, "{path}: {answer:?}");
        }
        for path in ["/orders?limit=", "/orders?before="] {
            let answer = shopper.get(&format!("{path}{page}"));
            assert!(answer.status < 500, "{path}{page}: {answer:?}");
        }
        for path in ["/admin/orders?before=", "/admin/audit?before=", "/admin/products?page="] {
            let answer = shop.look(&staff, &format!("{path}{page}"));
            assert!(answer.status < 500, "{path}{page}: {answer:?}");
        }
    }

    let json = ("content-type", "application/json");
    let bearer = format!("Bearer {}", shopper.token);
    let deep = [
        "[".repeat(60_000),
        "{\"a\":".repeat(12_000),
        format!("{{\"lines\":{}{}}}", "[".repeat(30_000), "]".repeat(30_000)),
    ];
    for (n, body) in deep.iter().enumerate() {
        for path in ["/api/v1/quotes", "/api/v1/orders", "/api/v1/sessions", "/api/v1/cart/lines"] {
            let deep = format!("deep-{n}-{}", path.len());
            let headers = [json, ("authorization", &*bearer), ("idempotency-key", &*deep)];
            let answer = call(shop.port, ("POST", path), &headers, body).unwrap();
            assert!(matches!(answer.status, 400 | 422), "{path}: {answer:?}");
            let codes = ["body_invalid", "json_malformed"];
            assert!(codes.contains(&&*answer.code()), "{path}: {answer:?}");
            assert!(answer.body.len() < 2_000, "{path}: {answer:?}");
        }
    }
    // Numbers and texts beyond what there is of anything.
    for quantity in ["1e308", "-1", "18446744073709551616", "0.5", "\"1\"", "null"] {
        let body = format!("{{\"offer_id\":\"{}\",\"quantity\":{quantity}}}", offer.id);
        let headers = [json, ("authorization", &*bearer)];
        let answer = call(shop.port, ("POST", "/api/v1/cart/lines"), &headers, &body).unwrap();
        assert_eq!(answer.status, 422, "{quantity}: {answer:?}");
    }
    let long = json!({"stars": 5, "title": "x".repeat(20_000), "text": "y".repeat(40_000)});
    let hit = shopper.get("/search?in_stock=true").expect(200).json()["hits"][0].clone();
    let path = format!("/products/{}/reviews", hit["product_id"].as_str().unwrap());
    let refused = shopper.post(&path, &long);
    assert!((400..500).contains(&refused.status), "{refused:?}");

    shopper.bought(&offer);
    shop.is_sound();
}
