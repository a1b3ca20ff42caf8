//! The frame of the gateway's pages: plain HTML, no script, a strict content policy.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

const STYLE: &str = include_str!("sheet.css");

/// The style sheet.
pub async fn style() -> Response {
    let kind = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=3600"),
    ];
    (kind, STYLE).into_response()
}

/// A page. `back_to`: the origin that its forms may lead back to: a browser checks the redirect that
/// follows a form as well.
pub fn page(status: StatusCode, title: &str, back_to: Option<&str>, main: &str) -> Response {
    let html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"robots\" content=\"noindex\">\n<title>{title}</title>\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <link rel=\"icon\" href=\"data:,\">\n<link rel=\"stylesheet\" href=\"/sheet.css\">\n</head>\n<body>\n\
         <aside class=\"ribbon\" aria-label=\"Sandbox\">Sandbox · no money moves</aside>\n<main>\n{main}</main>\n</body>\n</html>\n",
        title = escape(title),
    );
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'{}{}; \
         base-uri 'none'; frame-ancestors 'none'",
        if back_to.is_some() { " " } else { "" },
        back_to.unwrap_or_default(),
    );
    let mut response = (status, Html(html)).into_response();
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// A page that only tells something, with a way back if there is one.
pub fn message(status: StatusCode, title: &str, text: &str, back: Option<&str>) -> Response {
    let link = back.map(|url| {
        format!("<p><a class=\"button\" href=\"{}\">Back to the shop</a></p>\n", escape(url))
    });
    let main = format!(
        "<div class=\"card\">\n<h1>{}</h1>\n<p>{}</p>\n{}</div>\n",
        escape(title),
        escape(text),
        link.unwrap_or_default(),
    );
    page(status, title, None, &main)
}

/// What no route has.
pub async fn nowhere() -> Response {
    let text = "There is no such page. Go back to the shop to see how your payment stands.";
    message(StatusCode::NOT_FOUND, "Not found", text, None)
}

/// An address of a form, opened in another way.
pub async fn wrong_method() -> Response {
    let text = "This page can't be opened like that. Go back to the shop and try again.";
    message(StatusCode::METHOD_NOT_ALLOWED, "Not found", text, None)
}

/// Sends the browser on, after a form.
pub fn see_other(url: &str) -> Response {
    let Ok(location) = HeaderValue::from_str(url) else {
        let text = "The shop's address can't be opened.";
        return message(StatusCode::BAD_REQUEST, "Can't go back", text, None);
    };
    let mut response = StatusCode::SEE_OTHER.into_response();
    response.headers_mut().insert(header::LOCATION, location);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

/// Text for HTML, also inside quoted attributes.
pub fn escape(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
        out
    })
}
