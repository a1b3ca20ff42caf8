//! `/account/payment-methods`: the cards that a shopper keeps; which is the default, and forgetting one.

use super::frame::{Frame, Known};
use crate::render::{self, Head};
use crate::state::App;
use crate::visitor;
use crate::words::{card_end, card_name};
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Serialize;
use souk_kernel::SavedMethodId;
use souk_payments::SavedMethod;
use souk_webkit::{Form, Problem, Query, see_other};

const PAGE: &str = "/account/payment-methods";

#[derive(Serialize)]
struct View {
    frame: Frame,
    methods: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    id: String,
    name: String,
    end: String,
    is_default: bool,
}

fn row(method: &SavedMethod) -> Row {
    Row {
        id: method.id.to_string(),
        name: card_name(&method.face),
        end: card_end(&method.face),
        is_default: method.is_default,
    }
}

pub(super) async fn show(
    State(app): State<App>,
    Query(fields): Query,
    Known(caller): Known,
) -> Result<Response, Problem> {
    let all = app.methods.of_user(caller.user()).await?;
    let frame = Frame::new("payment-methods", &caller).after(&fields);
    let view = View { frame, methods: all.iter().map(row).collect() };
    render::private(&app, "methods.html", &Head::private("Payment methods"), &view)
}

/// `do=remove` or `do=default`.
pub(super) async fn change(
    State(app): State<App>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let Some(caller) = visitor::known(&app, &headers).await? else {
        return visitor::sign_in_first(PAGE);
    };
    let missing = || Problem::not_found("there is no such payment method");
    let id: SavedMethodId = id.parse().map_err(|_| missing())?;
    let (found, done) = match fields.get("do") {
        "remove" => (app.methods.remove(caller.user(), id).await?, "forgotten"),
        "default" => (app.methods.prefer(caller.user(), id).await?, "default"),
        _ => return Err(Problem::invalid("form_invalid", "the field do is not right")),
    };
    if found { see_other(&format!("{PAGE}?done={done}")) } else { Err(missing()) }
}
