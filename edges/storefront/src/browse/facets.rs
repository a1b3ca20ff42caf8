//! Counts beside the hits, as checkboxes and links.

use super::asked::{Asked, Within, attribute_field};
use super::category::category_path;
use crate::state::App;
use crate::words::thousands;
use serde::Serialize;
use souk_catalog::rules::place_of;
use souk_catalog::{CategoryCount, attribute_label};
use souk_search::rules::facets::price_range;
use souk_search::{Count, Facets, PriceCount, RatingCount};

/// Attributes that are offered as filters at once.
const ATTRIBUTES: usize = 6;
/// Values of each that are offered.
const VALUES: usize = 50;
/// Longer lists of values can be searched.
const SEARCHED: usize = 9;
/// The height of the price histogram.
const HEIGHT: u64 = 56;

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
    /// So long that it can be searched.
    pub searchable: bool,
    pub values: Vec<Choice>,
}

/// One bar of the price histogram, in units of its drawing.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct PriceBar {
    pub x: usize,
    pub y: u64,
    pub height: u64,
    /// Within the prices that are asked for.
    pub inside: bool,
}

#[derive(Debug, Serialize)]
pub struct Choice {
    pub value: String,
    pub count: String,
    pub checked: bool,
    /// Choosing it would give nothing.
    pub disabled: bool,
}

/// The first of every page's crumbs.
pub fn root(app: &App) -> Link {
    Link { text: app.shop.name.clone(), href: "/".into() }
}

/// The way from the root to a category.
pub fn crumbs(app: &App, category: &[String]) -> Vec<Link> {
    let mut links = vec![root(app)];
    for depth in 1..=category.len() {
        let path = &category[..depth];
        links.push(Link { text: category[depth - 1].clone(), href: category_path(path) });
    }
    links
}

/// The selected path and its children; the roots when nothing is selected. As staff arranged them; those
/// that nobody arranged: with most hits first.
pub fn categories(asked: &Asked, facets: &Facets, all: &[CategoryCount]) -> Vec<CategoryLink> {
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
    shown.sort_by_key(|category| {
        let place = place_of(all, &category.path);
        (category.path.len(), place.is_none(), place, std::cmp::Reverse(category.count))
    });
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

/// Whole stars; none when nothing is rated.
pub fn ratings(asked: &Asked, facets: &Facets) -> Vec<Choice> {
    let whole = facets.ratings.iter().filter(|one| one.at_least % 10 == 0);
    let choice = |one: &RatingCount| {
        let value = (one.at_least / 10).to_string();
        let checked = asked.has("rating", &value);
        let disabled = one.count == 0 && !checked;
        Choice { value, count: thousands(one.count), checked, disabled }
    };
    let choices: Vec<Choice> = whole.map(choice).collect();
    if choices.iter().all(|choice| choice.disabled) { Vec::new() } else { choices }
}

/// Brands, then the attributes that most hits have. What `all` has beside it would give nothing: it is
/// shown, and can't be chosen.
pub fn groups(asked: &Asked, facets: &Facets, all: Option<&Facets>) -> Vec<Group> {
    let all_brands = all.map_or(&[][..], |all| &all.brands);
    let brands = group(asked, ("Brand".into(), "brand".into()), (&facets.brands, all_brands), true);
    let mut groups = if matches!(asked.within, Within::Brand(_)) { vec![] } else { vec![brands] };
    let values = |facets: &'_ Facets, name: &str| {
        let found = facets.attributes.iter().find(|attribute| attribute.name == name);
        found.map(|attribute| attribute.values.clone()).unwrap_or_default()
    };
    // The names of the whole list stay where they were, whatever is chosen.
    let names = all.unwrap_or(facets).attributes.iter().chain(&facets.attributes);
    let mut seen: Vec<&str> = Vec::new();
    for name in names.map(|attribute| attribute.name.as_str()) {
        if seen.len() == ATTRIBUTES || seen.contains(&name) {
            continue;
        }
        seen.push(name);
        let rest = all.map_or_else(Vec::new, |all| values(all, name));
        let named = (attribute_label(name), attribute_field(name));
        groups.push(group(asked, named, (&values(facets, name), &rest), false));
    }
    groups.retain(|group| !group.values.is_empty());
    groups
}

