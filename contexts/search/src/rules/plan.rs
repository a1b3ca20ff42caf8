//! What a query text asks for: groups of terms, corrected where a word is one that no product has.
//!
//! Each group is one thing the shopper said; a product answers it with any of the group's
//! alternatives. Every character of the text is only text: there is no syntax to get wrong.

use super::fold::stem_into;
use super::spelling::{Candidate, reach};
use super::synonyms::{self, Synonyms};
use super::tokens::{Compound, is_filler, is_number, is_spellable, scan};

/// Words after these are not looked at.
pub const MAX_TERMS: usize = 200;
/// Of more groups only the rarest are searched.
pub const MAX_GROUPS: usize = 24;
/// Words of a text whose spelling is looked at: each costs a scan of the vocabulary.
const MAX_SPELT: u32 = 12;
/// A known word is suspected to be a mistake when so few products have it…
const RARE: u32 = 2;
/// …and a word one edit away is this many times more frequent.
const SUSPICION: u32 = 50;

/// What a product that only has a synonym counts, before the synonym's own weight.
const SYNONYM: f32 = 0.89;

/// What an engine knows of its terms.
pub trait Lexicon {
    /// How many products have this term in any field; may count replaced ones.
    fn frequency(&self, term: &str) -> u32;
    /// The best other spelling of a word within so many edits.
    fn correct(&self, word: &str, most: u8) -> Option<Candidate>;
}

/// One way to answer a group: products that have all these terms.
#[derive(Debug, Clone, PartialEq)]
pub struct Alternative {
    /// Terms; one but for phrases.
    pub terms: Vec<String>,
    /// How much it counts against the group's own word.
    pub weight: f32,
}

/// One thing the shopper said.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// The word's own term.
    pub term: String,
    /// Ways to answer it, the word's own first.
    pub alternatives: Vec<Alternative>,
}

/// What to search for.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Plan {
    /// What the shopper said, in order; empty for an empty text.
    pub groups: Vec<Group>,
    /// A better spelling of the text.
    pub did_you_mean: Option<String>,
    /// The text that the groups stand for.
    pub searched: String,
}

/// A word of the text on its way to a group.
struct Slot {
    word: String,
    /// Others that answer it: the compound that it is part of, a likelier spelling.
    also: Vec<(String, f32)>,
}

impl Slot {
    fn new(word: &str) -> Self {
        Self { word: word.to_owned(), also: Vec::new() }
    }
}

/// Reads a text against what the engine knows.
#[must_use]
pub fn plan(text: &str, lexicon: &dyn Lexicon, words: &Synonyms) -> Plan {
    let mut compounds = scan(text);
    compounds.truncate(MAX_TERMS);
    let mut speller =
        Speller { text, lexicon, words, scans: 0, applied: Vec::new(), proposed: Vec::new() };
    let mut slots: Vec<Slot> = Vec::with_capacity(compounds.len());
    for compound in &compounds {
        speller.read(compound, &mut slots);
    }
    slots.truncate(MAX_TERMS);
    join_neighbours(&mut slots, lexicon);
    if slots.iter().any(|s| !is_filler(&s.word)) {
        slots.retain(|s| !is_filler(&s.word));
    }
    let mut groups: Vec<Group> = Vec::with_capacity(slots.len());
    for slot in slots {
        let group = group(slot, lexicon, words);
        if !groups.iter().any(|g| g.term == group.term) {
            groups.push(group);
        }
    }
    if groups.len() > MAX_GROUPS {
        keep_rarest(&mut groups, lexicon);
    }
    let searched = speller.spelled(&speller.applied);
    let mut all = speller.applied.clone();
    all.extend(speller.proposed.iter().cloned());
    let did_you_mean = (!all.is_empty()).then(|| speller.spelled(&all));
    Plan { groups, did_you_mean, searched }
}

