//! Every package from outside comes under a licence that `deny.toml` allows.
//!
//! `cargo deny` checks the same and more; this needs no tool that is not already here.

use super::Finding;
use super::tree::Tree;

const FILE: &str = "deny.toml";

/// Every package whose licence can't be met from the list, and every allowed one without a reason.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let Some(text) = tree.text(FILE) else { return Vec::new() };
    let mut findings = Vec::new();
    let mut allowed = Vec::new();
    for (number, line) in allow_list(text) {
        let Some(name) = line.split('"').nth(1) else { continue };
        allowed.push(name);
        if !line.contains('#') {
            let what = format!("`{name}` is allowed without a reason");
            findings.push(Finding::new("licences", format!("{FILE}:{number}"), what));
        }
    }
    for licence in &tree.licences {
        let met = licence.expression.as_deref().is_some_and(|text| met(text, &allowed));
        if !met {
            let stated = licence.expression.as_deref().unwrap_or("none");
            let what = format!("{}: licence `{stated}` is not on the list", licence.package);
            findings.push(Finding::new("licences", FILE, what));
        }
    }
    findings
}

/// The lines of `allow = [ .. ]` in `[licenses]`, with their numbers.
fn allow_list(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text.lines().enumerate().map(|(number, line)| (number + 1, line));
    let section = lines.skip_while(|(_, line)| line.trim() != "[licenses]").skip(1);
    let list = section.skip_while(|(_, line)| !line.starts_with("allow = [")).skip(1);
    list.take_while(|(_, line)| !line.starts_with(']'))
}

/// Whether an SPDX expression can be met with the allowed licences.
fn met(expression: &str, allowed: &[&str]) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut reader = Reader { words: &words, allowed };
    let met = reader.any();
    met && reader.words.is_empty()
}

/// Reads an expression from left to right; `OR` binds weakest, then `AND`, then `WITH`.
struct Reader<'a> {
    words: &'a [&'a str],
    allowed: &'a [&'a str],
}

impl Reader<'_> {
    fn next_is(&mut self, word: &str) -> bool {
        let hit = self.words.first() == Some(&word);
        if hit {
            self.words = &self.words[1..];
        }
        hit
    }

    fn any(&mut self) -> bool {
        let mut met = self.all();
        while self.next_is("OR") {
            met |= self.all();
        }
        met
    }

    fn all(&mut self) -> bool {
        let mut met = self.one();
        while self.next_is("AND") {
            met &= self.one();
        }
        met
    }

    fn one(&mut self) -> bool {
        if self.next_is("(") {
            let met = self.any();
            return self.next_is(")") && met;
        }
        let Some((name, rest)) = self.words.split_first() else { return false };
        self.words = rest;
        if !self.next_is("WITH") {
            return self.allowed.contains(name);
        }
        let Some((exception, rest)) = self.words.split_first() else { return false };
        self.words = rest;
        let whole = format!("{name} WITH {exception}");
        self.allowed.contains(name) || self.allowed.contains(&whole.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::super::tree::Licence;
    use super::*;

    const DENY: &str = "[licenses]\nconfidence = 1\nallow = [\n    \"MIT\", # asks for a notice\n\
        \x20   \"Zlib\", # the same\n]\n[bans]\nallow = [\n    \"GPL-3.0\",\n]\n";

    fn house(expression: Option<&str>) -> Tree {
        let mut tree = Tree::default().file(FILE, DENY);
        let expression = expression.map(ToOwned::to_owned);
        tree.licences.push(Licence { package: "x 1.0.0".into(), expression });
        tree
    }

    #[test]
    fn expressions_are_met_as_spdx_says() {
        let met = |text| met(text, &["MIT", "Zlib"]);
        assert!(met("MIT"));
        assert!(met("GPL-3.0 OR MIT"));
        assert!(met("Apache-2.0/MIT"));
        assert!(met("(GPL-3.0 OR MIT) AND Zlib"));
        assert!(met("MIT WITH LLVM-exception"));
        assert!(!met("MIT AND GPL-3.0"));
        assert!(!met("GPL-3.0"));
        assert!(!met("(MIT"));
        assert!(!met(""));
    }

    #[test]
    fn a_package_under_another_licence_or_none_is_found() {
        assert_eq!(check(&house(Some("MIT OR GPL-3.0"))), []);
        assert_eq!(check(&house(Some("GPL-3.0"))).len(), 1);
        assert_eq!(check(&house(None)).len(), 1);
    }

    #[test]
    fn an_allowed_licence_without_a_reason_is_found() {
        let bare = DENY.replace(" # the same", "");
        let findings = check(&house(Some("MIT")).file(FILE, &bare));
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].place, "deny.toml:5");
    }
}
