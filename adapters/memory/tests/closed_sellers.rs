//! A seller that is closed sells nothing, whoever asks; the store keeps its offers as they are.

use futures_util::FutureExt;
use souk_catalog::contract::{Builder, NOW};
use souk_catalog::{CatalogService, HOUSE_SELLER, PutListing, Shelf};
use souk_kernel::ManualClock;
use souk_memory::catalog::MemoryCatalog;
use std::sync::Arc;

#[test]
fn a_closed_seller_sells_nothing_until_it_is_open_again() {
    let store = Arc::new(MemoryCatalog::new());
    let catalog = CatalogService::new(store, Arc::new(ManualClock::at(NOW)), 64);
    let make = Builder::new(7);
    let mut listing = make.listing("a", &["Kitchen"]);
    make.add_variant(&mut listing, "blue", souk_kernel::Money::new(5, souk_kernel::Currency::Eur));
    let (house, other) = (listing.offers[0].id, listing.offers[1].id);
    let seller = make.0.mint_anywhere();
    listing.offers[1].seller = seller;
    let (stock, at) = (Vec::new(), NOW);
    let put = PutListing { listing, keep_hidden: false, expected_version: None, stock, at };
    let done = catalog.put(vec![put], None).now_or_never().unwrap().unwrap().pop().unwrap();
    let product = done.unwrap().listing.product.id;
    let ids = [house, other];
    let buyable = || {
        let views = catalog.offers(&ids).now_or_never().unwrap().unwrap();
        let views: Vec<bool> = views.into_iter().flatten().map(|view| view.buyable).collect();
        let listing = catalog.listing(product).now_or_never().unwrap().unwrap().unwrap();
        let page = catalog.page(&Shelf::All, None, 9).now_or_never().unwrap().unwrap();
        for listing in [&listing, &page.listings[0]] {
            let shown = |id| listing.offers.iter().find(|o| o.id == id).unwrap().buyable;
            assert_eq!(ids.map(shown).to_vec(), views);
        }
        views
    };
    assert_eq!(buyable(), [true, true]);
    catalog.close([seller]);
    assert_eq!(buyable(), [true, false]);
    assert!(catalog.is_closed(seller) && !catalog.is_closed(HOUSE_SELLER));
    let stored = catalog.store().listings(&[product]).now_or_never().unwrap().unwrap();
    assert!(stored[0].as_ref().unwrap().offers.iter().all(|offer| offer.buyable), "as it is");
    catalog.close([]);
    assert_eq!(buyable(), [true, true]);
}