fn keep_rarest(groups: &mut Vec<Group>, lexicon: &dyn Lexicon) {
    let mut order: Vec<(u32, usize)> = groups
        .iter()
        .enumerate()
        .map(|(i, g)| (lexicon.frequency(&g.term), i))
        .filter(|(products, _)| *products > 0)
        .collect();
    order.sort_unstable();
    order.truncate(MAX_GROUPS);
    let mut i = 0;
    groups.retain(|_| {
        i += 1;
        order.iter().any(|(_, kept)| *kept == i - 1)
    });
}

struct Speller<'a> {
    text: &'a str,
    lexicon: &'a dyn Lexicon,
    words: &'a Synonyms,
    /// How often the vocabulary was scanned.
    scans: u32,
    /// Corrections that are searched for: where, and by what.
    applied: Vec<((usize, usize), String)>,
    /// Corrections that are only offered.
    proposed: Vec<((usize, usize), String)>,
}

impl Speller<'_> {
    fn known(&self, word: &str) -> u32 {
        self.lexicon.frequency(&stem_into(word))
    }

    fn has_synonym(&self, word: &str) -> bool {
        let term = stem_into(word);
        let mut others = self.words.of(&term).into_iter();
        others.any(|(other, _)| self.lexicon.frequency(&other) > 0)
    }

    fn correct(&mut self, word: &str, most: u8) -> Option<Candidate> {
        if self.scans >= MAX_SPELT || !is_spellable(word) {
            return None;
        }
        self.scans += 1;
        self.lexicon.correct(word, most)
    }

    fn read(&mut self, compound: &Compound, slots: &mut Vec<Slot>) {
        if let Some(joined) = &compound.joined {
            self.read_joined(compound, joined, slots);
            return;
        }
        match compound.parts.as_slice() {
            [word] => self.read_word(word, compound.span, slots),
            parts => slots.extend(parts.iter().map(|part| Slot::new(part))),
        }
    }

    /// A number with its unit is one thing where products have it; the parts of a hyphenated word
    /// are as many things, each answered by the whole as well.
    fn read_joined(&mut self, compound: &Compound, joined: &str, slots: &mut Vec<Slot>) {
        let known = self.lexicon.frequency(joined) > 0;
        if known && is_number(&compound.parts[0]) {
            slots.push(Slot::new(joined));
            return;
        }
        for part in &compound.parts {
            let mut slot = Slot::new(part);
            if known {
                slot.also.push((joined.to_owned(), 1.0));
            }
            slots.push(slot);
        }
    }

    fn read_word(&mut self, word: &str, span: (usize, usize), slots: &mut Vec<Slot>) {
        let products = self.known(word);
        if products > 0 {
            let mut slot = Slot::new(word);
            if let Some(better) = self.suspect(word, products) {
                slot.also.push((stem_into(&better.word), 0.6));
                self.proposed.push((span, better.word));
            }
            slots.push(slot);
            return;
        }
        // A word that the shop says otherwise is no mistake.
        if self.has_synonym(word) {
            slots.push(Slot::new(word));
            return;
        }
        if let Some((left, right)) = self.split(word) {
            slots.push(Slot::new(&left));
            slots.push(Slot::new(&right));
            return;
        }
        let length = word.chars().count();
        let better = self.correct(word, reach(length));
        match better {
            Some(better) => {
                slots.push(Slot::new(&better.word));
                self.applied.push((span, better.word));
            }
            None => slots.push(Slot::new(word)),
        }
    }

    /// A likelier spelling of a word that hardly any product has.
    fn suspect(&mut self, word: &str, products: u32) -> Option<Candidate> {
        let length = word.chars().count();
        if products > RARE || length < 5 {
            return None;
        }
        let better = self.correct(word, 1)?;
        let likelier = better.products >= products.saturating_mul(SUSPICION);
        (likelier && stem_into(&better.word) != stem_into(word)).then_some(better)
    }

    /// An unknown word as two known ones: "mousepad", "iphone7".
    fn split(&mut self, word: &str) -> Option<(String, String)> {
        let digits_start = |c: char| c.is_ascii_digit();
        let mixed = word.bytes().any(|b| b.is_ascii_digit());
        if mixed {
            let letters_first = !word.starts_with(digits_start);
            let at = word.find(|c: char| c.is_ascii_digit() == letters_first)?;
            let (left, right) = word.split_at(at);
            let pure = right.chars().all(|c| c.is_ascii_digit() == letters_first);
            let known = pure && self.known(left) > 0 && self.known(right) > 0;
            return known.then(|| (left.to_owned(), right.to_owned()));
        }
        if self.scans >= MAX_SPELT || self.correct(word, 1).is_some() {
            return None;
        }
        let cuts =
            word.char_indices().map(|(at, _)| at).filter(|at| *at >= 3 && at + 3 <= word.len());
        let halves = cuts.map(|at| word.split_at(at));
        let worth = |(l, r): &(&str, &str)| self.known(l).min(self.known(r));
        let best = halves.max_by_key(worth)?;
        (worth(&best) > 1).then(|| (best.0.to_owned(), best.1.to_owned()))
    }

    fn spelled(&self, changes: &[((usize, usize), String)]) -> String {
        let mut changes: Vec<_> = changes.to_vec();
        changes.sort_unstable();
        let (mut out, mut at) = (String::new(), 0);
        for ((start, end), word) in changes {
            out.push_str(&self.text[at..start]);
            out.push_str(&word);
            at = end;
        }
        out.push_str(&self.text[at..]);
        out.trim().to_owned()
    }
}

