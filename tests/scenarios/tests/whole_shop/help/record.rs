//! What the gateway's record says, and the gateway's own messages.

use super::Shop;
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
