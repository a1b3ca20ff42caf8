//! Words that shops and shoppers use for the same thing. Only what holds in any shop: a catalogue's
//! own vocabulary is learnt from its titles, not listed here.

/// Stems that mean the same, with how much a product that uses the other word counts.
const SAME: [(&[&str], f32); 25] = [
    (&["laptop", "notebook"], 0.9),
    (&["tv", "television"], 1.0),
    (&["smartphone", "cellphone"], 1.0),
    (&["headphone", "earphone"], 0.8),
    (&["earbud", "earphone"], 0.9),
    (&["monitor", "display"], 0.7),
    (&["desktop", "pc"], 0.7),
    (&["computer", "pc"], 0.9),
    (&["fridge", "refrigerator"], 1.0),
    (&["hoover", "vacuum"], 1.0),
    (&["cable", "cord"], 0.8),
    (&["charger", "adapter"], 0.5),
    (&["powerbank", "battery"], 0.4),
    (&["sneaker", "trainer"], 0.9),
    (&["trouser", "pant"], 0.9),
    (&["sofa", "couch"], 1.0),
    (&["rucksack", "backpack"], 1.0),
    (&["grey", "gray"], 1.0),
    (&["colour", "color"], 1.0),
    (&["bike", "bicycle"], 1.0),
    (&["ps4", "playstation4"], 1.0),
    (&["mobile", "cell"], 0.7),
    (&["photo", "photograph"], 0.7),
    (&["torch", "flashlight"], 0.9),
    (&["mug", "cup"], 0.7),
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
#[must_use]
pub fn of(stem: &str) -> Vec<(&'static str, f32)> {
    let sets = SAME.iter().filter(|(set, _)| set.contains(&stem));
    let others = |(set, weight): &(&'static [&'static str], f32)| {
        let weight = *weight;
        set.iter().map(move |other| (*other, weight)).collect::<Vec<_>>()
    };
    sets.flat_map(others).filter(|(other, _)| *other != stem).collect()
}

/// Phrases that mean the same as a stem.
#[must_use]
pub fn phrases_of(stem: &str) -> Vec<&'static [&'static str]> {
    PHRASES.iter().filter(|(word, _)| *word == stem).map(|(_, phrase)| *phrase).collect()
}
