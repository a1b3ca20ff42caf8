//! Migrations are append-only: each is sealed by its checksum in `CHECKSUMS` beside it.
//!
//! The file has one line per migration as `sha256sum` writes it. [`seal`] adds lines for new
//! migrations and never rewrites one: changing a sealed migration takes a deliberate edit of the
//! file, which a reviewer sees.

use super::Finding;
use super::tree::Tree;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// The name of the file with the seals, in the folder of the migrations.
pub const SEALS: &str = "CHECKSUMS";

/// Every migration that is not sealed, was changed or removed, and every gap in their numbers.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for folder in folders(tree) {
        let files = migrations(tree, &folder);
        let seals = read(tree.text(&format!("{folder}/{SEALS}")).unwrap_or_default());
        for (name, text) in &files {
            let place = format!("{folder}/{name}");
            match seals.get(*name) {
                None => findings.push(Finding::new("migrations", place, UNSEALED)),
                Some(seal) if *seal != digest(text) => {
                    findings.push(Finding::new("migrations", place, CHANGED));
                }
                Some(_) => {}
            }
        }
        for gone in seals.keys().filter(|name| !files.contains_key(*name)) {
            findings.push(Finding::new("migrations", format!("{folder}/{gone}"), REMOVED));
        }
        for (expected, name) in (1..).zip(files.keys()) {
            if number(name) != Some(expected) {
                let what = format!("should be number {expected:04}: no gaps, no twins");
                findings.push(Finding::new("migrations", format!("{folder}/{name}"), what));
            }
        }
    }
    findings
}

const UNSEALED: &str = "not sealed: run `cargo xtask tidy --seal` once it is final";
const CHANGED: &str = "changed after it was sealed: write a new migration instead";
const REMOVED: &str = "sealed, but no longer there";

/// The text of each `CHECKSUMS` file with lines for the migrations that it lacks: path, text.
pub fn seal(tree: &Tree) -> Vec<(String, String)> {
    let mut written = Vec::new();
    for folder in folders(tree) {
        let path = format!("{folder}/{SEALS}");
        let mut text = tree.text(&path).unwrap_or_default().to_owned();
        let sealed: BTreeSet<String> = read(&text).keys().map(|name| (*name).to_owned()).collect();
        let before = text.len();
        for (name, sql) in migrations(tree, &folder) {
            if !sealed.contains(name) {
                text.push_str(&format!("{}  {name}\n", digest(sql)));
            }
        }
        if text.len() > before {
            written.push((path, text));
        }
    }
    written
}

/// The folders named `migrations` that hold SQL.
fn folders(tree: &Tree) -> BTreeSet<String> {
    let folders = tree.ending(".sql").filter_map(|(path, _)| path.rsplit_once('/'));
    let folders = folders.map(|(folder, _)| folder.to_owned());
    folders.filter(|folder| folder.rsplit('/').next() == Some("migrations")).collect()
}

fn migrations<'a>(tree: &'a Tree, folder: &str) -> BTreeMap<&'a str, &'a str> {
    let all = tree.ending(".sql").filter_map(|(path, text)| Some((path.rsplit_once('/')?, text)));
    all.filter(|((dir, _), _)| *dir == folder).map(|((_, name), text)| (name, text)).collect()
}

fn read(seals: &str) -> BTreeMap<&str, String> {
    let lines = seals.lines().filter_map(|line| line.split_once("  "));
    lines.map(|(seal, name)| (name.trim(), seal.trim().to_owned())).collect()
}

fn number(name: &str) -> Option<u32> {
    name.split('_').next()?.trim_end_matches(".sql").parse().ok()
}

fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str = "adapters/sqlite/migrations/0001_orders.sql";
    const FILE: &str = "adapters/sqlite/migrations/CHECKSUMS";

    fn sealed() -> Tree {
        let tree = Tree::default().file(FIRST, "create table orders(id);");
        let text = seal(&tree).remove(0).1;
        tree.file(FILE, &text)
    }

    fn whats(tree: &Tree) -> Vec<String> {
        check(tree).into_iter().map(|f| f.what).collect()
    }

    #[test]
    fn an_unsealed_migration_is_found_and_sealing_heals_it() {
        assert_eq!(whats(&Tree::default().file(FIRST, "x")), [UNSEALED]);
        assert!(check(&sealed()).is_empty());
        assert!(seal(&sealed()).is_empty(), "nothing new to seal");
    }

    #[test]
    fn a_changed_migration_is_found_and_sealing_does_not_hide_it() {
        let tree = sealed().file(FIRST, "create table orders(id, more);");
        assert_eq!(whats(&tree), [CHANGED]);
        assert!(seal(&tree).is_empty());
    }

    #[test]
    fn a_removed_migration_is_found() {
        let mut tree = sealed().file("adapters/sqlite/migrations/0002_more.sql", "x");
        tree.texts.remove(FIRST);
        let whats = whats(&tree);
        assert!(whats.contains(&REMOVED.to_owned()), "{whats:?}");
    }

    #[test]
    fn a_gap_in_the_numbers_is_found() {
        let tree = sealed().file("adapters/sqlite/migrations/0003_more.sql", "x");
        let text = seal(&tree).remove(0).1;
        let tree = tree.file(FILE, &text);
        assert_eq!(whats(&tree), ["should be number 0002: no gaps, no twins"]);
    }

    #[test]
    fn the_seal_is_what_sha256sum_writes() {
        let line = seal(&Tree::default().file(FIRST, "abc")).remove(0).1;
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(line, format!("{abc}  0001_orders.sql\n"));
    }
}
