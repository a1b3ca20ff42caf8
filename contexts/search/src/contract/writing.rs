//! What writes do, and when they are seen.

use super::define;
use crate::model::{Demand, Document, Signals, Sort};
use crate::{Filters, Query};

define! {
    async fn an_empty_index_finds_nothing(bench) {
        let results = bench.find("anything").await;
        assert_eq!((results.total, results.hits.len()), (0, 0));
        assert_eq!(bench.find("").await.total, 0);
        assert_eq!(bench.index.count().await, Ok(0));
        assert_eq!(bench.index.suggest("any").await, Ok(vec![]));
        bench.index.refresh().await.expect("an empty refresh is fine");
    }

    async fn a_card_needs_no_second_query(bench) {
        let mut document = bench.product("Écran 17\" <b>");
        document.brand = "HP".to_owned();
        document.image = Some("a/b.webp".to_owned());
        document.colours = vec!["Dark red".to_owned(), "Écru".to_owned()];
        document.rating_tenths = 47;
        document.reviews = 12;
        document.in_stock = false;
        bench.publish(std::slice::from_ref(&document)).await;
        let hit = bench.find("ecran").await.hits.remove(0);
        assert_eq!((hit.product, hit.offer), (document.product, document.offer));
        assert_eq!((&hit.title, &hit.brand), (&document.title, &document.brand));
        assert_eq!((hit.price, &hit.image), (document.price, &document.image));
        assert_eq!((hit.in_stock, hit.rating_tenths, hit.reviews), (false, 47, 12));
        assert_eq!(hit.colours, document.colours);
    }

    async fn upsert_replaces(bench) {
        let mut document = bench.product("old kettle");
        bench.publish(std::slice::from_ref(&document)).await;
        document.title = "new teapot".to_owned();
        document.price.minor = 777;
        bench.publish(std::slice::from_ref(&document)).await;
        assert_eq!(bench.index.count().await, Ok(1));
        assert_eq!(bench.find("kettle").await.total, 0);
        let found = bench.find("teapot").await;
        assert_eq!((found.total, found.hits[0].price.minor), (1, 777));
    }

    async fn the_last_of_a_batch_wins(bench) {
        let first = bench.product("first kettle");
        let last = Document { title: "last teapot".to_owned(), ..first.clone() };
        bench.publish(&[first, last]).await;
        assert_eq!(bench.index.count().await, Ok(1));
        assert_eq!(bench.titles("").await, ["last teapot"]);
    }

    async fn remove_removes(bench) {
        let documents = bench.titled(&["kettle one", "kettle two"]).await;
        let unknown = bench.product("never indexed").product;
        let gone = vec![documents[0].product, unknown];
        bench.index.remove(gone).await.expect("unknown products are no error");
        bench.index.refresh().await.expect("refreshes");
        assert_eq!(bench.titles("kettle").await, ["kettle two"]);
        assert_eq!(bench.index.count().await, Ok(1));
        bench.publish(&documents).await;
        assert_eq!(bench.index.count().await, Ok(2));
    }

    async fn clear_empties_and_what_follows_stays(bench) {
        bench.titled(&["kettle one", "kettle two"]).await;
        bench.index.clear().await.expect("clears");
        bench.titled(&["kettle three"]).await;
        assert_eq!(bench.titles("kettle").await, ["kettle three"]);
        assert_eq!(bench.find("").await.total, 1);
    }

    async fn signals_are_seen_by_the_next_search(bench) {
        let documents = bench.titled(&["kettle one", "kettle two"]).await;
        let demand = Some(Demand { popularity: 3, conversion: 0 });
        let signals = Signals { in_stock: Some(false), price_minor: Some(5), demand };
        let signals = vec![(documents[0].product, signals)];
        bench.index.set_signals(signals).await.expect("takes signals");
        let by_price = Query { sort: Sort::PriceAscending, ..Query::new("kettle") };
        let found = bench.search(&by_price).await;
        assert_eq!((found.hits[0].price.minor, found.hits[0].in_stock), (5, false));
        assert_eq!(found.facets.in_stock, 1);
        let filters = Filters { in_stock: true, ..Filters::default() };
        let here = bench.search(&Query { filters, ..Query::new("kettle") }).await;
        assert_eq!(here.hits.iter().map(|h| h.product).collect::<Vec<_>>(), [documents[1].product]);
    }

    async fn a_later_document_overrides_signals_and_keeps_popularity(bench) {
        let documents = bench.titled(&["kettle one", "kettle two"]).await;
        let demand = Some(Demand { popularity: 100_000, conversion: 0 });
        let signals = Signals { in_stock: Some(false), price_minor: Some(5), demand };
        let product = documents[1].product;
        bench.index.set_signals(vec![(product, signals)]).await.expect("takes signals");
        bench.publish(&documents[1..]).await;
        let first = bench.find("kettle").await.hits.remove(0);
        assert_eq!((first.product, first.price.minor, first.in_stock), (product, 1_000, true));
    }

    async fn a_signal_leaves_what_it_does_not_name(bench) {
        let mut document = bench.product("kettle");
        document.in_stock = false;
        bench.publish(std::slice::from_ref(&document)).await;
        let demand = Some(Demand { popularity: 7, conversion: 5 });
        let signals = vec![(document.product, Signals { demand, ..Signals::default() })];
        bench.index.set_signals(signals).await.expect("takes signals");
        let hit = bench.find("kettle").await.hits.remove(0);
        assert_eq!((hit.in_stock, hit.price), (false, document.price));
    }

    async fn signals_for_unknown_products_are_passed_over(bench) {
        let unknown = bench.product("never indexed").product;
        let signals = Signals { in_stock: Some(true), ..Signals::default() };
        bench.index.set_signals(vec![(unknown, signals)]).await.expect("no error");
        assert_eq!(bench.find("").await.total, 0);
    }

    async fn many_small_writes_are_all_found(bench) {
        for i in 0..30 {
            bench.publish(&[bench.product(&format!("kettle number{i}"))]).await;
        }
        assert_eq!(bench.find("kettle").await.total, 30);
        assert_eq!(bench.titles("number17").await, ["kettle number17"]);
    }
}
