//! What a run says of itself: one JSON object, or a table.

use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write;

/// CPU microseconds of one operation.
#[derive(Debug, Default, Serialize)]
pub struct Cpu {
    /// All threads of the server.
    pub server: f64,
    /// The driver.
    pub driver: f64,
}

/// What an order left behind.
#[derive(Debug, Default, Serialize)]
pub struct PerOrder {
    /// Rows that stay, mails and lists included.
    pub rows: f64,
    /// The same, by table.
    pub tables: BTreeMap<String, f64>,
    /// By which the database file grew, once the write-ahead log was copied back.
    pub database_bytes: f64,
    /// That the process sent towards the disk: log, database, gateway's record, search index.
    pub disk_bytes: f64,
    /// That it gave to `write`, sockets partly included.
    pub written_bytes: f64,
    /// CPU microseconds of the store's writer thread.
    pub writer_us: f64,
}

/// The relay's work after the load.
#[derive(Debug, Default, Serialize)]
pub struct Outbox {
    /// Facts that waited when the load ended.
    pub backlog: u64,
    /// Seconds until none waited.
    pub drain_seconds: f64,
    /// Facts that still wait: above zero, it did not drain.
    pub left: u64,
    /// Orders a second from the first one to the last fact taken.
    pub steady_per_s: f64,
    /// Server CPU of one fact in the drain: capture, mail, list. In the load it comes on top.
    pub cpu_us_per_fact: f64,
}

/// A rate on an empty store and on a full one.
#[derive(Debug, Serialize)]
pub struct Prefill {
    /// Orders stored before the second measurement.
    pub orders: u64,
    /// Orders a second at the start.
    pub empty_per_s: f64,
    /// Server CPU microseconds of an order at the start.
    pub empty_cpu_us_per_op: f64,
    /// How the second rate compares with the first.
    pub ratio: f64,
    /// Seconds that storing them took.
    pub seconds: f64,
}

/// A run.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    /// What was driven.
    pub scenario: String,
    /// Operations a second.
    pub ops_per_s: f64,
    /// Half of them took at most so many milliseconds.
    pub p50_ms: f64,
    /// 99 of 100.
    pub p99_ms: f64,
    /// Failed operations.
    pub errors: u64,
    /// What they were.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub errors_by_kind: BTreeMap<String, u64>,
    /// CPU of an operation.
    pub cpu_us_per_op: Cpu,
    /// What the reference did in the same run; none was asked for: null.
    pub reference_ops_per_s: Option<f64>,
    /// Its server's CPU of an operation.
    pub reference_cpu_us_per_op: Option<f64>,
    /// What it was.
    pub reference: String,
    /// `clean`, or what is not.
    pub reconcile: String,
    /// Measured seconds.
    pub seconds: f64,
    /// Connections.
    pub connections: usize,
    /// The gateway's latency.
    pub gateway_ms: u64,
    /// Bytes of an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer_bytes: Option<f64>,
    /// What an order left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_order: Option<PerOrder>,
    /// The relay.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outbox: Option<Outbox>,
    /// Empty against full.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefill: Option<Prefill>,
    /// What the checker says of the log: `clean`, or what was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checker: Option<String>,
    /// Server CPU of an operation by thread name.
    pub threads_us_per_op: BTreeMap<String, f64>,
}

impl Report {
    /// Whether nothing went wrong.
    pub fn is_good(&self) -> bool {
        let fine = |verdict: &str| matches!(verdict, "clean" | "not asked" | "no orders");
        self.errors == 0
            && fine(&self.reconcile)
            && self.checker.as_deref().is_none_or(fine)
            && self.outbox.as_ref().is_none_or(|outbox| outbox.left == 0)
    }

    /// One line of JSON.
    ///
    /// # Errors
    /// Never for what a run can say.
    pub fn json(&self) -> Result<String, String> {
        let mut value = serde_json::to_value(self).map_err(|e| e.to_string())?;
        shorten(&mut value);
        Ok(value.to_string())
    }

