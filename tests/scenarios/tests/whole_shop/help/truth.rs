//! What the tables, the gateway's record and the reconciler say.

use super::{Shop, wait_for};
use serde_json::Value;
use souk_kernel::{Clock, SystemClock};

impl Shop {
    /// Every line of the gateway's record that is whole.
    pub fn record(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.dir.join("sandbox/record.jsonl")).unwrap();
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    /// How often the gateway did something.
    pub fn gateway_did(&self, operation: &str) -> usize {
        self.record().iter().filter(|fact| fact["op"] == operation).count()
    }

    /// How often it did it for one order.
    pub fn gateway_did_for(&self, order: &str, operation: &str) -> usize {
        let reference = format!("order_{order}");
        let record = self.record();
        let of = |fact: &&Value| fact["op"] == "authorize" && fact["reference"] == *reference;
        let refs: Vec<_> = record.iter().filter(of).map(|fact| fact["ref"].clone()).collect();
        let theirs = |fact: &&Value| {
            fact["op"] == operation
                && (refs.contains(&fact["ref"]) || fact["reference"] == *reference)
        };
        record.iter().filter(theirs).count()
    }

    /// Orders that are bought.
    pub fn confirmed(&self) -> i64 {
        self.number("SELECT count(*) FROM orders WHERE state = 'confirmed'")
    }

    /// Checkouts that hold stock which they have not bought.
    pub fn open_holds(&self) -> i64 {
        self.number("SELECT count(*) FROM hold WHERE state IN ('held', 'paying')")
    }

    /// Mails of a kind.
    pub fn mails(&self, kind: &str) -> i64 {
        self.number(&format!("SELECT count(*) FROM mail WHERE kind = '{kind}'"))
    }

    /// Waits until nothing is on its way: no fact, no open order, no refund.
    pub fn comes_to_rest(&self) {
        wait_for("the shop to come to rest", || {
            let sql = "SELECT (SELECT count(*) FROM outbox) + (SELECT count(*) FROM orders
                         WHERE state IN ('created', 'payment_pending') AND answer IS NULL)";
            (self.number(sql) == 0).then_some(())
        });
    }

    /// Waits until nothing is on its way, then: every invariant holds, the ledger is the stock, an
    /// order is charged once.
    #[track_caller]
    pub fn is_sound(&self) {
        self.comes_to_rest();
        let record = self.dir.join("sandbox/record.jsonl");
        let db = self.dir.join("souk.db");
        let options = souk_reconcile::Options::default();
        let report = souk_reconcile::reconcile(&db, Some(&record), &options).unwrap();
        assert!(report.is_clean(), "{report}");
        let twice = "SELECT count(*) FROM (SELECT checkout FROM orders WHERE state NOT IN
                       ('payment_failed', 'cancelled') GROUP BY checkout HAVING count(*) > 1)";
        assert_eq!(self.number(twice), 0, "a checkout was bought twice");
        let below = "SELECT count(*) FROM (SELECT sum(CASE kind
                         WHEN 'receive' THEN quantity WHEN 'adjust' THEN quantity
                         WHEN 'restock' THEN quantity WHEN 'hold' THEN -quantity
                         WHEN 'release' THEN quantity ELSE 0 END) AS free
                       FROM stock_entry GROUP BY sku, warehouse) WHERE free < 0";
        assert_eq!(self.number(below), 0, "more was held than there was");
    }

    /// Delivers a message of the gateway's about an order, signed now.
    pub fn webhook(&self, order: &str, kind: &str, event: &str) -> super::Answer {
        let now = SystemClock.now();
        let body = serde_json::json!({
            "id": event, "type": kind, "reference": format!("order_{order}"),
            "gateway_ref": "ga_0", "created": now.0,
        });
        let body = body.to_string();
        let signature = souk_sandbox::sign("whsec_sandbox", body.as_bytes(), now);
        let headers = [
            (souk_sandbox::SIGNATURE_HEADER, signature.as_str()),
            ("content-type", "application/json"),
        ];
        super::call(self.port, ("POST", "/api/v1/webhooks/sandbox"), &headers, &body).unwrap()
    }
}
