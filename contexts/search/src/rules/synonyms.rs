//! Words that shops and shoppers use for the same thing. Only what holds in any shop: a catalogue's
//! own vocabulary is learnt from its titles, not listed here.

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

/// Other stems for a stem, each with its weight.
pub fn of(stem: &str) -> impl Iterator<Item = (&'static str, f32)> {
    SAME.iter().filter(move |(word, ..)| *word == stem).map(|(_, other, sure)| (*other, *sure))
}

/// Phrases that mean the same as a stem.
#[must_use]
pub fn phrases_of(stem: &str) -> Vec<&'static [&'static str]> {
    PHRASES.iter().filter(|(word, _)| *word == stem).map(|(_, phrase)| *phrase).collect()
}
