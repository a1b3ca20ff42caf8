//! Who may pass: the cookie of members, the check of every route, the check of every change.

use crate::form::href;
use crate::state::App;
use crate::table::Needs;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use souk_accounts::{Token, TokenDigest};
use souk_kernel::Timestamp;
use souk_staff::{Member, Permission, Stage, rules};
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
            Cookies::Tls => "__Host-souk-staff",
            Cookies::Loopback => "souk_staff",
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
    pub member: Member,
    pub token: TokenDigest,
    pub stage: Stage,
}

impl Me {
    pub fn may(&self, permission: Permission) -> bool {
        rules::allows(self.member.role, permission)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Me {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let me = parts.extensions.get::<Self>().cloned();
        me.ok_or_else(|| Problem::internal("a page of members that the table opens to everybody"))
    }
}

/// Who shows a badge, if anybody does.
pub(crate) async fn known(app: &App, headers: &HeaderMap) -> Result<Option<Me>, Problem> {
    let Some(token) = app.badge.read(headers) else { return Ok(None) };
    let token = TokenDigest::of(token);
    let known = app.staff.authenticate(&token).await?;
    Ok(known.map(|known| Me { member: known.member, token, stage: known.stage }))
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
    match (me.stage, needs) {
        (_, Needs::Password) | (Stage::Proven, _) | (Stage::MustEnrol, Needs::Enrolling) => {}
        (Stage::MustProve, _) => return go("/admin/second-factor", &request),
        (Stage::MustEnrol, _) => return go("/admin/security", &request),
    }
    let may = match needs {
        Needs::May(permission) => me.may(permission),
        Needs::Member | Needs::Password | Needs::Enrolling | Needs::Nothing => true,
    };
    if !may {
        let role = me.member.role.name();
        let detail = format!("Your role ({role}) does not include this.");
        let refused = Problem::new(StatusCode::FORBIDDEN, "forbidden", detail);
        let mut response = refused.into_response();
        response.extensions_mut().insert(me);
        return response;
    }
    request.extensions_mut().insert(me.clone());
    let mut response = next.run(request).await;
    // For the page that a refusal is dressed in.
    response.extensions_mut().insert(me);
    response
}

fn to_sign_in(request: &Request) -> Response {
    go("/admin/sign-in", request)
}

/// Somewhere else first, and back here afterwards.
fn go(to: &str, request: &Request) -> Response {
    let back = match *request.method() {
        Method::GET => request.uri().path_and_query().map_or("", |path| path.as_str()),
        _ => "",
    };
    let to = href(to, &[("next".into(), back.into())]);
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
