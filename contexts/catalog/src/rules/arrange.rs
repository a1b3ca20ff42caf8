//! In which order categories are listed: as staff arranged them, else as they always were.

use crate::error::ArrangeRefused;
use crate::limits::SIBLINGS;
use crate::port::{Beside, CategoryCount};
use crate::rules::Category;
use std::cmp::Reverse;

/// A category among its siblings, as a store knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sibling {
    /// Its own name.
    pub name: String,
    /// Products in it and below it, as [`CategoryCount`] counts them.
    pub products: u64,
    /// Whether it is there; what has a place and, at present, no product is not.
    pub live: bool,
    /// Where staff put it.
    pub place: Option<u32>,
}

/// What comes first where a category is listed for shoppers: what staff put in its place, then what has
/// most products.
fn shown_key(
    place: Option<u32>,
    products: u64,
    name: &str,
) -> (bool, Option<u32>, Reverse<u64>, &str) {
    (place.is_none(), place, Reverse(products), name)
}

/// Brings a tree into the order in which shoppers see it.
pub fn as_shown(level: &mut [Category]) {
    level.sort_by(|a, b| {
        shown_key(a.place, a.products, &a.name).cmp(&shown_key(b.place, b.products, &b.name))
    });
    level.iter_mut().for_each(|category| as_shown(&mut category.children));
}

/// Where staff put a category, if they did.
#[must_use]
pub fn place_of(counts: &[CategoryCount], path: &[String]) -> Option<u32> {
    // A store lists categories by their paths.
    let at = counts.binary_search_by(|count| count.path.as_slice().cmp(path)).ok()?;
    counts[at].place
}

/// The names of a level in their new order; `None` when they stand so already. All of them have their
/// place from then on, also those that have no product at present.
///
/// # Errors
/// There is no such category or no such sibling; the two don't stand side by side any more; more
/// siblings than are arranged.
pub fn arrange(
    mut level: Vec<Sibling>,
    wish: &Beside,
) -> Result<Option<Vec<String>>, ArrangeRefused> {
    if level.len() > SIBLINGS {
        level.retain(|one| one.live);
    }
    if level.len() > SIBLINGS {
        return Err(ArrangeRefused::TooMany);
    }
    level.sort_by(|a, b| {
        shown_key(a.place, a.products, &a.name).cmp(&shown_key(b.place, b.products, &b.name))
    });
    let shown: Vec<&str> =
        level.iter().filter(|one| one.live).map(|one| one.name.as_str()).collect();
    let at = |name: &str| shown.iter().position(|one| *one == name);
    let name = wish.path.last().map(String::as_str).unwrap_or_default();
    let (Some(own), Some(other)) = (at(name), at(&wish.sibling)) else {
        return Err(ArrangeRefused::NoCategory);
    };
    let (before, after) = if wish.before { (other, own) } else { (own, other) };
    if after + 1 == before {
        return Ok(None);
    }
    if before + 1 != after {
        return Err(ArrangeRefused::Stale);
    }
    let mut names: Vec<String> = level.into_iter().map(|one| one.name).collect();
    names.retain(|one| one != name);
    let sibling = names.iter().position(|one| *one == wish.sibling).unwrap_or_default();
    names.insert(if wish.before { sibling } else { sibling + 1 }, name.to_owned());
    Ok(Some(names))
}
