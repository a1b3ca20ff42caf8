//! `GET /wishlist`: each thing with what it cost then and costs now, and what to be told of.

use crate::browse::{picture_path, product_path};
use crate::render::{self, Head};
use crate::state::App;
use crate::visitor::known;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Serialize;
use souk_accounts::Kind;
use souk_cart::Offering;
use souk_catalog::OfferView;
use souk_kernel::{OfferId, ProductId};
use souk_lists::{Alert, Awaited, Wish};
use souk_webkit::{Caller, Problem, Query};
use std::sync::Arc;

#[derive(Default, Serialize)]
struct View {
    items: Vec<Item>,
    /// What is waited for and is not on the list.
    waiting: Vec<Waiting>,
    /// Whether there is an account that can be told something.
    account: bool,
    message: &'static str,
    trouble: &'static str,
}

#[derive(Serialize)]
struct Item {
    offer: String,
    title: String,
    href: String,
    picture: String,
    /// Empty: it is not for sale.
    price: String,
    /// What it cost then, if that was another price.
    was: String,
    cheaper: bool,
    in_stock: bool,
    /// What can be waited for here: `price`, `stock` or nothing; and the alert, if it is on.
    awaits: &'static str,
    alert: String,
}

#[derive(Serialize)]
struct Waiting {
    alert: String,
    title: String,
    href: String,
    what: String,
}

/// What a redirect has to say.
pub(crate) fn said(code: &str) -> (&'static str, &'static str) {
    match code {
        "wished" => ("On your wishlist.", ""),
        "unwished" => ("Removed from your wishlist.", ""),
        "waiting" => ("We will write to you once it is back.", ""),
        "waiting_price" => {
            ("We will write to you whenever it costs less than before, until you stop it.", "")
        }
        "ended" => ("We will not write to you about this.", ""),
        "wishlist_full" => ("", "Your wishlist is full: 100 things fit. Remove something first."),
        "too_many_alerts" => ("", "You wait for 50 things already. Remove one first."),
        "offer_not_found" => ("", "This is no longer for sale."),
        _ => ("", ""),
    }
}

pub(super) async fn show(
    State(app): State<App>,
    headers: HeaderMap,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let (message, trouble) = said(fields.get("list"));
    let mut view = View { message, trouble, ..View::default() };
    if let Some(caller) = known(&app, &headers).await? {
        fill(&app, &caller, &mut view).await?;
    }
    render::private(&app, "wishlist.html", &Head::private("Wishlist"), &view)
}

async fn fill(app: &App, caller: &Caller, view: &mut View) -> Result<(), Problem> {
    view.account = caller.kind() != Kind::Guest;
    let wishes = app.lists.wishes(caller.user()).await?;
    let alerts = app.lists.alerts(caller.user()).await?;
    let others = |alert: &&Alert| wishes.iter().all(|wish| wish.offer != alert.offer);
    let others: Vec<&Alert> = alerts.iter().filter(others).collect();
    let mut offers: Vec<OfferId> = wishes.iter().map(|wish| wish.offer).collect();
    let now = app.carts.offerings(&offers).await?;
    offers.extend(others.iter().map(|alert| alert.offer));
    let about = app.catalog.offers(&offers).await?;
    // What is hidden is gone, for who looks at a list.
    let about: Vec<_> = about.into_iter().map(|about| about.filter(|a| !a.hidden)).collect();
    let (of_wishes, of_others) = about.split_at(wishes.len());
    view.items = wishes
        .iter()
        .zip(of_wishes)
        .zip(&now)
        .map(|((wish, about), now)| item(wish, about.as_ref(), now.as_ref(), &alerts))
        .collect();
    view.waiting =
        others.iter().zip(of_others).map(|(alert, about)| waiting(alert, about.as_ref())).collect();
    Ok(())
}

fn titled(about: Option<&Arc<OfferView>>, product: ProductId) -> (String, String) {
    match about {
        Some(about) => (about.title.to_string(), product_path(product)),
        None => ("A product that is gone".into(), String::new()),
    }
}

fn item(
    wish: &Wish,
    about: Option<&Arc<OfferView>>,
    now: Option<&Offering>,
    alerts: &[Alert],
) -> Item {
    let (title, href) = titled(about, wish.product);
    let in_stock = now.is_some_and(|now| now.available > 0);
    let price = now.map(|now| now.price);
    let awaits = match (about, in_stock) {
        (None, _) => "",
        (Some(_), true) => "price",
        (Some(_), false) => "stock",
    };
    let on = |alert: &&Alert| alert.offer == wish.offer && alert.awaited.name() == awaits;
    let differs = price.is_some_and(|p| p != wish.price && p.currency == wish.price.currency);
    Item {
        offer: wish.offer.to_string(),
        title,
        picture: if href.is_empty() { String::new() } else { picture_path(wish.product) },
        href,
        price: price.map_or_else(String::new, |price| price.to_string()),
        was: if differs { wish.price.to_string() } else { String::new() },
        cheaper: price.is_some_and(|price| price.minor < wish.price.minor),
        in_stock,
        awaits,
        alert: alerts.iter().find(on).map_or_else(String::new, |alert| alert.id.to_string()),
    }
}

fn waiting(alert: &Alert, about: Option<&Arc<OfferView>>) -> Waiting {
    let (title, href) = titled(about, alert.product);
    let what = match alert.awaited {
        Awaited::Stock => "When it is back in stock".into(),
        Awaited::PriceBelow(below) => format!("When it costs less than {below}"),
    };
    Waiting { alert: alert.id.to_string(), title, href, what }
}
