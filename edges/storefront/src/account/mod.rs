//! Signing in, signing up, signing out, and the pages of an account.

mod addresses;
mod deleted;
mod details;
mod devices;
mod forgot;
mod frame;
mod mails;
mod methods;
mod privacy;
mod register;
mod show;
mod sign_in;
mod sign_out;
mod unsubscribe;
mod verify;

pub use frame::Frame;

use crate::state::App;
use crate::visitor::{cookie, owner, with_cookie};
use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use souk_accounts::{Grant, Kind};
use souk_webkit::{Caller, Problem, see_other};

pub fn routes() -> Router<App> {
    Router::new()
        .route("/account", get(show::show))
        .route("/account/payment-methods", get(methods::show))
        .route("/account/payment-methods/{method}", post(methods::change))
        .route("/account/sign-in", get(sign_in::show).post(sign_in::sign_in))
        .route("/account/register", get(register::show).post(register::register))
        .route("/account/sign-out", post(sign_out::sign_out))
        .route("/account/addresses", get(addresses::list))
        .route("/account/addresses/new", get(addresses::blank).post(addresses::add))
        .route("/account/addresses/{address}", get(addresses::show).post(addresses::change))
        .route("/account/addresses/{address}/default", post(addresses::prefer))
        .route("/account/addresses/{address}/remove", post(addresses::remove))
        .route("/account/details", get(details::show))
        .route("/account/details/name", post(details::name))
        .route("/account/details/email", post(details::email))
        .route("/account/details/password", post(details::password))
        .route("/account/devices", get(devices::list))
        .route("/account/devices/{session}/end", post(devices::end))
        .route("/account/mails", get(mails::show).post(mails::save))
        .route("/account/privacy", get(privacy::show))
        .route("/account/privacy/export", get(privacy::export))
        .route("/account/privacy/delete", post(privacy::delete))
        .route("/account/deleted", get(deleted::show))
        .route("/account/verify", get(verify::show).post(verify::confirm))
        .route("/account/verify/send", post(verify::send))
        .route("/account/forgot", get(forgot::show).post(forgot::ask))
        .route("/account/reset", get(forgot::choose).post(forgot::reset))
        .route("/unsubscribe/{token}", get(unsubscribe::show).post(unsubscribe::unsubscribe))
}

/// Goes on as whom the grant names; the cart of a guest goes along, and that guest's session ends.
async fn go_on(
    app: &App,
    caller: Option<Caller>,
    grant: &Grant,
    to: &str,
) -> Result<Response, Problem> {
    let mut to = to.to_owned();
    if let Some(guest) = caller.filter(|caller| caller.kind() == Kind::Guest) {
        let account = grant.principal.user;
        // A cart that an order is just paying for stays where it is: the sign-in counts all the same.
        match app.carts.merge(guest.user(), owner(&grant.principal)).await {
            Ok((cart, _)) if to == "/cart" && guest.user() != account && cart.due().is_some() => {
                to.push_str("?notice=merged")
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "merging a guest's cart"),
        }
        if let Err(error) = app.lists.adopt(guest.user(), account).await {
            tracing::warn!(%error, "a guest's wishes stay where they are");
        }
        if let Err(error) = app.insights.adopt(guest.user(), account).await {
            tracing::warn!(%error, "what a guest looked at stays where it is");
        }
        if guest.user() != account
            && let Err(error) = app.accounts().sign_out(&guest.token).await
        {
            tracing::warn!(%error, "ending a guest's session");
        }
    }
    Ok(with_cookie(see_other(&to)?, Some(cookie(app, grant))))
}
