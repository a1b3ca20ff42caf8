//! Words that shops and shoppers use for the same thing. Only what holds in any shop: a catalogue's
//! own vocabulary is learnt from its titles, not listed here.

use super::fold::stem_into;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A stem, one that means the same, and how surely: who says "laptop" means a notebook, who says
/// "notebook" may mean paper.
const SAME: [(&str, &str, f32); 37] = [
    ("laptop", "notebook", 1.0),
    ("notebook", "laptop", 0.4),
    ("tv", "television", 1.0),
    ("television", "tv", 1.0),
    ("smartphone", "cellphone", 1.0),
    ("cellphone", "smartphone", 1.0),
    ("headphone", "earphone", 0.7),
    ("earphone", "headphone", 0.7),
    ("earbud", "earphone", 1.0),
    ("earphone", "earbud", 0.8),
    ("monitor", "display", 0.5),
    ("display", "monitor", 0.5),
    ("computer", "pc", 1.0),
    ("pc", "computer", 0.5),
    ("desktop", "pc", 0.4),
    ("fridge", "refrigerator", 1.0),
    ("refrigerator", "fridge", 1.0),
    ("hoover", "vacuum", 1.0),
    ("cable", "cord", 0.7),
    ("cord", "cable", 0.7),
    ("charger", "adapter", 0.4),
    ("sneaker", "trainer", 0.8),
    ("trouser", "pant", 0.8),
    ("sofa", "couch", 1.0),
    ("couch", "sofa", 1.0),
    ("rucksack", "backpack", 1.0),
    ("backpack", "rucksack", 1.0),
    ("grey", "gray", 1.0),
    ("gray", "grey", 1.0),
    ("colour", "color", 1.0),
    ("color", "colour", 1.0),
    ("bike", "bicycle", 1.0),
    ("bicycle", "bike", 1.0),
    ("photograph", "photo", 0.8),
    ("torch", "flashlight", 0.8),
    ("flashlight", "torch", 0.8),
    ("mug", "cup", 0.5),
];

/// Phrases and the word that means the same, as stems: found where all the phrase's words are.
const PHRASES: [(&str, &[&str]); 12] = [
    ("smartwatch", &["smart", "watch"]),
    ("smartphone", &["mobile", "phone"]),
    ("powerbank", &["power", "bank"]),
    ("mousepad", &["mouse", "pad"]),
    ("hdd", &["hard", "drive"]),
    ("ssd", &["solid", "state"]),
    ("ps4", &["playstation", "4"]),
    ("ps5", &["playstation", "5"]),
    ("ps3", &["playstation", "3"]),
    ("tv", &["flat", "panel"]),
    ("earbud", &["in", "ear"]),
    ("psu", &["power", "supply"]),
];

/// Most synonyms that a shop adds or changes.
pub const MOST: usize = 2_000;
/// Most characters of a word.
const WORD: usize = 40;

/// One direction: who says `word` is also shown what says `other`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Synonym {
    /// A stem.
    pub word: String,
    /// Another one.
    pub other: String,
    /// How surely it means the same, in percent; 0 switches off what would be known otherwise.
    pub percent: u8,
}

/// Why two words are no synonym, in words for people.
pub type NoSynonym = &'static str;

/// A synonym of words as somebody types them.
///
/// # Errors
/// Not one word each, or the same one; more than certain.
pub fn synonym(word: &str, other: &str, percent: u8) -> Result<Synonym, NoSynonym> {
    let stem = |text: &str| -> Result<String, NoSynonym> {
        let lower = text.trim().to_lowercase();
        match lower.chars().count() {
            0 => return Err("a word is missing"),
            count if count > WORD => return Err("a word is longer than 40 characters"),
            _ => {}
        }
        if !lower.chars().all(char::is_alphanumeric) {
            return Err("write one word, without blanks or signs");
        }
        Ok(stem_into(&lower))
    };
    let (word, other) = (stem(word)?, stem(other)?);
    if word == other {
        return Err("these are one word");
    }
    if percent > 100 {
        return Err("more than certain");
    }
    Ok(Synonym { word, other, percent })
}

/// What a shop knows beside [the words of any shop](SAME): its own synonyms, and changes of those. Clones
/// share it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Synonyms(Arc<BTreeMap<String, Vec<Synonym>>>);

impl Synonyms {
    /// Of a shop's own ones; the last of a pair counts.
    #[must_use]
    pub fn new(own: Vec<Synonym>) -> Self {
        let mut by_word: BTreeMap<String, Vec<Synonym>> = BTreeMap::new();
        for synonym in own {
            let known = by_word.entry(synonym.word.clone()).or_default();
            known.retain(|before| before.other != synonym.other);
            known.push(synonym);
        }
        Self(Arc::new(by_word))
    }

    /// Other stems for a stem, each with its weight.
    #[must_use]
    pub fn of(&self, stem: &str) -> Vec<(String, f32)> {
        let own: &[Synonym] = self.0.get(stem).map_or(&[], Vec::as_slice);
        let usual = SAME.iter().filter(|(word, other, _)| {
            *word == stem && own.iter().all(|synonym| synonym.other != *other)
        });
        let usual = usual.map(|(_, other, sure)| ((*other).to_owned(), *sure));
        let own = own.iter().filter(|synonym| synonym.percent > 0);
        let own = own.map(|synonym| (synonym.other.clone(), f32::from(synonym.percent) / 100.0));
        usual.chain(own).collect()
    }
}

/// The words of any shop, for whoever looks at them.
#[must_use]
pub fn usual() -> Vec<Synonym> {
    let one = |(word, other, sure): &(&str, &str, f32)| Synonym {
        word: (*word).to_owned(),
        other: (*other).to_owned(),
        percent: (sure * 100.0).round() as u8,
    };
    SAME.iter().map(one).collect()
}

/// Phrases that mean the same as a stem.
#[must_use]
pub fn phrases_of(stem: &str) -> Vec<&'static [&'static str]> {
    PHRASES.iter().filter(|(word, _)| *word == stem).map(|(_, phrase)| *phrase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shop_adds_changes_and_switches_off_in_one_direction() {
        let own = [
            synonym("Settees", "sofa", 90).unwrap(),
            synonym("sofa", "couch", 0).unwrap(),
            synonym("mug", "cup", 10).unwrap(),
        ];
        let words = Synonyms::new(own.to_vec());
        assert_eq!(words.of("settee"), [("sofa".to_owned(), 0.9)], "a stem, and a new pair");
        assert_eq!(words.of("sofa"), [], "switched off, and not the other way round");
        assert_eq!(words.of("couch"), [("sofa".to_owned(), 1.0)]);
        assert_eq!(words.of("mug"), [("cup".to_owned(), 0.1)], "changed");
        assert_eq!(Synonyms::default().of("mug"), [("cup".to_owned(), 0.5)]);
        assert!(usual().contains(&synonym("mug", "cup", 50).unwrap()));
    }

    #[test]
    fn only_two_words_are_a_synonym() {
        for (word, other) in [("", "a"), ("two words", "a"), ("sofa", "Sofas"), ("a-b", "c")] {
            assert!(synonym(word, other, 50).is_err(), "{word} {other}");
        }
        assert!(synonym("a", "b", 101).is_err() && synonym(&"x".repeat(41), "b", 1).is_err());
    }
}
