//! The colours of one product's drawing: what its options and attributes say, else what its seed says.

use super::colour::{self, Colour};
use super::paint::Paints;
use super::seed;
use crate::model::{Product, Variant};
use std::collections::BTreeMap;

/// Attributes that name the thing's own colour.
const COLOURS: [&str; 3] = ["colour", "color", "product_colour"];

/// Tones for things whose colour nobody named: quiet, and apart from each other.
const TONES: [&str; 14] = [
    "3c4046", "9caf92", "c08a3a", "26375c", "bd6a4a", "efe6d2", "2a7f7c", "7c4529", "8fbcd9",
    "6a2434", "73763f", "d48c8f", "4a678f", "c6cacd",
];

const ACCENTS: [&str; 8] =
    ["d99a3c", "c4553f", "2a7f7c", "e0b84d", "4a678f", "e8826c", "6b7a45", "8a4f66"];

const SECONDS: [&str; 6] = ["c79d6c", "75503a", "efe6d2", "2b2d31", "c9a35a", "b9b0a3"];

const PATTERNS: [&str; 10] = [
    "",
    "striped",
    "",
    "checked",
    "herringbone",
    "",
    "ribbed",
    "pinstriped",
    "botanical",
    "waffle",
];

/// Words of a title, and the cloth that they mean.
const CLOTH: [(&str, &str); 9] = [
    ("flannel", "checked"),
    ("oxford", "pinstriped"),
    ("linen", ""),
    ("jumper", "cable knit"),
    ("cardigan", "ribbed"),
    ("knit", "cable knit"),
    ("wool coat", "herringbone"),
    ("socks", "striped"),
    ("towel", "waffle"),
];

/// The colour that the product is shown in: one of those it comes in, not the same for all.
pub(super) fn face(product: &Product) -> Option<&str> {
    let values = COLOURS.iter().find_map(|name| product.attributes.get(*name))?;
    let at = usize::try_from(seed(product) % values.len().max(1) as u64).unwrap_or(0);
    values.get(at).map(String::as_str)
}

pub(super) fn paints(product: &Product, variant: Option<&Variant>) -> Paints {
    let seed = seed(product);
    let attribute = |name: &str| product.attributes.get(name).and_then(|values| values.first());
    let option = COLOURS.iter().find_map(|name| variant?.options.get(*name));
    let named = option.map(String::as_str).or_else(|| face(product)).and_then(colour::named);
    let made = || attribute("material").and_then(|material| colour::named(material));
    let own = named.or_else(made).unwrap_or_else(|| one_of(&TONES, seed));
    let handle = attribute("handle").and_then(|wood| colour::named(wood));
    let second = handle.unwrap_or_else(|| apart(&SECONDS, seed >> 8, own));
    let accent = apart(&ACCENTS, seed >> 16, own);
    let title = product.title.to_lowercase();
    let cloth = CLOTH.iter().find(|(word, _)| title.contains(word)).map(|(_, cloth)| *cloth);
    let at = usize::try_from((seed >> 24) % PATTERNS.len() as u64).unwrap_or(0);
    let pattern = cloth.unwrap_or(PATTERNS[at]).to_owned();
    Paints { slots: BTreeMap::from([('a', own), ('b', second), ('c', accent)]), pattern }
}

fn one_of(tones: &[&str], seed: u64) -> Colour {
    let at = usize::try_from(seed % tones.len() as u64).unwrap_or(0);
    Colour::of_hex(tones[at]).unwrap_or(Colour(128, 128, 128))
}

/// The first of them, from the seed on, that stands out from the other.
fn apart(tones: &[&str], seed: u64, from: Colour) -> Colour {
    let all = (0..tones.len() as u64).map(|step| one_of(tones, seed.wrapping_add(step)));
    let mut far = all.filter(|tone| tone.distance(from) > 110);
    far.next().unwrap_or_else(|| one_of(tones, seed))
}
