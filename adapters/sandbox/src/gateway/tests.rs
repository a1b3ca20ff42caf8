//! Tests of [`super`]: gateway.

use super::*;
use crate::config::WebhookPolicy;
use crate::model::{DeclineReason, Status, Target};
use crate::record::MemoryDisk;
use crate::webhook::{EventKind, verify_signature};
use souk_kernel::{Currency, DAY_MS, ManualClock, Money, SeededEntropy};
use std::collections::HashSet;
use tokio::time::Instant;

const NOW: Timestamp = Timestamp(1_790_000_000_000);

/// A shop that takes every event.
struct Shop(Mutex<Vec<(Duration, crate::Event)>>, Instant);

#[async_trait::async_trait]
impl WebhookSink for Shop {
    async fn deliver(
        &self,
        url: &str,
        headers: &[(&'static str, String)],
        body: Vec<u8>,
    ) -> Result<u16, String> {
        assert_eq!(url, "http://shop/hook");
        let event = verify_signature("whsec_sandbox", &headers[1].1, &body, NOW).unwrap();
        self.0.lock().push((self.1.elapsed(), event));
        Ok(200)
    }
}

struct Stand {
    gateway: Arc<Gateway>,
    disk: MemoryDisk,
    clock: Arc<ManualClock>,
    shop: Arc<Shop>,
}

fn config() -> Config {
    Config { webhook_url: Some(String::from("http://shop/hook")), ..Config::default() }
}

fn stand_on(disk: &MemoryDisk, config: Config) -> Stand {
    let clock = Arc::new(ManualClock::at(NOW));
    let shop = Arc::new(Shop(Mutex::default(), Instant::now()));
    let parts = Parts {
        clock: Arc::clone(&clock) as Arc<dyn Clock>,
        entropy: Arc::new(SeededEntropy::new(11)),
        sink: Some(Arc::clone(&shop) as Arc<dyn WebhookSink>),
    };
    let gateway = Gateway::open(config, Box::new(disk.clone()), parts).unwrap();
    Stand { gateway, disk: disk.clone(), clock, shop }
}

/// Under paused time a wait for a real thread would let time jump: such tests write inline.
fn still() -> Config {
    Config { commit: crate::record::Commit::Inline, ..config() }
}

fn stand() -> Stand {
    stand_on(&MemoryDisk::default(), config())
}

fn ask(reference: &str, token: &str) -> Authorize {
    Authorize {
        idempotency_key: String::from(reference),
        reference: String::from(reference),
        amount: Money::new(1_000, Currency::Eur),
        token: String::from(token),
        method: Method::Card,
        statement: String::new(),
        capture: false,
        return_url: String::from("http://localhost:8080/back"),
    }
}

impl Stand {
    async fn authorized(&self, reference: &str, token: &str) -> GatewayRef {
        match self.gateway.authorize(&ask(reference, token)).await {
            Ok(Outcome::Authorized { gateway_ref, .. }) => gateway_ref,
            other => panic!("{other:?}"),
        }
    }

    async fn status(&self, reference: &str) -> Option<Status> {
        self.gateway.lookup(reference).await.unwrap().map(|state| state.status)
    }

    fn told(&self) -> Vec<(u64, EventKind)> {
        self.shop.0.lock().iter().map(|(at, event)| (at.as_secs(), event.kind)).collect()
    }

    fn states(&self) -> Vec<PaymentState> {
        self.gateway.book.lock().all()
    }
}

fn capture_of(key: &str, gateway_ref: GatewayRef, amount_minor: i64) -> Capture {
    Capture { idempotency_key: String::from(key), gateway_ref, amount_minor }
}

fn refund_of(key: &str, gateway_ref: GatewayRef, amount_minor: i64) -> Refund {
    Refund { idempotency_key: String::from(key), gateway_ref, amount_minor }
}

fn void_of(key: &str, reference: &str) -> Void {
    let target = Target::Reference(String::from(reference));
    Void { idempotency_key: String::from(key), target }
}

#[tokio::test]
async fn a_payment_goes_its_way_and_survives_a_restart() {
    let stand = stand();
    let at = stand.authorized("order_1", "tok_approve").await;
    stand.gateway.capture(&capture_of("c", at, 600)).await.unwrap();
    let refund = refund_of("r", at, 250);
    let first = stand.gateway.refund(&refund).await.unwrap();
    stand.authorized("order_2", "tok_approve").await;
    stand.gateway.void(&void_of("v", "order_2")).await.unwrap();
    stand.gateway.void(&void_of("v3", "order_3")).await.unwrap();
    let before = stand.states();
    let disk = stand.disk.clone();
    drop(stand);

    let stand = stand_on(&disk, config());
    assert_eq!(stand.states(), before);
    assert_eq!(stand.gateway.refund(&refund).await, Ok(first), "keys survive as well");
    let state = stand.gateway.lookup("order_1").await.unwrap().unwrap();
    assert_eq!((state.authorized_minor, state.captured_minor), (1_000, 600));
    assert_eq!((state.refunded_minor, state.status), (250, Status::Captured));
    let late = stand.gateway.authorize(&ask("order_3", "tok_approve")).await;
    assert_eq!(late, Err(Refused::ReferenceVoided.into()));
}

#[tokio::test]
async fn a_refund_is_found_by_its_key_when_the_key_is_forgotten() {
    let stand = stand();
    let at = stand.authorized("order_1", "tok_approve").await;
    let other = stand.authorized("order_2", "tok_approve").await;
    stand.gateway.capture(&capture_of("c", at, 600)).await.unwrap();
    let first = stand.gateway.refund(&refund_of("r", at, 250)).await.unwrap();
    let second = stand.gateway.refund(&refund_of("r2", at, 100)).await.unwrap();
    let refused = stand.gateway.refund(&refund_of("r3", at, 251)).await;
    assert_eq!(refused, Err(Refused::AmountTooLarge.into()));
    stand.clock.advance(3 * DAY_MS);
    stand.authorized("order_3", "tok_approve").await;
    let disk = stand.disk.clone();
    for stand in [stand, stand_on(&disk, config())] {
        let found = |at, key| stand.gateway.find_refund(at, key);
        assert_eq!(found(at, "r").await, Ok(Some(first)));
        assert_eq!(found(at, "r2").await, Ok(Some(second)));
        assert_eq!(found(at, "r3").await, Ok(None), "refused");
        assert_eq!(found(other, "r").await, Ok(None), "of another authorization");
        let invented = GatewayRef { salt: at.salt ^ 1, ..at };
        assert_eq!(found(invented, "r").await, Ok(None));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_callers_with_one_key_have_one_effect() {
    let stand = stand();
    let tasks: Vec<_> = (0..100)
        .map(|_| {
            let gateway = Arc::clone(&stand.gateway);
            tokio::spawn(async move { gateway.authorize(&ask("order_1", "tok_approve")).await })
        })
        .collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap().unwrap());
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]));
    assert_eq!(stand.states().len(), 1);
    assert_eq!(stand.gateway.record_figures().0, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parallel_refunds_never_give_back_more_than_was_taken() {
    let stand = stand();
    let at = stand.authorized("order_1", "tok_approve").await;
    stand.gateway.capture(&capture_of("c", at, 100)).await.unwrap();
    let tasks: Vec<_> = (0..20)
        .map(|n| {
            let gateway = Arc::clone(&stand.gateway);
            let refund = refund_of(&format!("r{n}"), at, 10);
            tokio::spawn(async move { gateway.refund(&refund).await.is_ok() })
        })
        .collect();
    let mut given = 0;
    for task in tasks {
        given += usize::from(task.await.unwrap());
    }
    assert_eq!(given, 10);
    assert_eq!(stand.states()[0].refunded_minor, 100);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_payments_share_syncs_and_all_are_in_the_record() {
    let stand = stand();
    let tasks: Vec<_> = (0..2_000)
        .map(|n| {
            let gateway = Arc::clone(&stand.gateway);
            let request = ask(&format!("order_{n}"), "tok_approve");
            tokio::spawn(async move { gateway.authorize(&request).await })
        })
        .collect();
    let mut refs = HashSet::new();
    for task in tasks {
        match task.await.unwrap() {
            Ok(Outcome::Authorized { gateway_ref, .. }) => assert!(refs.insert(gateway_ref)),
            other => panic!("{other:?}"),
        }
    }
    let before = stand.states();
    assert_eq!(before.len(), 2_000);
    let disk = stand.disk.clone();
    drop(stand);
    assert_eq!(stand_on(&disk, config()).states(), before);
}

#[tokio::test]
async fn a_full_disk_closes_the_gateway_until_there_is_room() {
    let stand = stand();
    stand.authorized("order_1", "tok_approve").await;
    let before = stand.states();
    stand.disk.limit(Some(stand.disk.bytes().len() + 10));
    let refused = stand.gateway.authorize(&ask("order_2", "tok_approve")).await;
    assert_eq!(refused, Err(GatewayError::RecordUnavailable));
    assert_eq!(stand.gateway.lookup("order_2").await, Err(GatewayError::RecordUnavailable));
    stand.disk.limit(None);
    stand.gateway.reopen().unwrap();
    assert_eq!(stand.states(), before, "what was never durable never was");
    assert_eq!(stand.status("order_2").await, None);
    stand.authorized("order_2", "tok_approve").await;
}

#[tokio::test]
async fn the_gateway_reopens_its_record_by_itself() {
    let stand = stand();
    stand.disk.fail_syncs(true);
    let lost = stand.gateway.authorize(&ask("order_1", "tok_approve")).await;
    assert_eq!(lost, Err(GatewayError::RecordUnavailable));
    stand.disk.fail_syncs(false);
    let mut tries = 0;
    while stand.gateway.lookup("order_1").await.is_err() {
        tries += 1;
        assert!(tries < 10_000, "it never came back");
        stand.clock.advance(SECOND_MS);
        tokio::task::yield_now().await;
        std::thread::yield_now();
    }
    stand.authorized("order_1", "tok_approve").await;
}

#[tokio::test]
async fn what_tokens_decline_is_declined() {
    let stand = stand();
    for (token, reason) in [
        ("tok_decline", DeclineReason::CardDeclined),
        ("tok_insufficient_funds", DeclineReason::InsufficientFunds),
        ("tok_expired_card", DeclineReason::ExpiredCard),
        ("tok_whatever", DeclineReason::TokenUnknown),
    ] {
        let answer = stand.gateway.authorize(&ask(token, token)).await;
        assert_eq!(answer, Ok(Outcome::Declined { reason }));
    }
}

#[tokio::test]
async fn an_altered_amount_or_currency_is_what_is_authorized() {
    let stand = stand();
    for (token, amount) in [
        ("tok_amount_plus_1", Money::new(1_001, Currency::Eur)),
        ("tok_amount_minus_1", Money::new(999, Currency::Eur)),
        ("tok_other_currency", Money::new(1_000, Currency::Usd)),
    ] {
        match stand.gateway.authorize(&ask(token, token)).await {
            Ok(Outcome::Authorized { amount: granted, .. }) => assert_eq!(granted, amount),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_acted_and_a_lost_request_did_not() {
    let stand = stand_on(&MemoryDisk::default(), still());
    let lost = ask("order_1", "tok_lost_answer");
    assert_eq!(stand.gateway.authorize(&lost).await, Err(GatewayError::NoAnswer));
    assert_eq!(stand.status("order_1").await, Some(Status::Authorized));
    assert!(matches!(stand.gateway.authorize(&lost).await, Ok(Outcome::Authorized { .. })));
    assert_eq!(stand.states().len(), 1);

    let never = ask("order_2", "tok_lost_request_x2");
    for _ in 0..2 {
        assert_eq!(stand.gateway.authorize(&never).await, Err(GatewayError::NoAnswer));
        assert_eq!(stand.status("order_2").await, None);
    }
    assert!(matches!(stand.gateway.authorize(&never).await, Ok(Outcome::Authorized { .. })));
}

#[tokio::test(start_paused = true)]
async fn a_refund_whose_answers_are_lost_happens_once() {
    let stand = stand_on(&MemoryDisk::default(), still());
    let at = stand.authorized("order_1", "tok_refund_lost_answer_x4").await;
    stand.gateway.capture(&capture_of("c", at, 1_000)).await.unwrap();
    let refund = refund_of("r", at, 300);
    for _ in 0..4 {
        assert_eq!(stand.gateway.refund(&refund).await, Err(GatewayError::NoAnswer));
    }
    assert_eq!(stand.gateway.refund(&refund).await.unwrap().refunded_minor, 300);
    assert_eq!(stand.states()[0].refunded_minor, 300);
}

#[tokio::test(start_paused = true)]
async fn slow_acts_at_once_and_delayed_acts_late() {
    let stand = stand_on(&MemoryDisk::default(), still());
    let start = Instant::now();
    let gateway = Arc::clone(&stand.gateway);
    let slow = tokio::spawn(async move { gateway.authorize(&ask("order_1", "tok_slow_5s")).await });
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(stand.status("order_1").await, Some(Status::Authorized));
    assert!(slow.await.unwrap().is_ok());
    assert_eq!(start.elapsed().as_secs(), 5);

    let gateway = Arc::clone(&stand.gateway);
    let late =
        tokio::spawn(async move { gateway.authorize(&ask("order_2", "tok_delayed_9s")).await });
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(stand.status("order_2").await, None);
    stand.gateway.void(&void_of("v", "order_2")).await.unwrap();
    assert_eq!(late.await.unwrap(), Err(Refused::ReferenceVoided.into()));
}

#[tokio::test(start_paused = true)]
async fn the_configured_latency_is_added() {
    let config = Config { authorize_latency_ms: 300, ..still() };
    let stand = stand_on(&MemoryDisk::default(), config);
    let start = Instant::now();
    stand.authorized("order_1", "tok_approve").await;
    assert_eq!(start.elapsed().as_millis(), 300);
}

#[tokio::test]
async fn an_action_ends_on_the_page_and_the_answer_stays() {
    let stand = stand();
    let request = ask("order_1", "tok_3ds");
    let answer = stand.gateway.authorize(&request).await.unwrap();
    let Outcome::RequiresAction { gateway_ref, url } = answer.clone() else { panic!("{answer:?}") };
    assert_eq!(url, format!("http://localhost:8081/3ds/{gateway_ref}"));
    assert_eq!(stand.status("order_1").await, Some(Status::RequiresAction));
    assert_eq!(stand.gateway.finish_action(gateway_ref, true).await, Ok(true));
    assert_eq!(stand.gateway.finish_action(gateway_ref, false).await, Ok(false));
    assert_eq!(stand.status("order_1").await, Some(Status::Authorized));
    assert_eq!(stand.gateway.authorize(&request).await, Ok(answer));
    let astray = Authorize {
        return_url: String::from("https://evil.example/"),
        ..ask("order_2", "tok_3ds")
    };
    assert!(matches!(stand.gateway.authorize(&astray).await, Err(GatewayError::Invalid(_))));
    assert_eq!(stand.status("order_2").await, None);
}

#[tokio::test]
async fn keys_live_for_a_day() {
    let stand = stand();
    stand.authorized("order_1", "tok_approve").await;
    stand.clock.advance(DAY_MS - 1_000);
    stand.authorized("order_1", "tok_approve").await;
    assert_eq!(stand.states().len(), 1);
    stand.clock.advance(1_000);
    stand.authorized("order_1", "tok_approve").await;
    assert_eq!(stand.states().len(), 2);
    assert_eq!(stand.gateway.lookup_all("order_1").await.unwrap().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn events_come_as_the_token_says() {
    let stand = stand_on(&MemoryDisk::default(), still());
    let deliver = tokio::spawn(Arc::clone(&stand.gateway).deliver_webhooks());
    let at = stand.authorized("plain", "tok_approve").await;
    stand.gateway.capture(&capture_of("c0", at, 1)).await.unwrap();
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert_eq!(stand.told(), [], "an ordinary payment is told by its answers");

    let start = stand.shop.1.elapsed().as_secs();
    let since = |told: Vec<(u64, EventKind)>| -> Vec<(u64, EventKind)> {
        told.into_iter().map(|(at, kind)| (at - start, kind)).collect()
    };
    let at = stand.authorized("late", "tok_webhook_disorder").await;
    stand.gateway.capture(&capture_of("c1", at, 1)).await.unwrap();
    tokio::time::sleep(Duration::from_secs(10)).await;
    let told = since(stand.told());
    assert_eq!(told, [(0, EventKind::CaptureSucceeded), (3, EventKind::AuthorizationSucceeded)]);

    stand.authorized("twice", "tok_webhook_twice").await;
    tokio::time::sleep(Duration::from_secs(10)).await;
    let events = stand.shop.0.lock()[2..].to_vec();
    assert_eq!(events.len(), 2);
    assert_eq!(events[0].1, events[1].1, "the same id");

    stand.authorized("first", "tok_webhook_first").await;
    assert_eq!(stand.told().len(), 5, "there before the answer");
    let lost = stand.gateway.authorize(&ask("lost", "tok_lost_answer")).await;
    assert_eq!(lost, Err(GatewayError::NoAnswer));
    tokio::time::sleep(Duration::from_secs(10)).await;
    assert_eq!(stand.shop.0.lock()[5].1.reference, "lost");
    deliver.abort();
}

#[tokio::test(start_paused = true)]
async fn everything_is_told_when_the_settings_say_so() {
    let config = Config { webhooks: WebhookPolicy::All, ..still() };
    let stand = stand_on(&MemoryDisk::default(), config);
    let deliver = tokio::spawn(Arc::clone(&stand.gateway).deliver_webhooks());
    let at = stand.authorized("a", "tok_approve").await;
    stand.gateway.capture(&capture_of("c", at, 10)).await.unwrap();
    stand.gateway.refund(&refund_of("r", at, 10)).await.unwrap();
    stand.authorized("b", "tok_approve").await;
    stand.gateway.void(&void_of("v", "b")).await.unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    let kinds: Vec<EventKind> = stand.told().into_iter().map(|(_, kind)| kind).collect();
    for kind in [
        EventKind::AuthorizationSucceeded,
        EventKind::CaptureSucceeded,
        EventKind::RefundSucceeded,
        EventKind::VoidSucceeded,
    ] {
        assert!(kinds.contains(&kind), "{kind:?} in {kinds:?}");
    }
    assert_eq!(kinds.len(), 5);
    deliver.abort();
}

#[test]
fn an_origin_that_can_not_be_right_is_refused() {
    for origin in ["", "localhost:8081", "http://localhost:8081/", "http://localhost:8081/x"] {
        let config = Config { origin: String::from(origin), ..still() };
        let parts = Parts {
            clock: Arc::new(ManualClock::at(NOW)),
            entropy: Arc::new(SeededEntropy::new(1)),
            sink: None,
        };
        let opened = Gateway::open(config, Box::new(MemoryDisk::default()), parts);
        assert!(matches!(opened, Err(OpenError::Config(_))), "{origin}");
    }
}

mod ways_to_pay;
