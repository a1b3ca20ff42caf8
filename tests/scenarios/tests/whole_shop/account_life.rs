//! The life of an account, by the links of its mails: register, verify, forget the password and choose
//! another one, take everything along, and go. Afterwards no table and no file holds anything of the
//! person, and the sums are what they were.

use crate::help::{Answer, Shop, Shopper, call, key, wait_for};
use serde_json::{Value, json};

/// What she says of a product.
const SAID: &str = "It boils well and never leaks.";
const EMAIL: &str = "grace.hopper@example.com";
/// What must be gone in the end.
const TRACES: [&str; 3] = ["grace.hopper", "Hopper", "Vassar Street"];

fn register(shop: &Shop) -> Answer {
    let body = json!({"email": EMAIL, "password": "nanosecond", "name": "Grace Hopper"});
    post(shop, "/accounts", &body).expect(201)
}

fn post(shop: &Shop, path: &str, body: &Value) -> Answer {
    let path = format!("/api/v1{path}");
    let headers = [("content-type", "application/json")];
    call(shop.port, ("POST", &path), &headers, &body.to_string()).unwrap()
}

/// The link of the newest mail to her with such a subject, from the mailbox's pages.
fn link(shop: &Shop, nobody: &Shopper, subject: &str, page: &str) -> String {
    wait_for(subject, || {
        let list = shop.page(nobody, "/mailbox").body;
        let (before, _) = list.split_once(subject)?;
        let href = before.rsplit("href=\"").next()?.split('"').next()?;
        let mail = shop.page(nobody, href).body;
        assert!(mail.contains(EMAIL), "{mail}");
        let (_, after) = mail.split_once(page)?;
        Some(after.split(|c: char| !c.is_ascii_hexdigit()).next()?.to_owned())
    })
}

fn traces(rows: &[String]) -> Vec<&str> {
    let has = |row: &&String| TRACES.iter().any(|trace| row.contains(trace));
    rows.iter().filter(has).map(String::as_str).collect()
}

#[test]
fn an_account_from_its_first_mail_to_its_last_row() {
    let mut shop = Shop::new("account-life").set("SOUK_RATE_LIMITS", "off");
    shop.start();
    let nobody = shop.guest();
    let mut grace = nobody.clone();
    grace.token = register(&shop).text("token");
    verifies(&shop, &grace, &nobody);
    let address = json!({"label": "Lab", "address": {"name": "Grace Hopper", "line1":
        "Vassar Street 7", "city": "Berlin", "postal_code": "10115", "country": "DE"}});
    grace.post("/me/addresses", &address).expect(201);
    let order = grace.bought(&shop.offer());
    wait_for("her list of orders", || {
        let list = grace.get("/orders").expect(200).json();
        (list["orders"].as_array().unwrap().len() == 1).then_some(())
    });
    let hit = grace.get("/search?in_stock=true").expect(200).json()["hits"][0].clone();
    let reviews = format!("/products/{}/reviews", hit["product_id"].as_str().unwrap());
    let said = json!({"stars": 5, "title": "Hot", "text": SAID});
    grace.post(&reviews, &said).expect(201);
    grace.token = forgets(&shop, &grace, &nobody);
    marks(&shop, &grace);
    shop.comes_to_rest();
    takes_all_along(&shop, &grace, &order);
    goes(&shop, &grace, &order);
    let page = nobody.get(&reviews).expect(200).json();
    assert_eq!(page["items"][0]["text"], SAID);
    assert!(!page.to_string().contains("Grace"), "{page}");
    shop.is_sound();
    register(&shop);
}

/// She finds somebody's review helpful, and reports it all the same.
fn marks(shop: &Shop, grace: &Shopper) {
    let mut otto = grace.clone();
    let body = json!({"email": "otto@example.com", "password": "correct horse", "name": "Otto"});
    otto.token = post(shop, "/accounts", &body).expect(201).text("token");
    let hit = grace.get("/search?in_stock=true").expect(200).json()["hits"][1].clone();
    let reviews = format!("/products/{}/reviews", hit["product_id"].as_str().unwrap());
    let said = json!({"stars": 1, "text": "Not at all what it says."});
    let review = otto.post(&reviews, &said).expect(201).text("review_id");
    for what in ["vote", "report"] {
        let answer = grace.ask("PUT", &format!("/reviews/{review}/{what}"), None, None).unwrap();
        assert!(matches!(answer.status, 200 | 204), "{answer:?}");
    }
}

