//! Who may pass: the cookie of sellers' members, the check of every route, the check of every change.

use crate::form::href;
use crate::state::App;
use crate::table::Needs;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use souk_accounts::{Token, TokenDigest};
use souk_kernel::{SellerId, Timestamp};
use souk_sellers::{SellerAccount, SellerMember};
use souk_webkit::{Cookies, Problem, cross_site, see_other};

/// The members' cookie: never sent along by another site's page, not even on a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Badge(pub Cookies);

/// No token is longer; digesting more would be the sender's choice of our work.
const TOKEN_MAX: usize = 64;

impl Badge {
    /// Its name, by transport.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self.0 {
            Cookies::Tls => "__Host-souk-seller",
            Cookies::Loopback => "souk_seller",
        }
    }

    pub(crate) fn set(self, token: &Token, now: Timestamp, expires: Timestamp) -> HeaderValue {
        self.line(token.reveal(), expires.since(now).max(0) / 1_000)
    }

    pub(crate) fn clear(self) -> HeaderValue {
        self.line("", 0)
    }

    fn line(self, value: &str, max_age_s: i64) -> HeaderValue {
        let secure = if self.0 == Cookies::Tls { "; Secure" } else { "" };
        let name = self.name();
        let line = format!(
            "{name}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={max_age_s}{secure}"
        );
        // Tokens are hexadecimal: the line is always a header value.
        HeaderValue::try_from(line).unwrap_or(HeaderValue::from_static(""))
    }

    fn read(self, headers: &HeaderMap) -> Option<&str> {
        let lines = headers.get_all(header::COOKIE).iter();
        let mut pairs =
            lines.filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(';'));
        pairs.find_map(|pair| {
            let (name, value) = pair.split_once('=')?;
            let fits = !value.trim().is_empty() && value.trim().len() <= TOKEN_MAX;
            (name.trim() == self.name() && fits).then_some(value.trim())
        })
    }
}

/// Who asks, proven by the badge.
#[derive(Debug, Clone)]
pub(crate) struct Me {
    pub member: SellerMember,
    pub account: SellerAccount,
    pub token: TokenDigest,
    /// The seller's public name.
    pub name: String,
}

impl Me {
    /// Whose pages these are. Every use case gets it from here, and from nowhere else.
    pub fn seller(&self) -> SellerId {
        self.account.id
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Me {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let me = parts.extensions.get::<Self>().cloned();
        me.ok_or_else(|| Problem::internal("a page of sellers that the table opens to everybody"))
    }
}

/// Who shows a badge, if anybody does.
pub(crate) async fn known(app: &App, headers: &HeaderMap) -> Result<Option<Me>, Problem> {
    let Some(token) = app.badge.read(headers) else { return Ok(None) };
    let token = TokenDigest::of(token);
    let Some(session) = app.sellers.authenticate(&token).await? else { return Ok(None) };
    let named = app.catalog.sellers(&[session.account.id]).await?.pop().flatten();
    let name = named.map(|seller| seller.name).unwrap_or_default();
    Ok(Some(Me { member: session.member, account: session.account, token, name }))
}

/// The layer of each route: lets pass who has what it needs.
pub(crate) async fn guard(
    State((app, needs)): State<(App, Needs)>,
    mut request: Request,
    next: Next,
) -> Response {
    if needs == Needs::Nothing {
        return next.run(request).await;
    }
    let me = match known(&app, request.headers()).await {
        Ok(Some(me)) => me,
        Ok(None) => return to_sign_in(&request),
        Err(problem) => return problem.into_response(),
    };
    request.extensions_mut().insert(me.clone());
    let mut response = next.run(request).await;
    // For the page that a refusal is dressed in.
    response.extensions_mut().insert(me);
    response
}

fn to_sign_in(request: &Request) -> Response {
    let back = match *request.method() {
        Method::GET => request.uri().path_and_query().map_or("", |path| path.as_str()),
        _ => "",
    };
    let to = href("/seller/sign-in", &[("next".into(), back.into())]);
    see_other(&to).unwrap_or_else(IntoResponse::into_response)
}

/// A change is asked for by a page of this origin and says so: `Sec-Fetch-Site`, of older browsers
/// `Origin`. What says neither is refused too: nobody changes anything here but by these pages.
pub(crate) async fn same_origin(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let says = headers.contains_key("sec-fetch-site") || headers.contains_key(header::ORIGIN);
    if !request.method().is_safe() && !says {
        let detail = "This change did not say which page it came from.";
        return Problem::new(StatusCode::FORBIDDEN, "cross_site", detail).into_response();
    }
    match cross_site(request.method(), headers) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}
