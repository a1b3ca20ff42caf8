//! The order of hits, and pages.

use super::bench::{Bench, SEED};
use super::define;
use crate::model::{Demand, Document, Query, Signals, Sort, Taste};
use souk_kernel::ProductId;
use std::cmp::Reverse;
use std::collections::HashSet;

async fn pages(bench: &Bench, query: &Query, per_page: u32) -> Vec<ProductId> {
    let mut all = Vec::new();
    for page in 1.. {
        let results = bench.search(&Query { page, per_page, ..query.clone() }).await;
        assert_eq!((results.page, results.per_page), (page, per_page));
        if results.hits.is_empty() {
            break;
        }
        all.extend(results.hits.iter().map(|h| h.product));
    }
    all
}

fn ordered<K: Ord>(shop: &[Document], key: impl Fn(&Document) -> K) -> Vec<ProductId> {
    let mut shop: Vec<&Document> = shop.iter().collect();
    shop.sort_by_key(|d| (key(d), d.product));
    shop.into_iter().map(|d| d.product).collect()
}

define! {
    async fn orders_are_kept_and_equals_stand_by_product(bench) {
        let shop = bench.shop(150);
        bench.publish(&shop).await;
        for (sort, expected) in [
            (Sort::PriceAscending, ordered(&shop, |d| d.price.minor)),
            (Sort::PriceDescending, ordered(&shop, |d| Reverse(d.price.minor))),
            (Sort::Newest, ordered(&shop, |d| Reverse(d.created_at))),
            (Sort::Rating, ordered(&shop, |d| Reverse((d.rating_tenths, d.reviews)))),
        ] {
            for text in ["", "widget"] {
                let query = Query { sort, ..Query::new(text) };
                let got = pages(&bench, &query, 17).await;
                assert_eq!(got, expected, "seed {SEED}, {sort:?} {text:?}");
            }
        }
    }

    async fn the_most_asked_for_stand_first(bench) {
        let shop = bench.shop(60);
        bench.publish(&shop).await;
        let asked = |n: usize| (n % 7) as u32 * 10;
        let demand = |n| Some(Demand { popularity: asked(n), conversion: 0 });
        let signal = |(n, d): (usize, &Document)| {
            (d.product, Signals { demand: demand(n), ..Signals::default() })
        };
        let signals = shop.iter().enumerate().map(signal).collect();
        bench.index.set_signals(signals).await.expect("takes signals");
        let of = |product| shop.iter().position(|d| d.product == product).map_or(0, asked);
        for text in ["", "widget"] {
            let query = Query { sort: Sort::Popularity, ..Query::new(text) };
            let expected = ordered(&shop, |d| Reverse(of(d.product)));
            assert_eq!(pages(&bench, &query, 13).await, expected, "seed {SEED}, {text:?}");
        }
    }

    async fn what_sells_better_stands_higher_among_equals(bench) {
        let shop = bench.titled(&["steel kettle", "steel kettle", "steel kettle"]).await;
        let lift = |n: usize, conversion| {
            let demand = Some(Demand { popularity: 0, conversion });
            (shop[n].product, Signals { demand, ..Signals::default() })
        };
        let signals = vec![lift(0, -100), lift(1, 0), lift(2, 100)];
        bench.index.set_signals(signals).await.expect("takes signals");
        let hits = bench.find("kettle").await.hits;
        let order: Vec<_> = hits.iter().map(|h| h.product).collect();
        assert_eq!(order, [shop[2].product, shop[1].product, shop[0].product]);
    }

    async fn ratings_and_fast_delivery_raise_equals(bench) {
        let mut shop: Vec<_> = (0..3).map(|_| bench.product("steel kettle")).collect();
        (shop[1].rating_tenths, shop[1].reviews) = (48, 200);
        shop[2].fast_delivery = true;
        bench.publish(&shop).await;
        let hits = bench.find("kettle").await.hits;
        let order: Vec<_> = hits.iter().map(|h| h.product).collect();
        assert_eq!(order, [shop[1].product, shop[2].product, shop[0].product]);
        assert!(hits[1].fast_delivery && !hits[0].fast_delivery);
    }

    async fn two_shoppers_get_what_each_likes_first(bench) {
        let mut shop: Vec<_> = (0..6).map(|_| bench.product("steel kettle")).collect();
        for (n, document) in shop.iter_mut().enumerate() {
            document.brand = ["Acme", "Borealis"][n % 2].to_owned();
        }
        bench.publish(&shop).await;
        let likes = |brand: &str| Query {
            taste: Taste { brands: [(brand.to_owned(), 80)].into(), ..Taste::default() },
            ..Query::new("kettle")
        };
        for brand in ["Acme", "Borealis"] {
            let results = bench.search(&likes(brand)).await;
            assert_eq!(results.total, 6);
            assert!(results.hits[..3].iter().all(|h| h.brand == brand), "{brand}");
            let cheap = Query { sort: Sort::PriceAscending, ..likes(brand) };
            let anybody = Query { taste: Taste::default(), ..cheap.clone() };
            assert_eq!(bench.search(&cheap).await, bench.search(&anybody).await, "{brand}");
        }
    }

    async fn things_stand_before_what_has_to_do_with_them(bench) {
        let mut shop = Vec::new();
        for (title, category) in [
            ("Acme notebook stand for your desk", "Notebook stands"),
            ("Borealis notebook stand of steel", "Notebook stands"),
            ("Acme Travel 14 with a very long list of parts 8 GB 256 GB silver", "Notebooks"),
            ("Acme Office 15 with a very long list of parts 8 GB 256 GB silver", "Notebooks"),
            ("Acme Studio 16 with a very long list of parts 8 GB 256 GB silver", "Notebooks"),
        ] {
            let mut document = bench.product(title);
            document.category = vec!["Computers".to_owned(), category.to_owned()];
            shop.push(document);
        }
        bench.publish(&shop).await;
        for text in ["notebook", "notebooks", "laptop"] {
            let hits = bench.find(text).await.hits;
            let last: Vec<_> = hits.iter().rev().take(2).map(|h| h.title.as_str()).collect();
            assert!(last.iter().all(|t| t.contains("stand")), "{text}: {last:?}");
        }
    }

    async fn pages_have_every_hit_once(bench) {
        let shop = bench.shop(450);
        bench.publish(&shop).await;
        for text in ["", "widget", "gadget widget"] {
            for sort in [Sort::Relevance, Sort::Rating] {
                let query = Query { sort, ..Query::new(text) };
                let total = bench.search(&query).await.total;
                let all = pages(&bench, &query, 37).await;
                let distinct: HashSet<_> = all.iter().collect();
                assert_eq!((all.len(), distinct.len() as u64), (distinct.len(), total), "{text:?}");
                assert_eq!(pages(&bench, &query, 100).await, all, "{text:?} {sort:?}");
            }
        }
    }

    async fn the_same_search_has_the_same_answer(bench) {
        let shop = bench.shop(200);
        bench.publish(&shop).await;
        let first = bench.find("widget").await;
        assert_eq!(bench.find("widget").await, first);
        let equal = bench.titled(&["same kettle", "same kettle", "same kettle"]).await;
        let found: Vec<_> = bench.find("same kettle").await.hits;
        let expected: Vec<_> = ordered(&equal, |_| 0);
        assert_eq!(found.iter().map(|h| h.product).collect::<Vec<_>>(), expected);
    }

    async fn pages_beyond_the_end_are_empty(bench) {
        bench.titled(&["kettle one", "kettle two"]).await;
        for page in [2, 500, u32::MAX] {
            let results = bench.search(&Query { page, ..Query::new("kettle") }).await;
            assert_eq!((results.total, results.hits.len()), (2, 0), "{page}");
        }
        let huge = bench.search(&Query { per_page: u32::MAX, ..Query::new("kettle") }).await;
        assert_eq!((huge.hits.len(), huge.per_page), (2, 100));
    }
}
