//! The log that a client keeps: one JSON object a line, one line a request.
//!
//! ```text
//! {"t_sent":µs,"t_answered":µs|null,"op":"orders","key":"…","principal":"uuid","body_digest":"…",
//!  "total":{"minor":1299,"currency":"EUR"},"status":201|null,"answer":{…}|null}
//! ```
//!
//! `op`: `orders` (Buy Now) or `pay` (a checkout) place orders and are judged; others are skipped.
//! `t_sent`, `t_answered`: microseconds of the client's clock; `null` and no `status`: the connection
//! was lost or the run ended before the answer came. `total`: what the request said. `answer`: the body.

use crate::finding::{Code, Report};
use crate::ids::Uuid;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

/// An amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Total {
    /// In minor units.
    pub minor: i64,
    /// ISO 4217.
    pub currency: String,
}

/// One request and what came of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LogLine {
    /// When it was sent.
    pub t_sent: i64,
    /// When its answer was there.
    pub t_answered: Option<i64>,
    /// What was asked: `orders`, `pay`.
    pub op: String,
    /// The idempotency key.
    pub key: String,
    /// Who asked.
    pub principal: String,
    /// Equal for equal bodies; any text.
    #[serde(default)]
    pub body_digest: String,
    /// What the request said it would cost.
    #[serde(default)]
    pub total: Option<Total>,
    /// The answer's status.
    pub status: Option<u16>,
    /// The answer's body.
    #[serde(default)]
    pub answer: Option<serde_json::Value>,
}

/// How a placing request was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Told {
    /// 201 or 202, with the order.
    Order { id: Uuid, confirmed: bool, total: Option<Total> },
    /// 402, with the order where it was named.
    Declined(Option<Uuid>),
    /// Refused before anything was done: code.
    Refused(String),
    /// In flight, no answer, a failure of the server: it may or may not have been done.
    Unknown,
}

/// A placing request, as it is judged.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    pub op_is_buy_now: bool,
    pub principal: Uuid,
    pub key: String,
    pub claim: [u8; 16],
    pub body_digest: String,
    pub total: Option<Total>,
    pub told: Told,
}

/// The digest under which the shop stores a principal's key: the first half of
/// SHA-256(principal ‖ "claim" ‖ 0 ‖ key).
pub(crate) fn claim_digest(principal: Uuid, key: &str) -> [u8; 16] {
    let mut hash = Sha256::new();
    hash.update(principal.0.to_be_bytes());
    hash.update(b"claim\0");
    hash.update(key.as_bytes());
    let mut half = [0; 16];
    half.copy_from_slice(&hash.finalize()[..16]);
    half
}

/// The placing requests of a log, grouped by principal and key.
pub(crate) fn read(
    path: &Path,
    report: &mut Report,
) -> Result<HashMap<[u8; 16], Vec<Ask>>, String> {
    let failed = |e: std::io::Error| format!("{}: {e}", path.display());
    let mut asks: HashMap<[u8; 16], Vec<Ask>> = HashMap::new();
    let mut lines = 0;
    let mut reader = BufReader::with_capacity(1 << 20, File::open(path).map_err(failed)?);
    let mut line = Vec::new();
    loop {
        line.clear();
        if reader.read_until(b'\n', &mut line).map_err(failed)? == 0 {
            break;
        }
        lines += 1;
        let whole = line.ends_with(b"\n");
        match serde_json::from_slice::<LogLine>(&line).map_err(|e| e.to_string()).and_then(ask) {
            Ok(Some(ask)) => asks.entry(ask.claim).or_default().push(ask),
            Ok(None) => {}
            // A client that was killed leaves half a line.
            Err(_) if !whole => {}
            Err(why) => report.add(Code::LogUnreadable, format!("line {lines}"), why),
        }
    }
    report.looked_at("logged requests", lines);
    Ok(asks)
}

fn ask(line: LogLine) -> Result<Option<Ask>, String> {
    if !matches!(line.op.as_str(), "orders" | "pay") {
        return Ok(None);
    }
    let principal = Uuid::parse(&line.principal).ok_or("the principal is not an id")?;
    Ok(Some(Ask {
        op_is_buy_now: line.op == "orders",
        principal,
        claim: claim_digest(principal, &line.key),
        told: told(&line),
        key: line.key,
        body_digest: line.body_digest,
        total: line.total,
    }))
}

fn told(line: &LogLine) -> Told {
    let text = |name: &str| line.answer.as_ref()?.get(name)?.as_str().map(str::to_owned);
    let order = text("order_id").and_then(|id| Uuid::parse(&id));
    match (line.status, order) {
        (Some(201 | 202), Some(id)) => Told::Order {
            id,
            confirmed: line.status == Some(201),
            total: line
                .answer
                .as_ref()
                .and_then(|answer| Total::deserialize(answer.get("total")?).ok()),
        },
        (Some(402), order) => Told::Declined(order),
        (Some(409), _) => match text("code") {
            Some(code) if code == "request_in_flight" => Told::Unknown,
            code => Told::Refused(code.unwrap_or_default()),
        },
        (Some(400..=499), _) => Told::Refused(text("code").unwrap_or_default()),
        _ => Told::Unknown,
    }
}
