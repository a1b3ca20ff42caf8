//! How many durable authorizations a second, and at what cost. Prints; asserts nothing about time.
//!
//! `cargo test --release -p souk-sandbox --test rate -- --ignored --nocapture`

use souk_kernel::{Currency, Money, SeededEntropy, SystemClock};
use souk_sandbox::record::FileDisk;
use souk_sandbox::{Authorize, Config, Gateway, Method, Outcome, Parts};
use std::sync::Arc;

/// User and system time of this process, in milliseconds; 0 where it can't be told.
fn cpu_ms() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    let ticks = |at: usize| fields.get(at).and_then(|f| f.parse::<u64>().ok()).unwrap_or(0);
    // A tick is 10 ms on every Linux that matters here.
    (ticks(11) + ticks(12)) * 10
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "prints a figure; run by hand, in release"]
async fn durable_authorizations() {
    let payments: usize =
        std::env::var("SOUK_RATE").ok().and_then(|n| n.parse().ok()).unwrap_or(20_000);
    let callers = 400;
    let folder = std::env::temp_dir().join(format!("souk-sandbox-rate-{}", std::process::id()));
    let disk = FileDisk::open(folder.join("record.jsonl")).unwrap();
    let (clock, entropy) = (Arc::new(SystemClock), Arc::new(SeededEntropy::new(1)));
    let parts = Parts { clock, entropy, sink: None };
    let gateway = Gateway::open(Config::default(), Box::new(disk), parts).unwrap();
    let (start, cpu) = (tokio::time::Instant::now(), cpu_ms());
    let tasks: Vec<_> = (0..callers)
        .map(|caller| {
            let gateway = Arc::clone(&gateway);
            tokio::spawn(async move {
                for n in (caller..payments).step_by(callers) {
                    let reference = format!("order_0190f3c2-7c5a-7000-8000-{n:012x}");
                    let request = Authorize {
                        idempotency_key: reference.clone(),
                        reference,
                        amount: Money::new(1_299, Currency::Eur),
                        token: String::from("tok_approve"),
                        method: Method::Card,
                        statement: String::new(),
                        capture: false,
                        return_url: String::new(),
                    };
                    let answer = gateway.authorize(&request).await;
                    assert!(matches!(answer, Ok(Outcome::Authorized { .. })), "{answer:?}");
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let (seconds, cpu) = (start.elapsed().as_secs_f64(), cpu_ms() - cpu);
    let (lines, syncs) = gateway.record_figures();
    assert_eq!(lines, payments as u64);
    println!(
        "{payments} authorizations: {:.0}/s, {:.1} µs of CPU each, {syncs} syncs",
        payments as f64 / seconds,
        cpu as f64 * 1_000.0 / payments as f64,
    );
    drop(gateway);
    std::fs::remove_dir_all(&folder).unwrap();
}
