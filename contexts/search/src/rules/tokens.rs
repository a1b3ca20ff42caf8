//! What a word is. Documents and queries are cut by the same rules, so that what is written in one
//! way is found in another: "TN-2110" as `tn2110`, "250 GB" as "250GB", 17" as "17 inch".

use super::fold::{fold_char, stands_alone, stem_into};

/// Words longer than this are cut: no shopper types them.
const MAX_WORD_BYTES: usize = 40;
/// A compound of more parts is a sentence, not a word.
const MAX_PARTS: usize = 5;

/// A run of letters and digits, perhaps several joined by hyphens, dots or slashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compound {
    /// Its folded parts: `["dv7", "1211ea"]`. Never empty.
    pub parts: Vec<String>,
    /// The parts as one word, when they may be one: `dv71211ea`.
    pub joined: Option<String>,
    /// Where it stands in the text, in bytes.
    pub span: (usize, usize),
}

/// What a scanner has read of the current compound.
#[derive(Default)]
struct Open {
    parts: Vec<String>,
    word: String,
    joined: bool,
    start: usize,
}

impl Open {
    fn end_part(&mut self) {
        if !self.word.is_empty() {
            self.parts.push(std::mem::take(&mut self.word));
        }
    }

    fn close(&mut self, end: usize, out: &mut Vec<Compound>) {
        self.end_part();
        if self.parts.is_empty() {
            self.joined = false;
            return;
        }
        let parts = std::mem::take(&mut self.parts);
        let length: usize = parts.iter().map(String::len).sum();
        let one = self.joined && parts.len() <= MAX_PARTS && length <= MAX_WORD_BYTES;
        let joined = (one && parts.len() > 1).then(|| parts.concat());
        self.joined = false;
        out.push(Compound { parts, joined, span: (self.start, end) });
    }
}

/// Whether a text has no word to search for, though something was typed: `!!!`, a row of pictures.
#[must_use]
pub fn says_nothing(text: &str) -> bool {
    !text.trim().is_empty() && scan(text).is_empty()
}

/// Cuts a text into compounds. A number and its unit become one: "250 GB" gives `250gb` with the
/// parts `250` and `gb`; decimals stay whole.
#[must_use]
pub fn scan(text: &str) -> Vec<Compound> {
    let mut out = Vec::new();
    let mut open = Open::default();
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, c)| *c);
        if c.is_alphanumeric() || ('\u{300}'..='\u{36f}').contains(&c) {
            if stands_alone(c) {
                open.close(at, &mut out);
                let span = (at, at + c.len_utf8());
                out.push(Compound { parts: vec![c.to_string()], joined: None, span });
                continue;
            }
            if open.word.is_empty() && open.parts.is_empty() {
                open.start = at;
            }
            if open.word.len() < MAX_WORD_BYTES {
                fold_char(c, &mut open.word);
            }
        } else if c == '\u{ad}' || (c == '\'' || c == '’') && next.is_some_and(char::is_alphabetic)
        {
            // "Kids' " ends a word, "kid's" does not.
        } else if open.word.is_empty() {
            open.close(at, &mut out);
        } else if is_inch(c, &mut chars) && is_number(&open.word) {
            open.close(at, &mut out);
            let span = (at, at + c.len_utf8());
            out.push(Compound { parts: vec!["in".to_owned()], joined: None, span });
        } else if next.is_some_and(|n| n.is_alphanumeric() && !stands_alone(n)) {
            connect(c, next, &mut open, at, &mut out);
        } else {
            open.close(at, &mut out);
        }
    }
    open.close(text.len(), &mut out);
    join_units(out)
}

/// What stands between two words: a decimal point keeps the number whole, a hyphen or dot joins, a
/// slash joins what has digits, anything else separates.
fn connect(c: char, next: Option<char>, open: &mut Open, at: usize, out: &mut Vec<Compound>) {
    let digits = open.word.bytes().all(|b| b.is_ascii_digit());
    let then_digit = next.is_some_and(|n| n.is_ascii_digit());
    match c {
        '.' | ',' if digits && then_digit => open.word.push('.'),
        '-' | '.' | '_' | '‐' | '‑' | '–' => {
            open.joined = true;
            open.end_part();
        }
        '/' if open.word.bytes().any(|b| b.is_ascii_digit()) || then_digit => {
            open.joined = true;
            open.end_part();
        }
        _ => open.close(at, out),
    }
}

fn is_inch(c: char, chars: &mut std::iter::Peekable<std::str::CharIndices<'_>>) -> bool {
    match c {
        '"' | '″' | '”' => true,
        '\'' | '’' | '′' => chars.next_if(|(_, n)| *n == c).is_some(),
        _ => false,
    }
}

/// Whether a word is a number: digits with at most inner dots.
#[must_use]
pub fn is_number(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

/// Whether a term can tell one product from all others: it has a digit, and more than two letters
/// or digits.
#[must_use]
pub fn is_code(term: &str) -> bool {
    term.len() > 2 && term.bytes().any(|b| b.is_ascii_digit())
}

/// The one spelling of a unit of measure, if the word is one.
fn unit(word: &str) -> Option<&'static str> {
    const SAME: [&str; 38] = [
        "gb", "tb", "mb", "kb", "ghz", "mhz", "khz", "hz", "w", "kw", "wh", "kwh", "v", "kv", "a",
        "ma", "mah", "ah", "mm", "cm", "m", "km", "in", "ft", "kg", "g", "mg", "lb", "oz", "l",
        "ml", "cl", "mp", "dpi", "rpm", "mbps", "gbps", "va",
    ];
    if let Some(known) = SAME.iter().find(|u| **u == word) {
        return Some(known);
    }
    Some(match word {
        "inch" | "inches" | "zoll" => "in",
        "foot" | "feet" => "ft",
        "meter" | "metre" | "meters" | "metres" => "m",
        "watt" | "watts" => "w",
        "volt" | "volts" => "v",
        "lbs" | "pound" | "pounds" => "lb",
        "gigabyte" | "gigabytes" => "gb",
        "terabyte" | "terabytes" => "tb",
        "liter" | "litre" | "liters" | "litres" => "l",
        _ => return None,
    })
}

