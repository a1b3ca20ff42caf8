//! `/account/addresses`: the address book.

use super::frame::{Frame, Known};
use crate::checkout::{CountryChoice, Faults, Typed, choices};
use crate::render::{self, Head};
use crate::state::App;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use souk_accounts::{AddressError, AddressId, BOOK_MAX, BookEntry, EntryDraft, Kind};
use souk_webkit::{Caller, Fields, Form, Problem, Query, see_other};

const PATH: &str = "/account/addresses";

#[derive(Serialize)]
struct List {
    frame: Frame,
    entries: Vec<Entry>,
    full: bool,
}

#[derive(Serialize)]
struct Entry {
    href: String,
    label: String,
    lines: Vec<String>,
    shipping: bool,
    billing: bool,
}

pub(super) async fn list(
    State(app): State<App>,
    Query(fields): Query,
    Known(caller): Known,
) -> Result<Response, Problem> {
    let book = app.accounts().address_book(&caller.principal).await?;
    let entry = |entry: &BookEntry| Entry {
        href: format!("{PATH}/{}", entry.id),
        label: entry.label.clone().unwrap_or_default(),
        lines: entry.address.written().lines(),
        shipping: entry.shipping,
        billing: entry.billing,
    };
    let view = List {
        frame: Frame::new("addresses", &caller).after(&fields),
        entries: book.entries.iter().map(entry).collect(),
        full: book.entries.len() >= BOOK_MAX,
    };
    render::private(&app, "addresses.html", &Head::private("Addresses"), &view)
}

/// What stands in the form.
#[derive(Serialize)]
struct View {
    frame: Frame,
    action: String,
    fresh: bool,
    label: String,
    label_fault: &'static str,
    typed: Typed,
    faults: Faults,
    countries: Vec<CountryChoice>,
    shipping: bool,
    billing: bool,
    /// It is the default already: another one has to be named to end that.
    is_shipping: bool,
    is_billing: bool,
}

impl View {
    fn of(caller: &Caller, entry: Option<&BookEntry>, typed: Typed) -> Self {
        Self {
            frame: Frame::new("addresses", caller),
            action: entry.map_or_else(|| format!("{PATH}/new"), |e| format!("{PATH}/{}", e.id)),
            fresh: entry.is_none(),
            label: entry.and_then(|entry| entry.label.clone()).unwrap_or_default(),
            label_fault: "",
            countries: choices(&typed.country),
            typed,
            faults: Faults::default(),
            shipping: false,
            billing: false,
            is_shipping: entry.is_some_and(|entry| entry.shipping),
            is_billing: entry.is_some_and(|entry| entry.billing),
        }
    }

    /// As somebody typed it.
    fn read(caller: &Caller, entry: Option<&BookEntry>, fields: &Fields) -> Self {
        Self {
            label: fields.text("label"),
            shipping: fields.get("shipping") == "1",
            billing: fields.get("billing") == "1",
            ..Self::of(caller, entry, Typed::read(fields))
        }
    }

    fn draft(&self) -> EntryDraft {
        let (shipping, billing) = (self.shipping, self.billing);
        EntryDraft {
            label: Some(self.label.clone()),
            address: self.typed.draft(),
            shipping,
            billing,
        }
    }
}

fn page(app: &App, status: StatusCode, view: &View) -> Result<Response, Problem> {
    let title = if view.fresh { "New address" } else { "Change address" };
    render::private_as(status, (app, "address.html"), &Head::private(title), view)
}

pub(super) async fn blank(
    State(app): State<App>,
    Known(caller): Known,
) -> Result<Response, Problem> {
    let typed = Typed { country: app.shop.country.code().to_owned(), ..Typed::default() };
    page(&app, StatusCode::OK, &View::of(&caller, None, typed))
}

pub(super) async fn add(
    State(app): State<App>,
    Known(caller): Known,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let view = View::read(&caller, None, &fields);
    let added = app.accounts().add_address(&caller.principal, &view.draft()).await;
    answer(&app, &caller, view, added, "added")
}

async fn find(app: &App, caller: &Caller, id: &str) -> Result<BookEntry, Problem> {
    let missing = || Problem::not_found("there is no such address in your book");
    let id: AddressId = id.parse().map_err(|_| missing())?;
    let book = app.accounts().address_book(&caller.principal).await?;
    book.entry(id).cloned().ok_or_else(missing)
}

pub(super) async fn show(
    State(app): State<App>,
    Path(address): Path<String>,
    Known(caller): Known,
) -> Result<Response, Problem> {
    let entry = find(&app, &caller, &address).await?;
    let typed = Typed::from_address(&entry.address, String::new());
    page(&app, StatusCode::OK, &View::of(&caller, Some(&entry), typed))
}

pub(super) async fn change(
    State(app): State<App>,
    Path(address): Path<String>,
    Known(caller): Known,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let entry = find(&app, &caller, &address).await?;
    let view = View::read(&caller, Some(&entry), &fields);
    let kept = app.accounts().change_address(&caller.principal, entry.id, &view.draft()).await;
    answer(&app, &caller, view, kept, "saved")
}

fn answer(
    app: &App,
    caller: &Caller,
    mut view: View,
    kept: Result<BookEntry, AddressError>,
    done: &str,
) -> Result<Response, Problem> {
    match kept {
        Ok(_) => return see_other(&format!("{PATH}?done={done}")),
        Err(AddressError::Invalid(faults)) => {
            if faults.iter().any(|fault| fault.field == "label") {
                view.label_fault = "Use up to 40 characters.";
            }
            if let Err(faults) = view.typed.check(caller.kind() == Kind::Guest) {
                view.faults = *faults;
            }
        }
        Err(AddressError::BookFull) => {
            view.faults.form = format!("Your book holds {BOOK_MAX} addresses. Remove one first.");
        }
        Err(other) => return Err(other.into()),
    }
    page(app, StatusCode::UNPROCESSABLE_ENTITY, &view)
}

pub(super) async fn prefer(
    State(app): State<App>,
    Path(address): Path<String>,
    Known(caller): Known,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let entry = find(&app, &caller, &address).await?;
    let both = (fields.get("shipping") == "1", fields.get("billing") == "1");
    app.accounts().prefer_address(&caller.principal, entry.id, both).await?;
    see_other(&format!("{PATH}?done=default"))
}

pub(super) async fn remove(
    State(app): State<App>,
    Path(address): Path<String>,
    Known(caller): Known,
) -> Result<Response, Problem> {
    let entry = find(&app, &caller, &address).await?;
    app.accounts().remove_address(&caller.principal, entry.id).await?;
    see_other(&format!("{PATH}?done=removed"))
}
