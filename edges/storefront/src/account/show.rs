//! `GET|POST /account`: the name, and where parcels go.

use crate::checkout::{CountryChoice, Faults, Typed, choices};
use crate::form::{Form, Query};
use crate::render::{self, Head, see_other};
use crate::state::App;
use crate::visitor;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Serialize;
use souk_accounts::Kind;
use souk_webkit::{Caller, Problem};

#[derive(Serialize)]
struct View {
    name: String,
    email: String,
    guest: bool,
    saved: bool,
    typed: Typed,
    faults: Faults,
    countries: Vec<CountryChoice>,
}

pub(super) async fn show(
    State(app): State<App>,
    Query(fields): Query,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Some(caller) = visitor::known(&app, &headers).await? else {
        return visitor::sign_in_first("/account");
    };
    let saved = fields.get("saved") == "1";
    page(&app, &caller, None, saved).await
}

pub(super) async fn save(
    State(app): State<App>,
    headers: HeaderMap,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let Some(caller) = visitor::known(&app, &headers).await? else {
        return visitor::sign_in_first("/account");
    };
    let typed = Typed::read(&fields);
    match typed.check(caller.kind() == Kind::Guest) {
        Ok(_) => {
            app.accounts().put_address(&caller.principal, &typed.draft()).await?;
            see_other("/account?saved=1")
        }
        Err(faults) => page(&app, &caller, Some((typed, *faults)), false).await,
    }
}

async fn page(
    app: &App,
    caller: &Caller,
    tried: Option<(Typed, Faults)>,
    saved: bool,
) -> Result<Response, Problem> {
    let profile = app.accounts().profile(caller.user()).await?;
    let status = if tried.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let (typed, faults) = tried.unwrap_or_else(|| {
        (Typed::of(Some(&*profile), app.shop.country.code()), Faults::default())
    });
    let view = View {
        name: profile.user.name.clone().unwrap_or_default(),
        email: profile.user.email.as_ref().map_or_else(String::new, ToString::to_string),
        guest: caller.kind() == Kind::Guest,
        saved,
        countries: choices(&typed.country),
        typed,
        faults,
    };
    render::private_as(status, (app, "account.html"), &Head::private("Account"), &view)
}
