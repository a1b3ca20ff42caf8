//! The 3-D Secure page and the wallet's: the shopper approves or not, and goes back to the shop.

use super::page::{escape, message, page, see_other};
use super::return_url::{escape as escape_query, origin_of, with_query};
use crate::gateway::Gateway;
use crate::model::{GatewayRef, Method, PaymentState, Status};
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use souk_kernel::Money;
use std::sync::Arc;

#[derive(Deserialize)]
pub struct Decision {
    #[serde(default)]
    decision: String,
}

/// An action, and where it leads back to (with the reference in its query).
pub(super) struct Action {
    pub gateway_ref: GatewayRef,
    pub state: PaymentState,
    pub back: String,
}

/// What the page says.
struct Words {
    path: &'static str,
    who: &'static str,
    question: &'static str,
    yes: &'static str,
    no: &'static str,
}

const BANK: Words = Words {
    path: "3ds",
    who: "Your bank · 3-D Secure",
    question: "The shop asks your bank for this payment. Is it yours?",
    yes: "Approve",
    no: "Reject",
};

const WALLET: Words = Words {
    path: "wallet",
    who: "Sandbox wallet",
    question: "Your wallet's app would ask you now. Confirm there, or cancel.",
    yes: "Confirm in the app",
    no: "Cancel",
};

pub async fn show(State(gateway): State<Arc<Gateway>>, Path(id): Path<String>) -> Response {
    let action = match find(&gateway, &id).await {
        Ok(action) => action,
        Err(response) => return *response,
    };
    if action.state.status != Status::RequiresAction {
        return over(&action);
    }
    let wallet = action.state.method == Method::Wallet;
    let Words { path, who, question, yes, no } = if wallet { WALLET } else { BANK };
    let amount = Money::new(action.state.authorized_minor, action.state.currency).to_string();
    let main = format!(
        "<header>\n<p class=\"merchant\">{who}</p>\n<h1>Confirm {}</h1>\n\
         <p class=\"reference\">{}</p>\n</header>\n\
         <form method=\"post\" action=\"/{path}/{}\" class=\"card\">\n\
         <p>{question}</p>\n\
         <button class=\"button\" name=\"decision\" value=\"approve\">{yes}</button>\n\
         <button class=\"button quiet\" name=\"decision\" value=\"reject\">{no}</button>\n</form>\n",
        escape(&amount),
        escape(&action.state.reference),
        action.gateway_ref,
    );
    page(StatusCode::OK, "Confirm your payment", origin_of(&action.back), &main)
}

pub async fn submit(
    State(gateway): State<Arc<Gateway>>,
    Path(id): Path<String>,
    form: Result<Form<Decision>, FormRejection>,
) -> Response {
    let approved = match form.as_ref().map(|Form(form)| form.decision.as_str()) {
        Ok("approve") => true,
        Ok("reject") => false,
        _ => {
            let text = "Please go back and choose one of the buttons.";
            return message(StatusCode::BAD_REQUEST, "Nothing chosen", text, None);
        }
    };
    let action = match find(&gateway, &id).await {
        Ok(action) => action,
        Err(response) => return *response,
    };
    match gateway.finish_action(action.gateway_ref, approved).await {
        // A second tap on the same button leads back as the first did.
        Ok(true) => see_other(&action.back),
        Ok(false) if action.state.status != Status::Voided => see_other(&action.back),
        Ok(false) => over(&action),
        Err(_) => unavailable(),
    }
}

pub(super) async fn find(gateway: &Gateway, id: &str) -> Result<Action, Box<Response>> {
    let missing = || {
        let text = "There is no such payment. Go back to the shop to see how your order stands.";
        Box::new(message(StatusCode::NOT_FOUND, "Not found", text, None))
    };
    let gateway_ref: GatewayRef = id.parse().map_err(|_| missing())?;
    let state = gateway.lookup_ref(gateway_ref).await.map_err(|_| Box::new(unavailable()))?;
    let state = state.ok_or_else(missing)?;
    let url = gateway.return_url(gateway_ref).ok_or_else(missing)?;
    let back = with_query(&url, "reference", &escape_query(&state.reference));
    Ok(Action { gateway_ref, state, back })
}

fn over(action: &Action) -> Response {
    let text = "This payment doesn't wait for you any more.";
    message(StatusCode::OK, "Already done", text, Some(&action.back))
}

pub(super) fn unavailable() -> Response {
    let text = "The sandbox can't keep records at the moment. Please try again.";
    message(StatusCode::SERVICE_UNAVAILABLE, "Please try again", text, None)
}
