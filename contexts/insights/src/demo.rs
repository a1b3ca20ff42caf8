//! A past for a demo shop: what people would have looked at and bought, and what has become cheaper.
//! The same for the same catalogue, whatever its ids are.

use crate::rules::distinct;
use crate::{Look, Purchase};
use souk_kernel::{DAY_MS, Entropy, OrderId, ProductId, SeededEntropy, Timestamp};
use std::collections::BTreeMap;

/// A product of the demo.
#[derive(Debug, Clone)]
pub struct Subject {
    /// Its id.
    pub product: ProductId,
    /// Its name in the demo: what chance hangs on.
    pub name: String,
    /// From the department down.
    pub category: Vec<String>,
}

/// What would have happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    /// Confirmed orders, oldest first.
    pub purchases: Vec<Purchase>,
    /// Looks, oldest first.
    pub looks: Vec<Look>,
    /// What has become cheaper, and by how many percent.
    pub cheaper: Vec<(ProductId, u8)>,
}

/// How far it reaches back.
const DAYS: i64 = 12;
/// Products of which there is one kit: things that people buy together.
const PER_KIT: usize = 6;
/// Products of which one has become cheaper.
const PER_DEAL: usize = 45;
/// Looks at the most popular product.
const MOST_LOOKS: f64 = 120.0;
/// Products that somebody looked at.
const LOOKED_AT: usize = 240;

struct Chance(SeededEntropy);

impl Chance {
    fn below(&self, end: usize) -> usize {
        (self.0.next_u64() % end.max(1) as u64) as usize
    }

    fn moment(&self, now: Timestamp) -> Timestamp {
        now.plus_ms(-((self.0.next_u64() % (DAYS * DAY_MS) as u64) as i64))
    }
}

/// The id of the past's n-th order: no minted one can equal it.
fn order(n: usize) -> OrderId {
    let mut bytes = *b"souk-past-order-";
    bytes[8..].copy_from_slice(&(n as u64).to_be_bytes());
    OrderId::from_bytes(bytes)
}

/// The past of a catalogue, seen from `now`.
#[must_use]
pub fn past(mut subjects: Vec<Subject>, now: Timestamp) -> Past {
    subjects.sort_by(|a, b| a.name.cmp(&b.name));
    let chance = Chance(SeededEntropy::new(0x50_55_4B));
    let mut departments: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (place, subject) in subjects.iter().enumerate() {
        let department = subject.category.first().map_or("", String::as_str);
        departments.entry(department).or_default().push(place);
    }
    let mut bought: Vec<(Timestamp, Vec<ProductId>)> = Vec::new();
    for places in departments.values() {
        for _ in 0..places.len() / PER_KIT {
            let kit = kit(&chance, &subjects, places);
            for _ in 0..3 + chance.below(6) {
                let mut products = kit.clone();
                if chance.below(4) == 0 {
                    products.push(subjects[places[chance.below(places.len())]].product);
                }
                bought.push((chance.moment(now), distinct(products)));
            }
        }
        for _ in 0..places.len() {
            let one = subjects[places[chance.below(places.len())]].product;
            bought.push((chance.moment(now), vec![one]));
        }
    }
    bought.sort();
    let numbered = bought.into_iter().enumerate();
    let purchases =
        numbered.map(|(n, (at, products))| Purchase { order: order(n), products, at }).collect();
    let cheaper = subjects.iter().skip(PER_DEAL / 2).step_by(PER_DEAL);
    let cheaper = cheaper.map(|s| (s.product, 10 + chance.below(26) as u8)).collect();
    Past { purchases, looks: looks(&chance, &subjects, now), cheaper }
}

/// Two or three things of a department that are not of one kind.
fn kit(chance: &Chance, subjects: &[Subject], places: &[usize]) -> Vec<ProductId> {
    let first = &subjects[places[chance.below(places.len())]];
    let mut kinds = vec![&first.category];
    let mut products = vec![first.product];
    for _ in 0..12 {
        let next = &subjects[places[chance.below(places.len())]];
        if products.len() < 2 + chance.below(2) && !kinds.contains(&&next.category) {
            kinds.push(&next.category);
            products.push(next.product);
        }
    }
    products
}

/// A few are looked at often, many now and then.
fn looks(chance: &Chance, subjects: &[Subject], now: Timestamp) -> Vec<Look> {
    let mut looks = Vec::new();
    if subjects.is_empty() {
        return looks;
    }
    for rank in 0..LOOKED_AT.min(subjects.len()) {
        let product = subjects[chance.below(subjects.len())].product;
        let many = (MOST_LOOKS / (rank as f64 + 1.0).powf(0.7)).ceil() as usize;
        looks.extend((0..many).map(|_| Look { user: None, product, at: chance.moment(now) }));
    }
    looks.sort_by_key(|look| (look.at, look.product));
    looks
}

#[cfg(test)]
mod tests {
    use super::*;
    use souk_kernel::Id;

    const NOW: Timestamp = Timestamp(1_790_000_000_000);

    fn subjects(seed: u8) -> Vec<Subject> {
        let subject = |n: u8| Subject {
            product: Id::from_bytes([n ^ seed; 16]),
            name: format!("thing-{n:03}"),
            category: vec![format!("Department {}", n % 3), format!("Kind {}", n % 12)],
        };
        (0..180).map(subject).collect()
    }

    #[test]
    fn it_is_the_same_for_the_same_names_and_lies_in_the_past() {
        let (mut turned, other) = (subjects(0), subjects(1));
        let past = past(subjects(0), NOW);
        turned.reverse();
        assert_eq!(super::past(turned, NOW), past);
        let other = super::past(other, NOW);
        assert_eq!(
            (other.purchases.len(), other.looks.len()),
            (past.purchases.len(), past.looks.len())
        );
        assert!(past.purchases.len() > 180 && past.looks.len() > 500);
        assert_eq!(past.cheaper.len(), 4);
        let earliest = NOW.plus_ms(-DAYS * DAY_MS);
        assert!(past.purchases.iter().all(|purchase| purchase.at > earliest && purchase.at <= NOW));
        assert!(past.cheaper.iter().all(|(_, percent)| (10..=35).contains(percent)));
        let mut ids: Vec<OrderId> = past.purchases.iter().map(|purchase| purchase.order).collect();
        ids.dedup();
        assert_eq!(ids.len(), past.purchases.len());
        assert_eq!(super::past(Vec::new(), NOW).looks, []);
    }

    #[test]
    fn what_is_bought_together_is_of_different_kinds() {
        let of: BTreeMap<ProductId, Vec<String>> =
            subjects(0).into_iter().map(|s| (s.product, s.category)).collect();
        let past = past(subjects(0), NOW);
        let together = past.purchases.iter().filter(|purchase| purchase.products.len() > 1);
        let (mut all, mut mixed) = (0, 0);
        for purchase in together {
            let (a, b) = (&of[&purchase.products[0]], &of[&purchase.products[1]]);
            assert_eq!(a[0], b[0], "one department");
            all += 1;
            mixed += usize::from(a != b);
        }
        assert!(all > 50 && mixed * 10 > all * 8, "{mixed} of {all}");
    }
}
