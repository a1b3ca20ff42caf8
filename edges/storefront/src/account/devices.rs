//! `/account/devices`: where the account is signed in.

use super::frame::{Customer, Frame};
use crate::render::{self, Head};
use crate::state::App;
use crate::words::moment;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Serialize;
use souk_accounts::Session;
use souk_kernel::SessionId;
use souk_webkit::{Problem, Query, see_other};

#[derive(Serialize)]
struct View {
    frame: Frame,
    devices: Vec<Device>,
}

#[derive(Serialize)]
struct Device {
    action: String,
    /// "Firefox on Linux"; empty where it never said.
    name: String,
    since: String,
    until: String,
    current: bool,
}

pub(super) async fn list(
    State(app): State<App>,
    Query(fields): Query,
    Customer(caller): Customer,
) -> Result<Response, Problem> {
    let mut sessions = app.accounts().sessions(&caller.principal).await?;
    sessions.sort_by_key(|session| session.id != caller.principal.session);
    let device = |session: &Session| Device {
        action: format!("/account/devices/{}/end", session.id),
        name: session.device.map_or_else(String::new, |device| device.to_string()),
        since: moment(session.created),
        until: moment(session.expires),
        current: session.id == caller.principal.session,
    };
    let view = View {
        frame: Frame::new("devices", &caller).after(&fields),
        devices: sessions.iter().map(device).collect(),
    };
    render::private(&app, "devices.html", &Head::private("Devices"), &view)
}

pub(super) async fn end(
    State(app): State<App>,
    Path(session): Path<String>,
    Customer(caller): Customer,
) -> Result<Response, Problem> {
    let missing = || Problem::not_found("you are not signed in there");
    let session: SessionId = session.parse().map_err(|_| missing())?;
    if !app.accounts().end_session(&caller.principal, session).await? {
        return Err(missing());
    }
    see_other("/account/devices?done=ended")
}
