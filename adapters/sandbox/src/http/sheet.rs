//! The card sheet: a shopper types a test card or taps a behaviour, and goes back with a token.
//!
//! The only place that sees a card number. It is read into a behaviour, a brand and four digits, and
//! dropped: no page, log, error or record repeats it.

use super::page::{escape, message, page, see_other};
use super::return_url::{origin_of, with_query};
use crate::gateway::Gateway;
use crate::session::Session;
use crate::tokens::{Behaviour, Card, Typed, read_card};
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use souk_kernel::Timestamp;
use std::fmt::Write as _;
use std::sync::Arc;

#[derive(Deserialize)]
pub struct SheetQuery {
    #[serde(default)]
    session: String,
}

/// What the form sends. Deliberately without `Debug`.
#[derive(Deserialize)]
pub struct SheetForm {
    #[serde(default)]
    session: String,
    #[serde(default)]
    number: String,
    #[serde(default)]
    expiry: String,
    #[serde(default)]
    cvc: String,
    /// Keep the card.
    #[serde(default)]
    save: String,
    /// Set by a one-tap button.
    behaviour: Option<String>,
}

/// What is wrong with the form, by field.
#[derive(Default, PartialEq, Eq)]
struct Wrong {
    number: Option<&'static str>,
    expiry: Option<&'static str>,
    cvc: Option<&'static str>,
}

pub async fn show(
    State(gateway): State<Arc<Gateway>>,
    Query(query): Query<SheetQuery>,
) -> Response {
    match gateway.open_sheet(&query.session) {
        Some(session) => sheet(&session, &query.session, &Wrong::default()),
        None => expired(),
    }
}

pub async fn submit(
    State(gateway): State<Arc<Gateway>>,
    form: Result<Form<SheetForm>, FormRejection>,
) -> Response {
    let Ok(Form(form)) = form else {
        let text = "The form can't be read. Please go back and try again.";
        return message(StatusCode::BAD_REQUEST, "Something is missing", text, None);
    };
    let Some(session) = gateway.open_sheet(&form.session) else { return expired() };
    let (behaviour, card) = match read_form(&form, gateway.now()) {
        Ok(read) => read,
        Err(wrong) => return sheet(&session, &form.session, &wrong),
    };
    let save = session.keep && form.save == "yes";
    match gateway.issue_token(behaviour, card.as_ref(), save).await {
        Ok(token) => see_other(&with_query(&session.return_url, "payment_token", &token)),
        Err(_) => {
            let text = "The sandbox can't keep records at the moment. Nothing was paid.";
            let back = Some(session.return_url.as_str());
            message(StatusCode::SERVICE_UNAVAILABLE, "Please try again", text, back)
        }
    }
}

fn expired() -> Response {
    let text = "This payment page is no longer valid. Please go back to the shop and pay again.";
    message(StatusCode::GONE, "Page expired", text, None)
}

fn read_form(form: &SheetForm, now: Timestamp) -> Result<(Behaviour, Option<Card>), Wrong> {
    if let Some(name) = &form.behaviour {
        return match name.parse() {
            Ok(behaviour) => Ok((behaviour, None)),
            Err(_) => Err(Wrong { number: Some("Unknown button."), ..Wrong::default() }),
        };
    }
    let typed = read_card(&form.number);
    let wrong = Wrong {
        number: match &typed {
            Typed::Test(..) => None,
            Typed::Mistyped => Some("Check the card number."),
            Typed::NotATestCard => {
                Some("This sandbox takes its test cards only. Never type a real card here.")
            }
        },
        expiry: (!in_future(&form.expiry, now)).then_some("Enter a month in the future, as MM/YY."),
        cvc: (!is_cvc(&form.cvc)).then_some("Enter the 3 or 4 digits."),
    };
    match typed {
        Typed::Test(behaviour, card) if wrong == Wrong::default() => {
            let expires = month_of(&form.expiry).unwrap_or_default();
            Ok((behaviour, Some(Card { expires, ..card })))
        }
        _ => Err(wrong),
    }
}

/// `MM/YY`, `MM / YY`, `MMYY` or `MM/YYYY`, not before this month.
fn in_future(expiry: &str, now: Timestamp) -> bool {
    // Texts of the same form compare as dates do.
    month_of(expiry).is_some_and(|month| month.as_str() >= &now.rfc3339()[..7])
}

/// The month as `2034-12`.
fn month_of(expiry: &str) -> Option<String> {
    let digits: String = expiry.chars().filter(|c| !matches!(c, ' ' | '/' | '-')).collect();
    if !matches!(digits.len(), 4 | 6) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (month, year) = digits.split_at(2);
    let year = if year.len() == 2 { format!("20{year}") } else { String::from(year) };
    ("01"..="12").contains(&month).then(|| format!("{year}-{month}"))
}

