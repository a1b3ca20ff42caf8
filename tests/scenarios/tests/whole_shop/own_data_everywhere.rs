//! Every operation of the API's description and every route of the shopper's pages, asked by a second
//! account about what is the first one's: nothing of it is told, and nothing of it changes.

use crate::help::{Answer, Shop, Shopper, call, key, wait_for};
use serde_json::{Value, json};
use std::path::Path;

/// What belongs to the first account.
struct Owned {
    owner: Shopper,
    order: String,
    number: String,
    checkout: String,
    product: String,
    review: String,
    alert: String,
    offer: String,
    address: String,
    session: String,
    method: String,
}

fn account(shop: &Shop, name: &str) -> String {
    let email = format!("{}@example.com", name.to_lowercase().replace(' ', "."));
    let body = json!({"email": email, "password": "correct horse", "name": name});
    let headers = [("content-type", "application/json")];
    let made = call(shop.port, ("POST", "/api/v1/accounts"), &headers, &body.to_string());
    made.unwrap().expect(201).text("token")
}

fn draft() -> Value {
    json!({"stars": 4, "title": "Good", "text": "Holds the heat for hours."})
}

impl Owned {
    fn by_ada(shop: &Shop) -> Self {
        let mut owner = shop.guest();
        owner.token = account(shop, "Ada Lovelace");
        let address = json!({
            "name": "Ada Lovelace", "line1": "Invalidenstr. 116", "city": "Berlin",
            "postal_code": "10115", "country": "DE", "email": "ada.lovelace@example.com",
        });
        owner.ask("PUT", "/me/address", None, Some(&address)).unwrap().expect(200);
        let book = owner.get("/me/addresses").expect(200).json();
        let address = book["addresses"][0]["address_id"].as_str().unwrap().to_owned();
        let sessions = owner.get("/me/sessions").expect(200).json();
        let session = sessions["sessions"][0]["session_id"].as_str().unwrap().to_owned();
        let offer = shop.offer();
        let total = owner.total(&[(&offer, 1)]);
        let order = json!({
            "lines": [{"offer_id": offer.id, "quantity": 1}], "payment_token": "tok_approve",
            "save_payment_method": true, "total": total,
        });
        let order = owner.post("/orders", &order).expect(201).text("order_id");
        let kept = owner.get("/me/payment-methods").expect(200).json();
        let method = kept["methods"][0]["saved_method_id"].as_str().unwrap().to_owned();
        wait_for("her list of orders", || {
            let list = owner.get("/orders").expect(200).json();
            (list["orders"].as_array().unwrap().len() == 1).then_some(())
        });
        let found = owner.order(&order);
        let number = found["number"].as_str().unwrap().to_owned();
        let hit = owner.get("/search?in_stock=true").expect(200).json()["hits"][0].clone();
        let product = hit["product_id"].as_str().unwrap().to_owned();
        let path = format!("/products/{product}/reviews");
        let review = owner.post(&path, &draft()).expect(201).text("review_id");
        owner.ask("PUT", &format!("/wishlist/{}", offer.id), None, None).unwrap().expect(200);
        let wait = json!({"offer_id": offer.id, "awaits": "price"});
        let alerts = owner.post("/alerts", &wait).expect(200).json();
        let alert = alerts["items"][0]["alert_id"].as_str().unwrap().to_owned();
        owner.post(&format!("/products/{product}/looks"), &json!({})).expect(204);
        owner.add(&offer, 2).expect(200);
        owner.add(&shop.offers()[1], 1).expect(200);
        let save = format!("/cart/lines/{}/save", shop.offers()[1].id);
        owner.post(&save, &json!({})).expect(200);
        let checkout = owner.start_checkout().expect(201).text("checkout_id");
        let offer = offer.id;
        Self {
            owner,
            order,
            number,
            checkout,
            product,
            review,
            alert,
            offer,
            address,
            session,
            method,
        }
    }

