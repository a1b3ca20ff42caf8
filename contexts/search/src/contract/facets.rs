//! Filters and the counts beside the hits.

use super::bench::{Bench, SEED, counted, passes, products, seller};
use super::define;
use crate::model::{Document, Facets, Filters, Query, Sort};
use crate::rules::facets::{MAX_VALUES, is_shown};
use std::collections::BTreeSet;

fn set(values: &[&str]) -> BTreeSet<String> {
    values.iter().map(|v| (*v).to_owned()).collect()
}

fn path(of: &[&str]) -> Vec<String> {
    of.iter().map(|s| (*s).to_owned()).collect()
}

/// Each kind of filter alone, then together.
fn selections() -> Vec<Filters> {
    let none = Filters::default;
    let colours = || [("Colour".to_owned(), set(&["Red", "Blue"]))].into();
    let both = [("Colour".to_owned(), set(&["Red"])), ("Size".to_owned(), set(&["3 cm", "4 cm"]))];
    vec![
        none(),
        Filters { category: path(&["Home"]), ..none() },
        Filters { category: path(&["Home", "Kitchen"]), ..none() },
        Filters { category: path(&["Kitchen"]), ..none() },
        Filters { brands: set(&["Acme", "Café Noir"]), ..none() },
        Filters { brands: set(&["Nobody"]), ..none() },
        Filters { price_min: Some(100), price_max: Some(1_299), ..none() },
        Filters { rating_min: Some(40), ..none() },
        Filters { in_stock: true, ..none() },
        Filters { fast_delivery: true, ..none() },
        Filters { seller: Some(seller(1)), ..none() },
        Filters { seller: Some(seller(9)), in_stock: true, ..none() },
        Filters { attributes: colours(), ..none() },
        Filters { attributes: both.into(), ..none() },
        Filters { attributes: [("Unknown".to_owned(), set(&["x"]))].into(), ..none() },
        Filters {
            category: path(&["Electronics"]),
            brands: set(&["Acme", "HP"]),
            price_max: Some(5_000),
            in_stock: true,
            attributes: colours(),
            ..none()
        },
    ]
}

/// What passes these filters once `without` has taken its own selection out.
fn others(shop: &[Document], filters: &Filters, without: impl Fn(&mut Filters)) -> Vec<Document> {
    let mut filters = filters.clone();
    without(&mut filters);
    shop.iter().filter(|d| passes(d, &filters)).cloned().collect()
}

fn check_facets(facets: &Facets, shop: &[Document], filters: &Filters, context: &str) {
    let brands = others(shop, filters, |f| f.brands.clear());
    let mut brands = counted(&brands, |d| vec![d.brand.clone()]);
    brands.retain(|(brand, _)| !brand.is_empty());
    let got: Vec<_> = facets.brands.iter().map(|c| (c.value.clone(), c.count)).collect();
    assert_eq!(got, brands, "brands, {context}");

    let categories = others(shop, filters, |f| f.category.clear());
    let upper = |d: &Document| (1..=d.category.len()).map(|n| d.category[..n].to_vec()).collect();
    let mut categories = counted(&categories, upper);
    categories.retain(|(path, _)| is_shown(path, &filters.category));
    let got: Vec<_> = facets.categories.iter().map(|c| (c.path.clone(), c.count)).collect();
    assert_eq!(got, categories, "categories, {context}");

    let free = others(shop, filters, |f| (f.price_min, f.price_max) = (None, None));
    for range in &facets.prices {
        let inside = |p: i64| p >= range.from && range.below.is_none_or(|below| p < below);
        let own = free.iter().filter(|d| inside(d.price.minor)).count();
        assert_eq!(range.count, own as u64, "{range:?}, {context}");
    }
    let sum: u64 = facets.prices.iter().map(|r| r.count).sum();
    assert_eq!(sum, free.len() as u64, "prices, {context}");

    let free = others(shop, filters, |f| f.rating_min = None);
    for rating in &facets.ratings {
        let own = free.iter().filter(|d| d.rating_tenths >= rating.at_least).count();
        assert_eq!(rating.count, own as u64, "{rating:?}, {context}");
    }
    let free = others(shop, filters, |f| f.in_stock = false);
    let own = free.iter().filter(|d| d.in_stock).count();
    assert_eq!(facets.in_stock, own as u64, "in stock, {context}");
    let free = others(shop, filters, |f| f.fast_delivery = false);
    let own = free.iter().filter(|d| d.fast_delivery).count();
    assert_eq!(facets.fast_delivery, own as u64, "fast delivery, {context}");
    check_attributes(facets, shop, filters, context);
}

