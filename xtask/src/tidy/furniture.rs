//! Every context has the same furniture, so that a reader finds things by name.

use super::tree::Tree;
use super::{Finding, walls};

/// Every file directly in a context's `src` (or a folder there) with another name, and every
/// declared exception that is not there any more.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for krate in tree.crates.iter().filter(|k| k.ring() == "contexts" && k.room() != "kernel") {
        let src = format!("{}/src/", krate.dir);
        let inside = tree.texts.keys().filter_map(|path| path.strip_prefix(&src));
        for file in inside.filter(|file| file.ends_with(".rs")) {
            let piece = file.split('/').next().unwrap_or(file).trim_end_matches(".rs");
            // `rules_tests.rs` beside `rules.rs`: edits of tests don't rebuild the library.
            let known = walls::FURNITURE.contains(&piece.trim_end_matches("_tests"));
            // A folder belongs to the file of its name.
            let path = format!("{}/src/{piece}.rs", krate.room());
            if !known && walls::reason(&walls::OTHER_FURNITURE, &path).is_none() {
                let what = format!("contexts hold only {}", walls::FURNITURE.join(", "));
                findings.push(Finding::new("furniture", format!("{src}{file}"), what));
            }
        }
    }
    findings.extend(stale(tree));
    findings
}

fn stale(tree: &Tree) -> impl Iterator<Item = Finding> {
    let here = |path: &str| {
        let room = path.split('/').next().unwrap_or_default();
        tree.crates.iter().any(|krate| krate.dir == format!("contexts/{room}"))
    };
    let declared = walls::OTHER_FURNITURE.iter().map(|(path, _)| *path).filter(move |p| here(p));
    let paths = declared.map(|path| format!("contexts/{path}"));
    let gone = paths.filter(|path| !tree.paths.contains(path));
    gone.map(|path| Finding::new("furniture", path, "declared in walls.rs, but not there any more"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_with_a_name_of_its_own_is_found() {
        let tree = Tree::default()
            .krate("contexts/cart", &[])
            .file("contexts/cart/src/lib.rs", "")
            .file("contexts/cart/src/service/merge.rs", "")
            .file("contexts/cart/src/rules_tests.rs", "")
            .file("contexts/cart/src/helpers.rs", "")
            .file("contexts/cart/src/utils/mod.rs", "")
            .krate("contexts/kernel", &[])
            .file("contexts/kernel/src/money.rs", "");
        let places: Vec<String> = check(&tree).into_iter().map(|f| f.place).collect();
        assert_eq!(places, ["contexts/cart/src/helpers.rs", "contexts/cart/src/utils/mod.rs"]);
    }

    #[test]
    fn a_stale_exception_is_found() {
        let (path, _) = walls::OTHER_FURNITURE[0];
        let room = path.split('/').next().unwrap();
        let tree = Tree::default().krate(&format!("contexts/{room}"), &[]);
        let places: Vec<String> = check(&tree).into_iter().map(|f| f.place).collect();
        assert!(places.contains(&format!("contexts/{path}")), "{places:?}");
    }
}
