//! Tests of [`super`]: webhook.

use super::*;
use parking_lot::Mutex;
use souk_kernel::ManualClock;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

const NOW: Timestamp = Timestamp(1_790_000_000_000);

fn event(line: u64) -> Event {
    let gateway_ref = GatewayRef { index: 1, salt: 2 };
    Event::new(EventKind::CaptureSucceeded, line, "order_1", gateway_ref, NOW)
}

#[test]
fn a_signed_event_is_believed_once_changed_it_is_not() {
    let body = serde_json::to_vec(&event(7)).unwrap();
    let header = sign("secret", &body, NOW);
    assert_eq!(verify_signature("secret", &header, &body, NOW), Ok(event(7)));
    let check =
        |secret, header: &str, body: &[u8], now| verify_signature(secret, header, body, now);
    assert_eq!(check("other", &header, &body, NOW), Err(SignatureError::Mismatch));
    let mut changed = body.clone();
    changed[10] ^= 1;
    assert_eq!(check("secret", &header, &changed, NOW), Err(SignatureError::Mismatch));
    let moved = header.replace("t=17", "t=18");
    assert_eq!(check("secret", &moved, &body, NOW), Err(SignatureError::Mismatch));
    let late = NOW.plus_ms(TOLERANCE_MS + 1_000);
    assert_eq!(check("secret", &header, &body, late), Err(SignatureError::Stale));
    for malformed in ["", "t=1", "v1=00", "t=a,v1=00", "t=1,v1=0", "t=1,v1=zz"] {
        assert_eq!(check("secret", malformed, &body, NOW), Err(SignatureError::Malformed));
    }
}

#[test]
fn the_signature_is_the_documented_one() {
    // Known answer, computed independently: HMAC-SHA-256("key", "1790000000.{}").
    let header = sign("key", b"{}", NOW);
    assert_eq!(header, format!("t=1790000000,v1={KNOWN}"));
}

const KNOWN: &str = "099d33989336226b12c85da813adf6100e1bbab1e91bede9a41ddeb7882d66b8";

#[test]
fn an_event_has_the_documented_form() {
    let json: serde_json::Value = serde_json::to_value(event(7)).unwrap();
    assert_eq!(json["type"], "capture.succeeded");
    assert_eq!(json["id"], "evt_00000000000702");
    assert_eq!(json["gateway_ref"], "ga_0000000100000002");
    assert_eq!(json["created"], 1_790_000_000_000_i64);
}

/// Answers with a planned status and remembers what came when.
struct Shop {
    statuses: Mutex<Vec<u16>>,
    came: Mutex<Vec<(Duration, String)>>,
    start: Instant,
}

#[async_trait::async_trait]
impl WebhookSink for Shop {
    async fn deliver(
        &self,
        _: &str,
        headers: &[(&'static str, String)],
        body: Vec<u8>,
    ) -> Result<u16, String> {
        let signature = &headers.iter().find(|(name, _)| *name == SIGNATURE_HEADER).unwrap().1;
        let event = verify_signature("s", signature, &body, NOW).unwrap();
        self.came.lock().push((self.start.elapsed(), event.id));
        self.statuses.lock().pop().ok_or_else(|| String::from("connection refused"))
    }
}

fn shop(statuses: &[u16]) -> (Arc<Shop>, Post) {
    let statuses = Mutex::new(statuses.iter().rev().copied().collect());
    let shop = Arc::new(Shop { statuses, came: Mutex::default(), start: Instant::now() });
    let post = Post {
        url: String::from("http://shop"),
        secret: String::from("s"),
        sink: Arc::clone(&shop) as Arc<dyn WebhookSink>,
        clock: Arc::new(ManualClock::at(NOW)),
    };
    (shop, post)
}

fn later(line: u64, delay_s: u64) -> Delivery {
    Delivery { event: event(line), delay: Duration::from_secs(delay_s), tried: None }
}

async fn run_for(outbox: &Outbox, post: Post, seconds: u64) {
    let _ = tokio::time::timeout(Duration::from_secs(seconds), outbox.run(post)).await;
}

fn lines(shop: &Shop) -> Vec<(u64, u64)> {
    let line = |id: &str| u64::from_str_radix(&id[4..16], 16).unwrap();
    shop.came.lock().iter().map(|(at, id)| (at.as_secs(), line(id))).collect()
}

#[tokio::test(start_paused = true)]
async fn events_come_when_they_are_due_whatever_the_order_of_sending() {
    let (shop, post) = shop(&[200; 3]);
    let outbox = Outbox::new(10);
    for (line, delay) in [(1, 30), (2, 0), (3, 10)] {
        outbox.send(later(line, delay));
    }
    run_for(&outbox, post, 100).await;
    assert_eq!(lines(&shop), [(0, 2), (10, 3), (30, 1)]);
}

#[tokio::test(start_paused = true)]
async fn a_refused_event_is_tried_again_with_growing_pauses_then_given_up() {
    let (shop, post) = shop(&[500, 404, 204]);
    let outbox = Outbox::new(10);
    outbox.send(later(1, 0));
    run_for(&outbox, post, 100_000).await;
    assert_eq!(lines(&shop), [(0, 1), (1, 1), (6, 1)]);
    assert_eq!(outbox.dropped(), 0);

    let (shop, post) = self::shop(&[]);
    let outbox = Outbox::new(10);
    outbox.send(later(1, 0));
    run_for(&outbox, post, 100_000).await;
    assert_eq!(lines(&shop).len(), 9);
    assert_eq!(outbox.dropped(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_the_queue_can_not_hold_is_dropped_and_counted() {
    let outbox = Outbox::new(2);
    for line in 0..5 {
        outbox.send(later(line, 0));
    }
    assert_eq!(outbox.dropped(), 3);
    let (shop, post) = shop(&[200; 5]);
    run_for(&outbox, post, 10).await;
    assert_eq!(lines(&shop).len(), 2);
}
