//! No source file is longer than can be read in one sitting.

use super::Finding;
use super::tree::Tree;

/// The longest a file may be, in lines.
pub const LINES: usize = 500;

const ENDINGS: [&str; 6] = [".rs", ".sql", ".mjs", ".js", ".css", ".html"];

/// Every source file over the limit.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let sources = ENDINGS.iter().flat_map(|ending| tree.ending(ending));
    let counted = sources.map(|(path, text)| (path, text.lines().count()));
    counted
        .filter(|(_, lines)| *lines > LINES)
        .map(|(path, lines)| {
            Finding::new("size", path, format!("{lines} lines; split it below {LINES}"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_over_the_limit_is_found_and_one_at_it_is_not() {
        let at = "x\n".repeat(LINES);
        let tree = Tree::default().file("a.rs", &at).file("b.css", &format!("{at}x\n"));
        let places: Vec<String> = check(&tree).into_iter().map(|f| f.place).collect();
        assert_eq!(places, ["b.css"]);
    }
}
