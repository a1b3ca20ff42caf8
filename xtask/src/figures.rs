//! `cargo xtask figures`: how big the code is, and where it is biggest.

use crate::tidy::tree::Tree;
use crate::workspace;

/// A function and how many lines it spans.
#[derive(Debug, PartialEq, Eq)]
struct Function {
    name: String,
    line: usize,
    lines: usize,
}

/// Prints crates, lines, the largest files and the longest functions.
///
/// # Errors
/// When the repository can't be read.
pub fn print() -> Result<(), String> {
    let tree = Tree::load(&workspace::root())?;
    let mut files: Vec<(usize, &str)> =
        tree.ending(".rs").map(|(path, text)| (text.lines().count(), path)).collect();
    files.sort_unstable_by(|a, b| b.cmp(a));
    let total: usize = files.iter().map(|(lines, _)| lines).sum();
    let median = files.get(files.len() / 2).map_or(0, |(lines, _)| *lines);
    let p90 = files.get(files.len() / 10).map_or(0, |(lines, _)| *lines);
    println!("{} crates, {} Rust files, {total} lines", tree.crates.len(), files.len());
    println!("lines a file: median {median}, p90 {p90}");
    for krate in &tree.crates {
        let inside = |path: &str| path.starts_with(&format!("{}/", krate.dir));
        let lines: usize =
            files.iter().filter(|(_, path)| inside(path)).map(|(lines, _)| lines).sum();
        println!("{lines:>7} {} ({} %)", krate.dir, lines * 100 / total.max(1));
    }
    println!("largest files");
    for (lines, path) in files.iter().take(10) {
        println!("{lines:>7} {path}");
    }
    let mut longest: Vec<(usize, String)> = tree
        .ending(".rs")
        .flat_map(|(path, text)| functions(text).into_iter().map(move |f| (path, f)))
        .map(|(path, f)| (f.lines, format!("{path}:{} {}", f.line, f.name)))
        .collect();
    longest.sort_unstable_by(|a, b| b.cmp(a));
    println!("{} functions, the longest", longest.len());
    for (lines, place) in longest.iter().take(10) {
        println!("{lines:>7} {place}");
    }
    Ok(())
}

/// The functions of a file as rustfmt lays them out: the closing brace has the opening's indent.
fn functions(text: &str) -> Vec<Function> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let Some(name) = opens(line) else { continue };
        let indent = line.len() - line.trim_start().len();
        let closes = |line: &&str| {
            let own = line.len() - line.trim_start().len();
            own == indent && line.trim_start().starts_with('}')
        };
        let flat = line.ends_with('}') || line.ends_with(';');
        let span = if flat { Some(0) } else { lines[at..].iter().position(closes) };
        if let Some(span) = span {
            found.push(Function { name: name.to_owned(), line: at + 1, lines: span + 1 });
        }
    }
    found
}

fn opens(line: &str) -> Option<&str> {
    let mut words = line.trim_start().split(' ');
    let lead = ["pub", "pub(crate)", "pub(super)", "async", "const", "unsafe", "extern", "\"C\""];
    (words.find(|word| !lead.contains(word))? == "fn").then_some(())?;
    words.next()?.split(['(', '<']).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_measured_from_their_line_to_their_brace() {
        let text = "impl X {\n    pub const fn one(&self) -> u8 { 1 }\n\n    \
            async fn two<T>(\n        t: T,\n    ) {\n        if t {\n        }\n    }\n}\n\
            fn three();\n";
        let spans: Vec<(String, usize)> =
            functions(text).into_iter().map(|f| (f.name, f.lines)).collect();
        assert_eq!(spans, [("one".into(), 1), ("two".into(), 6), ("three".into(), 1)]);
    }
}
