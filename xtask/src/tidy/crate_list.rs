//! ARCHITECTURE's list of crates is the workspace's, and crates are named after their folders.

use super::Finding;
use super::tree::Tree;
use std::collections::BTreeSet;

const DOCUMENT: &str = "ARCHITECTURE.md";
const OPENS: &str = "<!-- crates -->";
const CLOSES: &str = "<!-- /crates -->";

/// Every crate that the document lacks, every one that it invents, every one with an odd name.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for krate in &tree.crates {
        let expected = match krate.room() {
            room @ ("souk" | "xtask") => room.to_owned(),
            room => format!("souk-{room}"),
        };
        if krate.name != expected {
            let what = format!("is named {}, not {expected}", krate.name);
            findings.push(Finding::new("crate list", format!("{}/Cargo.toml", krate.dir), what));
        }
    }
    let Some(text) = tree.text(DOCUMENT) else { return findings };
    let listed = listed(text);
    let real: BTreeSet<&str> = tree.crates.iter().map(|krate| krate.dir.as_str()).collect();
    for dir in real.difference(&listed) {
        findings.push(Finding::new("crate list", DOCUMENT, format!("lacks the crate `{dir}`")));
    }
    for dir in listed.difference(&real) {
        let what = format!("lists `{dir}`, which is no crate");
        findings.push(Finding::new("crate list", DOCUMENT, what));
    }
    findings
}

/// The first text in backticks of each table row between the markers.
fn listed(text: &str) -> BTreeSet<&str> {
    let inside = text.split_once(OPENS).map_or("", |(_, rest)| rest);
    let inside = inside.split_once(CLOSES).map_or("", |(list, _)| list);
    let rows = inside.lines().filter(|line| line.starts_with('|'));
    rows.filter_map(|row| row.split('`').nth(1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn house(rows: &str) -> Tree {
        let text = format!("# Map\n{OPENS}\n| crate | what |\n| --- | --- |\n{rows}{CLOSES}\n");
        Tree::default().krate("contexts/cart", &[]).krate("xtask", &[]).file(DOCUMENT, &text)
    }

    #[test]
    fn a_missing_and_an_invented_crate_are_found() {
        let both = "| [`contexts/cart`](contexts/cart) | carts |\n| `xtask` | commands |\n";
        assert_eq!(check(&house(both)), []);
        let wrong = "| `contexts/basket` | carts |\n| `xtask` | commands |\n";
        let whats: Vec<String> = check(&house(wrong)).into_iter().map(|f| f.what).collect();
        assert_eq!(
            whats,
            ["lacks the crate `contexts/cart`", "lists `contexts/basket`, which is no crate"]
        );
    }

    #[test]
    fn a_crate_not_named_after_its_folder_is_found() {
        let mut tree = Tree::default().krate("contexts/cart", &[]);
        tree.crates[0].name = "souk-basket".into();
        assert_eq!(check(&tree).len(), 1);
    }
}
