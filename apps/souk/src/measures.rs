//! `GET /metrics`: what this process counts, in the Prometheus project's text format.
//!
//! For who runs the shop: answered to this machine only, and to no request that came through a proxy.

use crate::wiring::Shop;
use async_trait::async_trait;
use axum::Router;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use souk_kernel::{Answers, Event, PortError};
use souk_orders::OrderEvent;
use souk_webkit::{Problem, Requests};
use souk_worker::Consumer;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

/// A counter of seconds.
type Seconds = Counter<f64, AtomicU64>;
/// A gauge of seconds.
type Age = Gauge<f64, AtomicU64>;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Call {
    call: &'static str,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Outcome {
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Lane {
    lane: &'static str,
}

/// Everything that is counted.
pub struct Measures {
    /// Requests by route.
    pub requests: Requests,
    /// What is looked up when somebody asks.
    pub engines: Engines,
    /// Holds that ran out.
    pub holds_expired: Counter,
    /// Sagas that recovery took over.
    pub takeovers: Counter,
    orders: Family<Outcome, Counter>,
    gateway: Family<Call, Histogram, fn() -> Histogram>,
    registry: Registry,
}

/// What the engines say of themselves.
#[derive(Default)]
pub struct Engines {
    pub writer_commits: Counter,
    pub writer_jobs: Counter,
    pub writer_rollbacks: Counter,
    pub writer_busy: Seconds,
    pub writer_commit: Seconds,
    pub writer_cpu: Seconds,
    pub wal_pages: Gauge,
    pub outbox_facts: Gauge,
    pub outbox_oldest: Age,
    pub outbox_parked: Gauge,
    pub inbox_messages: Gauge,
    pub inbox_oldest: Age,
    pub inbox_parked: Gauge,
    queue: Family<Lane, Gauge>,
    memory: Gauge,
    cpu: Seconds,
}

impl Engines {
    /// Jobs that wait for the writer.
    pub fn queue(&self, purchase: usize, background: usize) {
        for (lane, jobs) in [("purchase", purchase), ("background", background)] {
            let jobs = i64::try_from(jobs).unwrap_or(i64::MAX);
            self.queue.get_or_create(&Lane { lane }).set(jobs);
        }
    }

    fn register(&self, to: &mut Registry) {
        let writer = "Transactions that the writer committed";
        to.register("souk_writer_commits", writer, self.writer_commits.clone());
        let jobs = "Jobs in them: divided by the commits, the size of a group";
        to.register("souk_writer_jobs", jobs, self.writer_jobs.clone());
        let rollbacks = "Transactions that were rolled back and run again";
        to.register("souk_writer_rollbacks", rollbacks, self.writer_rollbacks.clone());
        for (name, help, seconds) in [
            ("souk_writer_busy", "Time in transactions", &self.writer_busy),
            (
                "souk_writer_commit",
                "Time in commits, the disk's sync included",
                &self.writer_commit,
            ),
            ("souk_writer_cpu", "CPU time of the writer thread", &self.writer_cpu),
            ("souk_process_cpu", "CPU time of the process", &self.cpu),
        ] {
            to.register_with_unit(name, help, Unit::Seconds, seconds.clone());
        }
        to.register("souk_writer_queue", "Jobs that wait for the writer", self.queue.clone());
        for (name, help, gauge) in [
            ("souk_wal_pages", "Pages in the write-ahead log", &self.wal_pages),
            ("souk_outbox_facts", "Facts that wait for their consumers", &self.outbox_facts),
            ("souk_outbox_parked", "Aggregates that wait for an operator", &self.outbox_parked),
            ("souk_inbox_messages", "Gateways' messages that wait", &self.inbox_messages),
            ("souk_inbox_parked", "Messages that wait for an operator", &self.inbox_parked),
            ("souk_process_memory_bytes", "Resident memory", &self.memory),
        ] {
            to.register(name, help, gauge.clone());
        }
        for (name, help, age) in [
            ("souk_outbox_oldest", "Age of the oldest fact that waits", &self.outbox_oldest),
            ("souk_inbox_oldest", "Age of the oldest message that waits", &self.inbox_oldest),
        ] {
            to.register_with_unit(name, help, Unit::Seconds, age.clone());
        }
    }

    /// What the kernel says of this process; nothing where there is no `/proc`.
    fn look_at_process(&self) {
        // Pages and ticks are of these sizes on every Linux that Souk runs on.
        const PAGE: i64 = 4_096;
        const TICKS: f64 = 100.0;
        let number = |text: &str, at: usize| text.split(' ').nth(at)?.parse::<i64>().ok();
        let file = |name| std::fs::read_to_string(format!("/proc/self/{name}")).unwrap_or_default();
        if let Some(pages) = number(&file("statm"), 1) {
            self.memory.set(pages * PAGE);
        }
        // The process's name, in brackets, may hold spaces.
        let stat = file("stat");
        let after = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
        if let (Some(user), Some(system)) = (number(after, 11), number(after, 12)) {
            let seconds = (user + system) as f64 / TICKS;
            self.cpu.inner().store(seconds.to_bits(), std::sync::atomic::Ordering::Relaxed);
        }
    }
}

/// Upper bounds in seconds of a gateway's calls.
const SECONDS: [f64; 9] = [0.005, 0.02, 0.05, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0];

impl Default for Measures {
    fn default() -> Self {
        let mut registry = Registry::default();
        let (requests, engines) = (Requests::default(), Engines::default());
        requests.register(&mut registry);
        engines.register(&mut registry);
        let orders = Family::<Outcome, Counter>::default();
        registry.register("souk_orders", "Orders by what became of them", orders.clone());
        let histogram: fn() -> Histogram = || Histogram::new(SECONDS);
        let gateway = Family::new_with_constructor(histogram);
        let help = "Calls of the gateway by outcome";
        registry.register("souk_gateway_call_duration_seconds", help, gateway.clone());
        let (holds_expired, takeovers) = (Counter::default(), Counter::default());
        registry.register("souk_holds_expired", "Holds that ran out", holds_expired.clone());
        let help = "Sagas that recovery took over";
        registry.register("souk_recovery_takeovers", help, takeovers.clone());
        Self { requests, engines, holds_expired, takeovers, orders, gateway, registry }
    }
}

impl Measures {
    /// The gateway answered a call, or didn't.
    pub fn gateway_answered(&self, call: &'static str, outcome: &'static str, took: Duration) {
        self.gateway.get_or_create(&Call { call, outcome }).observe(took.as_secs_f64());
    }
}

/// Orders are counted as they are told: in the rare case that a fact is told twice, twice.
#[async_trait]
impl Consumer for Measures {
    fn name(&self) -> &'static str {
        "measures"
    }

    async fn take(&self, facts: &[Event]) -> Answers<(), PortError> {
        for kind in facts.iter().filter_map(|fact| OrderEvent::from_name(&fact.kind)) {
            let outcome = kind.name().trim_start_matches("order.");
            self.orders.get_or_create(&Outcome { outcome }).inc();
        }
        facts.iter().map(|_| Ok(())).collect()
    }
}

