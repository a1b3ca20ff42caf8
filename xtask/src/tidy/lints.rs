//! Every crate takes the workspace's lints.

use super::tree::Tree;
use super::{Finding, walls};

/// Every manifest without `[lints] workspace = true` that is no declared exception.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for krate in &tree.crates {
        let place = format!("{}/Cargo.toml", krate.dir);
        let inherits = tree.text(&place).is_some_and(inherits);
        let excepted = walls::reason(&walls::OWN_LINTS, &krate.dir).is_some();
        if !inherits && !excepted {
            findings.push(Finding::new("lints", place, "lacks `[lints]` `workspace = true`"));
        }
    }
    findings
}

fn inherits(manifest: &str) -> bool {
    let mut inside = false;
    for line in manifest.lines().map(str::trim) {
        if line.starts_with('[') {
            inside = line.starts_with("[lints]");
        } else if inside && line.replace(' ', "").starts_with("workspace=true") {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_without_the_lints_is_found() {
        let tree = Tree::default()
            .krate("contexts/cart", &[])
            .file("contexts/cart/Cargo.toml", "[package]\n\n[lints]\nworkspace = true\n")
            .krate("contexts/orders", &[])
            .file("contexts/orders/Cargo.toml", "[package]\nworkspace = true\n[lints]\n");
        let findings = check(&tree);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].place, "contexts/orders/Cargo.toml");
    }

    #[test]
    fn a_declared_exception_passes() {
        let tree = Tree::default()
            .krate("tests/powerloss", &[])
            .file("tests/powerloss/Cargo.toml", "[lints.rust]\nunused_must_use = \"deny\"\n");
        assert_eq!(check(&tree), []);
    }
}
