//! Inside the binary only the files of the wiring name adapters.

use super::Finding;
use super::tree::Tree;

/// Every other source file of an app that names one.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let adapters: Vec<String> = tree
        .crates
        .iter()
        .filter(|krate| krate.ring() == "adapters")
        .map(|krate| krate.name.replace('-', "_"))
        .collect();
    let outside = tree.ending(".rs").filter(|(path, _)| {
        path.starts_with("apps/") && !path.contains("/src/wiring/") && !path.contains("/tests/")
    });
    let mut findings = Vec::new();
    for (path, text) in outside {
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            if let Some(name) = adapters.iter().find(|name| super::has_word(code, name)) {
                let what = format!("names {name}: only src/wiring/*.rs may");
                findings.push(Finding::new("wiring", format!("{path}:{}", number + 1), what));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_adapter_named_outside_the_wiring_is_found() {
        let tree = Tree::default()
            .krate("adapters/sqlite", &[])
            .file("apps/souk/src/wiring/embedded.rs", "use souk_sqlite::Store;")
            .file("apps/souk/src/main.rs", "// souk_sqlite is wired elsewhere\nfn main() {}\n");
        assert_eq!(check(&tree), []);
        let tree = tree.file("apps/souk/src/import.rs", "//! x\nuse souk_sqlite::Store;\n");
        let findings = check(&tree);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].place, "apps/souk/src/import.rs:2");
    }
}
