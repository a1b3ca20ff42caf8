//! What a document says is there, is there: files and functions that it names in code spans.
//!
//! `path/to/file.rs` and `file.rs::function` mean any file whose path ends so; of a function, one of
//! those files must declare it. A span with a placeholder (`<room>`, `*`, `{a,b}`, `…`) is no claim.

use super::Finding;
use super::tree::Tree;

/// Every Rust file or function that a Markdown file names and that is not there.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.ending(".md") {
        for (number, span) in spans(text) {
            let Some((file, function)) = claim(span) else { continue };
            let there = |found: &str| found == file || found.ends_with(&format!("/{file}"));
            let mut files = tree.ending(".rs").filter(|(found, _)| there(found)).peekable();
            let what = match function {
                _ if files.peek().is_none() => format!("`{file}`: there is no such file"),
                Some(name) if !files.any(|(_, text)| declares(text, name)) => {
                    format!("`{span}`: no such function there")
                }
                _ => continue,
            };
            findings.push(Finding::new("places", format!("{path}:{number}"), what));
        }
    }
    findings
}

/// Line number and text of each code span outside fenced code.
fn spans(text: &str) -> Vec<(usize, &str)> {
    let mut fenced = false;
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            found.extend(line.split('`').skip(1).step_by(2).map(|span| (number + 1, span)));
        }
    }
    found
}

/// The file, and the function in it, that a span names.
fn claim(span: &str) -> Option<(&str, Option<&str>)> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:".contains(c);
    let (file, function) = match span.split_once("::") {
        Some((file, function)) => (file, Some(function)),
        None => (span, None),
    };
    (span.chars().all(plain) && file.ends_with(".rs")).then_some((file, function))
}

fn declares(text: &str, function: &str) -> bool {
    text.lines().any(|line| {
        let after = line.split_once("fn ").map(|(_, rest)| rest);
        let rest = after.and_then(|rest| rest.strip_prefix(function));
        rest.is_some_and(|rest| rest.starts_with(['(', '<']))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn house(text: &str) -> Tree {
        Tree::default()
            .file("a/src/cart.rs", "pub async fn add_line<T>(\nfn plain() {}\n")
            .file("docs/x.md", text)
    }

    #[test]
    fn what_is_there_passes() {
        let text = "`a/src/cart.rs`, `cart.rs::add_line`, `src/cart.rs::plain`, `rules::next`,\n\
                    `contexts/<room>/src/gone.rs`, `a/*/gone.rs`\n```\n`gone.rs`\n```\n";
        assert_eq!(check(&house(text)), []);
    }

    #[test]
    fn a_missing_file_or_function_is_found() {
        let text = "`gone.rs`\n`art.rs`\n`cart.rs::add`\n`cart.rs::gone` and `cart.rs::plain`\n";
        let places: Vec<String> = check(&house(text)).into_iter().map(|f| f.place).collect();
        assert_eq!(places, ["docs/x.md:1", "docs/x.md:2", "docs/x.md:3", "docs/x.md:4"]);
    }
}
