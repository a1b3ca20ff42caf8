//! The table of routes: what the router is made from, and what the enumeration test asks.

use crate::state::App;
use crate::{account, assets, balance, home, orders, products};
use axum::handler::Handler;
use axum::routing::{MethodRouter, get, post};
use souk_webkit::BODY_LIMIT;

/// What a route asks of whoever comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Nothing: the way in.
    Nothing,
    /// To act for a seller.
    Member,
}

/// A route.
pub struct Route {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// Its template.
    pub path: &'static str,
    /// What it asks.
    pub needs: Needs,
    /// The longest body that it reads.
    pub body: usize,
    pub(crate) handler: MethodRouter<App>,
}

/// The longest form of a product: many variants, a long description.
const FORM_LIMIT: usize = 512 * 1024;

fn page<H: Handler<T, App>, T: 'static>(path: &'static str, needs: Needs, handler: H) -> Route {
    Route { method: "GET", path, needs, body: BODY_LIMIT, handler: get(handler) }
}

fn act<H: Handler<T, App>, T: 'static>(path: &'static str, needs: Needs, handler: H) -> Route {
    Route { method: "POST", path, needs, body: BODY_LIMIT, handler: post(handler) }
}

fn long<H: Handler<T, App>, T: 'static>(path: &'static str, body: usize, handler: H) -> Route {
    Route { body, ..act(path, Needs::Member, handler) }
}

/// Every route. In a sandbox there is one more.
#[must_use]
pub fn table(sandbox: bool) -> Vec<Route> {
    use Needs::{Member, Nothing};
    let mut table = vec![
        page("/seller/assets/{file}", Nothing, assets::asset),
        page("/seller/sign-in", Nothing, account::show),
        act("/seller/sign-in", Nothing, account::sign_in),
        page("/seller/apply", Nothing, account::form),
        act("/seller/apply", Nothing, account::apply),
        act("/seller/sign-out", Member, account::sign_out),
        page("/seller", Member, home::show),
        page("/seller/products", Member, products::list),
        page("/seller/products/new", Member, products::blank),
        long("/seller/products/new", FORM_LIMIT, products::create),
        page("/seller/products/{product}", Member, products::edit),
        long("/seller/products/{product}", FORM_LIMIT, products::save),
        act("/seller/products/{product}/shown", Member, products::show_or_hide),
        page("/seller/products/{product}/stock", Member, products::shelves),
        long("/seller/products/{product}/stock", FORM_LIMIT, products::count),
        page("/seller/products/{product}/pictures", Member, products::pictures),
        long("/seller/products/{product}/pictures", products::UPLOAD_LIMIT, products::upload),
        act("/seller/products/{product}/pictures/change", Member, products::change_pictures),
        page("/seller/orders", Member, orders::list),
        page("/seller/orders/{order}", Member, orders::show),
        act("/seller/orders/{order}/pack", Member, orders::pack),
        act("/seller/orders/{order}/ship", Member, orders::ship),
        act("/seller/orders/{order}/move", Member, orders::moved),
        act("/seller/orders/{order}/receive", Member, orders::receive),
        act("/seller/orders/{order}/inspect", Member, orders::inspect),
        page("/seller/balance", Member, balance::show),
        page("/seller/balance/lines.csv", Member, balance::csv),
    ];
    if sandbox {
        table.push(act("/seller/demo", Nothing, account::demo));
    }
    table
}
