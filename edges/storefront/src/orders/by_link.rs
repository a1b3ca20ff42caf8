//! `/orders/{number}/link/{key}`: an order as its mails open it, without a session. It tells no more than
//! the mails do. Whoever bought as a guest can have their person removed here; an account's order is
//! opened by signing in.

use super::show::{self, View};
use super::{order_path, parcels};
use crate::render::{self, Head};
use crate::state::App;
use crate::visitor;
use crate::words::day;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Serialize;
use souk_accounts::{EraseError, Kind, ProfileError};
use souk_kernel::OrderId;
use souk_orders::rules::link::OrderLinks;
use souk_orders::{Order, OrderNumber, PlaceRefusal};
use souk_webkit::{Caller, Problem, Query, see_other};

/// Orders of one guest that the page counts; few have more than one.
const COUNTED: usize = 20;

/// Where an order is opened by whoever has its mails.
#[must_use]
pub fn order_link(links: &OrderLinks, order: OrderId) -> String {
    format!("{}/link/{}", order_path(order), links.key(order))
}

/// Who asks, beside the link itself.
enum Asks {
    /// Somebody who may see all of the order.
    Owner,
    /// The order is an account's: sign in.
    Stranger,
    /// Whoever has the mails of a guest.
    Guest,
}

/// The order that a link opens; whatever is wrong with it, there is none.
async fn linked(app: &App, number: &str, key: &str) -> Result<Order, Problem> {
    let missing = || Problem::from(PlaceRefusal::NotFound("order"));
    let number: OrderNumber = number.parse().map_err(|_| missing())?;
    let found = app.saga.orders().order_by_key(number.key()).await?;
    found
        .filter(|order| order.number() == number && app.links.opens(order.id, key))
        .ok_or_else(missing)
}

async fn asks(app: &App, order: &Order, caller: Option<&Caller>) -> Result<Asks, Problem> {
    if caller.is_some_and(|caller| caller.user() == order.user) {
        return Ok(Asks::Owner);
    }
    match app.accounts().profile(order.user).await {
        Ok(profile) if profile.user.kind == Kind::Customer => Ok(Asks::Stranger),
        Ok(_) | Err(ProfileError::NoSuchUser) => Ok(Asks::Guest),
        Err(ProfileError::Port(error)) => Err(error.into()),
    }
}

/// `GET /orders/{number}/link/{key}`.
pub(super) async fn show(
    State(app): State<App>,
    Path((number, key)): Path<(String, String)>,
    Query(fields): Query,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let order = linked(&app, &number, &key).await?;
    let caller = visitor::known(&app, &headers).await?;
    match asks(&app, &order, caller.as_ref()).await? {
        Asks::Owner => return see_other(&order_path(order.id)),
        Asks::Stranger => return visitor::sign_in_first(&order_path(order.id)),
        Asks::Guest => {}
    }
    let payment = app.saga.parts().payments.payment(order.payment).await?;
    let waited = app.now().since(order.created_at);
    let mut view = show::lay_out(&order, payment.as_ref(), waited, "");
    only_told(&mut view);
    if let Some(all) = app.parcels.of_order(order.id).await? {
        view.parcels = parcels::parts(&all, &order);
        view.returns = parcels::backs(&all, &order);
    }
    view.link = order_link(&app.links, order.id);
    if let Some(erased) = app.accounts().erased(order.user).await? {
        view.erased = day(erased.asked);
        view.done = fields.get("notice") == "forgotten";
        if view.done {
            view.notice = "Your personal data is removed.";
        }
    }
    let head = Head::private(format!("Order {}", view.number));
    render::private(&app, "order.html", &head, &view)
}

/// Leaves what the order's mails tell as well, and nothing that only its shopper may do.
fn only_told(view: &mut View) {
    view.address = Vec::new();
    view.email = String::new();
    view.retry = String::new();
    view.can_cancel = false;
    view.can_buy_again = false;
    view.by_link = true;
}

#[derive(Serialize)]
struct Forget {
    number: String,
    link: String,
    /// Orders of the same guest beside this one.
    others: usize,
    /// What must end first, in words.
    obstacles: Vec<String>,
}

/// `GET /orders/{number}/link/{key}/forget`: what goes, what stays, and a button.
pub(super) async fn ask(
    State(app): State<App>,
    Path((number, key)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let order = linked(&app, &number, &key).await?;
    let obstacles = match refused(&app, &order, &headers).await? {
        Some(elsewhere) => return Ok(elsewhere),
        None => app.accounts().obstacles(order.user).await?,
    };
    page(&app, StatusCode::OK, &order, obstacles).await
}

/// `POST /orders/{number}/link/{key}/forget`. Twice is once.
pub(super) async fn forget(
    State(app): State<App>,
    Path((number, key)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let order = linked(&app, &number, &key).await?;
    let caller = visitor::known(&app, &headers).await?;
    match app.accounts().erase_guest(order.user).await {
        Ok(()) => {}
        Err(EraseError::HasAccount) => return see_other("/account/privacy"),
        Err(EraseError::NotYet(obstacles)) => {
            return page(&app, StatusCode::CONFLICT, &order, obstacles).await;
        }
        Err(other) => return Err(other.into()),
    }
    let done = see_other(&format!("{}?notice=forgotten", order_link(&app.links, order.id)))?;
    // This browser's session was the guest's: it is over.
    let own = caller.is_some_and(|caller| caller.user() == order.user);
    Ok(visitor::with_cookie(done, own.then(|| app.sessions.cookies.clear())))
}

/// Where somebody is sent who has an account, or nothing left to remove.
async fn refused(
    app: &App,
    order: &Order,
    headers: &HeaderMap,
) -> Result<Option<Response>, Problem> {
    if app.accounts().erased(order.user).await?.is_some() {
        return see_other(&order_link(&app.links, order.id)).map(Some);
    }
    let caller = visitor::known(app, headers).await?;
    let elsewhere = match asks(app, order, caller.as_ref()).await? {
        Asks::Owner if caller.is_some_and(|caller| caller.kind() == Kind::Guest) => {
            return Ok(None);
        }
        Asks::Owner => see_other("/account/privacy"),
        Asks::Stranger => visitor::sign_in_first("/account/privacy"),
        Asks::Guest => return Ok(None),
    };
    elsewhere.map(Some)
}

async fn page(
    app: &App,
    status: StatusCode,
    order: &Order,
    obstacles: Vec<String>,
) -> Result<Response, Problem> {
    let all = app.saga.orders().of_user(order.user, None, COUNTED).await?;
    let view = Forget {
        number: order.number().to_string(),
        link: order_link(&app.links, order.id),
        others: all.iter().filter(|other| other.id != order.id).count(),
        obstacles,
    };
    let head = Head::private("Remove your personal data");
    render::private_as(status, (app, "forget.html"), &head, &view)
}
