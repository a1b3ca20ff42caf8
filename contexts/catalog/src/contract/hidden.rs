//! Cases of products that shoppers don't see.

use super::builder::of;
use super::{
    Builder, Catalog, CategoryCount, HOUSE_SELLER, ProductId, Shelf, case_list, get, put, put_one,
};
use std::sync::Arc;

fn path(levels: &[&str]) -> Vec<String> {
    levels.iter().map(|level| (*level).to_owned()).collect()
}

/// The ids on a shelf, in pages of two: with what is hidden, and without.
async fn on(store: &Arc<dyn Catalog>, shelf: &Shelf) -> (Vec<ProductId>, Vec<ProductId>) {
    let mut both = (Vec::new(), Vec::new());
    for (with_hidden, ids) in [(true, &mut both.0), (false, &mut both.1)] {
        let mut after = None;
        loop {
            let page = if with_hidden {
                store.page(shelf, after, 2).await
            } else {
                store.shown(shelf, after, 2).await
            };
            let page = page.expect("the store works");
            assert!(page.next.is_none() || page.listings.len() == 2, "pages are full");
            ids.extend(page.listings.iter().map(|listing| listing.product.id));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
    }
    both
}

case_list! {
    async fn what_is_hidden_stands_on_no_shelf_of_shoppers(store) {
        let make = Builder::new(60);
        let mut all = Vec::new();
        for at in 0..9 {
            let mut listing = make.listing(&at.to_string(), &["Kitchen", "Pots"]);
            listing.product.hidden = at % 3 != 2;
            all.push((listing.product.id, listing.product.hidden));
            put_one(&store, of(listing)).await.expect("new");
        }
        all.sort_unstable();
        let hidden: Vec<_> = all.iter().filter(|(_, hidden)| *hidden).map(|(id, _)| *id).collect();
        let shown: Vec<_> = all.iter().filter(|(_, hidden)| !*hidden).map(|(id, _)| *id).collect();
        let all: Vec<_> = all.iter().map(|(id, _)| *id).collect();
        for shelf in [
            Shelf::All, Shelf::Brand("Brenn".into()), Shelf::Seller(HOUSE_SELLER),
            Shelf::Category(path(&["Kitchen"])), Shelf::Category(path(&["Kitchen", "Pots"])),
        ] {
            assert_eq!(on(&store, &shelf).await, (all.clone(), shown.clone()), "{shelf:?}");
        }
        assert_eq!(on(&store, &Shelf::Hidden).await, (hidden, Vec::new()));
        let ids = store.ids(None, 50).await.expect("the store works");
        assert_eq!(ids.into_iter().map(|(id, _)| id).collect::<Vec<_>>(), shown);
        assert_eq!(store.count().await, Ok(9), "all of them");
        let count = |levels: &[&str]| {
            CategoryCount { path: path(levels), products: 3, hidden: 6, place: None }
        };
        let counts = vec![count(&["Kitchen"]), count(&["Kitchen", "Pots"])];
        assert_eq!(store.categories().await, Ok(counts));
    }

    async fn what_is_hidden_is_kept_and_not_buyable(store) {
        let make = Builder::new(61);
        let mut listing = make.listing("a", &["Kitchen"]);
        let offer = listing.offers[0].id;
        listing.product.hidden = true;
        let done = put_one(&store, of(listing)).await.expect("new").listing;
        assert_eq!(get(&store, done.product.id).await, Some(done.clone()), "as it was put");
        let seen = || async {
            let view = store.offers(&[offer]).await.expect("the store works").remove(0);
            view.map(|view| (view.hidden, view.buyable))
        };
        assert_eq!(seen().await, Some((true, false)));
        let mut shown = done.clone();
        shown.product.hidden = false;
        let now = put_one(&store, of(shown)).await.expect("changed").listing;
        assert_eq!((now.product.version, now.product.hidden), (2, false));
        assert_eq!(now.offers, done.offers, "its offers are as they were");
        assert_eq!(seen().await, Some((false, true)));
    }

    async fn who_does_not_know_leaves_it_hidden_or_shown(store) {
        let make = Builder::new(62);
        for hidden in [true, false] {
            let mut listing = make.listing(&hidden.to_string(), &["Kitchen"]);
            listing.product.hidden = hidden;
            let done = put_one(&store, of(listing.clone())).await.expect("new").listing;
            listing.product.title = "Another".into();
            listing.product.hidden = !hidden;
            let unknowing = super::PutListing { keep_hidden: true, ..of(listing.clone()) };
            let now = put_one(&store, unknowing.clone()).await.expect("changed").listing;
            assert_eq!((now.product.hidden, now.product.title.as_str()), (hidden, "Another"));
            let again = put_one(&store, unknowing).await.expect("equal");
            assert_eq!(again.outcome, super::PutOutcome::Unchanged);
            let now = put_one(&store, of(listing)).await.expect("changed").listing;
            assert_eq!((now.product.hidden, now.product.version), (!hidden, done.product.version + 2));
        }
        let mut new = make.listing("new", &["Kitchen"]);
        new.product.hidden = true;
        let unknowing = super::PutListing { keep_hidden: true, ..of(new) };
        assert!(put_one(&store, unknowing).await.expect("new").listing.product.hidden);
    }

    async fn counts_follow_what_is_hidden_moved_and_published(store) {
        let make = Builder::new(63);
        let mut listing = make.listing("a", &["A", "B"]);
        put(&store, vec![make.put("b", &["A"])]).await;
        let count = |levels: &[&str], products, hidden| {
            CategoryCount { path: path(levels), products, hidden, place: None }
        };
        for (hidden, category, expected) in [
            (true, &["A", "B"][..], vec![count(&["A"], 1, 1), count(&["A", "B"], 0, 1)]),
            (false, &["A", "B"], vec![count(&["A"], 2, 0), count(&["A", "B"], 1, 0)]),
            (true, &["C"], vec![count(&["A"], 1, 0), count(&["C"], 0, 1)]),
            (true, &[], vec![count(&[], 0, 1), count(&["A"], 1, 0)]),
            (false, &["A"], vec![count(&["A"], 2, 0)]),
        ] {
            listing.product.hidden = hidden;
            listing.product.category_path = path(category);
            put_one(&store, of(listing.clone())).await.expect("written");
            assert_eq!(store.categories().await, Ok(expected), "{hidden} in {category:?}");
        }
    }
}
