//! A context's port is implemented in a module of the same name in every mirroring adapter.

use super::tree::Tree;
use super::{Finding, walls};

/// Every port without its mirror, and every declared exception that is none any more.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for krate in tree.crates.iter().filter(|krate| krate.ring() == "contexts") {
        if !tree.has_module(&format!("{}/src", krate.dir), "port") {
            continue;
        }
        for adapter in walls::MIRRORS {
            let src = format!("adapters/{adapter}/src");
            let there = tree.has_module(&src, krate.room());
            let excepted = exception(krate.room(), adapter);
            let what = match (there, excepted) {
                (false, false) => "the port has no module of its context's name here",
                (true, true) => "NO_MIRROR in walls.rs says that this module is not needed",
                _ => continue,
            };
            findings.push(Finding::new("mirror", format!("{src}/{}.rs", krate.room()), what));
        }
    }
    findings
}

fn exception(context: &str, adapter: &str) -> bool {
    walls::NO_MIRROR.iter().any(|(c, a, _)| *c == context && *a == adapter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn house() -> Tree {
        Tree::default()
            .krate("contexts/cart", &[])
            .file("contexts/cart/src/port.rs", "")
            .file("adapters/memory/src/cart.rs", "")
    }

    #[test]
    fn a_port_without_its_mirror_is_found() {
        let places: Vec<String> = check(&house()).into_iter().map(|f| f.place).collect();
        assert_eq!(places, ["adapters/sqlite/src/cart.rs"]);
        assert_eq!(check(&house().file("adapters/sqlite/src/cart/mod.rs", "")), []);
    }

    #[test]
    fn a_context_without_a_port_needs_none() {
        assert_eq!(check(&Tree::default().krate("contexts/cart", &[])), []);
    }

    #[test]
    fn a_declared_exception_passes_and_a_stale_one_is_found() {
        let tree = Tree::default()
            .krate("contexts/search", &[])
            .file("contexts/search/src/port.rs", "")
            .file("adapters/memory/src/search.rs", "");
        assert_eq!(check(&tree), []);
        assert_eq!(check(&tree.file("adapters/sqlite/src/search.rs", "")).len(), 1);
    }
}
