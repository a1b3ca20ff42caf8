//! Cases of the order of categories.

use super::{Arrange, ArrangeRefused, Beside, Builder, Catalog, case_list, put, put_one};
use std::sync::Arc;

fn path(levels: &[&str]) -> Vec<String> {
    levels.iter().map(|level| (*level).to_owned()).collect()
}

/// Puts the last of `levels` before or behind its sibling.
async fn step(
    store: &Arc<dyn Catalog>,
    levels: &[&str],
    before: bool,
    sibling: &str,
) -> Result<bool, ArrangeRefused> {
    let wish = Beside { path: path(levels), sibling: sibling.to_owned(), before };
    store.arrange(Arrange::Step(wish)).await
}

/// The children of a category that have their place, in that order.
async fn placed(store: &Arc<dyn Catalog>, parent: &[&str]) -> String {
    let counts = store.categories().await.expect("the store works");
    assert!(counts.is_sorted_by(|a, b| a.path < b.path), "by path, whatever was arranged");
    let parent = path(parent);
    let child = |at: &super::CategoryCount| {
        let (name, above) = at.path.split_last()?;
        Some((at.place.filter(|_| above == parent)?, name.clone()))
    };
    let mut found: Vec<_> = counts.iter().filter_map(child).collect();
    found.sort_unstable();
    found.into_iter().map(|(_, name)| name).collect::<Vec<_>>().join(" ")
}

case_list! {
    async fn a_step_places_every_sibling(store) {
        let make = Builder::new(50);
        let batch = vec![
            make.put("1", &["A", "X"]), make.put("2", &["B", "X"]), make.put("3", &["C"]),
            make.put("4", &["A", "Y"]), make.put("5", &["A B"]), make.put("6", &[]),
        ];
        put(&store, batch).await;
        assert_eq!(placed(&store, &[]).await, "");
        // Until somebody arranges them, what has most products comes first.
        assert_eq!(step(&store, &["C"], true, "B").await, Ok(true));
        assert_eq!(placed(&store, &[]).await, "A A B C B");
        assert_eq!(placed(&store, &["A"]).await, "", "another level");
        assert_eq!(step(&store, &["A", "Y"], true, "X").await, Ok(true));
        assert_eq!(placed(&store, &["A"]).await, "Y X");
        assert_eq!(placed(&store, &["B"]).await, "", "of another parent");
        assert_eq!(step(&store, &["C"], false, "B").await, Ok(true));
        assert_eq!(placed(&store, &[]).await, "A A B B C");
    }

    async fn twice_the_same_step_is_one_and_a_stale_one_none(store) {
        let make = Builder::new(51);
        put(&store, ["A", "B", "C"].map(|name| make.put(name, &[name])).into()).await;
        assert_eq!(step(&store, &["C"], true, "B").await, Ok(true));
        assert_eq!(step(&store, &["C"], true, "B").await, Ok(false));
        assert_eq!(step(&store, &["B"], false, "C").await, Ok(false), "it is so already");
        assert_eq!(step(&store, &["A"], false, "B").await, Err(ArrangeRefused::Stale));
        assert_eq!(step(&store, &["A"], true, "A").await, Err(ArrangeRefused::Stale));
        for (levels, sibling) in [(&["A"][..], "D"), (&["D"], "A"), (&["A", "B"], "C"), (&[], "A")] {
            let refused = step(&store, levels, true, sibling).await;
            assert_eq!(refused, Err(ArrangeRefused::NoCategory), "{levels:?}");
        }
        assert_eq!(placed(&store, &[]).await, "A C B", "what was refused changed nothing");
    }

    async fn the_order_outlives_what_products_do(store) {
        let make = Builder::new(52);
        let only = make.put("b", &["B"]);
        put(&store, vec![make.put("a", &["A"]), only.clone(), make.put("c", &["C"])]).await;
        assert_eq!(step(&store, &["C"], true, "B").await, Ok(true));
        let mut away = only.clone();
        away.listing.product.category_path = path(&["D"]);
        put_one(&store, away).await.expect("changed");
        assert_eq!(placed(&store, &[]).await, "A C", "what came later has no place");
        assert_eq!(step(&store, &["C"], true, "A").await, Ok(true));
        assert_eq!(placed(&store, &[]).await, "C A D");
        put_one(&store, only).await.expect("changed");
        assert_eq!(placed(&store, &[]).await, "C A B", "it finds its place again");
    }

    async fn a_new_name_keeps_the_place_of_the_old_one(store) {
        let make = Builder::new(53);
        let batch = ["A", "B", "C"].map(|name| make.put(name, &[name, "X"]));
        put(&store, batch.into()).await;
        put(&store, vec![make.put("d", &["C", "Y"]), make.put("e", &["C X"])]).await;
        for _ in 0..2 {
            let to = |name| Arrange::Follow { from: path(&["C"]), to: path(&[name]) };
            assert_eq!(store.arrange(to("N")).await, Ok(false), "nothing is arranged yet");
        }
        assert_eq!(step(&store, &["C", "Y"], true, "X").await, Ok(true));
        assert_eq!(step(&store, &["A"], false, "B").await, Ok(true));
        assert_eq!(placed(&store, &[]).await, "C B A C X");
        put(&store, vec![make.put("f", &["N", "X"]), make.put("g", &["N", "Y"])]).await;
        let follow = Arrange::Follow { from: path(&["C"]), to: path(&["N"]) };
        assert_eq!(store.arrange(follow.clone()).await, Ok(true));
        assert_eq!(store.arrange(follow).await, Ok(false), "once");
        assert_eq!(placed(&store, &["N"]).await, "Y X");
        let counts = store.categories().await.expect("the store works");
        let of = |name: &str| counts.iter().find(|at| at.path == [name]).and_then(|at| at.place);
        assert_eq!((of("N"), of("A")), (of("C"), Some(2)), "one of them is empty soon");
        let elsewhere = Arrange::Follow { from: path(&["C"]), to: path(&["A", "N"]) };
        assert_eq!(store.arrange(elsewhere).await, Ok(true));
        put(&store, vec![make.put("h", &["A", "N", "X"]), make.put("i", &["A", "N", "Y"])]).await;
        assert_eq!(placed(&store, &["A", "N"]).await, "Y X", "what lies below comes along");
        assert_eq!(placed(&store, &["A"]).await, "", "among others it has no place yet");
    }

    async fn a_level_has_an_end(store) {
        use crate::limits::SIBLINGS;
        let make = Builder::new(54);
        let batch: Vec<_> =
            (0..SIBLINGS).map(|n| make.put(&n.to_string(), &[&format!("{n:04}")])).collect();
        put(&store, batch).await;
        assert_eq!(step(&store, &["0001"], true, "0000").await, Ok(true));
        let one_more = make.put("more", &["More"]);
        put(&store, vec![one_more]).await;
        assert_eq!(step(&store, &["0002"], true, "0000").await, Err(ArrangeRefused::TooMany));
    }
}
