//! Cases of what is read.

use super::builder::of;
use super::{
    Builder, CategoryCount, HOUSE_SELLER, Listing, OfferId, ProductId, Seller, Shelf, case_list,
    eur, put, put_one,
};
use crate::model::OfferView;
use crate::port::Catalog;
use std::sync::Arc;

async fn shelf(store: &Arc<dyn Catalog>, shelf: Shelf, limit: usize) -> Vec<Listing> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = store.page(&shelf, after, limit).await.expect("the store works");
        assert!(page.listings.len() <= limit);
        let last = page.listings.last().map(|listing| listing.product.id);
        assert!(page.next.is_none() || page.next == last, "the next page begins after the last");
        all.extend(page.listings);
        if page.next.is_none() {
            return all;
        }
        after = page.next;
    }
}

fn path(levels: &[&str]) -> Vec<String> {
    levels.iter().map(|level| (*level).to_owned()).collect()
}

fn externals(listings: &[Listing]) -> Vec<&str> {
    let id = |listing: &Listing| listing.product.external.clone().map_or(0, |e| e.id.len());
    assert!(listings.iter().all(|listing| id(listing) > 0));
    listings.iter().filter_map(|l| l.product.external.as_ref()).map(|e| e.id.as_str()).collect()
}

case_list! {
    async fn an_empty_store_answers_with_nothing(store) {
        let make = Builder::new(21);
        let (product, offer): (ProductId, OfferId) = (make.0.mint_anywhere(), make.0.mint_anywhere());
        assert_eq!(store.listings(&[product]).await, Ok(vec![None]));
        assert_eq!(store.offers(&[offer, offer]).await, Ok(vec![None, None]));
        assert_eq!(store.offers(&[]).await, Ok(vec![]));
        assert_eq!(store.categories().await, Ok(vec![]));
        assert_eq!(store.count().await, Ok(0));
        assert!(shelf(&store, Shelf::All, 3).await.is_empty());
    }

    async fn ids_come_in_stretches_that_touch(store) {
        let make = Builder::new(26);
        for title in ["a", "b", "c", "d", "e"] {
            put_one(&store, make.put(title, &[])).await.expect("new");
        }
        let all = shelf(&store, Shelf::All, 50).await;
        let wanted: Vec<_> = all.iter().map(|l| (l.product.id, l.product.updated_at)).collect();
        assert_eq!(wanted.len(), 5);
        for limit in 1..=6 {
            let (mut found, mut after) = (Vec::new(), None);
            loop {
                let some = store.ids(after, limit).await.expect("the store works");
                assert!(some.len() <= limit);
                let Some((last, _)) = some.last() else { break };
                after = Some(*last);
                found.extend(some);
            }
            assert_eq!(found, wanted, "{limit} at a time");
        }
    }

    async fn answers_come_in_the_order_asked(store) {
        let make = Builder::new(22);
        let a = put_one(&store, make.put("a", &[])).await.expect("new").listing;
        let b = put_one(&store, make.put("b", &[])).await.expect("new").listing;
        let nobody: ProductId = make.0.mint_anywhere();
        let ids = [b.product.id, nobody, a.product.id, b.product.id];
        let found = store.listings(&ids).await.expect("works");
        let expected = [Some(b.clone()), None, Some(a.clone()), Some(b.clone())];
        assert_eq!(found, expected);
        let none: OfferId = make.0.mint_anywhere();
        let ids = [b.offers[0].id, a.offers[0].id, none];
        let found = store.offers(&ids).await.expect("works");
        let view = |listing: &Listing| Some(OfferView::of(listing, &listing.offers[0]));
        assert_eq!(found, [view(&b), view(&a), None]);
    }

    async fn a_view_is_what_pricing_needs(store) {
        let make = Builder::new(23);
        let mut listing = make.listing("a", &[]);
        make.add_variant(&mut listing, "blue", eur(1_399));
        put_one(&store, of(listing.clone())).await.expect("new");
        let ids: Vec<OfferId> = listing.offers.iter().map(|offer| offer.id).collect();
        let found: Vec<_> = store.offers(&ids).await.expect("works").into_iter().flatten().collect();
        assert_eq!(found, listing.views());
        assert_eq!(&*found[0].title, "Kettle a");
        assert_eq!(&*found[1].title, "Kettle a – blue");
        assert_eq!(found[1].image.as_deref(), Some("kettle.jpg"));
    }

    async fn an_id_with_a_guessed_tail_names_nothing(store) {
        let make = Builder::new(24);
        let listing = put_one(&store, make.put("a", &[])).await.expect("new").listing;
        let guess = |bytes: &[u8; 16]| {
            let mut guess = *bytes;
            guess[15] ^= 1;
            guess
        };
        let product = ProductId::from_bytes(guess(listing.product.id.bytes()));
        let offer = OfferId::from_bytes(guess(listing.offers[0].id.bytes()));
        assert_eq!((product.key(), offer.key()), (listing.product.id.key(), listing.offers[0].id.key()));
        assert_eq!(store.listings(&[product]).await, Ok(vec![None]));
        assert_eq!(store.offers(&[offer]).await, Ok(vec![None]));
    }

    async fn shelves_hold_what_belongs_there(store) {
        let make = Builder::new(25);
        let mut batch = vec![
            make.put("a", &["Kitchen", "Kettles"]), make.put("b", &["Kitchen"]), make.put("c", &[]),
            make.put("d", &["Kitchen", "Kettles", "Travel"]), make.put("e", &["Kitchenware"]),
        ];
        batch[4].listing.product.brand = Some("Other".into());
        put(&store, batch).await;
        for limit in 1..=6 {
            let of = |levels: &[&str]| shelf(&store, Shelf::Category(path(levels)), limit);
            assert_eq!(externals(&of(&["Kitchen"]).await), ["a", "b", "d"]);
            assert_eq!(externals(&of(&["Kitchen", "Kettles"]).await), ["a", "d"]);
            assert_eq!(externals(&of(&[]).await), ["c"], "those in no category");
            assert!(of(&["Kettles"]).await.is_empty());
            assert_eq!(externals(&shelf(&store, Shelf::All, limit).await), ["a", "b", "c", "d", "e"]);
            let brand = Shelf::Brand("Other".into());
            assert_eq!(externals(&shelf(&store, brand, limit).await), ["e"]);
        }
    }

    async fn a_seller_s_shelf_holds_what_the_seller_offers(store) {
        let make = Builder::new(30);
        let (one, two) = (make.0.mint_anywhere(), make.0.mint_anywhere());
        let mut batch: Vec<_> =
            ["a", "b", "c", "d"].iter().map(|name| make.put(name, &["Kitchen"])).collect();
        for (at, seller) in [(0, one), (2, one), (3, two)] {
            batch[at].listing.offers[0].seller = seller;
        }
        make.add_variant(&mut batch[3].listing, "blue", super::eur(900));
        batch[3].listing.offers[1].seller = one;
        batch[3].listing.offers[1].buyable = false;
        put(&store, batch).await;
        for limit in 1..=4 {
            let of = |seller| shelf(&store, Shelf::Seller(seller), limit);
            assert_eq!(externals(&of(one).await), ["a", "c", "d"], "on sale or not");
            assert_eq!(externals(&of(two).await), ["d"]);
            assert_eq!(externals(&of(HOUSE_SELLER).await), ["b"]);
        }
        assert!(shelf(&store, Shelf::Seller(make.0.mint_anywhere()), 9).await.is_empty());
    }

    async fn a_moved_product_leaves_its_old_shelves(store) {
        let make = Builder::new(26);
        put(&store, vec![make.put("a", &["Kitchen", "Kettles"])]).await;
        let mut moved = make.put("a", &["Garden"]);
        moved.listing.product.brand = None;
        put(&store, vec![moved]).await;
        assert!(shelf(&store, Shelf::Category(path(&["Kitchen"])), 9).await.is_empty());
        assert!(shelf(&store, Shelf::Brand("Brenn".into()), 9).await.is_empty());
        assert_eq!(shelf(&store, Shelf::Category(path(&["Garden"])), 9).await.len(), 1);
        let garden = CategoryCount { path: path(&["Garden"]), products: 1, hidden: 0, place: None };
        assert_eq!(store.categories().await, Ok(vec![garden]));
    }

    async fn categories_count_what_lies_below(store) {
        let make = Builder::new(27);
        let batch = vec![
            make.put("a", &["Kitchen", "Kettles"]), make.put("b", &["Kitchen", "Pans"]),
            make.put("c", &[]), make.put("d", &["Kitchen"]), make.put("e", &["Garden", "Kettles"]),
        ];
        put(&store, batch).await;
        let count = |levels: &[&str], products| {
            CategoryCount { path: path(levels), products, hidden: 0, place: None }
        };
        let expected = vec![
            count(&[], 1), count(&["Garden"], 1), count(&["Garden", "Kettles"], 1),
            count(&["Kitchen"], 3), count(&["Kitchen", "Kettles"], 1), count(&["Kitchen", "Pans"], 1),
        ];
        assert_eq!(store.categories().await, Ok(expected));
    }

    async fn hostile_names_are_only_names(store) {
        let make = Builder::new(28);
        let names = ["a%", "a_", "'; DROP TABLE product; --", "🦀", "ä", "A"];
        let batch = names.iter().map(|name| make.put(name, &[name, "x"])).collect();
        put(&store, batch).await;
        for name in names {
            let found = shelf(&store, Shelf::Category(path(&[name])), 9).await;
            assert_eq!(externals(&found), [name]);
        }
        assert_eq!(store.count().await, Ok(names.len() as u64));
    }

    async fn sellers_are_written_and_renamed(store) {
        let make = Builder::new(29);
        let other = Seller { id: make.0.mint_anywhere(), name: "Atelier Nord".into() };
        let house = Seller { id: HOUSE_SELLER, name: "Souk".into() };
        store.put_sellers(vec![house.clone(), other.clone()]).await.expect("works");
        let renamed = Seller { name: "Atelier Süd".into(), ..other.clone() };
        store.put_sellers(vec![renamed.clone()]).await.expect("works");
        let ids = [other.id, make.0.mint_anywhere(), HOUSE_SELLER];
        assert_eq!(store.sellers(&ids).await, Ok(vec![Some(renamed), None, Some(house)]));
    }
}
