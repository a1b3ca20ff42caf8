//! A list of products: hits, filters with counts, chips, pages, and a way on when there is none.

use super::asked::{Asked, SORTS, attribute_of};
use super::card::{Card, say_arrivals};
use super::facets::{self, CategoryLink, Choice, Group, Link, PriceBar};
use crate::state::App;
use crate::words::{count, thousands};
use serde::Serialize;
use souk_catalog::{CategoryCount, attribute_label};
use souk_kernel::UserId;
use souk_search::{Facets, Query, RatingCount, Results, SearchError, WayOn};
use souk_webkit::Problem;

#[derive(Debug, Serialize)]
pub struct View {
    pub heading: String,
    /// What stands below the heading; may be empty.
    pub about: String,
    pub crumbs: Vec<Link>,
    pub total: u64,
    pub total_text: String,
    /// What the button of the filters shows.
    pub shown_text: String,
    /// Where the filter form leads, and what it carries unseen.
    pub action: String,
    pub hidden: Vec<(String, String)>,
    pub chips: Vec<Link>,
    pub cleared: String,
    pub categories: Vec<CategoryLink>,
    /// How deep the category lies; 0: no category was chosen.
    pub depth: usize,
    pub groups: Vec<Group>,
    pub stock_count: String,
    pub stock_checked: bool,
    pub stock_disabled: bool,
    pub fast_count: String,
    pub fast_checked: bool,
    pub fast_disabled: bool,
    pub ratings: Vec<Choice>,
    pub price: PriceRange,
    pub sorts: Vec<SortChoice>,
    pub cards: Vec<Card>,
    pub pages: Vec<PageLink>,
    pub previous: String,
    pub next: String,
    pub correction: Option<Correction>,
    pub refused: String,
    pub ways_on: Vec<Link>,
    /// How many products have so many stars, for pages that say it in words.
    #[serde(skip)]
    pub rated: Vec<RatingCount>,
}

impl View {
    /// What search engines are told of the page: nothing where nothing is on it, and then they don't
    /// list it.
    pub fn told(&self, about: String) -> String {
        if self.cards.is_empty() { String::new() } else { about }
    }
}

#[derive(Debug, Serialize)]
pub struct PriceRange {
    pub min: String,
    pub max: String,
    pub symbol: String,
    pub bars: Vec<PriceBar>,
    /// How wide the drawing of the bars is.
    pub width: usize,
}

#[derive(Debug, Serialize)]
pub struct SortChoice {
    pub value: &'static str,
    pub label: &'static str,
    pub selected: bool,
}

#[derive(Debug, Serialize)]
pub struct PageLink {
    pub label: String,
    pub href: String,
    pub current: bool,
}

#[derive(Debug, Serialize)]
pub struct Correction {
    pub text: String,
    pub href: String,
    /// The hits are already those of the corrected text.
    pub applied: bool,
    pub typed: String,
}

/// Searches and lays out the answer. A question that nobody answers (too long, too deep) is a list
/// without hits that says why.
pub async fn list(
    app: &App,
    asked: &Asked,
    heading: String,
    user: Option<UserId>,
) -> Result<View, Problem> {
    let query = asked.query(app.shop.currency);
    let (results, refused) = match app.search.search_for(user, query.clone()).await {
        Ok(results) => (results, String::new()),
        Err(SearchError::Port(error)) => return Err(error.into()),
        Err(refusal) => (Results::default(), refusal.to_string()),
    };
    let whole = whole(app, asked).await;
    // Without them the list of categories is in another order: no reason to show none.
    let tree = app.catalog.category_counts().await.unwrap_or_default();
    let ways_on = match (results.hits.is_empty(), refused.is_empty()) {
        (true, true) => ways_on(app, asked, &query).await?,
        (true, false) => vec![everything()],
        _ => Vec::new(),
    };
    let mut view =
        lay_out(app, asked, heading, (&results, whole.as_ref(), &tree), (refused, ways_on));
    say_arrivals(app, &mut view.cards).await;
    Ok(view)
}

/// What could be filtered by if nothing were; not needed while nothing is. A list without it shows
/// what is left, so a failure is no reason to show none.
async fn whole(app: &App, asked: &Asked) -> Option<Facets> {
    if !asked.is_filtered() {
        return None;
    }
    let unfiltered = asked.unfiltered().query(app.shop.currency);
    let unfiltered = Query { page: 1, per_page: 1, ..unfiltered };
    Some(app.search.search(&unfiltered).await.ok()?.facets)
}

fn lay_out(
    app: &App,
    asked: &Asked,
    heading: String,
    (results, whole, tree): (&Results, Option<&Facets>, &[CategoryCount]),
    (refused, ways_on): (String, Vec<Link>),
) -> View {
    let price = |name| asked.get(name).to_owned();
    let symbol = app.shop.currency.symbol().trim().to_owned();
    let last = last_page(results);
    let here = results.page.max(1);
    let sort = asked.get("sort");
    let unseen = |name: &str| matches!(name, "q" | "category" | "per");
    let hidden = asked.pairs().iter().filter(|(name, _)| unseen(name));
    let filters = asked.query(app.shop.currency).filters;
    let bars = facets::histogram(&results.facets, (filters.price_min, filters.price_max));
    let width = bars.last().map_or(10, |bar| bar.x + 10);
    View {
        heading,
        about: String::new(),
        crumbs: facets::crumbs(app, &asked.category),
        total: results.total,
        total_text: count(results.total, "product", "products"),
        shown_text: count(results.total, "result", "results"),
        action: asked.path.clone(),
        hidden: hidden.cloned().collect(),
        chips: chips(asked, &symbol),
        cleared: asked.cleared(),
        categories: facets::categories(asked, &results.facets, tree),
        depth: asked.category.len(),
        groups: facets::groups(asked, &results.facets, whole),
        stock_count: thousands(results.facets.in_stock),
        stock_checked: asked.has("stock", "1"),
        stock_disabled: results.facets.in_stock == 0 && !asked.has("stock", "1"),
        fast_count: thousands(results.facets.fast_delivery),
        fast_checked: asked.has("fast", "1"),
        fast_disabled: results.facets.fast_delivery == 0 && !asked.has("fast", "1"),
        ratings: facets::ratings(asked, &results.facets),
        price: PriceRange { min: price("min"), max: price("max"), symbol, bars, width },
        sorts: SORTS
            .map(|(value, label, _)| SortChoice { value, label, selected: value == sort })
            .into(),
        cards: results.hits.iter().map(|hit| Card::of_hit(app, hit)).collect(),
        pages: pages(asked, here, last),
        previous: if here > 1 { asked.on_page(here - 1) } else { String::new() },
        next: if here < last { asked.on_page(here + 1) } else { String::new() },
        correction: correction(asked, results),
        refused,
        ways_on,
        rated: results.facets.ratings.clone(),
    }
}