    /// Everything of hers, as she sees it; votes of others may come and go.
    fn seen(&self) -> Vec<Value> {
        let of = |path: &str| self.owner.get(path).expect(200).json();
        let mut own = of(&format!("/products/{}/reviews/own", self.product));
        own["helpful"] = Value::Null;
        let mut order = of(&format!("/orders/{}", self.order));
        // Its parcels travel meanwhile.
        assert_ne!(order["state"], "cancelled");
        let mut orders = of("/orders");
        for moving in [&mut order, &mut orders["orders"][0]] {
            for part in ["state", "timeline", "parcels", "progress", "payment"] {
                moving[part] = Value::Null;
            }
        }
        let checkout = of(&format!("/checkouts/{}", self.checkout));
        let (book, sessions) = (of("/me/addresses"), of("/me/sessions"));
        let lists = [of("/wishlist"), of("/alerts"), of("/me/recently-viewed")];
        let mut seen = vec![of("/me"), of("/cart"), orders, order, checkout, own, book, sessions];
        seen.extend(lists);
        seen.push(of("/me/payment-methods"));
        seen
    }

    /// A template with her ids in it.
    fn path(&self, template: &str) -> String {
        let mut before = "";
        let mut parts = Vec::new();
        for part in template.split('/') {
            parts.push(match (before, part) {
                ("orders", "{id}") | (_, "{order}") => &*self.order,
                (_, "{number}") => &*self.number,
                ("checkouts" | "checkout", "{id}") => &*self.checkout,
                ("payment-methods", "{id}" | "{method}") => &*self.method,
                ("products", "{id}") | (_, "{product}") => &*self.product,
                ("reviews", "{id}") | (_, "{review}") => &*self.review,
                ("addresses", "{address_id}") | (_, "{address}") => &*self.address,
                ("sessions", "{id}") | (_, "{session}") => &*self.session,
                ("alerts", "{id}") => &*self.alert,
                (_, "{id}" | "{offer_id}") => &*self.offer,
                (
                    _,
                    "{brand}" | "{seller}" | "{file}" | "{mail}" | "{token}" | "{key}" | "{*path}",
                ) => "x",
                (_, other) => {
                    assert!(!other.starts_with('{'), "{template}: whose is {other}?");
                    other
                }
            });
            before = part;
        }
        parts.join("/")
    }

    fn is_told_nothing(&self, what: &str, answer: &Answer) {
        assert!(answer.status < 500, "{what}: {answer:?}");
        for secret in ["Lovelace", "Invalidenstr", &self.order, &self.checkout, &self.number] {
            // What was asked for may be named again, in an address that leads back.
            let told = answer.body.contains(secret) && answer.status < 300;
            assert!(!told, "{what} tells {secret}: {answer:?}");
        }
    }
}

/// A body with which the first account could ask this.
fn body(path: &str, offer: &str) -> Value {
    match path.rsplit('/').next().unwrap_or_default() {
        "address" => {
            json!({"name": "Bob", "line1": "Weg 1", "city": "Bonn", "postal_code": "53111",
                            "country": "DE"})
        }
        "addresses" | "{address_id}" => json!({"label": "Mine", "address": body("address", offer)}),
        "lines" | "{offer_id}" => json!({"offer_id": offer, "quantity": 1}),
        "pay" => json!({"payment_token": "tok_approve", "total": {"minor": 1, "currency": "EUR"}}),
        "orders" => json!({"lines": [{"offer_id": offer, "quantity": 1}],
                           "payment_token": "tok_approve", "total": {"minor": 1, "currency": "EUR"}}),
        "returns" => json!({"lines": [{"offer_id": offer, "quantity": 1}], "reason": "late"}),
        "reviews" => draft(),
        "alerts" => json!({"offer_id": offer, "awaits": "stock"}),
        "acknowledge" => json!({"lines": [{"offer_id": offer,
                                "unit_price": {"minor": 1, "currency": "EUR"}}]}),
        "{id}" if path.contains("/reviews/") => draft(),
        _ => json!({}),
    }
}

