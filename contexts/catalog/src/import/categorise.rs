//! A category for rows that don't carry one, by rules: the first rule that fits names it.

use serde::Deserialize;
use std::collections::BTreeSet;

/// A rule: every condition that it has must hold, each by any of its phrases.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct CategoryRule {
    pub(crate) path: Vec<String>,
    /// A phrase of the title, in whole words.
    pub(crate) title: Vec<String>,
    /// No such phrase in the title.
    pub(crate) not_title: Vec<String>,
    /// The row's type, wholly.
    #[serde(rename = "type")]
    pub(crate) kind: Vec<String>,
    /// An attribute of that name.
    pub(crate) has: Vec<String>,
}

/// The rules, with their phrases in the form that titles are compared in.
#[derive(Debug, Clone, Default)]
pub(crate) struct Categoriser(Vec<CategoryRule>);

impl Categoriser {
    pub(crate) fn new(rules: &[CategoryRule]) -> Self {
        let all = |phrases: &[String]| phrases.iter().map(|phrase| words(phrase)).collect();
        let prepared = |rule: &CategoryRule| CategoryRule {
            path: rule.path.clone(),
            title: all(&rule.title),
            not_title: all(&rule.not_title),
            kind: all(&rule.kind),
            has: rule.has.clone(),
        };
        Self(rules.iter().map(prepared).collect())
    }

    /// The path of the first rule that fits; empty when none does.
    pub(crate) fn path(&self, title: &str, kind: Option<&str>, has: &BTreeSet<&str>) -> &[String] {
        let (title, kind) = (words(title), kind.map(words));
        let fits = |rule: &&CategoryRule| {
            let within = |phrase: &String| title.contains(phrase.as_str());
            (rule.title.is_empty() || rule.title.iter().any(within))
                && !rule.not_title.iter().any(within)
                && (rule.kind.is_empty() || kind.as_ref().is_some_and(|k| rule.kind.contains(k)))
                && (rule.has.is_empty() || rule.has.iter().any(|name| has.contains(name.as_str())))
        };
        self.0.iter().find(fits).map_or(&[], |rule| &rule.path)
    }
}

/// Lower-case words with one space before, between and after them.
fn words(text: &str) -> String {
    let mut out = String::from(" ");
    for c in text.chars().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() {
            out.push(c);
        } else if !out.ends_with(' ') {
            out.push(' ');
        }
    }
    if !out.ends_with(' ') {
        out.push(' ');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::Mapping;

    #[test]
    fn a_phrase_fits_whole_words_only() {
        let rule = |path: &str, title: &[&str], not_title: &[&str]| CategoryRule {
            path: vec![path.to_owned()],
            title: title.iter().map(|t| (*t).to_owned()).collect(),
            not_title: not_title.iter().map(|t| (*t).to_owned()).collect(),
            ..CategoryRule::default()
        };
        let rules = [rule("Power", &["UPS"], &["groups"]), rule("Paper", &["photo-paper"], &[])];
        let chosen = Categoriser::new(&rules);
        let path = |title: &str| chosen.path(title, None, &BTreeSet::new()).join("/");
        assert_eq!(path("Smart-UPS 700"), "Power");
        assert_eq!(path("pushups"), "");
        assert_eq!(path("UPS for groups"), "");
        assert_eq!(path("Glossy Photo Paper"), "Paper");
        assert_eq!(path("photo papers"), "");
    }

    #[test]
    fn icecat_rows_land_where_people_look() {
        let mapping = Mapping::built_in("icecat").unwrap();
        for (title, kind, path) in [
            ("Xerox 006R90321 toner cartridge Original Black 6 pc(s)", None, "Printing/Toner"),
            ("HP Pavilion dv7-1211ea Notebook Silver", Some("Notebook"), "Computers/Laptops"),
            ("C2G 2m Cat5e Patch Cable networking cable Beige", None, "Networking/Network cables"),
            ("Intel Xeon E5320 processor 1.86 GHz", Some("Processor"), "Components/Processors"),
            ("HERMA File labels A4 192x61 mm yellow", None, "Printing/Labels & tape"),
            ("Philips SHE3600/00 headphones/headset", None, "Audio/Headphones & headsets"),
            ("zzz 12", Some("1"), ""),
        ] {
            let found = mapping.categoriser.path(title, kind, &BTreeSet::new());
            assert_eq!(found.join("/"), path, "{title}");
        }
    }
}
