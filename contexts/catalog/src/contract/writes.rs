//! Cases of what is written.

use super::builder::of;
use super::{
    Builder, Checkpoint, HOUSE_SELLER, NOW, PriceRefused, PutOutcome, PutRefused, SetPrice,
    StockDue, TaxClass, case_list, eur, get, one, put, put_one,
};
use crate::port::BATCH_MAX;

fn set(offer: &crate::model::Offer, minor: i64, expected_version: u64) -> SetPrice {
    SetPrice { offer: offer.id, price: eur(minor), expected_version, at: NOW.plus_ms(7) }
}

case_list! {
    async fn what_is_put_is_read_back_whole(store) {
        let make = Builder::new(1);
        let mut listing = make.listing("a", &["Kitchen", "Kettles"]);
        make.add_variant(&mut listing, "blue", eur(1_399));
        listing.variants[1].options.insert("colour".into(), "Blue".into());
        let done = put_one(&store, of(listing.clone())).await.expect("a right listing");
        assert_eq!(done.outcome, PutOutcome::Created);
        assert_eq!(done.listing, listing);
        assert_eq!(get(&store, listing.product.id).await, Some(listing));
        assert_eq!(store.count().await, Ok(1));
    }

    async fn bare_products_are_kept(store) {
        let make = Builder::new(2);
        let mut listing = make.listing("bare", &[]);
        listing.product.external = None;
        listing.product.brand = None;
        listing.product.description.clear();
        listing.product.attributes.clear();
        listing.product.images.clear();
        listing.product.gtins.clear();
        listing.offers[0].price = eur(0);
        listing.offers[0].buyable = false;
        put_one(&store, of(listing.clone())).await.expect("nothing of it is required");
        assert_eq!(get(&store, listing.product.id).await, Some(listing));
    }

    async fn the_second_import_changes_nothing(store) {
        let make = Builder::new(3);
        let first = put_one(&store, make.put("a", &["Kitchen"])).await.expect("new");
        let again = put_one(&store, make.put("a", &["Kitchen"])).await.expect("known");
        assert_eq!(again.outcome, PutOutcome::Unchanged);
        assert_eq!(again.listing, first.listing, "the stored ids, not the proposed ones");
        assert_eq!(store.count().await, Ok(1));
        let due = store.stock_due(10).await.expect("works");
        assert_eq!(due.len(), 1, "first stock is due once");
    }

    async fn an_update_keeps_the_ids_and_counts_versions(store) {
        let make = Builder::new(4);
        let first = put_one(&store, make.put("a", &["Kitchen"])).await.expect("new").listing;
        let mut next = make.put("a", &["Garden"]);
        next.listing.product.title = "Kettle, better".into();
        next.listing.offers[0].price = eur(999);
        next.at = NOW.plus_ms(60);
        let done = put_one(&store, next).await.expect("known");
        assert_eq!(done.outcome, PutOutcome::Changed);
        let now = get(&store, first.product.id).await.expect("still there");
        assert_eq!(now, done.listing);
        assert_eq!((now.product.version, now.product.created_at), (2, NOW));
        assert_eq!(now.product.updated_at, NOW.plus_ms(60));
        assert_eq!(now.product.category_path, ["Garden"]);
        assert_eq!(now.offers[0].id, first.offers[0].id);
        assert_eq!((now.offers[0].version, now.offers[0].price), (2, eur(999)));
        assert_eq!(now.variants[0].id, first.variants[0].id);
    }

    async fn an_equal_offer_keeps_its_version(store) {
        let make = Builder::new(5);
        put_one(&store, make.put("a", &[])).await.expect("new");
        let mut next = make.put("a", &[]);
        next.listing.product.title = "Another title".into();
        let done = put_one(&store, next).await.expect("known");
        assert_eq!(done.outcome, PutOutcome::Changed);
        assert_eq!(done.listing.offers[0].version, 1);
    }

    async fn what_is_no_longer_named_stays_but_is_not_sold(store) {
        let make = Builder::new(6);
        let mut listing = make.listing("a", &[]);
        make.add_variant(&mut listing, "blue", eur(1_399));
        let other = make.0.mint_anywhere();
        let mut theirs = listing.offers[1].clone();
        theirs.id = make.0.mint_anywhere();
        theirs.seller = other;
        listing.offers.push(theirs);
        put_one(&store, of(listing.clone())).await.expect("new");
        let done = put_one(&store, make.put("a", &[])).await.expect("known").listing;
        assert_eq!(done.variants.len(), 2);
        let buyable: Vec<bool> = done.offers.iter().map(|offer| offer.buyable).collect();
        assert_eq!(buyable, [true, false, true], "another seller's offer is left alone");
        assert_eq!(get(&store, listing.product.id).await, Some(done));
    }

    async fn stock_is_due_only_for_new_offers(store) {
        let make = Builder::new(7);
        let first = put_one(&store, make.put("a", &[])).await.expect("new").listing;
        let product = first.product.id;
        let mut next = make.listing("a", &[]);
        make.add_variant(&mut next, "blue", eur(1_399));
        let added = next.offers[1].id;
        let done = put_one(&store, of(next)).await.expect("known").listing;
        assert_eq!(done.offers[1].id, added);
        let due = |sku| StockDue { sku, product, quantity: 5 };
        let expected = vec![due(first.offers[0].id), due(added)];
        assert_eq!(store.stock_due(10).await, Ok(expected.clone()));
        assert_eq!(store.stock_due(1).await, Ok(expected[..1].to_vec()), "oldest first");
        store.stock_received(&[expected[0].sku, make.0.mint_anywhere()]).await.expect("works");
        assert_eq!(store.stock_due(10).await, Ok(expected[1..].to_vec()));
        store.stock_received(&[expected[0].sku, added]).await.expect("works twice");
        assert_eq!(store.stock_due(10).await, Ok(vec![]));
    }

    async fn a_batch_is_in_order_and_one_refusal_leaves_the_others(store) {
        let make = Builder::new(8);
        let mut wrong = make.put("wrong", &[]);
        wrong.listing.product.title = " ".into();
        let mut stale = make.put("stale", &[]);
        stale.expected_version = Some(3);
        let mut second = make.put("a", &[]);
        second.listing.product.title = "The later title".into();
        let batch = vec![make.put("a", &[]), wrong, stale, second, make.put("b", &[])];
        let answers = put(&store, batch).await;
        assert_eq!(answers.len(), 5);
        let outcome = |at: usize| answers[at].as_ref().map(|done| done.outcome);
        assert_eq!(outcome(0), Ok(PutOutcome::Created));
        assert!(matches!(&answers[1], Err(PutRefused::Invalid(found)) if found[0].field == "title"));
        assert_eq!(answers[2], Err(PutRefused::Stale { current: 0 }));
        assert_eq!(outcome(3), Ok(PutOutcome::Changed), "it sees the first of its own batch");
        assert_eq!(outcome(4), Ok(PutOutcome::Created));
        assert_eq!(store.count().await, Ok(2));
        let id = answers[0].as_ref().expect("created").listing.product.id;
        let title = get(&store, id).await.expect("there").product.title;
        assert_eq!(title, "The later title");
    }

    async fn a_stale_edit_is_refused(store) {
        let make = Builder::new(9);
        let first = put_one(&store, make.put("a", &[])).await.expect("new").listing;
        let edit = |title: &str, version| {
            let mut intent = of(first.clone());
            intent.listing.product.title = title.into();
            intent.expected_version = Some(version);
            intent
        };
        put_one(&store, edit("first", 1)).await.expect("the version it saw");
        let refused = put_one(&store, edit("second", 1)).await.map(|done| done.outcome);
        assert_eq!(refused, Err(PutRefused::Stale { current: 2 }));
        let title = get(&store, first.product.id).await.expect("there").product.title;
        assert_eq!(title, "first");
    }

    async fn a_product_without_external_id_is_known_by_its_id(store) {
        let make = Builder::new(10);
        let mut listing = make.listing("x", &[]);
        listing.product.external = None;
        put_one(&store, of(listing.clone())).await.expect("new");
        listing.product.description = "Another.".into();
        let done = put_one(&store, of(listing.clone())).await.expect("known");
        assert_eq!((done.outcome, done.listing.product.version), (PutOutcome::Changed, 2));
        assert_eq!(store.count().await, Ok(1));
    }

    async fn the_same_id_of_two_sources_is_two_products(store) {
        let make = Builder::new(11);
        let mut other = make.put("a", &[]);
        if let Some(external) = &mut other.listing.product.external {
            external.source = "elsewhere".into();
        }
        put(&store, vec![make.put("a", &[]), other]).await;
        assert_eq!(store.count().await, Ok(2));
    }

    async fn a_checkpoint_is_stored_with_its_batch(store) {
        let make = Builder::new(12);
        assert_eq!(store.checkpoint("job").await, Ok(None));
        let mut at = Checkpoint { job: "job".into(), lines: 7, taken: 6, refused: 1, finished: false };
        store.put(vec![make.put("a", &[])], Some(at.clone())).await.expect("works");
        assert_eq!(store.checkpoint("job").await, Ok(Some(at.clone())));
        at.lines = 9;
        at.finished = true;
        store.put(Vec::new(), Some(at.clone())).await.expect("works without rows");
        assert_eq!(store.checkpoint("job").await, Ok(Some(at)));
        assert_eq!(store.checkpoint("another").await, Ok(None));
    }

    async fn a_price_is_set_at_the_version_that_was_seen(store) {
        let make = Builder::new(13);
        let listing = put_one(&store, make.put("a", &[])).await.expect("new").listing;
        let offer = &listing.offers[0];
        let answers = store.set_prices(vec![
            set(offer, 1_000, 1), set(offer, 900, 1), set(offer, 1_000, 2), set(offer, 800, 2),
        ]).await.expect("works");
        assert_eq!(answers, [Ok(2), Err(PriceRefused::Stale { current: 2 }), Ok(2), Ok(3)]);
        let view = store.offers(&[offer.id]).await.expect("works").pop().flatten().expect("there");
        assert_eq!((view.unit_price, view.offer_version), (eur(800), 3));
        let now = get(&store, listing.product.id).await.expect("there");
        assert_eq!(now.offers[0].price, eur(800));
    }

    async fn not_every_amount_is_a_price(store) {
        let make = Builder::new(14);
        let listing = put_one(&store, make.put("a", &[])).await.expect("new").listing;
        let offer = &listing.offers[0];
        let unknown = SetPrice { offer: make.0.mint_anywhere(), ..set(offer, 5, 1) };
        let dollars = SetPrice { price: Builder::usd(5), ..set(offer, 5, 1) };
        let batch = vec![set(offer, 0, 1), set(offer, -5, 1), dollars, unknown, set(offer, 5, 1)];
        let answers = store.set_prices(batch).await.expect("works");
        let not = Err(PriceRefused::NotAPrice);
        let expected = [not.clone(), not.clone(), not, Err(PriceRefused::NotFound), Ok(2)];
        assert_eq!(answers, expected);
    }

    async fn a_long_batch_of_one_product_is_that_many_updates(store) {
        let make = Builder::new(15);
        let batch: Vec<_> = (0..BATCH_MAX)
            .map(|n| {
                let mut intent = make.put("hot", &["Kitchen"]);
                intent.listing.product.title = format!("Kettle, take {n}");
                intent
            })
            .collect();
        let answers = put(&store, batch).await;
        assert!(answers.iter().all(Result::is_ok));
        let last = answers.last().and_then(|done| done.as_ref().ok()).expect("written");
        assert_eq!(last.listing.product.version, BATCH_MAX as u64);
        assert_eq!(store.count().await, Ok(1));
    }

    async fn tax_classes_and_weights_survive(store) {
        let make = Builder::new(16);
        for (n, class) in TaxClass::ALL.into_iter().enumerate() {
            let mut intent = make.put(&n.to_string(), &[]);
            intent.listing.offers[0].tax_class = class;
            intent.listing.offers[0].weight_g = n as u32;
            let done = one(put(&store, vec![intent]).await).expect("right");
            let view = store.offers(&[done.listing.offers[0].id]).await.expect("works");
            let view = view[0].clone().expect("there");
            assert_eq!((view.tax_class, view.weight_g), (class, n as u32));
            assert_eq!(view.seller, HOUSE_SELLER);
        }
    }
}