#[test]
fn no_operation_of_the_api_reaches_another_account() {
    let mut shop = Shop::new("own-api").set("SOUK_RATE_LIMITS", "off");
    shop.start();
    let owned = Owned::by_ada(&shop);
    let document = call(shop.port, ("GET", "/api/openapi.json"), &[], "").unwrap().json();
    let before = owned.seen();
    let (mut asked, mut refused) = (0, 0);
    for (template, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            if operation["security"].as_array().is_none_or(Vec::is_empty) {
                continue;
            }
            asked += 1;
            let mut bob = owned.owner.clone();
            bob.token = account(&shop, &format!("Bob {asked}"));
            let path = owned.path(template.strip_prefix("/api/v1").unwrap());
            let method = method.to_uppercase();
            let body = body(template, &owned.offer);
            let body = (method != "GET" && method != "DELETE").then_some(&body);
            let what = format!("{method} {path}");
            let answer = bob.ask(&method, &path, Some(&key()), body).unwrap();
            owned.is_told_nothing(&what, &answer);
            // A vote and a report are what others leave on a review: theirs to give.
            let theirs = path.ends_with("/vote") || path.ends_with("/report");
            let hers = [
                "/orders/{",
                "/checkouts/{",
                "/reviews/{",
                "/addresses/{",
                "/sessions/{",
                "/alerts/{",
                "/payment-methods/{",
            ];
            if hers.iter().any(|part| template.contains(part)) && !theirs {
                assert!(matches!(answer.status, 403 | 404), "{what}: {answer:?}");
                refused += 1;
            }
            assert_eq!(owned.seen(), before, "{what} changed something");
        }
    }
    assert!(asked >= 23 && refused >= 11, "{asked} asked, {refused} refused");
    shop.is_sound();
}

/// The routes of the shopper's pages, as their source lists them: what is added is walked too.
fn routes(folder: &Path, found: &mut Vec<(String, bool, bool)>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        if entry.path().is_dir() {
            routes(&entry.path(), found);
            continue;
        }
        let text = std::fs::read_to_string(entry.path()).unwrap();
        for route in text.split(".route(").skip(1) {
            let Some(path) = route.split('"').nth(1).filter(|path| path.starts_with('/')) else {
                continue;
            };
            let end = route.find("\n        .").or_else(|| route.find('}')).unwrap_or(route.len());
            let handlers = &route[path.len()..end.max(path.len())];
            found.push((path.to_owned(), handlers.contains("get("), handlers.contains("post(")));
        }
    }
}

#[test]
fn no_page_reaches_another_account() {
    let mut shop = Shop::new("own-pages").set("SOUK_RATE_LIMITS", "off");
    shop.start();
    let owned = Owned::by_ada(&shop);
    let mut found = Vec::new();
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/../../edges/storefront/src");
    routes(Path::new(source), &mut found);
    let before = owned.seen();
    let mut asked = 0;
    // The mailbox of a sandbox shows every mail to everybody, and says so.
    for (template, gets, posts) in found.iter().filter(|(path, ..)| !path.starts_with("/mailbox")) {
        let mut bob = owned.owner.clone();
        asked += 1;
        bob.token = account(&shop, &format!("Bob {asked}"));
        let path = owned.path(template);
        if *gets {
            owned.is_told_nothing(&format!("GET {path}"), &shop.page(&bob, &path));
        }
        if *posts {
            let fields = format!(
                "offer_id={}&alert_id={}&quantity=1&do=remove&stars=1&text=Changed+by+somebody+else\
                 &name=Bob&key=k{asked}&line1=Weg+1&city=Bonn&postal_code=53111&country=DE&version=1\
                 &back=/",
                owned.offer, owned.alert
            );
            let answer = shop.form(&bob, &path, &fields);
            owned.is_told_nothing(&format!("POST {path}"), &answer);
        }
        assert_eq!(owned.seen(), before, "{path} changed something");
    }
    assert!(asked >= 25, "{asked}: {found:?}");
    shop.is_sound();
}
