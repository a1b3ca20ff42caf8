//! Words that must not be in the source, each with what to use in its place.

use super::Finding;
use super::tree::Tree;

/// A banned text: in Rust code or in every kind of source, where it is allowed, what to do instead.
struct Ban {
    text: &'static str,
    everywhere: bool,
    allowed_in: &'static str,
    instead: &'static str,
}

// The texts are assembled so that this file does not find itself.
const BANS: [Ban; 8] = [
    ban(concat!("todo", "!("), "write it, or leave it out"),
    ban(concat!("dbg", "!("), "log it or remove it"),
    ban(concat!("unimple", "mented!("), "write it, or leave it out"),
    ban(concat!("#[al", "low("), "say `#[expect(.., reason = \"..\")]`: it fails when it is stale"),
    Ban { everywhere: true, ..ban(concat!("FIX", "ME"), "mend it, or open an issue") },
    Ban { everywhere: true, ..ban(concat!("TO", "DO"), "do it, or open an issue") },
    Ban {
        allowed_in: "contexts/kernel/src/clock.rs",
        ..ban(concat!("SystemTime", "::now"), "take a kernel::Clock: time is passed in")
    },
    ban(concat!("Uuid", "::new_v4"), "mint ids with kernel::Mint"),
];

const fn ban(text: &'static str, instead: &'static str) -> Ban {
    Ban { text, everywhere: false, allowed_in: "", instead }
}

const SOURCES: [&str; 8] = [".rs", ".toml", ".md", ".sql", ".mjs", ".js", ".css", ".html"];

/// Every line with a banned text.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in SOURCES.iter().flat_map(|ending| tree.ending(ending)) {
        for ban in BANS.iter().filter(|ban| applies(ban, path)) {
            for (number, line) in text.lines().enumerate() {
                if super::has_word(line, ban.text) {
                    let what = format!("`{}`: {}", ban.text, ban.instead);
                    findings.push(Finding::new("banned", format!("{path}:{}", number + 1), what));
                }
            }
        }
    }
    findings
}

fn applies(ban: &Ban, path: &str) -> bool {
    (ban.everywhere || path.ends_with(".rs")) && ban.allowed_in != path
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> usize {
        check(&Tree::default().file(path, text)).len()
    }

    #[test]
    fn each_banned_text_is_found_in_code() {
        for ban in &BANS {
            let line = format!("    let x = std::{};\n", ban.text);
            assert_eq!(found("contexts/cart/src/model.rs", &line), 1, "{}", ban.text);
        }
    }

    #[test]
    fn the_kernel_clock_may_read_the_machine_clock() {
        let line = concat!("std::time::SystemTime", "::now()");
        assert_eq!(found("contexts/kernel/src/clock.rs", line), 0);
        assert_eq!(found("contexts/kernel/src/id.rs", line), 1);
    }

    #[test]
    fn unfinished_work_is_found_in_documents_and_sql_too() {
        assert_eq!(found("README.md", concat!("TO", "DO: write this")), 1);
        assert_eq!(found("a.sql", concat!("-- FIX", "ME")), 1);
        assert_eq!(found("a.rs", "// autotodolist and PHOTODOC are words\n"), 0);
    }
}
