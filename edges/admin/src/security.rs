//! The second factor: shown after the password, set up with an authenticator app, recovery codes once.

use crate::account::go_on;
use crate::form::{Form, Query, onward};
use crate::guard::Me;
use crate::render::{self, Head};
use crate::state::App;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use souk_staff::rules::factor::Secret;
use souk_staff::{FactorError, Stage};
use souk_webkit::{Problem, see_other};

#[derive(Serialize)]
struct Ask {
    next: String,
    fault: &'static str,
}

/// `GET /admin/second-factor`.
pub(crate) async fn ask(
    State(app): State<App>,
    me: Me,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let next = onward(fields.get("next")).to_owned();
    if me.stage != Stage::MustProve {
        return see_other(&next);
    }
    asked(&app, StatusCode::OK, Ask { next, fault: "" })
}

fn asked(app: &App, status: StatusCode, view: Ask) -> Result<Response, Problem> {
    let head = Head::of("", "Second factor");
    render::respond(status, render::text(app, None, ("second_factor.html", &head), &view)?)
}

/// `POST /admin/second-factor`.
pub(crate) async fn prove(
    State(app): State<App>,
    me: Me,
    Form(fields): Form,
) -> Result<Response, Problem> {
    // Six digits can be guessed: as seldom as a password.
    app.gate.limits.account(&format!("staff code {}", me.member.id))?;
    let next = onward(fields.get("next")).to_owned();
    match app.staff.prove(me.token, &fields.text("code")).await {
        Ok(grant) => go_on(&app, &grant, &next),
        Err(FactorError::Wrong) => {
            let fault = "This code is not right, or it was used already. Wait for the next one.";
            asked(&app, StatusCode::UNPROCESSABLE_ENTITY, Ask { next, fault })
        }
        Err(FactorError::NoSession) => see_other("/admin/sign-in"),
        Err(other) => Err(other.into()),
    }
}

#[derive(Serialize, Default)]
struct View {
    /// It has to be set up before anything else.
    must: bool,
    /// There is one, with so many recovery codes.
    has: bool,
    left: usize,
    secret: String,
    link: String,
    codes: Vec<String>,
    fault: &'static str,
    next: String,
}

/// `GET /admin/security`.
pub(crate) async fn show(
    State(app): State<App>,
    me: Me,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let next = onward(fields.get("next")).to_owned();
    let view = match app.staff.factor_of(me.member.id).await? {
        Some(left) => View { has: true, left, next, ..View::default() },
        None => View { next, ..to_set_up(&app, &me, &app.staff.fresh_secret()) },
    };
    page(&app, &me, StatusCode::OK, view)
}

fn to_set_up(app: &App, me: &Me, secret: &Secret) -> View {
    let text = secret.text();
    let parts: Vec<&str> = (0..8).filter_map(|part| text.get(part * 4..part * 4 + 4)).collect();
    View {
        secret: parts.join(" "),
        link: secret.link(&app.shop.name, me.member.email.as_str()),
        ..View::default()
    }
}

fn page(app: &App, me: &Me, status: StatusCode, view: View) -> Result<Response, Problem> {
    let must = me.stage == Stage::MustEnrol && view.codes.is_empty();
    let head = Head::of("/admin/security", "Your second factor");
    // Who has to set it up has nowhere else to go.
    let shown = Some(me).filter(|_| me.stage == Stage::Proven);
    let view = View { must, ..view };
    render::respond(status, render::text(app, shown, ("security.html", &head), &view)?)
}

/// `POST /admin/security`.
pub(crate) async fn enrol(
    State(app): State<App>,
    me: Me,
    Form(fields): Form,
) -> Result<Response, Problem> {
    app.gate.limits.account(&format!("staff code {}", me.member.id))?;
    let cut = || Problem::invalid("secret_invalid", "Open the page again: its form was cut.");
    let secret = Secret::parse(fields.get("secret")).ok_or_else(cut)?;
    let next = onward(fields.get("next")).to_owned();
    match app.staff.enrol((&me.member, me.token), &secret, &fields.text("code")).await {
        Ok(codes) => {
            let view = View { has: true, left: codes.len(), codes, next, ..View::default() };
            page(&app, &me, StatusCode::OK, view)
        }
        Err(FactorError::Wrong) => {
            let fault = "This is not the code of that secret now. Is your device's clock right?";
            let view = View { fault, next, ..to_set_up(&app, &me, &secret) };
            page(&app, &me, StatusCode::UNPROCESSABLE_ENTITY, view)
        }
        Err(other) => Err(other.into()),
    }
}
