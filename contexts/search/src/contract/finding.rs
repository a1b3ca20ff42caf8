//! What is found, and what stands first.

use super::define;
use crate::model::Query;
use crate::{Filters, Sort};

define! {
    async fn words_are_found_in_any_case_form_and_place(bench) {
        let mut document = bench.product("Wireless Headphones");
        document.description = "Noise cancelling".to_owned();
        document.brand = "Borealis".to_owned();
        document.category = vec!["Electronics".to_owned(), "Audio".to_owned()];
        document.codes = vec!["BX-900/A".to_owned(), "4006381333931".to_owned()];
        document.attributes = vec![("Colour".to_owned(), vec!["Turquoise".to_owned()])];
        bench.publish(&[document, bench.product("Kettle")]).await;
        for text in [
            "headphones", "HEADPHONE", "wireless", "cancelling", "borealis", "audio", "bx900",
            "bx-900", "BX-900/A", "4006381333931", "turquoise", "  headphones  ",
        ] {
            assert_eq!(bench.titles(text).await, ["Wireless Headphones"], "{text}");
        }
    }

    async fn a_title_stands_before_a_description(bench) {
        let mut described = bench.product("Kitchen thing");
        described.description = "Looks like a kettle".to_owned();
        bench.publish(&[described, bench.product("Electric kettle")]).await;
        assert_eq!(bench.titles("kettle").await, ["Electric kettle", "Kitchen thing"]);
    }

    async fn an_exact_model_number_stands_first(bench) {
        let mut documents: Vec<_> = (0..40)
            .map(|i| bench.product(&format!("Xerox 006R9{i:04} toner cartridge black")))
            .collect();
        documents.push(bench.product("Xerox 006R90321 toner cartridge Original Black 6 pc(s)"));
        documents.push(bench.product("HP Pavilion dv7-1211ea Notebook Silver"));
        documents.push(bench.product("HP Pavilion dv7-1200 Notebook Silver"));
        bench.publish(&documents).await;
        for text in ["006R90321", "xerox 006r90321", "006r90321 toner", "toner 006R90321 original"] {
            let first = bench.titles(text).await.remove(0);
            assert!(first.contains("006R90321"), "{text}: {first}");
        }
        for text in ["dv7-1211ea", "dv7 1211ea", "DV71211EA", "hp dv7-1211ea"] {
            let first = bench.titles(text).await.remove(0);
            assert!(first.contains("dv7-1211ea"), "{text}: {first}");
        }
    }

    async fn numbers_and_units_are_one_thing_however_written(bench) {
        bench.titled(&["Disk 250GB", "Disk 500 GB", "Display 17\"", "Display 19 inch"]).await;
        for (text, title) in [
            ("disk 250 gb", "Disk 250GB"),
            ("250gb", "Disk 250GB"),
            ("500GB", "Disk 500 GB"),
            ("display 17 inch", "Display 17\""),
            ("17\" display", "Display 17\""),
            ("19\"", "Display 19 inch"),
        ] {
            assert_eq!(bench.titles(text).await.remove(0), title, "{text}");
        }
    }

    async fn all_words_stand_before_some(bench) {
        bench.titled(&["red kettle", "kettle", "red mug", "kettle red handle cosy"]).await;
        let found = bench.titles("red kettle").await;
        assert_eq!(found[0], "red kettle");
        assert_eq!(found[1], "kettle red handle cosy");
    }

    async fn one_odd_word_never_empties_the_page(bench) {
        bench.titled(&["steel kettle", "glass kettle", "steel pan"]).await;
        let found = bench.titles("steel kettle qqqxxzzy").await;
        assert_eq!(found.first().map(String::as_str), Some("steel kettle"));
        for sort in [Sort::PriceAscending, Sort::Newest] {
            let query = Query { sort, ..Query::new("steel kettle qqqxxzzy") };
            let found = bench.search(&query).await;
            assert_eq!((found.total, found.hits[0].title.as_str()), (1, "steel kettle"));
        }
        assert_eq!(bench.find("qqqxxzzy").await.total, 0);
    }

    async fn filler_words_change_nothing(bench) {
        bench.titled(&["steel kettle", "stand for the kettle", "pan"]).await;
        assert_eq!(bench.titles("a kettle of steel").await[0], "steel kettle");
        assert_eq!(bench.titles("the").await, ["stand for the kettle"]);
    }

    async fn what_has_no_price_yet_is_not_the_cheapest(bench) {
        let mut unpriced = bench.product("steel kettle");
        unpriced.price.minor = 0;
        let priced = bench.product("glass kettle");
        bench.publish(&[unpriced.clone(), priced.clone()]).await;
        for sort in [Sort::PriceAscending, Sort::PriceDescending] {
            let found = bench.search(&Query { sort, ..Query::new("kettle") }).await;
            assert_eq!(found.hits[1].product, unpriced.product, "{sort:?}");
            assert_eq!(found.facets.prices.iter().map(|range| range.count).sum::<u64>(), 1);
        }
        for (least, most) in [(None, Some(10_000)), (Some(0), None), (Some(0), Some(10_000))] {
            let filters = Filters { price_min: least, price_max: most, ..Filters::default() };
            let found = bench.search(&Query { filters, ..Query::new("kettle") }).await;
            assert_eq!((found.total, found.hits[0].product), (1, priced.product));
        }
    }

    async fn what_can_be_bought_stands_before_its_equal(bench) {
        let mut gone = bench.product("steel kettle");
        gone.in_stock = false;
        let here = bench.product("steel kettle");
        bench.publish(&[gone.clone(), here.clone()]).await;
        let found = bench.find("kettle").await;
        assert_eq!([found.hits[0].product, found.hits[1].product], [here.product, gone.product]);
    }

    async fn every_script_is_found(bench) {
        let titles = ["Кабель питания", "电脑 鼠标", "Großer Löffel", "İnce kılıf", "ΚΑΛΩΔΙΟ", "케이블"];
        bench.titled(&titles).await;
        for (text, title) in [
            ("кабель", titles[0]), ("КАБЕЛЬ", titles[0]), ("电脑", titles[1]), ("鼠标", titles[1]),
            ("grosser loffel", titles[2]), ("GROSSER", titles[2]), ("ince", titles[3]),
            ("kilif", titles[3]), ("καλωδιο", titles[4]), ("케이블", titles[5]),
        ] {
            assert_eq!(bench.titles(text).await, [title], "{text}");
        }
    }

    async fn no_text_is_an_error(bench) {
        bench.titled(&["steel kettle"]).await;
        let long = "kettle ".repeat(3_000);
        let one_word = "k".repeat(100_000);
        let marks = "\"'`´".repeat(2_000);
        let wide = "wörd ".repeat(20_000);
        for text in [
            "\"", "'", "+-*:()", "title:kettle", "kettle AND", "NOT", "(((", "[a TO b]", "kettle^",
            "kettle~", "\\", "\\\"", "{", "}", "/", "//", "*", "?", "😀", "👩‍👩‍👧", "kettle😀",
            "\u{0}", "\u{202e}kettle", "\u{feff}", "' OR 1=1 --", "<script>", "%00", "\n\r\t",
            "a\u{300}\u{301}\u{302}", "-", "--", "kettle -steel", "\"steel kettle\"", "…", "1/2\"",
            "0x", ".", ",", "1.", ".5", "5..5", "a-b-c-d-e-f-g-h-i-j", &long, &one_word, &marks, &wide,
        ] {
            let query = Query::new(text);
            let results = bench.index.search(&query).await;
            assert!(results.is_ok(), "{text:.40}: {results:?}");
            assert!(bench.index.suggest(text).await.is_ok(), "{text:.40}");
        }
        assert_eq!(bench.titles("\"steel\" +kettle*").await, ["steel kettle"]);
    }

    async fn hostile_filters_find_nothing_and_fail_nothing(bench) {
        bench.titled(&["steel kettle"]).await;
        let filters = Filters {
            category: vec![String::new(), "\u{1f}".to_owned()],
            brands: ["\u{1f}".to_owned()].into(),
            attributes: [("a\u{1f}b".to_owned(), ["\"".to_owned()].into())].into(),
            price_min: Some(i64::MAX),
            price_max: Some(i64::MIN),
            rating_min: Some(255),
            in_stock: false,
            fast_delivery: true,
            seller: None,
        };
        let query = Query { filters, page: u32::MAX, per_page: u32::MAX, ..Query::new("kettle") };
        assert_eq!(bench.search(&query).await.total, 0);
    }
}
