//! What was found, and how it is told.

use std::collections::BTreeMap;
use std::fmt;

/// Kinds of violations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// An order was answered and is not there.
    OrderMissing,
    /// An order was answered as confirmed and never was.
    OrderNotConfirmed,
    /// The total of an order is not the one that was asked for or answered.
    TotalDiffers,
    /// Two requests with keys of their own were answered with one order.
    OrderShared,
    /// One key was answered with two orders.
    KeyTwoOrders,
    /// One key was honoured with two different requests.
    KeyTwoBodies,
    /// An order belongs to somebody else than the one who asked.
    OwnerDiffers,
    /// A declined order is confirmed.
    DeclinedButConfirmed,
    /// A request was refused, and its order lives.
    RefusedLeftOrder,
    /// A key leads to nothing.
    ClaimWithoutOrder,
    /// An answered order's key was not recorded.
    ClaimMissing,
    /// An order took a step that is not drawn, or its state is not the last step.
    EdgeNotDrawn,
    /// Two orders of one checkout are alive.
    CheckoutTwoOrders,
    /// A confirmed order was taken back by the machine.
    ConfirmedTakenBack,
    /// An order is still open after recovery.
    StillOpen,
    /// An order has no payment, or one of another amount or order.
    PaymentDiffers,
    /// A live order has no authorization at the gateway that covers it.
    ChargeMissing,
    /// A live order's charge has another amount or currency.
    ChargeDiffers,
    /// A checkout was charged twice.
    DoubleCharge,
    /// Money is held or taken for an order that does not live.
    ChargeWithoutOrder,
    /// More was captured than authorized, or refunded than captured.
    GatewayOverdrawn,
    /// The payment's captured or refunded amount is not the gateway's.
    CaptureDiffers,
    /// The money ledger does not add up to the payments.
    MoneyLedgerDiffers,
    /// A term of a stock level became negative.
    StockNegative,
    /// More was promised than was there.
    Oversold,
    /// A level's row is not what the ledger says.
    LevelDiffers,
    /// The holds don't add up to what the ledger says is held or committed.
    HoldsDiffer,
    /// A hold did not end exactly as its state says.
    HoldLedgerDiffers,
    /// A confirmed order has no committed hold, or one of other lines.
    HoldMissing,
    /// Committed stock belongs to no live order.
    HoldWithoutOrder,
    /// The gateway's record is damaged before its end.
    RecordDamaged,
    /// A line of the log is not understood.
    LogUnreadable,
}

impl Code {
    /// Its name: `order-missing`.
    #[must_use]
    pub fn name(self) -> String {
        let mut name = String::new();
        for letter in format!("{self:?}").chars() {
            if letter.is_ascii_uppercase() && !name.is_empty() {
                name.push('-');
            }
            name.push(letter.to_ascii_lowercase());
        }
        name
    }
}

/// One violation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Its kind.
    pub code: Code,
    /// What it is about: an id, a key, a row.
    pub id: String,
    /// What is so and what should be.
    pub detail: String,
}

/// Findings of one kind that are kept word for word; the others are counted.
const KEPT: usize = 20;

/// What was looked at, and what was found.
#[derive(Debug, Default)]
pub struct Report {
    findings: Vec<Finding>,
    counts: BTreeMap<Code, u64>,
    looked_at: BTreeMap<&'static str, u64>,
}

impl Report {
    /// Adds a finding.
    pub(crate) fn add(&mut self, code: Code, id: impl fmt::Display, detail: impl Into<String>) {
        let count = self.counts.entry(code).or_default();
        *count += 1;
        if usize::try_from(*count).is_ok_and(|count| count <= KEPT) {
            self.findings.push(Finding { code, id: id.to_string(), detail: detail.into() });
        }
    }

    pub(crate) fn looked_at(&mut self, what: &'static str, many: usize) {
        *self.looked_at.entry(what).or_default() += many as u64;
    }

    /// The findings, at most twenty of a kind.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// How many of each kind.
    #[must_use]
    pub fn counts(&self) -> &BTreeMap<Code, u64> {
        &self.counts
    }

    /// Nothing was found.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.counts.is_empty()
    }

    /// `clean`, or the kinds found and how often.
    #[must_use]
    pub fn verdict(&self) -> String {
        if self.is_clean() {
            return "clean".into();
        }
        let kinds: Vec<String> =
            self.counts.iter().map(|(code, n)| format!("{} {n}", code.name())).collect();
        kinds.join(", ")
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.findings {
            writeln!(f, "{} {}: {}", finding.code.name(), finding.id, finding.detail)?;
        }
        let looked: Vec<String> =
            self.looked_at.iter().map(|(what, many)| format!("{many} {what}")).collect();
        write!(f, "looked at {}: {}", looked.join(", "), self.verdict())
    }
}
