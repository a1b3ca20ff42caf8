//! Every dependency from outside says on its line in the root manifest what it is for.

use super::Finding;
use super::tree::Tree;

/// Every line of `[workspace.dependencies]` that is no path and carries no comment.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let text = tree.text("Cargo.toml").unwrap_or_default();
    let mut section = "";
    let mut findings = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if line.starts_with('[') {
            section = line.split(']').next().unwrap_or_default();
        }
        let depends = section == "[workspace.dependencies" && line.contains(" = ");
        if !depends || line.contains("path = ") {
            continue;
        }
        if comment(line).is_none_or(str::is_empty) {
            let name = line.split(' ').next().unwrap_or_default();
            let what = format!("`{name}` carries no `#` comment that says what it is for");
            findings.push(Finding::new("reasons", format!("Cargo.toml:{}", number + 1), what));
        }
    }
    findings
}

/// What stands behind the first `#` outside quotes.
fn comment(line: &str) -> Option<&str> {
    let mut quoted = false;
    for (at, letter) in line.char_indices() {
        match letter {
            '"' => quoted = !quoted,
            '#' if !quoted => return Some(line[at + 1..].trim()),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dependency_without_a_reason_is_found() {
        let tree = Tree::default().file(
            "Cargo.toml",
            "[workspace]\nresolver = \"3\"\n[workspace.dependencies]\n\
             souk-kernel = { path = \"contexts/kernel\" }\n\
             serde = \"1\" # wire forms\n\
             odd = { version = \"1\", features = [\"#x\"] }\n\
             bare = \"1\" #\n\n[profile.release]\nopt-level = 3\n",
        );
        let places: Vec<String> = check(&tree).into_iter().map(|f| f.place).collect();
        assert_eq!(places, ["Cargo.toml:6", "Cargo.toml:7"]);
    }
}
