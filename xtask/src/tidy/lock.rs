//! The lock file holds one SQLite, and no package that this house does without.

use super::Finding;
use super::tree::Tree;

const FILE: &str = "Cargo.lock";

/// Packages of which there may be one version.
const ONCE: [(&str, &str); 2] = [
    ("libsqlite3-sys", "two SQLites in one process don't see each other's locks"),
    ("tokio", "two runtimes don't see each other's timers"),
];

/// Packages that must not be there.
const NEVER: [(&str, &str); 2] = [
    ("openssl-sys", "links a system library: a clean machine could not build the shop"),
    ("native-tls", "the same"),
];

/// Every package twice or forbidden.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let text = tree.text(FILE).unwrap_or_default();
    let count = |name: &str| {
        let line = format!("name = \"{name}\"");
        text.lines().filter(|other| *other == line).count()
    };
    let twice = ONCE.iter().filter(|(name, _)| count(name) > 1);
    let twice = twice.map(|(name, why)| format!("{name} is there {} times: {why}", count(name)));
    let never = NEVER.iter().filter(|(name, _)| count(name) > 0);
    let never = never.map(|(name, why)| format!("{name} is there: {why}"));
    twice.chain(never).map(|what| Finding::new("lock", FILE, what)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_sqlite_and_a_forbidden_package_are_found() {
        let one = "[[package]]\nname = \"libsqlite3-sys\"\nversion = \"1\"\n";
        assert_eq!(check(&Tree::default().file(FILE, one)), []);
        let two = format!("{one}{one}[[package]]\nname = \"openssl-sys\"\n");
        assert_eq!(check(&Tree::default().file(FILE, &two)).len(), 2);
    }
}
