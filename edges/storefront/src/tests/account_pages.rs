//! The pages of an account: addresses, sign-in details, devices, mails, data; and what mails lead to.

use super::accounts::register;
use super::{ADA, add, shop_with};
use crate::testing::{Shop, Visitor};
use souk_kernel::{Aggregate, Currency, HOUR_MS, Money, UserId};
use souk_notifications::{News, Notice, Recipient, Ware};

const OFFICE: [(&str, &str); 7] = [
    ("label", "Office"),
    ("name", "Ada Lovelace"),
    ("line1", "Hauptstr. 5"),
    ("city", "Bonn"),
    ("postal_code", "53111"),
    ("country", "DE"),
    ("shipping", "1"),
];

/// The paths of forms on a page that end so.
fn actions<'a>(page: &'a str, end: &str) -> Vec<&'a str> {
    let all = page.split("action=\"").skip(1).filter_map(|rest| rest.split('"').next());
    all.filter(|action| action.ends_with(end)).collect()
}

pub(super) async fn signed_in(shop: &Shop) -> Visitor<'_> {
    let visitor = shop.visitor();
    register(&visitor).await.leads_to();
    visitor
}

async fn sign_in(shop: &Shop, password: &str) -> u16 {
    let fields = [("email", "ada@example.com"), ("password", password)];
    shop.visitor().post("/account/sign-in", &fields).await.status
}

#[tokio::test]
async fn addresses_are_added_changed_preferred_and_removed() {
    let shop = Shop::open();
    let visitor = shop.visitor();
    assert!(visitor.get("/account/addresses").await.leads_to().starts_with("/account/sign-in"));
    register(&visitor).await.leads_to();
    visitor.get("/account/addresses").await.shows(200, &["Checkout fills itself in"]);
    assert_eq!(
        visitor.post("/account/addresses/new", &ADA).await.leads_to(),
        "/account/addresses?done=added"
    );
    visitor.get("/account").await.shows(200, &["Unter den Linden 1", "1 address"]);
    visitor.post("/account/addresses/new", &OFFICE).await.leads_to();
    let page = visitor.get("/account/addresses?done=added").await;
    page.shows(200, &["The address is in your book.", "Office", "Hauptstr. 5", "Germany"]);
    let home = actions(&page.text, "/default");
    assert_eq!(home.len(), 1, "the office took the default over: {}", page.text);
    let home = home[0].trim_end_matches("/default").to_owned();
    visitor.post(&format!("{home}/default"), &[("shipping", "1")]).await.leads_to();
    visitor.get("/account").await.shows(200, &["Unter den Linden 1", "2 addresses"]);
    visitor.get(&home).await.shows(200, &["value=\"Unter den Linden 1\"", "checked disabled"]);
    let fields = [("label", "x"), ("name", "Ada"), ("country", "DE")];
    let page = visitor.post(&home, &fields).await;
    page.shows(422, &["Enter the town", "value=\"Ada\"", "value=\"x\""]);
    visitor.post(&home, &OFFICE).await.leads_to();
    visitor.post(&format!("{home}/remove"), &[]).await.leads_to();
    assert_eq!(visitor.get(&home).await.status, 404);
    assert_eq!(visitor.post(&format!("{home}/remove"), &[]).await.status, 404);
    let other = shop.visitor();
    let fields = [("name", "Bob"), ("email", "bob@example.com"), ("password", "correct horse")];
    other.post("/account/register", &fields).await.leads_to();
    let left = visitor.get("/account/addresses").await;
    let hers = actions(&left.text, "/remove")[0].to_owned();
    assert_eq!(other.post(&hers, &[]).await.status, 404);
    visitor.get("/account/addresses").await.shows(200, &["Hauptstr. 5"]);
}

