//! One word per thing: the glossary names every noun, and code does not use its synonyms.

use super::Finding;
use super::tree::Tree;

const DOCUMENT: &str = "docs/glossary.md";
const NOUNS: &str = "contexts/kernel/src/id.rs";

/// A row of the glossary: the word, and the words that are not used for it.
struct Entry {
    line: usize,
    word: String,
    not: Vec<String>,
}

/// Every noun and context that the glossary lacks, every word twice or out of order, and every
/// declaration in the code that uses a synonym.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let Some(text) = tree.text(DOCUMENT) else { return Vec::new() };
    let entries = entries(text);
    let mut findings = order(&entries);
    for word in needed(tree) {
        if !entries.iter().any(|entry| entry.word == word) {
            findings.push(Finding::new("glossary", DOCUMENT, format!("lacks the word `{word}`")));
        }
    }
    findings.extend(synonyms(tree, &entries));
    findings
}

fn entries(text: &str) -> Vec<Entry> {
    let rows = text.lines().enumerate().filter(|(_, line)| line.starts_with("| **"));
    rows.map(|(number, line)| {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let word = cells[0].trim_matches(['*', '|', ' ']).to_lowercase();
        let not = cells.get(2).map_or("", |cell| cell.trim_matches(['|', ' ']));
        let not = not.split(',').map(|word| word.trim().to_lowercase());
        Entry { line: number + 1, word, not: not.filter(|word| !word.is_empty()).collect() }
    })
    .collect()
}

fn order(entries: &[Entry]) -> Vec<Finding> {
    let pairs = entries.windows(2).filter(|pair| pair[0].word >= pair[1].word);
    pairs
        .map(|pair| {
            let what = format!("`{}` stands before `{}`", pair[0].word, pair[1].word);
            Finding::new("glossary", format!("{DOCUMENT}:{}", pair[1].line), what)
        })
        .collect()
}

/// The nouns that have ids.
fn needed(tree: &Tree) -> Vec<String> {
    let text = tree.text(NOUNS).unwrap_or_default();
    let table = text.lines().skip_while(|line| !line.starts_with("nouns! {"));
    let table = table.take_while(|line| *line != "}");
    let names = table.filter_map(|line| line.split_once("=> ")?.1.split('"').nth(1));
    names.map(|name| name.to_owned()).collect()
}

fn synonyms(tree: &Tree, entries: &[Entry]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let ours = |path: &str| {
        ["contexts/", "adapters/", "edges/", "apps/"].iter().any(|ring| path.starts_with(ring))
    };
    for (path, text) in tree.ending(".rs").filter(|(path, _)| ours(path)) {
        for (number, line) in text.lines().enumerate() {
            let Some(name) = declared(line) else { continue };
            let parts = parts(name);
            let hit = entries.iter().find(|e| e.not.iter().any(|word| parts.contains(word)));
            if let Some(entry) = hit {
                let what = format!("`{name}`: the word of this house is `{}`", entry.word);
                findings.push(Finding::new("glossary", format!("{path}:{}", number + 1), what));
            }
        }
    }
    findings
}

/// The name that a line declares, if it declares a type, a trait, a function or a module.
fn declared(line: &str) -> Option<&str> {
    let code = line.trim_start();
    let mut words = code.split([' ', '<', '(', ';', '{', ':']).filter(|word| !word.is_empty());
    let keywords = ["struct", "enum", "trait", "type", "fn", "mod"];
    let lead = ["pub", "pub(crate)", "crate)", "pub(super)", "super)", "async", "const", "unsafe"];
    let keyword = words.find(|word| !lead.contains(word))?;
    if keywords.contains(&keyword) { words.next() } else { None }
}

/// The lower-case words inside a snake or camel case name.
fn parts(name: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    for letter in name.chars() {
        if letter == '_' || letter.is_uppercase() {
            parts.push(String::new());
        }
        if letter != '_'
            && let Some(last) = parts.last_mut()
        {
            last.extend(letter.to_lowercase());
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "| word | meaning | not |\n| --- | --- | --- |\n\
        | **cart** | what a shopper gathers | basket, trolley |\n\
        | **hold** | stock set aside | reservation |\n";
    const IDS: &str = "nouns! {\n    /// A cart.\n    Cart => CartId, \"cart\";\n}\n";

    fn house(code: &str) -> Tree {
        Tree::default()
            .file(DOCUMENT, TABLE)
            .file(NOUNS, IDS)
            .file("contexts/cart/src/model.rs", code)
    }

    #[test]
    fn a_synonym_in_a_declaration_is_found() {
        assert_eq!(check(&house("pub struct Cart;\n// a basket, as others say\n")), []);
        assert_eq!(check(&house("pub struct BasketLine {\n")).len(), 1);
        assert_eq!(check(&house("    pub(crate) async fn end_reservation(x: u8) {\n")).len(), 1);
        assert_eq!(check(&house("pub trait Baskets: Send {\n")), []);
    }

    #[test]
    fn a_noun_without_an_entry_is_found() {
        let ids = IDS.replace("}\n", "    Order => OrderId, \"order\";\n}\n");
        let whats: Vec<String> =
            check(&house("").file(NOUNS, &ids)).into_iter().map(|f| f.what).collect();
        assert_eq!(whats, ["lacks the word `order`"]);
    }

    #[test]
    fn words_out_of_order_or_twice_are_found() {
        let twice = format!("{TABLE}| **hold** | again | |\n| **bill** | late | |\n");
        assert_eq!(check(&house("").file(DOCUMENT, &twice)).len(), 2);
    }
}
