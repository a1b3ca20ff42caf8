//! A seller hides a product while shoppers look at it, have it in the cart, are checking out: it is nowhere
//! to be seen and sold to nobody, orders of before stay as they are, and published it sells as before.

use crate::help::{Offer, Shop, Shopper, key, wait_for};

/// The product of the offer, as search finds it.
fn found(shopper: &Shopper, offer: &Offer) -> Option<String> {
    let hits = shopper.get("/search?q=copper+kettle").expect(200).json();
    let hits = hits["hits"].as_array().unwrap().clone();
    let hit = hits.iter().find(|hit| hit["offer_id"] == *offer.id)?;
    Some(hit["product_id"].as_str().unwrap().to_owned())
}

/// Every page and answer that could lead to the product, with what of it is told there.
fn told(shop: &Shop, shopper: &Shopper, product: &str) -> Vec<String> {
    let pages = [
        "/search?q=copper+kettle",
        "/c/kitchen/kettles",
        "/search/suggest?q=copper",
        "/sitemaps/products/first.xml",
    ];
    let reads = [
        "/products",
        "/search?q=copper+kettle",
        "/search/suggestions?q=copper",
        "/popular",
        "/products?category=Kitchen/Kettles",
    ];
    let pages = pages.iter().map(|path| ((*path).to_owned(), shop.page(shopper, path).body));
    let reads = reads.iter().map(|path| (format!("api {path}"), shopper.get(path).body));
    let tells = |(path, body): (String, String)| body.contains(product).then_some(path);
    pages.chain(reads).filter_map(tells).collect()
}

#[test]
fn a_hidden_product_is_nowhere_and_sold_to_nobody_until_it_is_published() {
    let shop = Shop::open("hidden");
    let (_, seller, kettle) = shop.sells_a_kettle("ada");
    let (shopper, buyer) = (shop.guest(), shop.guest());
    let product = wait_for("search to find it", || found(&shopper, &kettle));
    assert!(told(&shop, &shopper, &product).len() >= 4, "{:?}", told(&shop, &shopper, &product));
    let order = buyer.bought(&kettle);
    shopper.add(&kettle, 1).expect(200);
    let checkout = shopper.start_checkout().expect(201);
    let total = buyer.total(&[(&kettle, 1)]);
    let before = (shop.gateway_did("authorize"), shop.orders_begun(), shop.confirmed());

    let form = format!("/seller/products/{product}/shown");
    shop.send(&seller, &form, "shown=no").expect(303);
    // From the answer on.
    let page = format!("/p/{product}");
    shop.page(&shopper, &page).expect(404);
    assert_eq!(
        shopper.get(&format!("/products/{product}")).expect(404).code(),
        "product_not_found"
    );
    let one = key();
    let paid = shopper.pay(&checkout, "tok_approve", &one).unwrap().expect(409);
    assert_eq!((paid.code(), paid.text("offer_id")), ("not_buyable".into(), kettle.id.clone()));
    let again = shopper.start_checkout().expect(409);
    assert_eq!(again.code(), "not_buyable");
    let now = buyer.buy(&[(&kettle, 1)], &total, "tok_approve", &key()).unwrap().expect(409);
    assert_eq!(now.code(), "not_buyable");
    let after = (shop.gateway_did("authorize"), shop.orders_begun(), shop.confirmed());
    assert_eq!(after, before, "nobody was charged, nothing begun");
    assert_eq!(shop.guest().add(&kettle, 1).expect(404).code(), "offer_not_found");
    let cart = shop.page(&shopper, "/cart").expect(200).body;
    assert!(cart.contains("No longer for sale") && !cart.contains(&page), "{cart}");
    assert!(!shopper.get("/cart").expect(200).json()["lines"][0]["buyable"].as_bool().unwrap());
    wait_for("nobody to tell of it", || told(&shop, &shopper, &product).is_empty().then_some(()));
    // What was bought stays as it was; who sells it sees it.
    assert_eq!(buyer.order(&order)["lines"][0]["title"], "Copper kettle");
    let list = shop.look(&seller, "/seller/products").expect(200).body;
    assert!(list.contains("Copper kettle") && list.contains("Hidden"), "{list}");

    shop.send(&seller, &form, "shown=yes").expect(303);
    shop.page(&shopper, &page).expect(200);
    let placed = shopper.pay(&checkout, "tok_approve", &one).unwrap().expect(201);
    assert_eq!(placed.json()["total"], checkout.json()["total"]);
    wait_for("search to find it again", || found(&shopper, &kettle));
    shop.is_sound();
}
