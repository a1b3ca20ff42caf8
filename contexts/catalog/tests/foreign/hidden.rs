//! What files say of what shoppers see, and what is written of it.

use super::{NOW, Shop};
use futures_util::FutureExt;
use souk_catalog::export::ExportFormat;
use souk_catalog::import::Format;

#[test]
fn a_status_says_what_shoppers_see() {
    let file = |status: &str, published: &str| {
        format!("Handle,Title,Price,Status,Published\na,Cap,9,{status},{published}\n")
    };
    for (status, published, hidden) in [
        ("active", "true", Some(false)),
        ("Active", "", Some(false)),
        ("", "TRUE", Some(false)),
        ("active", "false", Some(true)),
        ("", "false", Some(true)),
        ("draft", "true", Some(true)),
        ("archived", "", Some(true)),
        ("unlisted", "true", Some(true)),
        ("", "", None),
    ] {
        for before in [true, false] {
            let shop = Shop::new();
            let first = file(if before { "draft" } else { "active" }, "");
            shop.import(Format::Shopify, &first);
            let (_, found) = shop.import(Format::Shopify, &file(status, published));
            assert!(found.is_empty(), "{found:?}");
            let now = shop.named("Cap").product.hidden;
            assert_eq!(now, hidden.unwrap_or(before), "{status:?} {published:?} after {before}");
        }
    }
    let shop = Shop::new();
    shop.import(Format::Shopify, "Handle,Title,Price\na,Cap,9\n");
    assert!(!shop.named("Cap").product.hidden, "what says nothing is shown");
}

#[test]
fn what_is_hidden_or_not_sold_goes_round() {
    let here = Shop::new();
    let file =
        "Handle,Title,Price,Status\na,Draft,9,draft\nb,Shown,9,active\nc,Off sale,9,active\n";
    here.import(Format::Shopify, file);
    let mut off = here.named("Off sale");
    off.offers[0].buyable = false;
    let put = souk_catalog::PutListing {
        listing: off,
        keep_hidden: false,
        expected_version: None,
        stock: Vec::new(),
        at: NOW,
    };
    here.catalog.put(vec![put], None).now_or_never().unwrap().unwrap();
    let stands = |shop: &Shop| {
        let stands = |title| {
            let listing = shop.named(title);
            (listing.product.hidden, listing.offers[0].buyable)
        };
        ["Draft", "Shown", "Off sale"].map(stands)
    };
    let before = [(true, true), (false, true), (false, false)];
    assert_eq!(stands(&here), before);
    let csv = here.export(ExportFormat::Shopify);
    for (handle, status) in [("a,Draft", ",draft,"), ("b,Shown", ",active,"), ("c,Off", ",active,")]
    {
        let line = csv.lines().find(|line| line.starts_with(handle)).unwrap();
        assert!(line.contains(status), "{line}");
    }
    let there = Shop::new();
    there.import(Format::Shopify, &csv);
    assert_eq!(stands(&there), before);
    let (again, _) = here.import(Format::Shopify, &csv);
    assert_eq!((again.unchanged, again.changed), (3, 0));
    let feed = here.export(ExportFormat::Google);
    assert!(!feed.contains("Draft") && feed.contains("Off sale"), "{feed}");
    let (again, _) = here.import(Format::GoogleXml, &feed);
    assert_eq!((again.unchanged, again.changed, again.created), (2, 0, 0));
    assert_eq!(stands(&here), before, "a feed says nothing of what isn't in it");
}

#[test]
fn a_feed_can_hide_an_item() {
    for (field, hidden) in [
        ("<c:hidden>yes</c:hidden>", true),
        ("<visibility>hidden</visibility>", true),
        ("<visibility>published</visibility>", false),
        ("<status>archived</status>", true),
        ("", false),
    ] {
        let shop = Shop::new();
        let feed = format!(
            "<rss xmlns:g=\"http://base.google.com/ns/1.0\" xmlns:c=\"http://base.google.com/cns/1.0\"><channel>\
             <item><g:id>a</g:id><g:title>Cap</g:title><g:price>9 EUR</g:price>{field}</item></channel></rss>"
        );
        let (done, found) = shop.import(Format::GoogleXml, &feed);
        assert_eq!((done.created, done.refused), (1, 0), "{found:?}");
        assert_eq!(shop.named("Cap").product.hidden, hidden, "{field}");
    }
}