    /// For people.
    pub fn table(&self) -> String {
        let mut text = String::new();
        let mut row = |name: &str, value: String| {
            // Writing to a string can't fail.
            let _ = writeln!(text, "{name:<28} {value}");
        };
        row("scenario", self.scenario.clone());
        row("rate", format!("{:.0}/s over {:.1} s", self.ops_per_s, self.seconds));
        row("latency", format!("p50 {:.1} ms, p99 {:.1} ms", self.p50_ms, self.p99_ms));
        row("errors", format!("{} {:?}", self.errors, self.errors_by_kind));
        let Cpu { server, driver } = self.cpu_us_per_op;
        let both = server + driver;
        row("CPU an operation", format!("{server:.1} + {driver:.1} driver = {both:.1} µs"));
        if let Some(rate) = self.reference_ops_per_s {
            let cpu = self.reference_cpu_us_per_op.unwrap_or(0.0);
            let share = self.ops_per_s / rate.max(1.0);
            let name = &self.reference;
            row("reference", format!("{name}: {rate:.0}/s, {cpu:.1} µs; shop {share:.2} of it"));
        }
        if let Some(bytes) = self.answer_bytes {
            row("bytes an answer", format!("{bytes:.0}"));
        }
        if let Some(order) = &self.per_order {
            let tables: Vec<String> =
                order.tables.iter().map(|(table, n)| format!("{table} {n:.2}")).collect();
            row("rows an order", format!("{:.2} ({})", order.rows, tables.join(", ")));
            let (file, disk, written) =
                (order.database_bytes, order.disk_bytes, order.written_bytes);
            row("bytes an order", format!("file {file:.0}, disk {disk:.0}, written {written:.0}"));
            row("writer an order", format!("{:.1} µs", order.writer_us));
        }
        if let Some(outbox) = &self.outbox {
            row(
                "outbox",
                format!(
                    "{} waited, drained in {:.1} s, {} left; {:.0}/s with it; {:.0} µs a fact",
                    outbox.backlog,
                    outbox.drain_seconds,
                    outbox.left,
                    outbox.steady_per_s,
                    outbox.cpu_us_per_fact
                ),
            );
        }
        if let Some(prefill) = &self.prefill {
            row(
                "empty store",
                format!(
                    "{:.0}/s; with {} orders {:.2} of it",
                    prefill.empty_per_s, prefill.orders, prefill.ratio
                ),
            );
        }
        row("reconcile", self.reconcile.clone());
        if let Some(verdict) = &self.checker {
            row("checker", verdict.clone());
        }
        for (thread, micros) in self.threads_us_per_op.iter().filter(|(_, us)| **us >= 0.05) {
            row(&format!("  thread {thread}"), format!("{micros:.1} µs"));
        }
        text
    }
}

/// Two digits after the point are enough.
fn shorten(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Number(number) if number.is_f64() => {
            let short = (number.as_f64().unwrap_or(0.0) * 100.0).round() / 100.0;
            *value = short.into();
        }
        serde_json::Value::Array(list) => list.iter_mut().for_each(shorten),
        serde_json::Value::Object(map) => map.values_mut().for_each(shorten),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_json_has_what_others_read() {
        let report = Report {
            scenario: "buy-now".into(),
            ops_per_s: 12_345.678_9,
            reference_ops_per_s: Some(50_000.0),
            reconcile: "clean".into(),
            ..Report::default()
        };
        let value: serde_json::Value = serde_json::from_str(&report.json().unwrap()).unwrap();
        for name in [
            "scenario",
            "ops_per_s",
            "p50_ms",
            "p99_ms",
            "errors",
            "cpu_us_per_op",
            "reference_ops_per_s",
            "reconcile",
            "seconds",
        ] {
            assert!(value.get(name).is_some(), "{name}");
        }
        assert!(value["cpu_us_per_op"].get("server").is_some());
        assert_eq!(value["ops_per_s"].to_string(), "12345.68");
        assert!(report.is_good());
        assert!(!Report { reconcile: "paid-once 1".into(), ..Report::default() }.is_good());
    }
}