/// The mail's link shows a button; the button confirms the address, once.
fn verifies(shop: &Shop, grace: &Shopper, nobody: &Shopper) {
    let verified = || grace.get("/me").expect(200).json()["email_verified"].clone();
    assert_eq!(verified(), false);
    let token = link(shop, nobody, "Confirm your email address", "/account/verify?token=");
    let shown = shop.page(nobody, &format!("/account/verify?token={token}"));
    assert!(shown.status == 200 && shown.body.contains("Confirm address"), "{shown:?}");
    assert_eq!(verified(), false, "only looked at");
    let fields = format!("token={token}");
    assert_eq!(shop.form(nobody, "/account/verify", &fields).status, 303);
    assert_eq!(verified(), true);
    assert_eq!(shop.form(nobody, "/account/verify", &fields).status, 422);
    assert_eq!(shop.mails("welcome"), 1);
}

fn sign_in(shop: &Shop, password: &str) -> Answer {
    post(shop, "/sessions", &json!({"email": EMAIL, "password": password}))
}

/// The link ends every session, and works once. Answers with the token of a new session.
fn forgets(shop: &Shop, grace: &Shopper, nobody: &Shopper) -> String {
    for known in [EMAIL, "nobody@example.com"] {
        post(shop, "/password-resets", &json!({"email": known})).expect(202);
    }
    let token = link(shop, nobody, "Choose a new password", "/account/reset?token=");
    let fields = format!("token={token}&password=microsecond");
    assert_eq!(shop.form(nobody, "/account/reset", &fields).status, 303);
    assert_eq!(shop.form(nobody, "/account/reset", &fields).status, 422);
    assert_eq!(grace.get("/me").status, 401);
    assert_eq!(shop.mails("reset_password"), 1, "nobody else was written to");
    assert_eq!(sign_in(shop, "nanosecond").status, 401);
    sign_in(shop, "microsecond").expect(201).text("token")
}

/// Everything of hers, in one file.
fn takes_all_along(shop: &Shop, grace: &Shopper, order: &str) {
    let file = shop.page(grace, "/account/privacy/export");
    assert!(file.header("content-disposition").is_some_and(|how| how.starts_with("attachment")));
    let all = file.expect(200).json();
    assert_eq!(all["profile"]["email"], EMAIL);
    assert_eq!(all["addresses"][0]["address"]["line1"], "Vassar Street 7");
    assert_eq!(all["orders"][0]["order_id"], *order);
    assert_eq!(all["orders"][0]["ship_to"]["name"], "Grace Hopper");
    assert_eq!(all["reviews"][0]["text"], SAID);
    let marks = all["review_votes_and_reports"].as_array().unwrap();
    let kinds: Vec<&str> = marks.iter().map(|mark| mark["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["helpful", "report"]);
    let sent = all["mails"]["sent"].as_array().unwrap();
    for kind in ["welcome", "order_confirmed", "reset_password"] {
        assert!(sent.iter().any(|mail| mail["kind"] == kind), "{kind}: {sent:?}");
    }
    assert!(!all.to_string().contains("Ada Lovelace"), "nobody else's");
}

/// Not while an order is under way; then for good.
fn goes(shop: &Shop, grace: &Shopper, order: &str) {
    let go = |password: &str| grace.post("/me/deletion", &json!({"current": password}));
    assert_eq!(go("nanosecond").code(), "password_wrong");
    let refused = go("microsecond").expect(409);
    assert_eq!(refused.code(), "account_in_use");
    assert!(refused.text("detail").contains("1 order is under way"), "{refused:?}");
    let cancel = format!("/orders/{order}/cancel");
    grace.ask("POST", &cancel, Some(&key()), None).unwrap().expect(200);
    wait_for("the refund's mail", || (shop.mails("order_refunded") == 1).then_some(()));
    shop.comes_to_rest();
    assert!(!traces(&shop.rows_of_all_tables()).is_empty(), "what is looked for can be found");
    go("microsecond").expect(204);
    assert_eq!(grace.get("/me").status, 401);
    assert_eq!(sign_in(shop, "microsecond").status, 401);
    let left = shop.rows_of_all_tables();
    assert_eq!(traces(&left), Vec::<&str>::new());
    assert!(left.iter().any(|row| row.contains(SAID)), "what she said of it stays");
    assert_eq!(shop.number("SELECT count(*) FROM review_mark"), 0, "whose a vote was goes");
    let counted = "SELECT sum(helpful + reports) FROM review WHERE text LIKE 'Not at all%'";
    assert_eq!(shop.number(counted), 2, "that there was one stays");
    let record = std::fs::read_to_string(shop.dir.join("sandbox/record.jsonl")).unwrap();
    assert_eq!(traces(&[record]), Vec::<&str>::new());
    assert_eq!(shop.number("SELECT count(*) FROM orders WHERE state = 'cancelled'"), 1);
}