#[tokio::test]
async fn checkout_offers_the_addresses_of_the_book() {
    let (shop, listing) = shop_with(9).await;
    let visitor = signed_in(&shop).await;
    add(&visitor, &listing, "1").await;
    visitor.post("/account/addresses/new", &ADA).await.leads_to();
    let page = visitor.get("/checkout").await;
    assert!(!page.text.contains("/checkout?address="), "there is nothing to choose");
    visitor.post("/account/addresses/new", &OFFICE[..6]).await.leads_to();
    let page = visitor.get("/checkout").await;
    page.shows(200, &["value=\"Unter den Linden 1\"", "Office", "Hauptstr. 5, 53111 Bonn"]);
    let (_, office) = page.text.rsplit_once("href=\"/checkout?address=").unwrap();
    let office = format!("/checkout?address={}", office.split('"').next().unwrap());
    let page = visitor.get(&office).await;
    page.shows(
        200,
        &["value=\"Hauptstr. 5\"", "value=\"ada@example.com\"", "aria-current=\"true\""],
    );
    let stranger = shop.visitor();
    add(&stranger, &listing, "1").await;
    let page = stranger.get(&office).await;
    assert!(page.status == 200 && !page.text.contains("Hauptstr"), "{}", page.text);
}

#[tokio::test]
async fn a_mail_s_link_confirms_the_address() {
    let shop = Shop::open();
    let visitor = signed_in(&shop).await;
    visitor.get("/account").await.shows(200, &["Confirm your email address", "Send it again"]);
    let first = shop.link("Confirm your email address", "/account/verify?token=").await;
    let sent = visitor.post("/account/verify/send", &[]).await;
    assert_eq!(sent.leads_to(), "/account?done=sent");
    let stranger = shop.visitor();
    let old = stranger.post("/account/verify", &[("token", &first)]).await;
    old.shows(422, &["used already, or it is too old"]);
    let token = shop.link("Confirm your email address", "/account/verify?token=").await;
    let page = stranger.get(&format!("/account/verify?token={token}")).await;
    page.shows(200, &["Confirm address"]);
    assert_eq!(page.hidden("token"), token);
    stranger
        .post("/account/verify", &[("token", &token)])
        .await
        .shows(200, &["ada@example.com is yours"]);
    let page = visitor.get("/account").await;
    assert!(!page.text.contains("Send it again"), "{}", page.text);
    let again = visitor.post("/account/verify/send", &[]).await;
    assert_eq!(again.leads_to(), "/account?done=verified");
}

#[tokio::test]
async fn a_forgotten_password_is_chosen_anew() {
    let shop = Shop::open();
    let visitor = signed_in(&shop).await;
    let stranger = shop.visitor();
    stranger.get("/account/sign-in").await.shows(200, &["href=\"/account/forgot\""]);
    stranger
        .post("/account/forgot", &[("email", "x")])
        .await
        .shows(422, &["like name@example.com"]);
    for email in ["ada@example.com", "nobody@example.com"] {
        let sent = stranger.post("/account/forgot", &[("email", email)]).await;
        assert_eq!(sent.leads_to(), "/account/forgot?sent=1", "{email}");
    }
    stranger.get("/account/forgot?sent=1").await.shows(200, &["If there is an account"]);
    let token = shop.link("Choose a new password", "/account/reset?token=").await;
    let path = format!("/account/reset?token={token}");
    stranger.get(&path).await.shows(200, &["New password"]);
    stranger.get("/account/reset?token=0").await.shows(422, &["no longer works"]);
    let short = stranger.post("/account/reset", &[("token", &token), ("password", "short")]).await;
    short.shows(422, &["8 to 200 characters"]);
    assert_eq!(short.hidden("token"), token);
    let fields = [("token", token.as_str()), ("password", "battery staple")];
    assert_eq!(stranger.post("/account/reset", &fields).await.leads_to(), "/account/reset?done=1");
    stranger.post("/account/reset", &fields).await.shows(422, &["no longer works"]);
    assert!(visitor.get("/account").await.leads_to().starts_with("/account/sign-in"));
    assert_eq!(
        (sign_in(&shop, "correct horse").await, sign_in(&shop, "battery staple").await),
        (422, 303)
    );
}

