//! A card number is typed into the gateway's sheet, as a browser does it, and is found nowhere: not
//! in a log, not in a table, not in the gateway's record.

use crate::help::{Answer, Shop, Shopper, call};
use std::path::Path;

const NUMBER: &str = "4242424242424242";
const CVC: &str = "9173";

#[test]
fn no_card_number_is_kept() {
    let mut shop = Shop::new("card").set("SOUK_LOG", "trace");
    shop.start();
    let offer = shop.offer();
    let shopper = shop.guest();
    shopper.add(&offer, 1).expect(200);
    let checkout = shopper.start_checkout().expect(201);
    let sheet = open_sheet(&shop, &shopper, &checkout);

    // Mistyped first: that is not kept either.
    let mistyped = type_card(&shop, &sheet, "4242424242424241");
    assert_eq!(mistyped.status, 422, "{mistyped:?}");
    assert!(!mistyped.body.contains("4242424242424241"), "what was typed is not sent back");
    let paid = type_card(&shop, &sheet, "4242 4242 4242 4242");
    assert_eq!(paid.status, 303, "{paid:?}");
    let back = paid.header("location").unwrap().to_owned();
    let path = back.strip_prefix(&format!("http://127.0.0.1:{}", shop.port)).unwrap();
    let placed = shop.page(&shopper, path);
    assert_eq!(placed.status, 303, "{placed:?}");
    assert!(placed.header("location").unwrap().starts_with("/orders/"), "{placed:?}");
    shop.is_sound();
    assert_eq!(shop.confirmed(), 1);
    shop.stop();
    let mut seen = Vec::new();
    search(&shop.dir, &mut seen);
    for expected in ["souk.db", "record.jsonl", "stderr.log"] {
        assert!(seen.iter().any(|name| name == expected), "{expected} was searched: {seen:?}");
    }
}

/// Presses "Pay" on the review; gives the sheet's address.
fn open_sheet(shop: &Shop, shopper: &Shopper, checkout: &Answer) -> String {
    let total = checkout.json()["total"].clone();
    let form = format!(
        "total_minor={}&total_currency={}",
        total["minor"],
        total["currency"].as_str().unwrap()
    );
    let path = format!("/checkout/{}/pay", checkout.text("checkout_id"));
    let answer = shop.form(shopper, &path, &form);
    assert_eq!(answer.status, 303, "{answer:?}");
    answer.header("location").unwrap().to_owned()
}

fn type_card(shop: &Shop, sheet: &str, number: &str) -> Answer {
    let session = sheet.split_once("session=").unwrap().1;
    let number = number.replace(' ', "+");
    let form = format!("session={session}&number={number}&expiry=12%2F34&cvc={CVC}");
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    call(shop.sandbox, ("POST", "/sheet"), &headers, &form).unwrap()
}

/// Looks into every file, for the number as it is typed and as it is grouped.
fn search(dir: &Path, seen: &mut Vec<String>) {
    for entry in std::fs::read_dir(dir).unwrap().flatten() {
        if entry.path().is_dir() {
            search(&entry.path(), seen);
            continue;
        }
        let name = entry.file_name().to_string_lossy().into_owned();
        let bytes = std::fs::read(entry.path()).unwrap();
        let forms = [NUMBER, "4242424242424241", "4242 4242 4242 4242", "4242+4242+4242+4242"];
        for form in forms {
            let found = bytes.windows(form.len()).any(|w| w == form.as_bytes());
            assert!(!found, "{name} holds {form}");
        }
        seen.push(name);
    }
}
