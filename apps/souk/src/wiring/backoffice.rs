//! What the staff's door asks of the engines: the sandbox's own books, signs of life.

use super::Shop;
use async_trait::async_trait;
use souk_admin::{Exchange, GatewayBooks, Vital, Vitals};
use souk_kernel::{Outbox, PortError, Timestamp};
use souk_sandbox as sandbox;
use std::io::{BufRead, BufReader};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// The sandbox's record, as staff read it. It is read from its beginning: this is for people.
pub struct SandboxBooks(pub Arc<sandbox::Gateway>);

/// The value of a field in a line of flat JSON.
fn field<'a>(line: &'a serde_json::Value, name: &str) -> &'a str {
    line.get(name).and_then(|value| value.as_str()).unwrap_or_default()
}

/// The lines about a reference: those that name it, and those that name what they opened.
fn about(lines: impl Iterator<Item = String>, reference: &str) -> Vec<Exchange> {
    let mut opened: Vec<String> = Vec::new();
    let mut found = Vec::new();
    for text in lines {
        let named = text.contains(reference) || opened.iter().any(|of| text.contains(of.as_str()));
        if !named {
            continue;
        }
        let Ok(line) = serde_json::from_str::<serde_json::Value>(&text) else { continue };
        let of = field(&line, "ref");
        if !of.is_empty() && !opened.iter().any(|known| known == of) {
            opened.push(of.to_owned());
        }
        let amount = line.get("amount").and_then(serde_json::Value::as_i64);
        let amount = amount.map(|minor| format!("{minor} minor units"));
        let parts = [field(&line, "outcome"), field(&line, "reason"), of, field(&line, "key")];
        let parts = parts.into_iter().filter(|part| !part.is_empty()).map(str::to_owned);
        found.push(Exchange {
            at: Timestamp(line.get("at").and_then(serde_json::Value::as_i64).unwrap_or_default()),
            what: field(&line, "op").to_owned(),
            detail: parts.chain(amount).collect::<Vec<_>>().join(" · "),
        });
    }
    found
}

#[async_trait]
impl GatewayBooks for SandboxBooks {
    async fn lines(&self, reference: &str) -> Result<Vec<Exchange>, PortError> {
        let (gateway, reference) = (Arc::clone(&self.0), reference.to_owned());
        let read = tokio::task::spawn_blocking(move || {
            let record = BufReader::new(gateway.record_reader()?);
            Ok(about(record.lines().map_while(Result::ok), &reference))
        });
        let failed = |error: String| PortError::Unavailable(error);
        let read = read.await.map_err(|error| failed(error.to_string()))?;
        read.map_err(|error: std::io::Error| failed(error.to_string()))
    }
}

/// Books of nobody.
pub struct NoBooks;

#[async_trait]
impl GatewayBooks for NoBooks {
    async fn lines(&self, _: &str) -> Result<Vec<Exchange>, PortError> {
        Ok(Vec::new())
    }
}

/// Signs of life of this process.
pub struct Signs(pub Arc<Shop>);

#[async_trait]
impl Vitals for Signs {
    async fn signs(&self) -> Vec<Vital> {
        let shop = &self.0;
        let sign = |name: &str, well, says: String| Vital { name: name.to_owned(), says, well };
        let store = match shop.store.lag(shop.clock.now()).await {
            Ok(lag) => sign("Store", true, format!("answers; {} facts wait", lag.count)),
            Err(error) => sign("Store", false, error.to_string()),
        };
        let (purchases, others) = shop.store.queued();
        let queued = format!("{purchases} purchases and {others} other jobs wait");
        let file = std::fs::metadata(shop.store.path()).map_or(0, |file| file.len());
        let search = match shop.search.count().await {
            Ok(count) => sign("Search", true, format!("{count} products can be found")),
            Err(error) => sign("Search", false, error.to_string()),
        };
        let catalog = match shop.catalog.count().await {
            Ok(count) => sign("Catalog", true, format!("{count} products")),
            Err(error) => sign("Catalog", false, error.to_string()),
        };
        let commits = shop.store.stats().commits.load(Ordering::Relaxed);
        let gateway = match shop.sandbox.as_ref().map(|sandbox| sandbox.record_figures()) {
            Some((lines, syncs)) => {
                sign("Sandbox gateway", true, format!("{lines} lines on disk in {syncs} syncs"))
            }
            None => sign("Gateway", false, String::from("no payment provider is connected")),
        };
        vec![
            store,
            sign("Writer", purchases < 10_000, format!("{queued}; {commits} commits so far")),
            sign("Database", true, format!("{} MiB on disk", file / (1 << 20))),
            catalog,
            search,
            gateway,
            sign("Version", true, env!("CARGO_PKG_VERSION").to_owned()),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_found_by_reference_and_by_what_it_opened() {
        let lines = [
            r#"{"n":1,"at":5,"op":"authorize","ref":"ga_1","reference":"order_1","key":"order_1","outcome":"authorized","amount":1299}"#,
            r#"{"n":2,"at":6,"op":"authorize","ref":"ga_2","reference":"order_2","key":"order_2","outcome":"declined","reason":"lost"}"#,
            r#"{"n":3,"at":7,"op":"capture","ref":"ga_1","key":"k","amount":1299}"#,
        ];
        let found = about(lines.iter().map(ToString::to_string), "order_1");
        let ops: Vec<_> = found.iter().map(|line| (line.at.0, line.what.as_str())).collect();
        assert_eq!(ops, [(5, "authorize"), (7, "capture")]);
        assert_eq!(found[0].detail, "authorized · ga_1 · order_1 · 1299 minor units");
    }
}
