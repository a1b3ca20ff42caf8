//! Signing in, signing up, signing out, and what is kept of a shopper.

mod register;
mod show;
mod sign_in;
mod sign_out;

use crate::render::see_other;
use crate::state::App;
use crate::visitor::{cookie, owner, with_cookie};
use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use souk_accounts::{Grant, Kind};
use souk_webkit::{Caller, Problem};

pub fn routes() -> Router<App> {
    Router::new()
        .route("/account", get(show::show).post(show::save))
        .route("/account/sign-in", get(sign_in::show).post(sign_in::sign_in))
        .route("/account/register", get(register::show).post(register::register))
        .route("/account/sign-out", post(sign_out::sign_out))
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