fn group(
    asked: &Asked,
    (label, field): (String, String),
    (counts, all): (&[Count], &[Count]),
    open: bool,
) -> Group {
    let choice = |value: &str, count: u64| {
        let checked = asked.has(&field, value);
        Choice {
            value: value.to_owned(),
            count: thousands(count),
            checked,
            disabled: count == 0 && !checked,
        }
    };
    let mut values: Vec<Choice> =
        counts.iter().map(|count| choice(&count.value, count.count)).collect();
    for gone in all.iter().filter(|one| counts.iter().all(|count| count.value != one.value)) {
        values.push(choice(&gone.value, 0));
    }
    // What was chosen stands first.
    values.sort_by_key(|choice| !choice.checked);
    values.truncate(VALUES.max(values.iter().filter(|choice| choice.checked).count()));
    let open = open || values.iter().any(|choice| choice.checked);
    let searchable = values.len() > SEARCHED;
    Group { label, field, open, searchable, values }
}

/// How prices spread: one bar for each range, empty ones between full ones included.
pub fn histogram(facets: &Facets, (min, max): (Option<i64>, Option<i64>)) -> Vec<PriceBar> {
    let Some(first) = facets.prices.first() else { return Vec::new() };
    let most = facets.prices.iter().map(|range| range.count).max().unwrap_or(1).max(1);
    let start = price_range(first.from);
    let inside = |range: &PriceCount| {
        (min.is_some() || max.is_some())
            && max.is_none_or(|max| range.from <= max)
            && min.is_none_or(|min| range.below.is_none_or(|below| below > min))
    };
    let bar = |range: &PriceCount| {
        // A range with a single product is still to be seen.
        let height = (range.count * HEIGHT / most).max(2);
        let x = (price_range(range.from) - start) * 10;
        PriceBar { x, y: HEIGHT - height, height, inside: inside(range) }
    };
    facets.prices.iter().map(bar).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use souk_search::AttributeCounts;
    use souk_webkit::Fields;

    fn count(value: &str, count: u64) -> Count {
        Count { value: value.into(), count }
    }

    #[test]
    fn what_would_give_nothing_is_shown_and_can_t_be_chosen() {
        let fields = Fields::parse(b"a.colour=Red");
        let asked = Asked::read("/search".into(), Vec::new(), &fields);
        let colours = |values| vec![AttributeCounts { name: "colour".into(), values }];
        let left = Facets {
            brands: vec![count("Acme", 2)],
            attributes: colours(vec![count("Blue", 3), count("Red", 2)]),
            ..Facets::default()
        };
        let all = Facets {
            brands: vec![count("Brenn", 9), count("Acme", 5)],
            attributes: colours(vec![count("Blue", 3), count("Red", 2), count("Green", 1)]),
            ..Facets::default()
        };
        let said = |all| {
            let groups = groups(&asked, &left, all);
            let values = groups.iter().flat_map(|group| &group.values);
            let said = values.map(|v| format!("{} {} {}", v.value, v.count, v.disabled));
            said.collect::<Vec<_>>().join(", ")
        };
        assert_eq!(said(None), "Acme 2 false, Red 2 false, Blue 3 false");
        let with_all = "Acme 2 false, Brenn 0 true, Red 2 false, Blue 3 false, Green 0 true";
        assert_eq!(said(Some(&all)), with_all);
    }

    #[test]
    fn categories_stand_as_staff_arranged_them_then_by_hits() {
        let path = |text: &str| text.split('/').map(str::to_owned).collect::<Vec<_>>();
        let asked = Asked::read("/search".into(), Vec::new(), &Fields::default());
        let hit = |name, count| souk_search::CategoryCount { path: path(name), count };
        let categories = vec![hit("A", 9), hit("B", 3), hit("C", 7), hit("D", 1), hit("C/X", 7)];
        let found = Facets { categories, ..Facets::default() };
        let known = |name, place| CategoryCount { path: path(name), products: 1, hidden: 0, place };
        let said = |all: &[CategoryCount]| {
            let links = super::categories(&asked, &found, all);
            links.into_iter().map(|link| link.text).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(said(&[]), "A C B D");
        let all = [known("A", None), known("B", Some(1)), known("C", None), known("D", Some(0))];
        assert_eq!(said(&all), "D B A C");
    }

    #[test]
    fn the_histogram_has_gaps_where_nothing_costs_that() {
        let range = |from, below, count| PriceCount { from, below: Some(below), count };
        let prices = vec![range(500, 1_000, 4), range(2_000, 5_000, 8)];
        let facets = Facets { prices, ..Facets::default() };
        let bars = histogram(&facets, (Some(1_000), None));
        let at: Vec<_> = bars.iter().map(|bar| (bar.x, bar.y, bar.inside)).collect();
        assert_eq!(at, [(0, 28, false), (20, 0, true)]);
        assert_eq!(histogram(&Facets::default(), (None, None)), []);
    }
}