fn last_page(results: &Results) -> u32 {
    let per_page = results.per_page.max(1);
    let ranked = results.total.min(u64::from(souk_search::rules::MAX_RANKED)) as u32;
    ranked.div_ceil(per_page).max(1)
}

/// The first, the last, and the two on each side of where we are; a gap has no address.
fn pages(asked: &Asked, here: u32, last: u32) -> Vec<PageLink> {
    if last <= 1 {
        return Vec::new();
    }
    let near = |page: &u32| *page == 1 || *page == last || page.abs_diff(here) <= 2;
    let mut links: Vec<PageLink> = Vec::new();
    let mut before = 0;
    for page in (1..=last).filter(near) {
        if page > before + 1 {
            links.push(PageLink { label: "…".into(), href: String::new(), current: false });
        }
        let href = asked.on_page(page);
        links.push(PageLink { label: page.to_string(), href, current: page == here });
        before = page;
    }
    links
}

fn chips(asked: &Asked, symbol: &str) -> Vec<Link> {
    let label = |name: &str, value: &str| match name {
        "brand" => Some(value.to_owned()),
        "min" => Some(format!("From {symbol}{value}")),
        "max" => Some(format!("Up to {symbol}{value}")),
        "stock" => Some("In stock".into()),
        "fast" => Some("Fast delivery".into()),
        "rating" => Some(format!("{value} stars and up")),
        _ => attribute_of(name).map(|name| format!("{}: {value}", attribute_label(name))),
    };
    let chip = |(name, value): &(String, String)| {
        let text = label(name, value)?;
        Some(Link { text, href: asked.without(name, value) })
    };
    let mut chips: Vec<Link> = asked.pairs().iter().filter_map(chip).collect();
    if !asked.path.starts_with("/c/")
        && let Some(category) = asked.category.last()
    {
        let href = asked.without("category", asked.get("category"));
        chips.insert(0, Link { text: category.clone(), href });
    }
    chips
}

fn correction(asked: &Asked, results: &Results) -> Option<Correction> {
    let text = results.did_you_mean.clone()?;
    let applied = text == results.searched;
    let href = asked.with_text(&text);
    Some(Correction { text, href, applied, typed: asked.get("q").to_owned() })
}

fn everything() -> Link {
    Link { text: "All products".into(), href: "/search".into() }
}

/// Where to go from an empty list; each way leads to something.
async fn ways_on(app: &App, asked: &Asked, query: &Query) -> Result<Vec<Link>, Problem> {
    let text = |text: String| souk_webkit::href("/search", &[("q".into(), text)]);
    let ways = app.search.ways_on(query).await?;
    let mut links: Vec<Link> = ways
        .into_iter()
        .map(|way| match way {
            WayOn::NoFilters { total } => Link {
                text: format!("The same without filters ({})", thousands(total)),
                href: asked.cleared(),
            },
            WayOn::Spelling { text: spelt, total } => Link {
                text: format!("Did you mean “{spelt}”? ({})", thousands(total)),
                href: text(spelt),
            },
            WayOn::Without { word, text: left, total } => Link {
                text: format!("Without “{word}” ({})", thousands(total)),
                href: text(left),
            },
            WayOn::Category(one) => Link {
                text: one.path.last().cloned().unwrap_or_default(),
                href: super::category::category_path(&one.path),
            },
        })
        .collect();
    links.push(everything());
    Ok(links)
}

#[cfg(test)]
mod tests {
    use super::*;
    use souk_webkit::Fields;

    fn labels(here: u32, last: u32) -> String {
        let asked = Asked::read("/search".into(), Vec::new(), &Fields::default());
        let pages = pages(&asked, here, last);
        pages.iter().map(|page| page.label.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn pages_near_by_and_at_both_ends() {
        assert_eq!(labels(1, 1), "");
        assert_eq!(labels(1, 3), "1 2 3");
        assert_eq!(labels(6, 20), "1 … 4 5 6 7 8 … 20");
    }

    #[test]
    fn each_filter_has_a_chip_that_takes_it_away() {
        let fields = Fields::parse(b"q=tv&brand=LG&min=10&stock=1&a.usb_ports=2");
        let asked = Asked::read("/search".into(), Vec::new(), &fields);
        let chips = chips(&asked, "€");
        let texts: Vec<&str> = chips.iter().map(|chip| chip.text.as_str()).collect();
        assert_eq!(texts, ["LG", "From €10", "In stock", "USB ports: 2"]);
        assert!(!chips[0].href.contains("LG") && chips[0].href.contains("stock=1"));
    }
}
