//! What is hidden is not there for whoever reads as a shopper does, and is there for its sellers and the staff.

use futures_util::FutureExt;
use souk_catalog::contract::{Builder, NOW};
use souk_catalog::{CatalogService, PutListing, Shelf};
use souk_kernel::ManualClock;
use souk_memory::catalog::MemoryCatalog;
use std::sync::Arc;

#[test]
fn shoppers_read_nothing_of_what_is_hidden() {
    let store = Arc::new(MemoryCatalog::new());
    let clock = Arc::new(ManualClock::at(NOW));
    let catalog = CatalogService::new(store, clock.clone(), 64);
    let make = Builder::new(8);
    let mut listing = make.listing("a", &["Kitchen", "Kettles"]);
    let (id, offer) = (listing.product.id, listing.offers[0].id);
    let put = |hidden: bool, listing: &mut souk_catalog::Listing| {
        listing.product.hidden = hidden;
        let done = catalog.put(
            vec![PutListing {
                listing: listing.clone(),
                keep_hidden: false,
                expected_version: None,
                stock: Vec::new(),
                at: NOW,
            }],
            None,
        );
        done.now_or_never().unwrap().unwrap().pop().unwrap().unwrap();
        // The counts of categories are some seconds old at most.
        clock.advance(10_000);
    };
    macro_rules! now {
        ($reading:expr) => {
            $reading.now_or_never().unwrap().unwrap()
        };
    }
    for hidden in [false, true, false] {
        put(hidden, &mut listing);
        let page = now!(catalog.page(&Shelf::All, None, 9)).listings;
        let view = now!(catalog.offers(&[offer])).remove(0).unwrap();
        let seen = [
            now!(catalog.listing(id)).is_some(),
            now!(catalog.listings(&[id]))[0].is_some(),
            !page.is_empty(),
            !now!(catalog.ids(None, 9)).is_empty(),
            !now!(catalog.categories()).is_empty(),
            now!(catalog.shown_count()) == 1,
            view.buyable,
            !view.hidden,
        ];
        assert_eq!(seen, [!hidden; 8]);
        let kept = [
            now!(catalog.stored(id)).is_some(),
            now!(catalog.listings_with_hidden(&[id]))[0].is_some(),
            !now!(catalog.page_with_hidden(&Shelf::All, None, 9)).listings.is_empty(),
            !now!(catalog.stored_page(&Shelf::All, None, 9)).listings.is_empty(),
            !now!(catalog.all_categories()).is_empty(),
            now!(catalog.count()) == 1,
        ];
        assert_eq!(kept, [true; 6]);
    }
}