#[tokio::test]
async fn a_link_to_reset_ends_after_an_hour() {
    let shop = Shop::open();
    signed_in(&shop).await;
    shop.visitor().post("/account/forgot", &[("email", "ada@example.com")]).await.leads_to();
    let token = shop.link("Choose a new password", "/account/reset?token=").await;
    shop.clock.advance(HOUR_MS);
    let page = shop.visitor().get(&format!("/account/reset?token={token}")).await;
    page.shows(422, &["no longer works"]);
}

#[tokio::test]
async fn name_address_and_password_change() {
    let shop = Shop::open();
    let visitor = signed_in(&shop).await;
    visitor.get("/account/details").await.shows(200, &["Not confirmed", "ada@example.com"]);
    visitor.post("/account/details/name", &[("name", " ")]).await.shows(422, &["Enter your name"]);
    visitor.post("/account/details/name", &[("name", "Countess")]).await.leads_to();
    visitor.get("/account").await.shows(200, &["<h1>Countess</h1>"]);
    for (fields, says) in [
        ([("email", "new@example.com"), ("present", "guess")], "not your present password"),
        ([("email", "x"), ("present", "correct horse")], "like name@example.com"),
        ([("email", "ADA@example.com"), ("present", "correct horse")], "your address already"),
    ] {
        visitor.post("/account/details/email", &fields).await.shows(422, &[says]);
    }
    shop.clock.advance(10 * 60_000);
    let fields = [("email", "new@example.com"), ("present", "correct horse")];
    visitor.post("/account/details/email", &fields).await.leads_to();
    visitor.get("/account/details").await.shows(200, &["ada@example.com"]);
    let token = shop.link("Confirm your email address", "/account/verify?token=").await;
    visitor.post("/account/verify", &[("token", &token)]).await.leads_to();
    visitor.get("/account/details").await.shows(200, &["new@example.com", "Confirmed"]);
    let wrong = [("present", "guess"), ("new", "battery staple")];
    visitor.post("/account/details/password", &wrong).await.shows(422, &["not your present"]);
    let short = [("present", "correct horse"), ("new", "short")];
    visitor.post("/account/details/password", &short).await.shows(422, &["8 to 200"]);
    let right = [("present", "correct horse"), ("new", "battery staple")];
    let done = visitor.post("/account/details/password", &right).await;
    assert_eq!(done.leads_to(), "/account/details?done=password");
    visitor.get("/account/details?done=password").await.shows(200, &["Your password is changed"]);
}

#[tokio::test]
async fn other_devices_are_signed_out() {
    let shop = Shop::open();
    let (here, there) = (signed_in(&shop).await, shop.visitor());
    let fields = [("email", "ada@example.com"), ("password", "correct horse")];
    let fields = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let request = axum::http::Request::post("/account/sign-in")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .header("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Firefox/130.0");
    there.send(request, fields).await.leads_to();
    let page = here.get("/account/devices").await;
    page.shows(200, &["This device", "Firefox on Linux"]);
    let ends = actions(&page.text, "/end");
    assert_eq!(ends.len(), 1, "this one is signed out elsewhere: {}", page.text);
    let stranger = shop.visitor();
    let bob = [("name", "Bob"), ("email", "bob@example.com"), ("password", "correct horse")];
    stranger.post("/account/register", &bob).await.leads_to();
    assert_eq!(stranger.post(ends[0], &[]).await.status, 404);
    there.get("/account").await.shows(200, &["<h1>Ada</h1>"]);
    assert_eq!(here.post(ends[0], &[]).await.leads_to(), "/account/devices?done=ended");
    assert!(there.get("/account").await.leads_to().starts_with("/account/sign-in"));
    assert_eq!(here.post(ends[0], &[]).await.status, 404);
}

async fn told(shop: &Shop, user: UserId, number: u64) {
    let to = Recipient { user, email: "ada@example.com".into(), name: "Ada".into() };
    let ware = Ware { title: "Kettle".into(), path: "/products/7".into() };
    let price = Money::new(1_500, Currency::Eur);
    let news = News::BackInStock { ware, price };
    let notice = Notice { about: Aggregate(user.uuid()), number, to, news };
    shop.notifier.notify(&[notice]).await.pop().unwrap().unwrap();
}

