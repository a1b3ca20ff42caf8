//! `kill -9` at random moments under load: what was answered is there, once.

use crate::help::{Answer, Chance, Shop, Shopper, key, wait_for};
use serde_json::Value;
use souk_checker::{Evidence, LogLine, Options, Report, Total, judge};
use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Instant;

const ROUNDS: usize = 5;
const BUYERS: usize = 8;

#[test]
fn what_was_answered_survives_every_kill_once() {
    let mut chance = Chance::new("t33");
    let mut shop = Shop::new("t33");
    let offer = shop.offer();
    shop.stock(&offer, 100_000);
    shop.start();
    let shoppers: Vec<_> = (0..BUYERS).map(|_| shop.guest()).collect();
    let total = shoppers[0].total(&[(&offer, 1)]);
    // Who, with which key, and the order if it was answered.
    let tries: Mutex<Vec<(usize, String, Option<String>)>> = Mutex::new(Vec::new());
    let log = Log::create();

    for _ in 0..ROUNDS {
        let over = AtomicBool::new(false);
        let here: Vec<Shopper> = shoppers.iter().map(|s| s.at(shop.port)).collect();
        thread::scope(|scope| {
            for (n, shopper) in here.iter().enumerate() {
                let (over, tries, total, offer, log) = (&over, &tries, &total, &offer, &log);
                scope.spawn(move || {
                    while !over.load(Ordering::Relaxed) {
                        let one = key();
                        let sent = log.micros();
                        let answer = shopper.buy(&[(offer, 1)], total, "tok_approve", &one);
                        log.note(shopper, (&one, total), sent, answer.as_ref().ok());
                        let order = answer.ok().map(|a| a.expect(201).text("order_id"));
                        tries.lock().unwrap().push((n, one, order));
                    }
                });
            }
            thread::sleep(std::time::Duration::from_millis(50 + chance.below(250)));
            shop.kill();
            over.store(true, Ordering::Relaxed);
        });
        // As it lies, before anything is recovered.
        log.agrees_with(&shop, false);
        shop.leases_run_out();
        shop.start();
    }
    let tries = tries.into_inner().unwrap();
    let answered = tries.iter().filter(|(_, _, order)| order.is_some()).count();
    println!("t33: {answered} of {} were answered", tries.len());
    assert!(answered > ROUNDS, "there was load");
    wait_for("recovery", || {
        let open = "SELECT count(*) FROM orders WHERE state IN ('created', 'payment_pending')";
        (shop.number(open) == 0).then_some(())
    });
    each_is_there_once(&shop, &shoppers, &tries, &total);
    shop.is_sound();
    shop.stop();
    log.agrees_with(&shop, true);
    log.notices_an_order_that_is_not_there(&shop, &shoppers[0]);
    assert_eq!(shop.open_holds(), 0);
    assert_eq!(shop.gateway_did("authorize") as i64, shop.confirmed());
    assert_eq!(shop.gateway_did("capture") as i64, shop.confirmed());
}

/// Every key names one order: the one that was answered, if one was.
fn each_is_there_once(
    shop: &Shop,
    shoppers: &[Shopper],
    tries: &[(usize, String, Option<String>)],
    total: &Value,
) {
    let offer = shop.offer();
    let before = shop.number("SELECT count(*) FROM orders");
    let mut fresh = 0;
    for (n, one, order) in tries {
        let shopper = shoppers[*n].at(shop.port);
        if let Some(order) = order {
            assert_eq!(shopper.times_in(order, "confirmed"), 1, "{order}");
        }
        let again = shopper.buy(&[(&offer, 1)], total, "tok_approve", one).unwrap().expect(201);
        match order {
            Some(order) => assert_eq!(again.text("order_id"), *order),
            None => fresh += 1,
        }
    }
    let now = shop.number("SELECT count(*) FROM orders");
    assert!(now - before <= fresh, "a key that was answered bought again");
}

/// What the buyers asked and heard, for the checker.
struct Log {
    path: PathBuf,
    file: Mutex<File>,
    began: Instant,
}

impl Log {
    fn create() -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("t33-{}.jsonl", std::process::id()));
        let file = Mutex::new(File::create(&path).unwrap());
        Self { path, file, began: Instant::now() }
    }

    fn micros(&self) -> i64 {
        i64::try_from(self.began.elapsed().as_micros()).unwrap()
    }

    fn note(&self, who: &Shopper, asked: (&str, &Value), sent: i64, heard: Option<&Answer>) {
        let (key, total) = asked;
        let line = LogLine {
            t_sent: sent,
            t_answered: heard.map(|_| self.micros()),
            op: "orders".into(),
            key: key.into(),
            principal: who.user().into(),
            body_digest: "the same basket".into(),
            total: Some(Total {
                minor: total["minor"].as_i64().unwrap(),
                currency: total["currency"].as_str().unwrap().into(),
            }),
            status: heard.map(|answer| answer.status),
            answer: heard.map(Answer::json),
        };
        let line = serde_json::to_string(&line).unwrap() + "\n";
        self.file.lock().unwrap().write_all(line.as_bytes()).unwrap();
    }

    fn judged(&self, shop: &Shop, settled: bool) -> Report {
        let evidence = Evidence::of_data_folder(&shop.dir, Some(self.path.clone()));
        judge(&evidence, Options { settled }).unwrap()
    }

    #[track_caller]
    fn agrees_with(&self, shop: &Shop, settled: bool) {
        let report = self.judged(shop, settled);
        assert!(report.is_clean(), "{report:?}");
    }

    /// The checker is no ornament: an answer without its order is found.
    fn notices_an_order_that_is_not_there(&self, shop: &Shop, who: &Shopper) {
        let body = serde_json::json!({
            "order_id": "01990000-0000-7000-8000-000000000000", "status": "confirmed",
        });
        let total = serde_json::json!({"minor": 1, "currency": "EUR"});
        let lost = Answer { status: 201, head: String::new(), body: body.to_string() };
        self.note(who, ("a key that never was", &total), self.micros(), Some(&lost));
        assert!(!self.judged(shop, true).is_clean());
    }
}
