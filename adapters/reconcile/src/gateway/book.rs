//! What the gateway's facts add up to: authorizations and refunds, as of the snapshot and as of the end.

use super::line::Line;
use super::order_of;
use crate::ids;
use rusqlite::Connection;
use std::collections::HashMap;

/// A try to charge, or the tombstone of a reference that was closed before any.
#[derive(Debug)]
struct Charge {
    /// Its random tail; its place in the book is the head of its name.
    salt: u32,
    order: Option<[u8; 16]>,
    /// The reference, when it is no order's.
    reference: Option<Box<str>>,
    asked: i64,
    asked_currency: Currency,
    granted: i64,
    currency: Currency,
    captured: i64,
    captured_early: i64,
    refunded: i64,
    status: Status,
    early: bool,
    /// It was authorized at some time.
    authorized: bool,
    /// Captured with its authorization.
    capture: bool,
    voided_early: bool,
    tombstone: bool,
    /// Money that came by transfer: while it was waited for, and when nobody did.
    received: i64,
    unclaimed: i64,
    /// Agrees with its payment in full.
    settled: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    RequiresAction,
    AwaitingTransfer,
    Authorized,
    Captured,
    Declined,
    Voided,
}

impl Status {
    const fn name(self) -> &'static str {
        match self {
            Self::RequiresAction => "requires_action",
            Self::AwaitingTransfer => "awaiting_transfer",
            Self::Authorized => "authorized",
            Self::Captured => "captured",
            Self::Declined => "declined",
            Self::Voided => "voided",
        }
    }
}

/// Three letters.
type Currency = [u8; 3];

struct Refund {
    /// The refund's id, when the key holds one.
    id: Option<[u8; 16]>,
    key: Box<str>,
    charge: usize,
    minor: i64,
    early: bool,
}

/// Everything that the record tells.
#[derive(Default)]
pub struct Book {
    /// Lines read.
    pub lines: u64,
    charges: Vec<Charge>,
    /// Of references that were closed: how many charges there were, and whether it was early.
    closed: HashMap<Box<str>, (usize, bool)>,
    refunds: Vec<Refund>,
}

/// Why a fact can't be.
type Wrong = String;

impl Book {
    pub fn authorizations(&self) -> u64 {
        self.charges.iter().filter(|charge| charge.authorized).count() as u64
    }

    /// Adds a fact.
    pub fn apply(&mut self, line: &Line<'_>, early: bool) -> Result<(), Wrong> {
        match line.op {
            "authorize" => self.authorize(line, early),
            "capture" => {
                let (_, charge) = self.named(line)?;
                let amount = line.amount.ok_or("it captures no amount")?;
                charge.captured += amount;
                charge.captured_early += if early { amount } else { 0 };
                if !matches!(charge.status, Status::Authorized | Status::Captured) {
                    return Err(format!("captures what is {}", charge.status.name()));
                }
                charge.status = Status::Captured;
                Ok(())
            }
            "refund" => {
                let minor = line.amount.ok_or("it gives no amount back")?;
                let (at, charge) = self.named(line)?;
                charge.refunded += minor;
                let key = line.key.unwrap_or_default();
                let id = key.strip_prefix("refund_").and_then(ids::parse);
                self.refunds.push(Refund { id, key: key.into(), charge: at, minor, early });
                Ok(())
            }
            "void" => self.void(line, early),
            "action" => {
                let (_, charge) = self.named(line)?;
                charge.act(line.approved.unwrap_or(false), early);
                Ok(())
            }
            "transfer" => {
                let (_, charge) = self.named(line)?;
                charge.receive(line.amount.ok_or("no amount comes")?, early);
                Ok(())
            }
            "return" => {
                let (_, charge) = self.named(line)?;
                charge.unclaimed -= line.amount.ok_or("it sends no amount back")?;
                Ok(())
            }
            "refused" | "token" | "forget" => Ok(()),
            other => Err(format!("the operation `{other}` is not known")),
        }
    }

