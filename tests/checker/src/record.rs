//! The sandbox gateway's record: what it authorized, captured, voided and refunded.
//!
//! One JSON object a line, each with the CRC-32 of the line up to `,"crc"` as its last field, its own
//! number as `n`, and as `s` the number up to which the record was durable before it was written. What
//! was being written when the power went may be there in any part, with holes: nobody was told of it, and
//! it ends at the first line that is not whole. A line that is not whole is a finding only if one after it
//! says that it had been durable.

use crate::finding::{Code, Report};
use crate::ids::Uuid;
use serde::Deserialize;
use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind};
use std::path::Path;

/// How an authorization stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    Authorized,
    Waiting,
    Refused,
    Voided,
}

/// One authorization.
#[derive(Debug, Clone)]
pub(crate) struct Charge {
    pub name: String,
    pub order: Option<Uuid>,
    pub reference: String,
    pub standing: Standing,
    pub amount: i64,
    pub currency: String,
    pub captured: i64,
    pub refunded: i64,
    /// By transfer, while it was waited for.
    received: i64,
}

impl Charge {
    /// Money was held or taken, and not let go.
    pub(crate) fn was_granted(&self) -> bool {
        self.standing == Standing::Authorized
    }

    /// Money is held or kept now.
    pub(crate) fn is_live(&self) -> bool {
        self.was_granted() && (self.captured == 0 || self.refunded < self.captured)
    }
}

/// Everything the gateway did.
#[derive(Debug, Default)]
pub(crate) struct Gateway {
    pub charges: Vec<Charge>,
    by_name: HashMap<String, usize>,
    by_order: HashMap<Uuid, Vec<usize>>,
    /// References closed before anything was authorized under them.
    closed: HashMap<String, ()>,
}

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(default)]
    n: u64,
    #[serde(default)]
    s: u64,
    op: &'a str,
    #[serde(rename = "ref", default)]
    name: &'a str,
    #[serde(default)]
    reference: &'a str,
    #[serde(default)]
    outcome: &'a str,
    #[serde(default)]
    amount: i64,
    #[serde(default)]
    currency: &'a str,
    #[serde(default)]
    capture: bool,
    #[serde(default)]
    approved: bool,
}

