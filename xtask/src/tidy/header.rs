//! Every module opens with `//!`: what it promises.

use super::Finding;
use super::tree::Tree;

/// Every source file whose first line of text is something else.
pub fn check(tree: &Tree) -> Vec<Finding> {
    tree.ending(".rs")
        .filter(|(_, text)| !opens_well(text))
        .map(|(path, _)| Finding::new("header", path, "opens without `//!`: say what it promises"))
        .collect()
}

fn opens_well(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim);
    let first = lines.find(|line| !line.is_empty() && !line.starts_with("#!["));
    first.and_then(|line| line.strip_prefix("//!")).is_some_and(|said| !said.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_that_says_nothing_is_found() {
        let tree = Tree::default()
            .file("a.rs", "//! Carts.\nfn x() {}\n")
            .file("b.rs", "#![forbid(unsafe_code)]\n//! Carts.\n")
            .file("c.rs", "use x;\n//! late\n")
            .file("d.rs", "//!\nfn x() {}\n")
            .file("e.rs", "");
        let places: Vec<String> = check(&tree).into_iter().map(|f| f.place).collect();
        assert_eq!(places, ["c.rs", "d.rs", "e.rs"]);
    }
}