    fn authorize(&mut self, line: &Line<'_>, early: bool) -> Result<(), Wrong> {
        let granted = line.amount.ok_or("it authorizes no amount")?;
        let currency = letters(line.currency);
        let reference = line.reference.unwrap_or_default();
        let order = order_of(reference);
        let salt = self.next(line)?;
        let status = match line.outcome {
            Some("authorized") if line.capture => Status::Captured,
            Some("authorized") => Status::Authorized,
            Some("requires_action") => Status::RequiresAction,
            Some("awaiting_transfer") => Status::AwaitingTransfer,
            _ => Status::Declined,
        };
        let captured = if status == Status::Captured { granted } else { 0 };
        if let Some(source) = line.token.and_then(|token| token.strip_prefix("funds_")) {
            let source = split(source).and_then(|(at, _)| self.charges.get_mut(at));
            source.ok_or("it is paid from a transfer that is not there")?.unclaimed -= captured;
        }
        self.charges.push(Charge {
            salt,
            order,
            reference: order.is_none().then(|| reference.into()),
            asked: line.asked.unwrap_or(granted),
            asked_currency: line.asked_currency.map_or(currency, |code| letters(Some(code))),
            granted,
            currency,
            captured,
            captured_early: if early { captured } else { 0 },
            refunded: 0,
            status,
            early,
            authorized: matches!(status, Status::Authorized | Status::Captured),
            capture: line.capture,
            voided_early: false,
            tombstone: false,
            received: captured,
            unclaimed: 0,
            settled: false,
        });
        if self.closed.contains_key(reference) {
            return Err(format!("authorizes `{reference}`, which was closed before"));
        }
        Ok(())
    }

    fn void(&mut self, line: &Line<'_>, early: bool) -> Result<(), Wrong> {
        let Some(reference) = line.reference else {
            let (_, charge) = self.named(line)?;
            charge.void(early);
            return Ok(());
        };
        let known = self.named(line).is_ok();
        // What comes by transfer afterwards is nobody's: the moment counts.
        if let Ok((_, charge)) = self.named(line)
            && charge.status == Status::AwaitingTransfer
        {
            charge.void(early);
        }
        if !known {
            let salt = self.next(line)?;
            let order = order_of(reference);
            self.charges.push(Charge {
                salt,
                order,
                reference: order.is_none().then(|| reference.into()),
                asked: 0,
                asked_currency: *b"   ",
                granted: 0,
                currency: *b"   ",
                captured: 0,
                captured_early: 0,
                refunded: 0,
                status: Status::Voided,
                early,
                authorized: false,
                capture: false,
                voided_early: early,
                tombstone: true,
                received: 0,
                unclaimed: 0,
                settled: false,
            });
        }
        let end = self.charges.len();
        self.closed.entry(reference.into()).or_insert((end, early));
        Ok(())
    }

    /// The charge that a line names, and its place.
    fn named(&mut self, line: &Line<'_>) -> Result<(usize, &mut Charge), Wrong> {
        let (at, salt) = line.name.and_then(split).ok_or("it names no authorization")?;
        let charge = self.charges.get_mut(at).filter(|charge| charge.salt == salt);
        charge.map(|charge| (at, charge)).ok_or_else(|| "its authorization is not there".into())
    }

    /// The random tail of a line's name, if the name is the next.
    fn next(&self, line: &Line<'_>) -> Result<u32, Wrong> {
        let name = line.name.and_then(split).filter(|(at, _)| *at == self.charges.len());
        name.map(|(_, salt)| salt).ok_or_else(|| "its name is out of order".into())
    }

    /// Writes everything that is not settled into the temporary tables.
    pub fn store(self, conn: &Connection) -> rusqlite::Result<()> {
        let sql = "INSERT INTO temp.gateway VALUES
                     (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)";
        let mut insert = conn.prepare(sql)?;
        for (at, charge) in self.charges.iter().enumerate().filter(|(_, charge)| !charge.settled) {
            insert.execute(rusqlite::params![
                name(at, charge.salt),
                charge.order,
                charge.reference,
                String::from_utf8_lossy(&charge.currency),
                charge.asked,
                String::from_utf8_lossy(&charge.asked_currency),
                charge.granted,
                charge.captured,
                charge.refunded,
                charge.captured_early,
                charge.status.name(),
                charge.early,
                charge.authorized,
                charge.voided_early,
                charge.tombstone,
                charge.unclaimed,
            ])?;
        }
        let sql = "INSERT INTO temp.gateway_refund VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let mut insert = conn.prepare(sql)?;
        for refund in &self.refunds {
            let charge = &self.charges[refund.charge];
            let key = refund.id.is_none().then_some(&refund.key);
            let name = name(refund.charge, charge.salt);
            let row = (refund.id, key, charge.order, name, refund.minor, refund.early);
            insert.execute(row)?;
        }
        Ok(())
    }

