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

    let long = "x".repeat(10_000);
    let answer = call(shop.port, ("GET", &format!("/api/v1/search?q={long}")), &[], "").unwrap();
    assert!((400..500).contains(&answer.status), "{answer:?}");
    for path in ["/search?q=%FF%FE", "/api/v1/search?q=%FF%FE", "/p/%FF", "/c/%FF%FE"] {
        let answer = call(shop.port, ("GET", path), &[], "").unwrap();
        assert!(answer.status < 500, "{path}: {answer:?}");
    }
    let million = format!("/api/v1/search?{}", "attr.a=b&".repeat(6_000));
    let answer = call(shop.port, ("GET", &million), &[], "").unwrap();
    assert!(answer.status < 500, "{}", answer.status);

    // Somebody else is served meanwhile and afterwards.
    shop.guest().bought(&offer);
    shopper.bought(&offer);
    shop.is_sound();
}