fn is_cvc(cvc: &str) -> bool {
    matches!(cvc.len(), 3 | 4) && cvc.bytes().all(|b| b.is_ascii_digit())
}

fn sheet(session: &Session, sealed: &str, wrong: &Wrong) -> Response {
    let status =
        if *wrong == Wrong::default() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let (merchant, amount) = (escape(&session.merchant), escape(&session.amount.to_string()));
    let mut main = format!(
        "<header>\n<p class=\"merchant\">{merchant}</p>\n<h1>Pay {amount}</h1>\n\
         <p class=\"reference\">{}</p>\n</header>\n",
        escape(&session.reference),
    );
    if status != StatusCode::OK {
        main.push_str("<p class=\"alert\" role=\"alert\">Please check the marked fields.</p>\n");
    }
    main.push_str("<form method=\"post\" action=\"/sheet\" class=\"card\">\n");
    let sealed = escape(sealed);
    let _ = writeln!(main, "<input type=\"hidden\" name=\"session\" value=\"{sealed}\">");
    let number = Field {
        name: "number",
        label: "Card number",
        auto: "cc-number",
        example: "4242 4242 4242 4242",
        longest: 23,
    };
    let expiry = Field {
        name: "expiry",
        label: "Expiry (MM/YY)",
        auto: "cc-exp",
        example: "12/34",
        longest: 9,
    };
    let cvc =
        Field { name: "cvc", label: "Security code", auto: "cc-csc", example: "123", longest: 4 };
    number.write(&mut main, wrong.number);
    main.push_str("<div class=\"pair\">\n");
    expiry.write(&mut main, wrong.expiry);
    cvc.write(&mut main, wrong.cvc);
    main.push_str("</div>\n");
    if session.keep {
        main.push_str(
            "<label class=\"keep\"><input type=\"checkbox\" name=\"save\" value=\"yes\"> \
             Save this card for next time</label>\n",
        );
    }
    let _ = writeln!(main, "<button class=\"button\">Pay {amount}</button>\n</form>");
    write_buttons(&mut main, &sealed);
    let back = escape(&session.return_url);
    let _ = writeln!(main, "<p class=\"back\"><a href=\"{back}\">Back to {merchant}</a></p>");
    let title = format!("Pay {} · {}", session.amount, session.merchant);
    page(status, &title, origin_of(&session.return_url), &main)
}

fn write_buttons(main: &mut String, sealed: &str) {
    main.push_str(
        "<form method=\"post\" action=\"/sheet\" class=\"sandbox\">\n\
         <h2>Sandbox</h2>\n<p>No card at hand? Choose what the gateway does.</p>\n",
    );
    let _ = writeln!(
        main,
        "<input type=\"hidden\" name=\"session\" value=\"{sealed}\">\n<div class=\"taps\">"
    );
    for (behaviour, label) in Behaviour::BUTTONS {
        let _ = writeln!(main, "<button name=\"behaviour\" value=\"{behaviour}\">{label}</button>");
    }
    main.push_str("</div>\n</form>\n");
}

/// One input: labelled, with what is wrong told to every reader.
struct Field {
    name: &'static str,
    label: &'static str,
    auto: &'static str,
    example: &'static str,
    longest: u8,
}

impl Field {
    fn write(&self, main: &mut String, wrong: Option<&str>) {
        let Self { name, label, auto, example, longest } = self;
        let marks = match wrong {
            Some(_) => format!(" aria-invalid=\"true\" aria-describedby=\"{name}-wrong\""),
            None => String::new(),
        };
        // Never a value: what was typed is not sent back.
        let _ = writeln!(
            main,
            "<div class=\"field\">\n<label for=\"{name}\">{label}</label>\n\
             <input id=\"{name}\" name=\"{name}\" autocomplete=\"{auto}\" inputmode=\"numeric\" \
             placeholder=\"{example}\" maxlength=\"{longest}\" required{marks}>"
        );
        if let Some(wrong) = wrong {
            let _ = writeln!(main, "<p class=\"wrong\" id=\"{name}-wrong\">{wrong}</p>");
        }
        main.push_str("</div>\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expiry_is_this_month_or_later() {
        // 2026-11-23
        let now = Timestamp(1_795_400_000_000);
        assert_eq!(&now.rfc3339()[..7], "2026-11");
        for good in ["11/26", "12 / 26", "0134", "01/2034"] {
            assert!(in_future(good, now), "{good}");
        }
        for bad in ["", "10/26", "13/30", "00/30", "1/30", "ab/cd", "12/20345"] {
            assert!(!in_future(bad, now), "{bad}");
        }
    }
}
