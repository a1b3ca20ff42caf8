//! `POST /admin/products/{product}/shown`: publishes a product, or hides it from shoppers, with its line in
//! the audit. The form says what it shall be: twice the same is once, and an edit meanwhile is kept.

use super::edit::stale;
use crate::form::{Form, form_key};
use crate::guard::Me;
use crate::state::App;
use axum::extract::{Path, State};
use axum::response::Response;
use souk_catalog::PutRefused;
use souk_catalog::port::PutListing;
use souk_kernel::ProductId;
use souk_staff::{Act, Change, ChangeError, ChangeRefusal, Done, Permission};
use souk_webkit::{Problem, see_other};

/// Tries of a change that loses to others, before it gives up.
const TRIES: usize = 8;

pub(crate) async fn show_or_hide(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let missing = || Problem::not_found("There is no such product.");
    let id: ProductId = id.parse().map_err(|_| missing())?;
    let (hidden, done) = match fields.get("shown") {
        "yes" => (false, "published"),
        "no" => (true, "hidden"),
        _ => return Err(Problem::invalid("shown_invalid", "Publish it, or hide it.")),
    };
    let form = form_key(&fields)?;
    let there = format!("/admin/products/{id}?done={done}");
    for _ in 0..TRIES {
        let mut listing = app.catalog.stored(id).await?.ok_or_else(missing)?;
        if listing.product.hidden == hidden {
            return see_other(&there);
        }
        listing.product.hidden = hidden;
        let name = if hidden { "products.hide" } else { "products.publish" };
        let detail: String = listing.product.title.chars().take(200).collect();
        let act = Act { name, subject: id.to_string(), detail };
        let expected_version = Some(listing.product.version);
        let (stock, at) = (Vec::new(), app.clock.now());
        let put = PutListing { listing, keep_hidden: false, expected_version, stock, at };
        let change = (Change::Products(vec![put]), Some(form));
        match app.staff.change_once(&me.member, Permission::ChangeProducts, change, act).await {
            Ok(Done::Products(now)) => {
                app.catalog.written(&now);
                return see_other(&there);
            }
            Ok(_) => return see_other(&there),
            Err(ChangeError::Refused(ChangeRefusal::Product(PutRefused::Stale { .. }))) => {}
            Err(other) => return Err(other.into()),
        }
    }
    Err(stale())
}
