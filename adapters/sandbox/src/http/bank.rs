//! The payer's bank, played: money comes now, in another amount, or after nobody waits for it any more.

use super::action::{Action, find, unavailable};
use super::page::{escape, message, page, see_other};
use super::return_url::origin_of;
use crate::gateway::Gateway;
use crate::model::{Status, TRANSFERS_TO};
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use souk_kernel::Money;
use std::fmt::Write as _;
use std::sync::Arc;

#[derive(Deserialize)]
pub struct Sent {
    #[serde(default)]
    amount: String,
}

pub async fn show(State(gateway): State<Arc<Gateway>>, Path(id): Path<String>) -> Response {
    match find(&gateway, &id).await {
        Ok(action) => lay_out(&gateway, &action),
        Err(response) => *response,
    }
}

pub async fn submit(
    State(gateway): State<Arc<Gateway>>,
    Path(id): Path<String>,
    form: Result<Form<Sent>, FormRejection>,
) -> Response {
    let action = match find(&gateway, &id).await {
        Ok(action) => action,
        Err(response) => return *response,
    };
    let sent = form.as_ref().map(|Form(form)| form.amount.as_str()).unwrap_or_default();
    let amount = choices(&action).into_iter().find(|choice| choice.name == sent);
    let Some(amount) = amount.map(|choice| choice.minor) else {
        let text = "Please go back and choose one of the buttons.";
        return message(StatusCode::BAD_REQUEST, "Nothing chosen", text, None);
    };
    match gateway.receive_transfer(action.gateway_ref, amount).await {
        Ok(true) => see_other(&format!("/bank/{}", action.gateway_ref)),
        Ok(false) => {
            let text = "This payment waits for no transfer.";
            message(StatusCode::NOT_FOUND, "Not found", text, None)
        }
        Err(_) => unavailable(),
    }
}

/// An amount that can be sent.
struct Choice {
    name: &'static str,
    label: String,
    minor: i64,
}

fn choices(action: &Action) -> Vec<Choice> {
    let state = &action.state;
    let (due, came) = (state.authorized_minor, state.received_minor);
    let money = |minor| Money::new(minor, state.currency).to_string();
    let late = if state.status == Status::AwaitingTransfer { "" } else { ", too late" };
    let mut choices = Vec::new();
    let mut offer = |name, label: &str, minor: i64| {
        if minor > 0 {
            let label = format!("{label}: {}{late}", money(minor));
            choices.push(Choice { name, label, minor });
        }
    };
    if state.status == Status::AwaitingTransfer && came > 0 {
        offer("rest", "The rest comes", due - came);
    }
    offer("exact", "The money comes", due);
    offer("short", "A cent less comes", due - 1);
    offer("over", "A cent more comes", due + 1);
    choices
}

fn lay_out(gateway: &Gateway, action: &Action) -> Response {
    let state = &action.state;
    let money = |minor| escape(&Money::new(minor, state.currency).to_string());
    let (holder, iban, bic) = TRANSFERS_TO;
    let statement = escape(&gateway.statement(action.gateway_ref).unwrap_or_default());
    let stands = match state.status {
        Status::AwaitingTransfer => "The shop waits for this transfer.",
        Status::Captured => "The money came, and the shop has it.",
        _ => "The shop doesn't wait for this transfer any more.",
    };
    let mut main = format!(
        "<header>\n<p class=\"merchant\">The payer's bank</p>\n<h1>Transfer {}</h1>\n\
         <p class=\"reference\">{statement}</p>\n</header>\n<div class=\"card\">\n<p>{stands}</p>\n\
         <dl class=\"due\">\n<div><dt>To</dt><dd>{holder}</dd></div>\n<div><dt>IBAN</dt><dd>{iban}</dd></div>\n\
         <div><dt>BIC</dt><dd>{bic}</dd></div>\n<div><dt>Received so far</dt><dd>{}</dd></div>\n</dl>\n</div>\n\
         <form method=\"post\" action=\"/bank/{}\" class=\"sandbox\">\n<h2>Sandbox</h2>\n\
         <p>Choose what comes. For a transfer that never does, choose nothing.</p>\n\
         <div class=\"taps\">\n",
        money(state.authorized_minor),
        money(state.received_minor),
        action.gateway_ref,
    );
    for Choice { name, label, .. } in choices(action) {
        let label = escape(&label);
        let _ = writeln!(main, "<button name=\"amount\" value=\"{name}\">{label}</button>");
    }
    let back = escape(&action.back);
    let _ = writeln!(
        main,
        "</div>\n</form>\n<p class=\"back\"><a href=\"{back}\">Back to the shop</a></p>"
    );
    page(StatusCode::OK, "The payer's bank", origin_of(&action.back), &main)
}