/// Any filters, each kind set about every third time, with values that products have.
fn any_filters(bench: &Bench, shop: &[Document]) -> Filters {
    let some = || bench.below(3) == 0;
    let one = || &shop[bench.below(shop.len() as u64)];
    let mut filters = Filters::default();
    if some() {
        let path = &one().category;
        filters.category = path[..bench.below(path.len() as u64 + 1)].to_vec();
    }
    if some() {
        filters.brands = (0..=bench.below(2)).map(|_| one().brand.clone()).collect();
        filters.brands.remove("");
    }
    if some() {
        filters.price_min = Some(one().price.minor);
    }
    if some() {
        let least = filters.price_min.unwrap_or(0);
        filters.price_max = Some(one().price.minor.max(least));
    }
    filters.rating_min = some().then(|| one().rating_tenths);
    filters.seller = some().then(|| one().seller);
    filters.in_stock = some();
    filters.fast_delivery = some();
    for (name, values) in &one().attributes {
        if some() && !values.is_empty() {
            filters.attributes.insert(name.clone(), values.iter().cloned().collect());
        }
    }
    filters
}

fn check_attributes(facets: &Facets, shop: &[Document], filters: &Filters, context: &str) {
    for name in ["Colour", "Size"] {
        let free = others(shop, filters, |f| {
            f.attributes.remove(name);
        });
        let values = |d: &Document| {
            let own = d.attributes.iter().filter(|(n, _)| n == name);
            own.flat_map(|(_, values)| values.clone()).collect()
        };
        let chosen = |v: &String| filters.attributes.get(name).is_some_and(|c| c.contains(v));
        let mut at = 0;
        let mut expected = counted(&free, values);
        expected.retain(|(value, _)| {
            at += 1;
            at <= MAX_VALUES || chosen(value)
        });
        let facet = facets.attributes.iter().find(|f| f.name == name);
        let got: Vec<_> = facet.map_or_else(Vec::new, |f| {
            f.values.iter().map(|c| (c.value.clone(), c.count)).collect()
        });
        assert_eq!(got, expected, "{name}, {context}");
    }
}

async fn check(bench: &Bench, shop: &[Document], text: &str, all: Vec<Filters>) {
    let matching: Vec<Document> =
        shop.iter().filter(|d| text.is_empty() || d.title.contains(text)).cloned().collect();
    for filters in all {
        let context = format!("seed {SEED}, {text:?}, {filters:?}");
        let query = Query { filters: filters.clone(), per_page: 100, ..Query::new(text) };
        let results = bench.search(&query).await;
        let mut hits: Vec<_> = results.hits.iter().map(|h| h.product).collect();
        let passing = others(&matching, &filters, |_| {});
        assert_eq!(results.total, passing.len() as u64, "{context}");
        if passing.len() <= 100 {
            hits.sort();
            let mut expected = products(&passing);
            expected.sort();
            assert_eq!(hits, expected, "{context}");
        }
        check_facets(&results.facets, &matching, &filters, &context);
    }
}

async fn check_all(bench: &Bench, shop: &[Document], text: &str) {
    check(bench, shop, text, selections()).await;
}

define! {
    async fn counts_hold_whatever_is_chosen(bench) {
        for round in 0..6 {
            let shop = bench.shop(40 + 30 * round);
            bench.index.clear().await.expect("clears");
            bench.publish(&shop).await;
            let all = (0..40).map(|_| any_filters(&bench, &shop)).collect();
            check(&bench, &shop, ["", "widget", "gadget"][round % 3], all).await;
        }
    }

    async fn counts_are_those_of_a_slow_count(bench) {
        let shop = bench.shop(300);
        bench.publish(&shop).await;
        check_all(&bench, &shop, "").await;
        check_all(&bench, &shop, "widget").await;
        check_all(&bench, &shop, "gadget").await;
    }

    async fn counts_stay_right_after_changes(bench) {
        let mut shop = bench.shop(200);
        bench.publish(&shop).await;
        let other = bench.shop(50);
        for (document, other) in shop.iter_mut().zip(other) {
            *document = Document { product: document.product, ..other };
        }
        bench.publish(&shop[..50]).await;
        let gone = products(&shop.split_off(170));
        bench.index.remove(gone).await.expect("removes");
        bench.index.refresh().await.expect("refreshes");
        check_all(&bench, &shop, "").await;
        check_all(&bench, &shop, "gadget").await;
    }

    async fn counts_do_not_depend_on_page_or_order(bench) {
        let shop = bench.shop(120);
        bench.publish(&shop).await;
        let filters = selections().remove(4);
        let first = Query { filters, ..Query::new("widget") };
        let later = Query { page: 3, per_page: 5, sort: Sort::Newest, ..first.clone() };
        let (first, later) = (bench.search(&first).await, bench.search(&later).await);
        assert_eq!((first.facets, first.total), (later.facets, later.total));
    }

    async fn a_chosen_brand_leaves_the_others_to_choose(bench) {
        let shop = bench.shop(100);
        bench.publish(&shop).await;
        let filters = Filters { brands: set(&["Acme"]), ..Filters::default() };
        let results = bench.search(&Query { filters, ..Query::default() }).await;
        assert!(results.hits.iter().all(|h| h.brand == "Acme"));
        assert!(results.facets.brands.iter().any(|b| b.value == "HP" && b.count > 0));
    }
}
