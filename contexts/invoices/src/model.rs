//! The nouns of invoicing.

use serde::{Deserialize, Serialize};
use souk_kernel::{Money, OrderId, RefundId, SellerId, Sku, Timestamp, UserId};
use std::fmt;

/// What a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// What was sold.
    Invoice,
    /// What of an invoice does not count any more.
    CreditNote,
}

impl Kind {
    /// Its stored name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Invoice => "invoice",
            Self::CreditNote => "credit_note",
        }
    }
}

/// What a document was issued for. With the order and the seller it names the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// The order was confirmed.
    Order,
    /// The order was cancelled after that.
    Cancelled,
    /// Money went back.
    Refund(RefundId),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Order => f.write_str("order"),
            Self::Cancelled => f.write_str("cancelled"),
            Self::Refund(refund) => write!(f, "refund_{refund}"),
        }
    }
}

impl std::str::FromStr for Source {
    type Err = NotASource;

    fn from_str(text: &str) -> Result<Self, NotASource> {
        match text {
            "order" => Ok(Self::Order),
            "cancelled" => Ok(Self::Cancelled),
            other => {
                let refund = other.strip_prefix("refund_").and_then(|id| id.parse().ok());
                refund.map(Self::Refund).ok_or(NotASource)
            }
        }
    }
}

/// Not the name of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a document is issued for an order, a cancellation or a refund")]
pub struct NotASource;

/// One line of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// What.
    pub title: String,
    /// Which goods; `None`: shipping, or money that is of no goods. Invoices of old do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<Sku>,
    /// How many.
    pub quantity: u32,
    /// As listed, for one.
    pub unit_price: Money,
    /// The tax rate in basis points.
    pub rate_bp: u16,
    /// The tax in `total`.
    pub tax: Money,
    /// What is to be paid, tax included.
    pub total: Money,
}

/// Money that went back, and what came back for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Back {
    /// How much, tax included.
    pub amount: Money,
    /// The goods of a return, and how many of them; empty: of none in particular.
    pub goods: Vec<(Sku, u32)>,
}

/// What is taxed at one rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateSum {
    /// The rate in basis points.
    pub rate_bp: u16,
    /// Without tax.
    pub net: Money,
    /// The tax.
    pub tax: Money,
}

impl RateSum {
    /// With tax, in minor units.
    #[must_use]
    pub const fn gross(&self) -> i64 {
        self.net.minor + self.tax.minor
    }
}

/// What a document says; frozen when it is issued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// What it is.
    pub kind: Kind,
    /// Of a credit note: the number of the invoice that it corrects.
    pub corrects: Option<u64>,
    /// Its lines. Their totals add up to `total`.
    pub lines: Vec<Line>,
    /// What is taxed at each rate, by rate. Net and tax add up to `total`.
    pub rates: Vec<RateSum>,
    /// What is to be paid, or goes back.
    pub total: Money,
}

/// A document before it has its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Whose document it is.
    pub seller: SellerId,
    /// About which order.
    pub order: OrderId,
    /// Whose order.
    pub user: UserId,
    /// What for.
    pub source: Source,
    /// What it says.
    pub content: Content,
}

/// A document that was issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Counts from 1 for each seller, without gaps.
    pub number: u64,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// Everything else.
    pub draft: Draft,
}

impl Document {
    /// Its number, for people: `000042`.
    #[must_use]
    pub fn label(&self) -> String {
        label(self.number)
    }
}

/// A number, for people.
#[must_use]
pub fn label(number: u64) -> String {
    format!("{number:06}")
}