#[tokio::test]
async fn mails_are_declined_on_the_page_and_by_their_own_link() {
    let shop = Shop::open();
    let visitor = signed_in(&shop).await;
    let page = visitor.get("/account/mails").await;
    page.shows(200, &["name=\"back_in_stock\" value=\"1\" checked"]);
    let user = UserId::from_bytes([9; 16]);
    told(&shop, user, 1).await;
    let token = shop.link("Kettle is back in stock", "/unsubscribe/").await;
    let path = format!("/unsubscribe/{token}");
    let nobody = shop.visitor();
    let sent = shop.newest(user).await;
    let message = nobody.get(&format!("/mailbox/{sent}/message.eml")).await.text;
    // A long value begins on a line of its own.
    let unfolded = message.replace("\r\n ", " ").replace("  ", " ");
    let header = format!("\r\nList-Unsubscribe: <http://127.0.0.1:8080{path}>\r\n");
    assert!(unfolded.contains(&header), "{message}");
    assert!(unfolded.contains("\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"));
    nobody.get(&path).await.shows(200, &["Back in stock", "Don't write", "method=\"post\""]);
    told(&shop, user, 2).await;
    assert_eq!(shop.mailbox_of(user).await, 2, "looking is not declining");
    nobody.post(&path, &[("List-Unsubscribe", "One-Click")]).await.shows(200, &["Done"]);
    told(&shop, user, 3).await;
    assert_eq!(shop.mailbox_of(user).await, 2);
    let forged = format!("{}0", &path[..path.len() - 1]);
    let forged = if forged == path { format!("{}1", &path[..path.len() - 1]) } else { forged };
    assert_eq!(nobody.post(&forged, &[]).await.status, 404);
    assert_eq!(nobody.get("/unsubscribe/x").await.status, 404);
    let fields = [("price_drops", "1")];
    assert_eq!(
        visitor.post("/account/mails", &fields).await.leads_to(),
        "/account/mails?done=saved"
    );
    let page = visitor.get("/account/mails").await;
    page.shows(
        200,
        &["name=\"price_drops\" value=\"1\" checked", "name=\"back_in_stock\" value=\"1\">"],
    );
}

#[tokio::test]
async fn data_is_downloaded_and_the_account_deleted() {
    let shop = Shop::open();
    let visitor = signed_in(&shop).await;
    visitor.post("/account/addresses/new", &OFFICE).await.leads_to();
    let file = visitor.get("/account/privacy/export").await;
    file.shows(200, &["\"email\": \"ada@example.com\"", "Hauptstr. 5"]);
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"my-data.json\"");
    assert_eq!(file.header("cache-control"), "no-store");
    let nobody = shop.visitor().get("/account/privacy/export").await;
    assert!(nobody.leads_to().starts_with("/account/sign-in"));
    let wrong = visitor.post("/account/privacy/delete", &[("present", "guess")]).await;
    wrong.shows(422, &["not your password"]);
    let gone = visitor.post("/account/privacy/delete", &[("present", "correct horse")]).await;
    assert_eq!(gone.leads_to(), "/account/deleted");
    assert!(!visitor.has_cookie());
    visitor.get("/account/deleted").await.shows(200, &["Your account is deleted"]);
    assert_eq!(sign_in(&shop, "correct horse").await, 422);
    register(&visitor).await.leads_to();
    visitor.get("/account/addresses").await.shows(200, &["Checkout fills itself in"]);
}

#[tokio::test]
async fn a_guest_sees_what_a_guest_has() {
    let (shop, listing) = shop_with(9).await;
    let visitor = shop.visitor();
    add(&visitor, &listing, "1").await;
    let page = visitor.get("/account").await;
    page.shows(200, &["You are a guest", "Create an account", "/account/addresses"]);
    assert!(!page.text.contains("/account/devices"));
    for path in ["details", "devices", "mails", "privacy", "privacy/export"] {
        let path = format!("/account/{path}");
        assert!(visitor.get(&path).await.leads_to().starts_with("/account/sign-in"), "{path}");
    }
    let faults = visitor.post("/account/addresses/new", &OFFICE).await;
    faults.shows(422, &["Enter your email address"]);
}
