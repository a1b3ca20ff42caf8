//! A guest goes: by the link of an order's mail, without a session. The person is gone from every table,
//! the order and its sums stay, and staff see that it was so.

use crate::help::{Shop, Shopper, key, wait_for};

/// Somebody whom the shop has never seen.
fn nobody(like: &Shopper) -> Shopper {
    let mut nobody = like.clone();
    nobody.token = String::from("none");
    nobody
}

/// The path of the order's own link, from the mail that confirms it.
fn link(shop: &Shop, guest: &Shopper) -> String {
    wait_for("the confirmation", || {
        let list = shop.page(&nobody(guest), "/mailbox").body;
        let found = list.split("href=\"").skip(1).find(|row| row.contains(&guest.email))?;
        let mail = shop.page(&nobody(guest), found.split('"').next()?).body;
        let (_, after) = mail.split_once("View your order: http://")?;
        let url = after.split_whitespace().next()?;
        Some(url[url.find("/orders/")?..].to_owned())
    })
}

/// Rows with a text of the guest in them.
fn traces(shop: &Shop, guest: &Shopper) -> Vec<String> {
    let mut all = shop.rows_of_all_tables();
    all.retain(|row| {
        [&*guest.email, "Ada Lovelace", "Invalidenstr"].iter().any(|t| row.contains(t))
    });
    all
}

#[test]
fn a_guest_goes_by_the_link_of_a_mail() {
    let mut shop = Shop::new("guest-goes").set("SOUK_RATE_LIMITS", "off");
    shop.start();
    let (guest, offer) = (shop.guest(), shop.offer());
    let order = guest.bought(&offer);
    let own = link(&shop, &guest);
    let forget = format!("{own}/forget");
    let stranger = nobody(&guest);
    let page = shop.page(&stranger, &own).expect(200).body;
    assert!(!page.contains(&guest.email) && !page.contains("Invalidenstr"), "{page}");
    let early = shop.form(&stranger, &forget, "").expect(409).body;
    assert!(early.contains("1 order is under way"), "{early}");
    let cancel = format!("/orders/{order}/cancel");
    guest.ask("POST", &cancel, Some(&key()), None).unwrap().expect(200);
    wait_for("the refund's mail", || (shop.mails("order_refunded") == 1).then_some(()));
    shop.comes_to_rest();
    assert_eq!(shop.form(&stranger, &format!("{}/forget", others(&own)), "").status, 404);
    assert!(!traces(&shop, &guest).is_empty(), "what is looked for can be found");
    let sums = "SELECT sum(total) FROM orders";
    let before = shop.number(sums);
    for _ in 0..2 {
        let done = shop.form(&stranger, &forget, "").expect(303);
        assert!(done.header("location").is_some_and(|to| to.starts_with(&own)), "{done:?}");
    }
    assert_eq!(traces(&shop, &guest), Vec::<String>::new());
    assert_eq!(guest.get("/me").status, 401, "the session is over");
    assert_eq!(shop.number(sums), before);
    assert_eq!(shop.number("SELECT count(*) FROM erasure"), 1);
    let page = shop.page(&stranger, &own).expect(200).body;
    assert!(page.contains("Personal data removed"), "{page}");
    assert_eq!(shop.page(&stranger, &forget).status, 303, "nothing is left to ask");
    let staff = shop.staff();
    let explained = shop.look(&staff, &format!("/admin/orders/{order}/explain")).expect(200).body;
    assert!(explained.contains("personal data removed"), "{explained}");
    shop.is_sound();
}

/// The same link with another key.
fn others(link: &str) -> String {
    let last = if link.ends_with('0') { "1" } else { "0" };
    format!("{}{last}", &link[..link.len() - 1])
}