    /// The place of each order's charge, where it has only one.
    pub fn by_order(&self) -> HashMap<[u8; 16], usize> {
        let mut places = HashMap::with_capacity(self.charges.len());
        for (at, charge) in self.charges.iter().enumerate() {
            if let Some(order) = charge.order {
                places.entry(order).and_modify(|at| *at = usize::MAX).or_insert(at);
            }
        }
        places
    }

    /// Whether the charge at a place was asked for, granted and taken in exactly this amount, and
    /// nothing given back. Then it need not be looked at again.
    pub fn settle(&mut self, at: usize, named: &str, minor: i64, currency: &str) -> bool {
        let Some(charge) = self.charges.get_mut(at) else { return false };
        charge.settled = name(at, charge.salt) == named
            && [charge.asked, charge.granted, charge.captured] == [minor; 3]
            && charge.refunded == 0
            && [charge.asked_currency, charge.currency] == [letters(Some(currency)); 2]
            && charge.status == Status::Captured
            && charge.unclaimed == 0
            && !charge.voided_early;
        charge.settled
    }

    /// Voids the charges of references that were closed after them. Run it once, at the end.
    pub fn close(&mut self) {
        if self.closed.is_empty() {
            return;
        }
        for (at, charge) in self.charges.iter_mut().enumerate() {
            let reference = match (&charge.reference, charge.order) {
                (Some(reference), _) => reference.to_string(),
                (None, Some(order)) => format!("order_{}", ids::text(&order)),
                (None, None) => continue,
            };
            if let Some((_, early)) = self.closed.get(&*reference).filter(|(end, _)| at < *end) {
                charge.void(*early);
            }
        }
    }
}

impl Charge {
    fn void(&mut self, early: bool) {
        let open = [Status::Authorized, Status::RequiresAction, Status::AwaitingTransfer];
        if open.contains(&self.status) {
            self.status = Status::Voided;
        }
        self.voided_early |= early;
    }

    /// What is waited for is taken when it is there to the unit; what came for a charge that is over
    /// belongs to nobody.
    fn receive(&mut self, minor: i64, early: bool) {
        self.received += minor;
        if self.status != Status::AwaitingTransfer {
            self.unclaimed += minor;
        } else if self.received == self.granted {
            (self.status, self.authorized, self.captured) = (Status::Captured, true, self.granted);
            self.captured_early = if early { self.granted } else { 0 };
        }
    }

    fn act(&mut self, approved: bool, early: bool) {
        if !approved {
            self.status = Status::Declined;
            return;
        }
        self.authorized = true;
        self.status = if self.capture { Status::Captured } else { Status::Authorized };
        if self.capture {
            self.captured = self.granted;
            self.captured_early = if early { self.granted } else { 0 };
        }
    }
}

/// `ga_`, eight digits of the place, eight of the tail.
fn split(name: &str) -> Option<(usize, u32)> {
    let digits = name.strip_prefix("ga_").filter(|digits| digits.len() == 16)?;
    let at = u32::from_str_radix(digits.get(..8)?, 16).ok()?;
    let salt = u32::from_str_radix(digits.get(8..)?, 16).ok()?;
    Some((usize::try_from(at).ok()?, salt))
}

fn name(at: usize, salt: u32) -> String {
    format!("ga_{at:08x}{salt:08x}")
}

fn letters(code: Option<&str>) -> Currency {
    code.and_then(|code| code.as_bytes().try_into().ok()).unwrap_or(*b"???")
}
