//! Links between the project's documents lead somewhere.

use super::Finding;
use super::tree::Tree;

/// Every relative link in a Markdown file whose target, or heading, is not there.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.ending(".md") {
        for (line, target) in links(text) {
            if !resolves(tree, path, target) {
                let what = format!("the link to `{target}` leads nowhere");
                findings.push(Finding::new("links", format!("{path}:{line}"), what));
            }
        }
    }
    findings
}

/// Line number and target of each inline link outside code.
fn links(text: &str) -> Vec<(usize, &str)> {
    let mut fenced = false;
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        if fenced {
            continue;
        }
        for (at, _) in line.match_indices("](") {
            let in_code = line[..at].matches('`').count() % 2 == 1;
            let rest = &line[at + 2..];
            if let (false, Some(end)) = (in_code, rest.find(')')) {
                found.push((number + 1, rest[..end].split(' ').next().unwrap_or_default()));
            }
        }
    }
    found
}

fn resolves(tree: &Tree, from: &str, target: &str) -> bool {
    if target.contains("://") || target.starts_with("mailto:") {
        return true;
    }
    let (file, heading) = target.split_once('#').unwrap_or((target, ""));
    let path = if file.is_empty() { from.to_owned() } else { join(from, file) };
    let there = path.is_empty() || tree.paths.contains(&path);
    let says = heading.is_empty() || tree.text(&path).is_some_and(|text| has(text, heading));
    there && says
}

/// The path that a relative link from `from` means.
fn join(from: &str, link: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    parts.join("/")
}

fn has(text: &str, heading: &str) -> bool {
    text.lines().filter(|line| line.starts_with('#')).any(|line| slug(line) == heading)
}

/// A heading as the forges write its anchor.
fn slug(line: &str) -> String {
    let words = line.trim_start_matches('#').trim().to_lowercase();
    let kept = words.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn house(text: &str) -> Tree {
        Tree::default()
            .file("docs/glossary.md", "# Words\n## The hold, in short\n")
            .file("docs/decisions/0001-walls.md", text)
    }

    #[test]
    fn links_that_lead_somewhere_pass() {
        let text = "[a](../glossary.md) [b](../glossary.md#the-hold-in-short) [c](../../docs)\n\
                    [d](https://example.org/x) `[e](gone.md)`\n```\n[f](gone.md)\n```\n";
        assert_eq!(check(&house(text)), []);
    }

    #[test]
    fn a_missing_file_or_heading_is_found() {
        let findings = check(&house("x\n[a](gone.md)\n[b](../glossary.md#gone)\n[c](#gone)\n"));
        let places: Vec<&str> = findings.iter().map(|f| f.place.as_str()).collect();
        let file = "docs/decisions/0001-walls.md";
        assert_eq!(places, [format!("{file}:2"), format!("{file}:3"), format!("{file}:4")]);
    }
}
