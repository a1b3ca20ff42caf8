//! A crate that runs another's contract asks for it by name: built alone, it gets no feature that somebody
//! else's manifest happens to turn on.

use super::Finding;
use super::tree::{Crate, Tree};

/// Every use of a `contract` module whose feature the crate's own manifest doesn't name.
pub fn check(tree: &Tree) -> Vec<Finding> {
    tree.crates.iter().flat_map(|krate| of_crate(tree, krate)).collect()
}

fn of_crate(tree: &Tree, krate: &Crate) -> Vec<Finding> {
    let manifest = tree.text(&format!("{}/Cargo.toml", krate.dir)).unwrap_or_default();
    let folder = format!("{}/", krate.dir);
    let sources = tree.ending(".rs").filter(|(path, _)| path.starts_with(&folder));
    let mut findings = Vec::new();
    for (path, text) in sources {
        // Its own contract is behind its own feature, which has to turn the other's on.
        let in_contract = path[folder.len()..].starts_with("src/contract");
        for package in contracts(text) {
            let asked = if in_contract {
                lines(manifest, "contract")
                    .any(|line| line.contains(&format!("\"{package}/contract\"")))
            } else {
                lines(manifest, &package).any(|line| line.contains("\"contract\""))
            };
            if !asked && package != krate.name {
                let what =
                    format!("uses the contract of {package}: name its feature in Cargo.toml");
                findings.push(Finding::new("features", path, what));
            }
        }
    }
    findings
}

/// The packages whose `contract` module a source names, each once.
fn contracts(text: &str) -> Vec<String> {
    let mut found: Vec<String> = text
        .match_indices("::contract")
        .filter_map(|(at, _)| {
            let before = &text[..at];
            let start =
                before.rfind(|c: char| !c.is_alphanumeric() && c != '_').map_or(0, |at| at + 1);
            before[start..]
                .strip_prefix("souk_")
                .map(|room| format!("souk-{}", room.replace('_', "-")))
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// A manifest's lines that set this key.
fn lines<'a>(manifest: &'a str, key: &'a str) -> impl Iterator<Item = &'a str> {
    manifest
        .lines()
        .filter(move |line| line.split_once('=').is_some_and(|(set, _)| set.trim() == key))
}

#[cfg(test)]
mod tests {
    use super::*;

    // In two pieces: this file is looked at too.
    const USE: &str = concat!("use souk_cart::", "contract::cases;\n");

    fn house(manifest: &str, path: &str) -> Tree {
        Tree::default()
            .krate("contexts/cart", &[])
            .krate("contexts/orders", &["souk-cart"])
            .file("contexts/cart/src/port.rs", USE)
            .file("contexts/orders/Cargo.toml", manifest)
            .file(path, USE)
    }

    #[test]
    fn a_contract_whose_feature_is_named_is_clean() {
        let dev =
            "[dev-dependencies]\nsouk-cart = { workspace = true, features = [\"contract\"] }\n";
        assert_eq!(check(&house(dev, "contexts/orders/tests/cart.rs")), []);
        let own = "[features]\ncontract = [\"souk-cart/contract\"]\n";
        assert_eq!(check(&house(own, "contexts/orders/src/contract/bench.rs")), []);
    }

    #[test]
    fn a_contract_that_somebody_else_turns_on_is_found() {
        let bare = "[dependencies]\nsouk-cart = { workspace = true }\n";
        let found = check(&house(bare, "contexts/orders/tests/cart.rs"));
        assert_eq!(found.len(), 1);
        assert!(found[0].what.contains("souk-cart"), "{found:?}");
        assert_eq!(check(&house(bare, "contexts/orders/src/contract.rs")).len(), 1);
        let other = "souk-carts = { features = [\"contract\"] }\n";
        assert_eq!(check(&house(other, "contexts/orders/src/tests.rs")).len(), 1);
    }
}
