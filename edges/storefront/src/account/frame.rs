//! What the pages of an account share: the way between them, what was just done, and who may see them.

use crate::state::App;
use crate::visitor;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use souk_accounts::Kind;
use souk_webkit::{Caller, Fields};

/// Around a page.
#[derive(Debug, Serialize)]
pub struct Frame {
    /// Which page it is, by the last part of its path.
    at: &'static str,
    guest: bool,
    /// What was just done, in words; empty: nothing.
    done: &'static str,
}

impl Frame {
    pub fn new(at: &'static str, caller: &Caller) -> Self {
        Self { at, guest: caller.kind() == Kind::Guest, done: "" }
    }

    /// With what the address says was done.
    pub fn after(mut self, fields: &Fields) -> Self {
        self.done = match fields.get("done") {
            "saved" => "Saved.",
            "added" => "The address is in your book.",
            "removed" => "The address is gone.",
            "default" => "This is your default from now on.",
            "forgotten" => "The card is gone.",
            "ended" => "That device is signed out.",
            "name" => "Your name is changed.",
            "email" => "We sent a mail to the new address. It is yours once you followed its link.",
            "password" => "Your password is changed. Your other devices are signed out.",
            "sent" => "The mail is on its way. Look into your mailbox.",
            "verified" => "Your email address is confirmed.",
            _ => "",
        };
        self
    }
}

/// Who asks, if they have an account; everybody else is led to the sign-in and back.
pub(super) struct Customer(pub Caller);

impl FromRequestParts<App> for Customer {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let known =
            visitor::known(app, &parts.headers).await.map_err(IntoResponse::into_response)?;
        if let Some(caller) = known.filter(|caller| caller.kind() == Kind::Customer) {
            return Ok(Self(caller));
        }
        let back =
            if parts.method == axum::http::Method::GET { parts.uri.path() } else { "/account" };
        Err(visitor::sign_in_first(back).unwrap_or_else(IntoResponse::into_response))
    }
}

/// Who asks, guest or customer; nobody is led to the sign-in and back.
pub(super) struct Known(pub Caller);

impl FromRequestParts<App> for Known {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        match visitor::known(app, &parts.headers).await.map_err(IntoResponse::into_response)? {
            Some(caller) => Ok(Self(caller)),
            None => {
                let back = if parts.method == axum::http::Method::GET {
                    parts.uri.path()
                } else {
                    "/account"
                };
                Err(visitor::sign_in_first(back).unwrap_or_else(IntoResponse::into_response))
            }
        }
    }
}
