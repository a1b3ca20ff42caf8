//! An order that waits for its shopper: to confirm, or to send the money. What to do, until when, and the
//! way out: paying in another way.

use super::{order_path, own};
use crate::checkout::review_path;
use crate::state::App;
use crate::visitor;
use crate::words::moment;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Serialize;
use souk_kernel::Money;
use souk_orders::rules::transfer::statement;
use souk_orders::{Order, PlaceRefusal};
use souk_payments::{Method, Payment, PaymentState};
use souk_webkit::{Problem, see_other};

/// What the shopper must do.
#[derive(Debug, Serialize)]
pub struct Waiting {
    pub headline: &'static str,
    pub says: String,
    /// Where they act; empty: nowhere here.
    pub action: String,
    pub button: &'static str,
    /// Where the money goes, when it is sent.
    pub transfer: Option<Transfer>,
}

/// A transfer, as the shopper writes it.
#[derive(Debug, Serialize)]
pub struct Transfer {
    amount: String,
    holder: String,
    iban: String,
    bic: String,
    reference: String,
    until: String,
    until_iso: String,
}

impl Waiting {
    /// `None`: it waits for nobody, or not for its shopper.
    pub fn of(order: &Order, payment: &Payment) -> Option<Self> {
        if !order.state.is_open() {
            return None;
        }
        let action = payment.action_url.clone().unwrap_or_default();
        match (payment.state, payment.method) {
            (PaymentState::AwaitingTransfer, _) => Some(Self::transfer(order, payment, action)),
            (PaymentState::RequiresAction, Method::Wallet) => Some(Self {
                headline: "Confirm in your wallet",
                says: format!("Your items are kept until {}.", moment(order.deadline)),
                action,
                button: "Go to my wallet",
                transfer: None,
            }),
            (PaymentState::RequiresAction, _) => Some(Self {
                headline: "Confirm with your bank",
                says: "Your bank wants to be sure that it is you.".into(),
                action,
                button: "Go to my bank",
                transfer: None,
            }),
            _ => None,
        }
    }

    fn transfer(order: &Order, payment: &Payment, action: String) -> Self {
        let money = |minor| Money::new(minor, payment.amount.currency);
        let missing = money(payment.amount.minor - payment.received);
        let until = moment(order.deadline);
        let says = if payment.received > 0 {
            format!(
                "{} has come, {missing} is missing. Send the rest with the same reference by {until}.",
                money(payment.received)
            )
        } else {
            format!(
                "Your items are kept for you. As soon as the money is here we send them; it must \
                 come by {until}."
            )
        };
        Self {
            headline: "Send the money, and it is yours",
            says,
            action,
            button: "Open my bank",
            transfer: payment.account.as_ref().map(|account| Transfer {
                amount: missing.to_string(),
                holder: account.holder.clone(),
                iban: grouped(&account.iban),
                bic: account.bic.clone(),
                reference: statement(order),
                until,
                until_iso: order.deadline.rfc3339(),
            }),
        }
    }
}

/// An account number in groups of four, as it stands on paper.
fn grouped(iban: &str) -> String {
    let letters: Vec<char> = iban.chars().collect();
    letters.chunks(4).map(String::from_iter).collect::<Vec<_>>().join(" ")
}

/// `POST /orders/{number}/another-way`: ends this try; the same checkout can be paid otherwise.
pub(super) async fn another_way(
    State(app): State<App>,
    Path(number): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Some(caller) = visitor::known(&app, &headers).await? else {
        return visitor::sign_in_first(&format!("/orders/{number}"));
    };
    let order = own(&app, caller.user(), &number).await?;
    match app.saga.pay_another_way(caller.user(), order.id).await {
        Ok(order) => see_other(&review_path(order.checkout)),
        Err(PlaceRefusal::TooLate(_)) => see_other(&order_path(order.id)),
        Err(refusal) => Err(refusal.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn an_account_number_is_read_in_groups() {
        assert_eq!(grouped("DE03500000009000000001"), "DE03 5000 0000 9000 0000 01");
        assert_eq!(grouped(""), "");
    }
}
