//! Reviews of a demo shop: the project's own words, put together by dice that each product throws for
//! itself, so that a shop has the same ones whenever it is filled.

use crate::{Review, ReviewId, Standing, Stars};
use souk_kernel::{DAY_MS, Entropy, Id, ProductId, SeededEntropy, Timestamp, UserId};

mod words;

/// What is reviewed.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The product.
    pub product: ProductId,
    /// Its name in the catalogue it comes from: the same in every shop, as its id is not.
    pub name: &'a str,
    /// Its department.
    pub department: &'a str,
    /// Attributes that a sentence can name: name and value.
    pub attributes: &'a [(String, String)],
}

/// People who write reviews in a demo shop.
const PEOPLE: u64 = 600;
/// The most reviews of a product.
const MOST: u64 = 26;
const DAYS: u64 = 420;

struct Dice(SeededEntropy);

impl Dice {
    fn of(name: &str) -> Self {
        // FNV-1a.
        let step = |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        Self(SeededEntropy::new(name.bytes().fold(0xcbf2_9ce4_8422_2325, step)))
    }

    fn below(&self, n: u64) -> u64 {
        self.0.next_u64() % n.max(1)
    }

    fn pick<'a>(&self, from: &[&'a str]) -> &'a str {
        from[usize::try_from(self.below(from.len() as u64)).unwrap_or_default()]
    }

    fn chance(&self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

/// The reviews of a product, written before `at`. A tenth of the products has none.
#[must_use]
pub fn reviews(subject: &Subject<'_>, at: Timestamp) -> Vec<Review> {
    let dice = Dice::of(subject.name);
    if dice.chance(10) {
        return Vec::new();
    }
    // The lesser of two throws: few products have many.
    let many = 1 + dice.below(MOST).min(dice.below(MOST));
    // How good it is: the chances of five stars and of a bad day.
    let (loved, broken) = (30 + dice.below(45), 2 + dice.below(14));
    let first = dice.below(PEOPLE);
    let write = |n| {
        let person = (first + n * 7) % PEOPLE;
        let throw = dice.below(100);
        let stars = match throw {
            _ if throw < broken => 1 + throw % 2,
            _ if throw >= 100 - loved => 5,
            _ if throw < broken + 12 => 3,
            _ => 4,
        };
        one(&dice, subject, (person, stars), at)
    };
    (0..many).map(write).collect()
}

fn one(dice: &Dice, subject: &Subject<'_>, (person, stars): (u64, u64), at: Timestamp) -> Review {
    let ago = i64::try_from(dice.below(DAYS * 86_400_000)).unwrap_or_default();
    let created = Timestamp(at.0 - DAY_MS - ago);
    let (title, text) = words(dice, subject, stars);
    let count = u8::try_from(stars).unwrap_or(3);
    let helpful = if text.len() > 220 { dice.below(19) } else { dice.below(5) };
    Review {
        id: id(dice, created),
        product: subject.product,
        author: author(person),
        byline: name(person),
        stars: Stars::new(count).unwrap_or(Stars::ONE),
        title,
        text,
        verified: dice.chance(82),
        standing: Standing::Published,
        created,
        edited: None,
        helpful: u32::try_from(helpful).unwrap_or_default(),
        reports: 0,
        version: 1,
    }
}

/// As a mint would have made it at that time.
fn id(dice: &Dice, at: Timestamp) -> ReviewId {
    let mut bytes = dice.0.token();
    bytes[..6].copy_from_slice(&at.0.to_be_bytes()[2..]);
    bytes[6] = 0x70 | (bytes[6] & 0x0F);
    bytes[8] = 0x80 | (bytes[8] & 0x3F);
    Id::from_bytes(bytes)
}

/// Nobody who signs in: the same person in every demo shop.
fn author(person: u64) -> UserId {
    let mut bytes = SeededEntropy::new(0x50_4B ^ person).token();
    bytes[..6].copy_from_slice(&[0; 6]);
    bytes[6] = 0x70 | (bytes[6] & 0x0F);
    bytes[8] = 0x80 | (bytes[8] & 0x3F);
    Id::from_bytes(bytes)
}

fn name(person: u64) -> String {
    let at = |n: u64| usize::try_from(n).unwrap_or_default();
    let first = words::FIRST[at(person) % words::FIRST.len()];
    let initial = char::from(b'A' + u8::try_from(person * 11 / 3 % 23).unwrap_or_default());
    format!("{first} {initial}.")
}

fn words(dice: &Dice, subject: &Subject<'_>, stars: u64) -> (String, String) {
    let trade = words::Trade::of(subject.department);
    let mut text = vec![dice.pick(words::OPENINGS).to_owned()];
    let fact = |dice: &Dice| {
        let many = subject.attributes.len().min(6) as u64;
        let at = usize::try_from(dice.below(many)).unwrap_or_default();
        let (name, value) = subject.attributes.get(at)?;
        let about = dice.pick(if stars >= 4 { words::FACTS } else { words::DOUBTS });
        Some(about.replace("{name}", &name.to_lowercase()).replace("{value}", value))
    };
    let (title, close) = match stars {
        5 => (words::TITLES_BEST, words::CLOSES_BEST),
        4 => (words::TITLES_GOOD, words::CLOSES_GOOD),
        3 => (words::TITLES_MIXED, words::CLOSES_MIXED),
        _ => (words::TITLES_BAD, words::CLOSES_BAD),
    };
    if stars >= 3 {
        text.push(dice.pick(trade.praise).to_owned());
    }
    let more = dice.pick(trade.praise);
    if stars >= 4 && dice.chance(60) && text.iter().all(|said| said != more) {
        text.push(more.to_owned());
    }
    if stars >= 4 && dice.chance(45) {
        text.extend(fact(dice));
    }
    if stars <= 4 {
        text.push(dice.pick(trade.blame).to_owned());
    }
    if stars < 4 && dice.chance(50) {
        text.extend(fact(dice));
    }
    if dice.chance(70) {
        text.push(dice.pick(close).to_owned());
    }
    (dice.pick(title).to_owned(), text.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::check;
    use crate::{Draft, Summary};
    use std::collections::BTreeSet;

    const NOW: Timestamp = Timestamp(1_790_000_000_000);

    fn product(n: u64) -> ProductId {
        Id::from_bytes(SeededEntropy::new(n).token())
    }

    #[test]
    fn are_the_same_again_and_could_have_been_typed() {
        let attributes = [(String::from("Colour"), String::from("Sand"))];
        let (mut all, mut texts) = (0_usize, BTreeSet::new());
        let mut summary = Summary::default();
        for n in 0..300 {
            let department = ["Kitchen", "Electronics", "Books", "Nowhere"][n as usize % 4];
            let (product, name) = (product(n), format!("thing-{n}"));
            let subject = Subject { product, name: &name, department, attributes: &attributes };
            let found = reviews(&subject, NOW);
            assert_eq!(found, reviews(&subject, NOW));
            let authors: BTreeSet<_> = found.iter().map(|review| review.author).collect();
            assert_eq!(authors.len(), found.len(), "one of each author");
            for review in found {
                let (title, text) = (review.title.clone(), review.text.clone());
                let draft = Draft { stars: review.stars.count(), title, text };
                assert_eq!(check(&draft).as_ref(), Ok(&draft));
                assert!(review.created < NOW && review.id.minted_ms() == review.created.0);
                summary.histogram[usize::from(review.stars.count()) - 1] += 1;
                texts.insert(review.text);
                all += 1;
            }
        }
        assert!(all > 1_000, "{all}");
        assert!(texts.len() * 20 > all * 19, "{} of {all} differ", texts.len());
        assert!((35..46).contains(&summary.mean_tenths()), "{summary:?}");
        assert!(summary.histogram.iter().all(|many| *many > 20), "{summary:?}");
    }
}
