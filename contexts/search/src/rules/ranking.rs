//! What counts how much: BM25F over four fields, what kind of thing a product is, then a closer
//! look at the titles of the best.
//!
//! Engines add up [`tf`] of every field in which a term stands, [`saturate`] the sum per term, and
//! hand the best [`CLOSER_LOOK`] hits to [`Titles`]. All numbers of the ranking policy are here.

use super::demand::MAX_LIFT;
use super::plan::{MAX_GROUPS, Plan};
use crate::model::Sort;

/// How many of the best hits have their titles looked at.
pub const CLOSER_LOOK: usize = 200;
/// While fewer products than this have every word, products that miss one are found as well.
pub const ENOUGH: usize = 10;

/// How many fields there are.
pub const FIELDS: usize = 4;

/// Where a term stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// The product's name.
    Title,
    /// Brand, codes and categories.
    Key,
    /// What is said of it: the shorter, the more each word tells.
    Description,
    /// Values of attributes: many, and mostly of its parts.
    Attributes,
}

impl Field {
    /// All fields.
    pub const ALL: [Self; FIELDS] = [Self::Title, Self::Key, Self::Description, Self::Attributes];

    /// What a term in this field counts.
    #[must_use]
    pub const fn weight(self) -> f32 {
        match self {
            Self::Title | Self::Key => 3.0,
            Self::Description => 1.0,
            Self::Attributes => 0.3,
        }
    }

    /// How much a long field weakens each of its terms: 0 not at all, 1 in proportion.
    const fn length_matters(self) -> f32 {
        match self {
            Self::Title => 0.5,
            Self::Key => 0.0,
            Self::Description => 0.9,
            Self::Attributes => 0.75,
        }
    }
}

/// The weighted frequency of a term that stands `times` in a field of `length` terms, where a field
/// has `average` terms.
#[must_use]
pub fn tf(field: Field, times: u32, length: u32, average: f32) -> f32 {
    counted(field, times) as f32 * per_occurrence(field, length, average)
}

/// How many of a term's occurrences count: a title that repeats a word is not more about it.
#[must_use]
pub const fn counted(field: Field, times: u32) -> u32 {
    match field {
        Field::Title | Field::Key => {
            if times > 1 {
                1
            } else {
                times
            }
        }
        Field::Description | Field::Attributes => times,
    }
}

/// [`tf`] of one occurrence: engines keep it in a table by length.
#[must_use]
pub fn per_occurrence(field: Field, length: u32, average: f32) -> f32 {
    let b = field.length_matters();
    field.weight() / (1.0 - b + b * length as f32 / average.max(1.0))
}

/// How much each further occurrence adds: less and less.
const SATURATION: f32 = 2.0;

/// The sum of [`tf`]s of a term, saturated, between 0 and 1.
#[must_use]
pub fn saturate(sum: f32) -> f32 {
    sum / (sum + SATURATION)
}

/// How much a term tells that `products` of `all` have: BM25's inverse document frequency.
#[must_use]
pub fn idf(products: u32, all: u32) -> f32 {
    let (df, n) = (products as f32, all.max(products) as f32);
    // Never zero: engines tell what they have seen by it.
    ((n - df + 0.5) / (df + 0.5)).ln_1p().max(1e-3)
}

/// The idf of an alternative: a synonym tells no more than the word itself, a compound does.
#[must_use]
pub fn alternative_idf(own: f32, first: f32, first_known: bool, weight: f32) -> f32 {
    // Whole compounds weigh 1 or 0.9 and are rarer than their parts on purpose.
    if weight >= 0.9 || !first_known { own } else { own.min(first) }
}

/// How many groups a product must answer to be found, when `answered[k]` products answer exactly
/// `k` groups: all of them, or as many as any product does. By relevance, products that miss one
/// more fill up a thin page; in other orders they would stand before the real answers.
#[must_use]
pub fn required(answered: &[usize], sort: Sort) -> usize {
    let best = answered.iter().rposition(|products| *products > 0).unwrap_or(0);
    if sort != Sort::Relevance || best <= 1 {
        return best.max(1);
    }
    let (mut found, mut level) = (answered[best], best);
    while level > 1 && found < ENOUGH && level * 2 > best {
        level -= 1;
        found += answered[level];
    }
    level
}

/// What is multiplied to the score of a product that answers `answered` of `groups` groups.
#[must_use]
pub fn coverage(answered: usize, groups: usize) -> f32 {
    let share = answered as f32 / groups.max(1) as f32;
    share * share
}