/// `250gb` as its number and unit.
fn split_unit(word: &str) -> Option<(&str, &'static str)> {
    let at = word.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (number, rest) = word.split_at(at);
    if number.is_empty() { None } else { unit(rest).map(|u| (number, u)) }
}

/// Joins numbers with the units that follow them, and brings joined ones to the same form.
fn join_units(compounds: Vec<Compound>) -> Vec<Compound> {
    let mut out: Vec<Compound> = Vec::with_capacity(compounds.len());
    for compound in compounds {
        let single = compound.parts.len() == 1;
        let before = out.last_mut().filter(|b| b.parts.len() == 1 && is_number(&b.parts[0]));
        if let (true, Some(before), Some(u)) = (single, before, unit(&compound.parts[0])) {
            // Only across one space, a hyphen or an inch mark.
            if compound.span.0 <= before.span.1 + 1 {
                before.joined = Some(format!("{}{u}", before.parts[0]));
                before.parts.push(u.to_owned());
                before.span.1 = compound.span.1;
                continue;
            }
        }
        out.push(normal_unit(compound));
    }
    out
}

/// "17-inch" and "250GB" in the form that "17 inch" and "250 GB" get.
fn normal_unit(compound: Compound) -> Compound {
    let split = match compound.parts.as_slice() {
        [one] => split_unit(one).map(|(n, u)| (n.to_owned(), u)),
        [number, name] if is_number(number) => unit(name).map(|u| (number.clone(), u)),
        _ => None,
    };
    let Some((number, u)) = split else { return compound };
    let joined = Some(format!("{number}{u}"));
    Compound { parts: vec![number, u.to_owned()], joined, ..compound }
}

/// The terms by which a text is found, in its order: the stem of every part, then the compound as
/// one word.
pub fn terms(text: &str, mut found: impl FnMut(String)) {
    for compound in scan(text) {
        for part in &compound.parts {
            found(stem_into(part));
        }
        if let Some(joined) = compound.joined {
            found(joined);
        }
    }
}

/// The words from which spellings are learnt: whole, unstemmed, letters only, three or more.
pub fn words(text: &str, mut found: impl FnMut(String)) {
    for compound in scan(text) {
        for part in compound.parts {
            if is_spellable(&part) {
                found(part);
            }
        }
    }
}

/// Whether spelling correction may produce or replace this word: names and words, never numbers.
#[must_use]
pub fn is_spellable(word: &str) -> bool {
    word.chars().all(char::is_alphabetic) && word.chars().nth(2).is_some()
}

/// Words that say nothing about a product: they count only when there are no others.
#[must_use]
pub fn is_filler(word: &str) -> bool {
    const FILLER: [&str; 24] = [
        "a", "an", "and", "are", "at", "by", "de", "for", "from", "is", "it", "my", "of", "on",
        "or", "some", "that", "the", "this", "to", "und", "what", "with", "your",
    ];
    FILLER.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<String> {
        let mut out = Vec::new();
        terms(text, |t| out.push(t));
        out
    }

    #[test]
    fn a_text_without_a_word_says_nothing() {
        for text in ["!!!", "💩", " … ", "-"] {
            assert!(says_nothing(text), "{text}");
        }
        for text in ["", "  ", "a", "7", "本!", "the"] {
            assert!(!says_nothing(text), "{text}");
        }
    }

    #[test]
    fn cuts_what_shops_write() {
        for (text, expected) in [
            ("HP Pavilion dv7-1211ea", &["hp", "pavilion", "dv7", "1211ea", "dv71211ea"][..]),
            ("250GB", &["250", "gb", "250gb"]),
            ("250 GB HDD", &["250", "gb", "250gb", "hdd"]),
            ("43.2 cm (17\")", &["43.2", "cm", "43.2cm", "17", "in", "17in"]),
            ("17-inch", &["17", "in", "17in"]),
            ("17 inches", &["17", "in", "17in"]),
            ("17''", &["17", "in", "17in"]),
            ("5'", &["5"]),
            ("Wi-Fi", &["wi", "fi", "wifi"]),
            ("006R90321", &["006r90321"]),
            ("black/white", &["black", "white"]),
            ("PS/2", &["ps", "2", "ps2"]),
            ("TN/2110", &["tn", "2110", "tn2110"]),
            ("1,234", &["1.234"]),
            ("Kids' toys", &["kid", "toy"]),
            ("电脑 mouse", &["电", "脑", "mouse"]),
            ("\"+-*:()[]{}^~\\ 😀", &[]),
            ("-usb-", &["usb"]),
            ("M/M", &["m", "m"]),
        ] {
            let expected: Vec<String> = expected.iter().map(|s| (*s).to_owned()).collect();
            let got = all(text);
            assert_eq!(got, expected, "{text}");
        }
    }

    #[test]
    fn spans_lead_back_to_the_text() {
        let text = "Écran 17\" für dv7-1211ea!";
        let found: Vec<&str> = scan(text).iter().map(|c| &text[c.span.0..c.span.1]).collect();
        assert_eq!(found, ["Écran", "17\"", "für", "dv7-1211ea"]);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_cut(text in "\\PC*") {
            for compound in scan(&text) {
                proptest::prop_assert!(text.get(compound.span.0..compound.span.1).is_some());
                proptest::prop_assert!(compound.parts.iter().all(|p| !p.is_empty()));
            }
        }
    }
}
