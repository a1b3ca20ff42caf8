//! The order of hits, and pages.

use super::bench::{Bench, SEED};
use super::define;
use crate::model::{Document, Query, Sort};
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