/// What is known of a product apart from its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// Whether it can be bought.
    pub in_stock: bool,
    /// Whether it comes fast.
    pub fast_delivery: bool,
    /// As in [`Demand`](crate::model::Demand).
    pub popularity: u32,
    /// As in [`Demand`](crate::model::Demand).
    pub conversion: i16,
    /// Mean rating times ten.
    pub rating_tenths: u8,
    /// How many ratings.
    pub reviews: u32,
}

/// What is multiplied to the score of a product for what is known of it: between 0.7 and 1.45.
#[must_use]
pub fn standing(known: Standing) -> f32 {
    let stock = if known.in_stock { 1.0 } else { 0.9 };
    let fast = if known.fast_delivery { 0.03 } else { 0.0 };
    let conversion = f32::from(known.conversion.clamp(-MAX_LIFT, MAX_LIFT)) / 1_000.0;
    let sales = (1.0 + known.popularity as f32).ln();
    let popularity = 0.2 * sales / (sales + 4.0);
    let trust = known.reviews as f32 / (known.reviews as f32 + 10.0);
    let rating = 0.05 * trust * (f32::from(known.rating_tenths) - 30.0) / 20.0;
    stock * (1.0 + popularity + rating + conversion + fast)
}

/// A short name of a term, for titles kept in memory.
#[must_use]
pub fn term_hash(term: &str) -> u32 {
    // FNV-1a.
    term.bytes().fold(0x811c_9dc5, |hash, b| (hash ^ u32::from(b)).wrapping_mul(0x0100_0193))
}

/// What an accessory is called. A title in which such a word follows the searched one, and wasn't
/// searched for, names something *for* what is searched for.
const ACCESSORIES: [&str; 58] = [
    "case",
    "bag",
    "sleeve",
    "cover",
    "stand",
    "mount",
    "holder",
    "charger",
    "adapter",
    "cable",
    "lock",
    "backpack",
    "battery",
    "dock",
    "docking",
    "cart",
    "cleaner",
    "cleaning",
    "skin",
    "protector",
    "film",
    "strap",
    "band",
    "kit",
    "bracket",
    "arm",
    "tray",
    "lamp",
    "toner",
    "ink",
    "cartridge",
    "memory",
    "module",
    "spare",
    "replacement",
    "stylus",
    "cord",
    "desk",
    "pad",
    "mat",
    "rest",
    "drawer",
    "cooler",
    "cooling",
    "filter",
    "roller",
    "drum",
    "privacy",
    "rack",
    "shelf",
    "fuser",
    "waste",
    "feeder",
    "paper",
    "tripod",
    "remote",
    "internal",
    "upgrade",
];

/// What a thing is stands among the first words of its title; what it has follows.
const HEAD: usize = 8;
/// What is multiplied to the score of an accessory.
const ACCESSORY: f32 = 0.7;
/// What is multiplied to the score of a thing that only has what was asked.
const ASIDE: f32 = 0.65;
/// What is added for searched words that stand side by side in the title…
const TITLE_PHRASE: f32 = 0.4;
/// …and at the beginning of the description.
const LEAD_PHRASE: f32 = 0.4;
/// Terms of a description that are looked at.
pub const LEAD: usize = 24;

/// Words after which a title names what the product is for.
const FOR: [&str; 6] = ["for", "fit", "compatible", "suitable", "to", "fur"];

/// Looks at the titles of the best hits: phrases, exact names, accessories.
pub struct Titles {
    groups: Vec<Vec<u32>>,
    accessories: Vec<u32>,
    purpose: Vec<u32>,
}

impl Titles {
    /// A look with the words of `plan` in mind.
    #[must_use]
    pub fn new(plan: &Plan) -> Self {
        let hashes = |g: &super::plan::Group| {
            let terms = g.alternatives.iter().flat_map(|a| a.terms.iter());
            terms.map(|t| term_hash(t)).collect::<Vec<_>>()
        };
        let groups: Vec<Vec<u32>> = plan.groups.iter().map(hashes).collect();
        let asked = |hash: &u32| groups.iter().any(|g| g.contains(hash));
        let accessories = ACCESSORIES.iter().map(|w| term_hash(w)).filter(|h| !asked(h)).collect();
        let purpose = FOR.iter().map(|w| term_hash(w)).filter(|h| !asked(h)).collect();
        Self { groups, accessories, purpose }
    }

    /// What is multiplied to the score of a product with this title and this beginning of its
    /// description, as hashes of their terms in order.
    #[must_use]
    pub fn look(&self, title: &[u32], lead: &[u32]) -> f32 {
        let said = LEAD_PHRASE * self.phrase(&self.places(lead));
        self.look_at_title(title) + said
    }

