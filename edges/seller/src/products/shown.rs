//! `POST /seller/products/{product}/shown`: publishes a product, or hides it from shoppers. Twice the same
//! is once.

use super::{missing, own};
use crate::form::Form;
use crate::guard::Me;
use crate::state::App;
use axum::extract::{Path, State};
use axum::response::Response;
use souk_sellers::ProductError;
use souk_webkit::{Problem, see_other};

pub(crate) async fn show_or_hide(
    State(app): State<App>,
    me: Me,
    Path(product): Path<String>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let (listing, describes) = own(&app, &me, &product).await?;
    let id = listing.product.id;
    let hidden = match fields.get("shown") {
        "yes" => false,
        "no" => true,
        _ => return Err(Problem::invalid("shown_invalid", "Publish it, or hide it.")),
    };
    if !describes {
        let says = "Others sell this product too: whether it is shown is the shop's to say.";
        return Err(Problem::new(axum::http::StatusCode::FORBIDDEN, "not_yours_alone", says));
    }
    match app.products.set_hidden(me.seller(), id, hidden).await {
        Ok(()) => {
            let done = if hidden { "hidden" } else { "published" };
            see_other(&format!("/seller/products/{id}?done={done}"))
        }
        Err(ProductError::NotFound) => Err(missing()),
        Err(other) => Err(other.into()),
    }
}
