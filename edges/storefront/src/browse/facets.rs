//! Counts beside the hits, as checkboxes and links.

use super::asked::{Asked, attribute_field};
use super::category::category_path;
use crate::words::thousands;
use serde::Serialize;
use souk_catalog::attribute_label;
use souk_search::{Count, Facets};

/// Attributes that are offered as filters at once.
const ATTRIBUTES: usize = 6;
/// Values of each that are offered.
const VALUES: usize = 10;

#[derive(Debug, Serialize)]
pub struct Link {
    pub text: String,
    pub href: String,
}

#[derive(Debug, Serialize)]
pub struct CategoryLink {
    pub text: String,
    pub href: String,
    pub count: String,
    pub current: bool,
    pub depth: usize,
}

/// One filter: a name, its values, whether it stands open.
#[derive(Debug, Serialize)]
pub struct Group {
    pub label: String,
    pub field: String,
    pub open: bool,
    pub values: Vec<Choice>,
}

#[derive(Debug, Serialize)]
pub struct Choice {
    pub value: String,
    pub count: String,
    pub checked: bool,
    /// Choosing it would give nothing.
    pub disabled: bool,
}

/// The way from the root to a category.
pub fn crumbs(category: &[String]) -> Vec<Link> {
    let mut links = vec![Link { text: "Start".into(), href: "/".into() }];
    for depth in 1..=category.len() {
        let path = &category[..depth];
        links.push(Link { text: category[depth - 1].clone(), href: category_path(path) });
    }
    links
}

/// The selected path and its children; the roots when nothing is selected.
pub fn categories(asked: &Asked, facets: &Facets) -> Vec<CategoryLink> {
    let selected = &asked.category;
    let mut links = Vec::new();
    if !selected.is_empty() {
        let href = asked.in_category(&[]);
        let text = "All categories".into();
        links.push(CategoryLink { text, href, count: String::new(), current: false, depth: 0 });
    }
    let on_path = |path: &[String]| selected.starts_with(path);
    let below = |path: &[String]| {
        path.len() == selected.len() + 1 && path[..selected.len()] == selected[..]
    };
    let mut shown: Vec<_> = facets
        .categories
        .iter()
        .filter(|category| on_path(&category.path) || below(&category.path))
        .collect();
    shown.sort_by_key(|category| (category.path.len(), std::cmp::Reverse(category.count)));
    for category in shown {
        links.push(CategoryLink {
            text: category.path.last().cloned().unwrap_or_default(),
            href: asked.in_category(&category.path),
            count: thousands(category.count),
            current: category.path == *selected,
            depth: category.path.len(),
        });
    }
    links
}

/// Whole stars that leave something.
pub fn ratings(asked: &Asked, facets: &Facets) -> Vec<Choice> {
    let whole = facets.ratings.iter().filter(|one| one.at_least % 10 == 0 && one.count > 0);
    let choice = |one: &souk_search::RatingCount| {
        let value = (one.at_least / 10).to_string();
        let checked = asked.has("rating", &value);
        Choice { value, count: thousands(one.count), checked, disabled: false }
    };
    whole.map(choice).collect()
}

/// Brands, then the attributes that most hits have.
pub fn groups(asked: &Asked, facets: &Facets) -> Vec<Group> {
    let mut groups = vec![group(asked, ("Brand".into(), "brand".into()), &facets.brands, true)];
    for attribute in facets.attributes.iter().take(ATTRIBUTES) {
        let named = (attribute_label(&attribute.name), attribute_field(&attribute.name));
        groups.push(group(asked, named, &attribute.values, false));
    }
    groups.retain(|group| !group.values.is_empty());
    groups
}

fn group(asked: &Asked, (label, field): (String, String), counts: &[Count], open: bool) -> Group {
    let checked = |count: &&Count| asked.has(&field, &count.value);
    let chosen = counts.iter().filter(checked);
    let offered = counts.iter().filter(|count| !asked.has(&field, &count.value)).take(VALUES);
    let values: Vec<Choice> = chosen
        .chain(offered)
        .map(|count| {
            let checked = asked.has(&field, &count.value);
            Choice {
                value: count.value.clone(),
                count: thousands(count.count),
                checked,
                disabled: count.count == 0 && !checked,
            }
        })
        .collect();
    let open = open || values.iter().any(|choice| choice.checked);
    Group { label, field, open, values }
}