    /// Where each group first stands.
    fn places(&self, terms: &[u32]) -> [usize; MAX_GROUPS] {
        let mut places = [usize::MAX; MAX_GROUPS];
        for (place, group) in places.iter_mut().zip(&self.groups) {
            *place = terms.iter().position(|t| group.contains(t)).unwrap_or(usize::MAX);
        }
        places
    }

    /// The share of neighbours in the text that are neighbours here.
    fn phrase(&self, places: &[usize; MAX_GROUPS]) -> f32 {
        let pairs = places.windows(2).filter(|w| w[0] != usize::MAX && w[1] == w[0] + 1).count();
        pairs as f32 / (self.groups.len().max(2) - 1) as f32
    }

    fn look_at_title(&self, title: &[u32]) -> f32 {
        let groups = &self.groups;
        let places = self.places(title);
        let Some(&last) = places.iter().filter(|p| **p != usize::MAX).max() else { return 1.0 };
        let phrase = TITLE_PHRASE * self.phrase(&places);
        let whole = title.iter().all(|t| groups.iter().any(|g| g.contains(t)));
        let named = if whole { 0.25 } else { 0.0 };
        let first = places.iter().copied().min().unwrap_or(0);
        let purpose = title.iter().take(first).any(|t| self.purpose.contains(t));
        let mut after = title.iter().skip(last + 1).take(3);
        let accessory = after.any(|t| self.accessories.contains(t));
        let kind = if purpose || accessory { ACCESSORY } else { 1.0 };
        let aside = if first >= HEAD { ASIDE } else { 1.0 };
        (1.0 + phrase + named) * kind * aside
    }
}

/// The key by which hits are ordered, least first; equal keys are ordered by product id.
#[must_use]
pub fn sort_key(sort: Sort, score: f32, price: i64, created: i64, known: Standing) -> i64 {
    match sort {
        // Positive floats order as their bits do.
        Sort::Relevance => -i64::from(score.max(0.0).to_bits()),
        // What has no price yet is not the cheapest.
        Sort::PriceAscending if price <= 0 => i64::MAX,
        Sort::PriceAscending => price,
        Sort::PriceDescending => price.saturating_neg(),
        Sort::Newest => created.saturating_neg(),
        Sort::Popularity => -i64::from(known.popularity),
        Sort::Rating => -((i64::from(known.rating_tenths) << 32) | i64::from(known.reviews)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::plan::{Alternative, Group};

    fn titles(words: &[&str]) -> Titles {
        let group = |w: &&str| Group {
            term: (*w).to_owned(),
            alternatives: vec![Alternative { terms: vec![(*w).to_owned()], weight: 1.0 }],
        };
        Titles::new(&Plan { groups: words.iter().map(group).collect(), ..Plan::default() })
    }

    fn look(words: &[&str], title: &str) -> f32 {
        let title: Vec<u32> = title.split(' ').map(term_hash).collect();
        titles(words).look(&title, &[])
    }

    #[test]
    fn a_title_counts_three_times_a_description() {
        let title = tf(Field::Title, 1, 10, 10.0);
        let body = tf(Field::Description, 1, 10, 10.0);
        assert!((title - 3.0 * body).abs() < 1e-6);
    }

    #[test]
    fn one_odd_word_never_empties_a_page() {
        assert_eq!(required(&[0, 500, 40, 0], Sort::Relevance), 2);
        assert_eq!(required(&[0, 500, 40, 3], Sort::Relevance), 2);
        assert_eq!(required(&[0, 500, 40, 30], Sort::Relevance), 3);
        assert_eq!(required(&[0, 500, 40, 3], Sort::PriceAscending), 3);
        assert_eq!(required(&[0, 0], Sort::Relevance), 1);
        assert_eq!(required(&[], Sort::Relevance), 1);
    }

    #[test]
    fn things_stand_before_what_is_made_for_them() {
        assert!(look(&["laptop"], "acme laptop silver") > look(&["laptop"], "acme laptop bag"));
        assert!(look(&["laptop"], "acme laptop") > look(&["laptop"], "charger for acme laptop"));
        assert!(look(&["laptop", "bag"], "laptop bag") > look(&["laptop", "bag"], "bag laptop"));
    }

    #[test]
    fn what_can_be_bought_stands_slightly_before_what_can_not() {
        let here = standing(Standing { in_stock: true, ..Standing::default() });
        let gone = standing(Standing { in_stock: false, ..Standing::default() });
        assert!(here > gone && gone > 0.8 * here);
    }
}
