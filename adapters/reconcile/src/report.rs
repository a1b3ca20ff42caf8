//! What was found, for people and for programs. The wording is stable.

use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;

/// The invariants, in the order in which reports name them.
pub const INVARIANTS: [&str; 10] = [
    "no-oversell",
    "no-lost-order",
    "paid-once",
    "same-key-same-answer",
    "released-once",
    "drawn-edges-only",
    "charged-as-shown",
    "own-data-only",
    "told-at-least-once",
    "ledgers-sum",
];

/// A row that a finding is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Named {
    /// What it is: `order`, `payment`, `entry`.
    pub noun: String,
    /// Its id.
    pub id: String,
}

impl Named {
    pub(crate) fn new(noun: &str, id: impl Into<String>) -> Self {
        Self { noun: noun.into(), id: id.into() }
    }
}

/// An invariant that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// One of [`INVARIANTS`].
    pub invariant: &'static str,
    /// The rows that show it.
    pub ids: Vec<Named>,
    /// What is wrong with them.
    pub what: String,
}

/// Nothing wrong, but somebody should look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    /// The rows that it is about.
    pub ids: Vec<Named>,
    /// What to look at.
    pub what: String,
}

/// How much was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// What, in the plural.
    pub what: &'static str,
    /// How many.
    pub rows: u64,
}

/// The outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Findings of each invariant, all of [`INVARIANTS`], also those that are not listed.
    pub totals: Vec<(&'static str, u64)>,
    /// The first findings of each invariant.
    pub findings: Vec<Finding>,
    /// What waits for an operator.
    pub notes: Vec<Note>,
    /// What was looked at.
    pub checked: Vec<Checked>,
}

impl Report {
    /// Every invariant holds.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.totals.iter().all(|(_, found)| *found == 0)
    }

    /// As one JSON document.
    #[must_use]
    pub fn json(&self) -> String {
        let totals: BTreeMap<_, _> = self.totals.iter().copied().collect();
        let checked: BTreeMap<_, _> = self.checked.iter().map(|c| (c.what, c.rows)).collect();
        let document = serde_json::json!({
            "clean": self.is_clean(),
            "totals": totals,
            "findings": self.findings,
            "notes": self.notes,
            "checked": checked,
        });
        document.to_string()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Checked:")?;
        for Checked { what, rows } in &self.checked {
            writeln!(f, "  {rows:>12} {what}")?;
        }
        writeln!(f, "Invariants:")?;
        for (name, total) in &self.totals {
            match total {
                0 => writeln!(f, "  {name:<22} holds")?,
                n => writeln!(f, "  {name:<22} BROKEN, {n} found")?,
            }
            let listed = self.findings.iter().filter(|finding| finding.invariant == *name);
            let mut shown = 0;
            for finding in listed {
                shown += 1;
                writeln!(f, "    {}: {}", Ids(&finding.ids), finding.what)?;
            }
            if *total > shown {
                writeln!(f, "    and {} more", total - shown)?;
            }
        }
        for note in &self.notes {
            writeln!(f, "Look at {}: {}", Ids(&note.ids), note.what)?;
        }
        let broken = self.totals.iter().filter(|(_, found)| *found > 0).count();
        match broken {
            0 => writeln!(f, "Every invariant holds."),
            1 => writeln!(f, "1 invariant is broken."),
            n => writeln!(f, "{n} invariants are broken."),
        }
    }
}

struct Ids<'a>(&'a [Named]);

impl fmt::Display for Ids<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, named) in self.0.iter().enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            write!(f, "{comma}{} {}", named.noun, named.id)?;
        }
        Ok(())
    }
}

/// Gathers findings; keeps the first of each invariant and counts all.
pub struct Collector {
    list_max: usize,
    found: BTreeMap<&'static str, (u64, Vec<Finding>)>,
    notes: Vec<Note>,
    checked: Vec<Checked>,
}

impl Collector {
    pub fn new(list_max: usize) -> Self {
        Self { list_max, found: BTreeMap::new(), notes: Vec::new(), checked: Vec::new() }
    }

    pub fn add(&mut self, invariant: &'static str, ids: Vec<Named>, what: impl Into<String>) {
        let (total, listed) = self.found.entry(invariant).or_default();
        *total += 1;
        if listed.len() < self.list_max {
            listed.push(Finding { invariant, ids, what: what.into() });
        }
    }

    pub fn note(&mut self, ids: Vec<Named>, what: impl Into<String>) {
        if self.notes.len() < self.list_max {
            self.notes.push(Note { ids, what: what.into() });
        }
    }

    pub fn checked(&mut self, what: &'static str, rows: u64) {
        self.checked.push(Checked { what, rows });
    }

    pub fn report(mut self) -> Report {
        let mut report = Report {
            totals: Vec::with_capacity(INVARIANTS.len()),
            findings: Vec::new(),
            notes: self.notes,
            checked: self.checked,
        };
        for name in INVARIANTS {
            let (total, listed) = self.found.remove(name).unwrap_or_default();
            report.totals.push((name, total));
            report.findings.extend(listed);
        }
        report
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_says_what_is_broken_and_how_often() {
        let mut found = Collector::new(1);
        found.checked("orders", 3);
        for id in ["a", "b"] {
            found.add("paid-once", vec![Named::new("order", id)], "is charged twice");
        }
        found.note(vec![Named::new("order", "c")], "its facts are parked");
        let report = found.report();
        assert!(!report.is_clean());
        let text = report.to_string();
        let broken = "  paid-once              BROKEN, 2 found\n    order a: is charged twice\n    \
                      and 1 more\n";
        assert!(text.contains(broken), "{text}");
        assert!(text.contains("  no-oversell            holds\n"), "{text}");
        assert!(text.ends_with("Look at order c: its facts are parked\n1 invariant is broken.\n"));
        let json: serde_json::Value = serde_json::from_str(&report.json()).unwrap();
        assert_eq!(json["totals"]["paid-once"], 2);
        assert_eq!(json["findings"][0]["ids"][0]["id"], "a");
        assert_eq!(json["checked"]["orders"], 3);
        assert_eq!(json["clean"], false);
    }
}