/// "smart watch" is answered by "smartwatch" too, where products write it so.
fn join_neighbours(slots: &mut [Slot], lexicon: &dyn Lexicon) {
    for i in 1..slots.len().min(MAX_GROUPS) {
        let joined = format!("{}{}", slots[i - 1].word, slots[i].word);
        let term = stem_into(&joined);
        let new = slots[i].also.iter().all(|(t, _)| *t != term && *t != joined);
        if joined.len() > 3 && new && lexicon.frequency(&term) > 0 {
            slots[i - 1].also.push((term.clone(), 0.9));
            slots[i].also.push((term, 0.9));
        }
    }
}

fn group(slot: Slot, lexicon: &dyn Lexicon, words: &Synonyms) -> Group {
    let term = stem_into(&slot.word);
    let mut alternatives = vec![Alternative { terms: vec![term.clone()], weight: 1.0 }];
    let mut add = |terms: Vec<String>, weight: f32| {
        let known = terms.iter().all(|t| lexicon.frequency(t) > 0);
        if known && !alternatives.iter().any(|a| a.terms == terms) {
            alternatives.push(Alternative { terms, weight });
        }
    };
    for (other, weight) in slot.also {
        add(vec![other], weight);
    }
    for (other, weight) in words.of(&term) {
        add(vec![other], SYNONYM * weight);
    }
    for phrase in synonyms::phrases_of(&term) {
        add(phrase.iter().map(|w| (*w).to_owned()).collect(), 0.8);
    }
    Group { term, alternatives }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::spelling::Vocabulary;
    use std::collections::HashMap;

    struct Known {
        terms: HashMap<String, u32>,
        words: Vocabulary,
    }

    impl Known {
        fn of(words: &[(&str, u32)]) -> Self {
            let terms = words.iter().map(|(w, n)| (stem_into(w), *n)).collect();
            let plain = words.iter().filter(|(w, _)| is_spellable(w));
            let words = Vocabulary::learn(plain.map(|(w, n)| ((*w).to_owned(), *n)));
            Self { terms, words }
        }
    }

    impl Lexicon for Known {
        fn frequency(&self, term: &str) -> u32 {
            self.terms.get(term).copied().unwrap_or(0)
        }
        fn correct(&self, word: &str, most: u8) -> Option<Candidate> {
            self.words.correct(word, most)
        }
    }

    fn shop() -> Known {
        Known::of(&[
            ("keyboard", 300),
            ("keybord", 1),
            ("gaming", 200),
            ("mouse", 500),
            ("pad", 90),
            ("smartwatch", 20),
            ("smart", 50),
            ("watch", 60),
            ("iphone", 40),
            ("7", 900),
            ("tn2110", 1),
            ("250gb", 12),
            ("laptop", 100),
            ("notebook", 100),
        ])
    }

    fn terms(text: &str) -> Vec<String> {
        plan(text, &shop(), &Synonyms::default()).groups.into_iter().map(|g| g.term).collect()
    }

    #[test]
    fn reads_what_was_meant() {
        for (text, expected) in [
            ("Gaming Keyboards", &["gaming", "keyboard"][..]),
            ("gaming keybaord", &["gaming", "keyboard"]),
            ("mousepad", &["mouse", "pad"]),
            ("iphone7", &["iphone", "7"]),
            ("250 gb", &["250gb"]),
            ("250gb", &["250gb"]),
            ("a mouse for the laptop", &["mouse", "laptop"]),
            ("the", &["the"]),
            ("mouse mouse mouse", &["mouse"]),
            ("", &[]),
            ("\"*+-", &[]),
        ] {
            assert_eq!(terms(text), expected, "{text}");
        }
    }

    #[test]
    fn corrects_only_what_no_product_has_and_offers_the_rest() {
        let applied = plan("Gaming keybaord!", &shop(), &Synonyms::default());
        assert_eq!(applied.did_you_mean.as_deref(), Some("Gaming keyboard!"));
        assert_eq!(applied.searched, "Gaming keyboard!");
        let offered = plan("keybord", &shop(), &Synonyms::default());
        assert_eq!(offered.did_you_mean.as_deref(), Some("keyboard"));
        assert_eq!(offered.searched, "keybord");
        let fine = plan("keyboard", &shop(), &Synonyms::default());
        assert_eq!((fine.did_you_mean, fine.searched.as_str()), (None, "keyboard"));
    }

    #[test]
    fn a_word_that_has_a_synonym_here_is_no_mistake() {
        let shop = Known::of(&[("tray", 11), ("grey", 235)]);
        let planned = plan("gray", &shop, &Synonyms::default());
        assert_eq!((planned.did_you_mean, planned.searched.as_str()), (None, "gray"));
        assert!(planned.groups[0].alternatives.iter().any(|other| other.terms == ["grey"]));
        let without = plan("gray", &Known::of(&[("tray", 11)]), &Synonyms::default());
        assert_eq!(without.searched, "tray");
    }

    #[test]
    fn model_numbers_and_compounds_have_their_whole_as_an_alternative() {
        let whole = |text: &str, term: &str| {
            let groups = plan(text, &shop(), &Synonyms::default()).groups;
            groups.iter().all(|g| g.alternatives.iter().any(|a| a.terms == [term]))
        };
        assert!(whole("TN-2110", "tn2110"));
        assert!(whole("tn 2110", "tn2110"));
        assert!(whole("smart watch", "smartwatch"));
        assert!(whole("laptop", "notebook"));
    }

    #[test]
    fn the_vocabulary_is_scanned_a_few_times_whatever_is_typed() {
        struct Counting(std::cell::Cell<u32>);
        impl Lexicon for Counting {
            fn frequency(&self, _: &str) -> u32 {
                0
            }
            fn correct(&self, _: &str, _: u8) -> Option<Candidate> {
                self.0.set(self.0.get() + 1);
                None
            }
        }
        let letters = |n: usize| ["zxq", "kjw", "vbp", "gfd"][n % 4].repeat(1 + n % 3);
        let flood: String =
            (0..199).map(|i| format!("{}{} ", letters(i), letters(i / 4))).collect();
        let counting = Counting(std::cell::Cell::new(0));
        let _ = plan(&flood, &counting, &Synonyms::default());
        assert!((1..=MAX_SPELT).contains(&counting.0.get()), "{}", counting.0.get());
    }

    #[test]
    fn a_flood_of_words_is_cut() {
        let flood: String = (0..5_000).map(|i| format!("w{i} ")).collect();
        assert!(plan(&flood, &shop(), &Synonyms::default()).groups.len() <= MAX_GROUPS);
    }
}