/// The route.
pub fn routes(shop: &Arc<Shop>) -> Router {
    Router::new().route("/metrics", get(show)).with_state(Arc::clone(shop))
}

async fn show(
    State(shop): State<Arc<Shop>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if !is_local(peer, &headers) {
        let detail = "measures are for the machine that the shop runs on";
        return Err(Problem::new(StatusCode::FORBIDDEN, "not_local", detail));
    }
    shop.look_at_engines().await?;
    shop.measures.engines.look_at_process();
    let mut body = String::new();
    text::encode(&mut body, &shop.measures.registry)
        .map_err(|e| Problem::internal(e.to_string()))?;
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-store")], body).into_response())
}

/// A proxy on this machine is a local peer, but speaks for somebody else.
fn is_local(peer: SocketAddr, headers: &HeaderMap) -> bool {
    let forwarded = ["forwarded", "x-forwarded-for", "via"];
    peer.ip().is_loopback() && !forwarded.iter().any(|name| headers.contains_key(*name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_answered() {
        let peer = |text: &str| text.parse::<SocketAddr>().unwrap();
        let none = HeaderMap::new();
        assert!(is_local(peer("127.0.0.1:5000"), &none));
        assert!(is_local(peer("[::1]:5000"), &none));
        assert!(!is_local(peer("10.0.0.1:5000"), &none));
        for name in ["forwarded", "x-forwarded-for", "via"] {
            let mut headers = HeaderMap::new();
            headers.insert(name, "10.0.0.1".parse().unwrap());
            assert!(!is_local(peer("127.0.0.1:5000"), &headers), "{name}");
        }
    }

    #[test]
    fn each_measure_has_a_line() {
        let measures = Measures::default();
        measures.gateway_answered("authorize", "declined", Duration::from_millis(7));
        measures.holds_expired.inc_by(3);
        measures.engines.queue(4, 5);
        measures.engines.look_at_process();
        let mut lines = String::new();
        text::encode(&mut lines, &measures.registry).unwrap();
        for line in [
            "souk_gateway_call_duration_seconds_count{call=\"authorize\",outcome=\"declined\"} 1",
            "souk_holds_expired_total 3",
            "souk_writer_queue{lane=\"background\"} 5",
            "souk_writer_commit_seconds_total 0",
            "souk_outbox_oldest_seconds 0",
            "souk_recovery_takeovers_total 0",
            "# EOF",
        ] {
            assert!(lines.contains(line), "{line} is not in {lines}");
        }
        #[cfg(target_os = "linux")]
        assert!(!lines.contains("souk_process_memory_bytes 0"), "{lines}");
    }
}
