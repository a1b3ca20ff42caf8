//! The walls, held by a test: each check looks at the repository and names what breaks a rule.

mod banned;
mod crate_list;
mod dag;
mod features;
mod furniture;
mod glossary;
mod header;
mod licences;
mod links;
mod lints;
mod lock;
mod migrations;
mod mirror;
mod places;
mod reasons;
mod rings;
mod size;
pub mod tree;
mod walls;
mod wiring;

use crate::workspace;
use std::fmt;
use std::path::Path;
use tree::Tree;

/// One broken rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The check that found it.
    pub check: &'static str,
    /// The file, with a line where there is one.
    pub place: String,
    /// What is wrong and what to do.
    pub what: String,
}

impl Finding {
    fn new(check: &'static str, place: impl Into<String>, what: impl Into<String>) -> Self {
        Self { check, place: place.into(), what: what.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: [{}] {}", self.place, self.check, self.what)
    }
}

const CHECKS: [fn(&Tree) -> Vec<Finding>; 18] = [
    rings::check,
    dag::check,
    features::check,
    wiring::check,
    lints::check,
    size::check,
    header::check,
    banned::check,
    furniture::check,
    mirror::check,
    migrations::check,
    crate_list::check,
    reasons::check,
    links::check,
    places::check,
    glossary::check,
    licences::check,
    lock::check,
];

/// Everything that every check finds in a tree.
pub fn check(tree: &Tree) -> Vec<Finding> {
    CHECKS.iter().flat_map(|check| check(tree)).collect()
}

/// Checks the repository.
///
/// # Errors
/// The findings, one a line, or why the repository can't be read.
pub fn run() -> Result<(), String> {
    let findings = check(&Tree::load(&workspace::root())?);
    if findings.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
    Err(format!("{}\n{} broken rules", lines.join("\n"), lines.len()))
}

/// Seals the migrations that are not sealed yet; answers the files written.
///
/// # Errors
/// When the repository can't be read or a file can't be written.
pub fn seal(root: &Path) -> Result<Vec<String>, String> {
    let mut written = Vec::new();
    for (path, text) in migrations::seal(&Tree::load(root)?) {
        std::fs::write(root.join(&path), text).map_err(|error| format!("{path}: {error}"))?;
        written.push(path);
    }
    Ok(written)
}

/// Whether `word` stands in `line`, not as a part of a longer identifier.
fn has_word(line: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let open = !word.starts_with(part) || !line[..at].ends_with(part);
        let closed = !word.ends_with(part) || !line[at + word.len()..].starts_with(part);
        open && closed
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_repository_is_tidy() {
        if let Err(findings) = run() {
            panic!("{findings}");
        }
    }

    #[test]
    fn a_word_is_not_a_part_of_a_word() {
        assert!(has_word("use souk_sqlite::Store", "souk_sqlite"));
        assert!(!has_word("use souk_sqlite_old::Store", "souk_sqlite"));
        assert!(!has_word("my_souk_sqlite", "souk_sqlite"));
    }
}