impl Gateway {
    pub(crate) fn read(path: &Path, report: &mut Report) -> Result<Self, String> {
        let mut gateway = Self::default();
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(gateway),
            Err(error) => return Err(format!("{}: {error}", path.display())),
        };
        let mut reader = BufReader::with_capacity(1 << 20, file);
        let mut line = Vec::new();
        let mut lines = 0;
        let mut torn: Option<(u64, String)> = None;
        loop {
            line.clear();
            let read = reader.read_until(b'\n', &mut line);
            if read.map_err(|e| format!("{}: {e}", path.display()))? == 0 {
                break;
            }
            match (&torn, read_line(&line)) {
                (None, Ok(wire)) if wire.n == lines + 1 => {
                    lines += 1;
                    gateway.apply(&wire, report);
                }
                (None, Ok(wire)) => torn = Some((lines + 1, format!("line {} is there", wire.n))),
                (None, Err(why)) => torn = Some((lines + 1, why)),
                (Some(_), _) => {}
            }
            if let Some((at, why)) = &torn
                && says_durable(&line, *at)
            {
                report.add(Code::RecordDamaged, format!("line {at}"), why);
                break;
            }
        }
        report.looked_at("gateway facts", lines as usize);
        Ok(gateway)
    }

    pub(crate) fn of_order(&self, order: Uuid) -> impl Iterator<Item = &Charge> {
        self.by_order.get(&order).into_iter().flatten().map(|at| &self.charges[*at])
    }

    fn apply(&mut self, wire: &Wire<'_>, report: &mut Report) {
        match wire.op {
            "authorize" => self.authorize(wire),
            "void" if !wire.reference.is_empty() => {
                self.closed.insert(wire.reference.to_owned(), ());
                let order = wire.reference.strip_prefix("order_").and_then(Uuid::parse);
                let at = order.and_then(|order| self.by_order.get(&order)).cloned();
                at.into_iter().flatten().for_each(|at| self.charges[at].let_go());
            }
            "void" => self.change(wire.name, Charge::let_go),
            "capture" => self.change(wire.name, |charge| charge.captured += wire.amount),
            "refund" => self.change(wire.name, |charge| charge.refunded += wire.amount),
            "transfer" => self.change(wire.name, |charge| charge.receive(wire.amount)),
            "action" => self.change(wire.name, |charge| {
                let approved = if wire.approved { Standing::Authorized } else { Standing::Refused };
                charge.standing = approved;
            }),
            _ => return,
        }
        if let Some(charge) = self.by_name.get(wire.name).map(|at| &self.charges[*at])
            && (charge.captured > charge.amount || charge.refunded > charge.captured)
        {
            let (captured, refunded, amount) = (charge.captured, charge.refunded, charge.amount);
            let detail = format!("authorized {amount}, captured {captured}, refunded {refunded}");
            report.add(Code::GatewayOverdrawn, &charge.name, detail);
        }
    }

    fn authorize(&mut self, wire: &Wire<'_>) {
        let order = wire.reference.strip_prefix("order_").and_then(Uuid::parse);
        let standing = match wire.outcome {
            "authorized" => Standing::Authorized,
            "requires_action" | "awaiting_transfer" => Standing::Waiting,
            _ => Standing::Refused,
        };
        let at = self.charges.len();
        self.charges.push(Charge {
            name: wire.name.into(),
            order,
            reference: wire.reference.into(),
            standing,
            amount: wire.amount,
            currency: wire.currency.into(),
            captured: if wire.capture { wire.amount } else { 0 },
            refunded: 0,
            received: 0,
        });
        self.by_name.insert(wire.name.into(), at);
        if let Some(order) = order {
            self.by_order.entry(order).or_default().push(at);
        }
    }

    fn change(&mut self, name: &str, with: impl FnOnce(&mut Charge)) {
        if let Some(at) = self.by_name.get(name) {
            with(&mut self.charges[*at]);
        }
    }
}

impl Charge {
    /// A transfer is taken once all of it is there.
    fn receive(&mut self, amount: i64) {
        if self.standing == Standing::Waiting {
            self.received += amount;
            if self.received == self.amount {
                (self.standing, self.captured) = (Standing::Authorized, self.amount);
            }
        }
    }

    /// A void lets held money go; taken money stays taken.
    fn let_go(&mut self) {
        if self.captured == 0 {
            self.standing = Standing::Voided;
        }
    }
}

/// `,"crc":"` 8 digits `"}`
const TAIL: usize = 18;

fn read_line(line: &[u8]) -> Result<Wire<'_>, String> {
    let line = line.strip_suffix(b"\n").ok_or("no line end")?;
    let at = line.len().checked_sub(TAIL).ok_or("too short")?;
    let (body, tail) = line.split_at(at);
    let expected = format!(",\"crc\":\"{:08x}\"}}", crc32(body));
    if tail != expected.as_bytes() {
        return Err("its checksum is another".into());
    }
    serde_json::from_slice(line).map_err(|e| e.to_string())
}

/// Whether a whole line that ends this text says that line `number` was durable before it. What is torn
/// may have lost its line end.
fn says_durable(text: &[u8], number: u64) -> bool {
    const START: &[u8] = b"{\"n\":";
    let starts = (0..text.len()).filter(|at| text[*at..].starts_with(START));
    starts.filter_map(|at| read_line(&text[at..]).ok()).any(|wire| wire.s >= number)
}

/// CRC-32 as in Ethernet and zip.
pub(crate) fn crc32(bytes: &[u8]) -> u32 {
    const TABLE: [u32; 256] = table();
    !bytes.iter().fold(!0, |crc, byte| TABLE[usize::from((crc as u8) ^ byte)] ^ (crc >> 8))
}

const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut n = 0;
    while n < 256 {
        let mut crc = n as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 { 0xEDB8_8320 ^ (crc >> 1) } else { crc >> 1 };
            bit += 1;
        }
        table[n] = crc;
        n += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_checksum_is_the_usual_one() {
        assert_eq!(super::crc32(b"123456789"), 0xCBF4_3926);
    }
}
