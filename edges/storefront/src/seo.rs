//! What machines read of the shop: robots' rules, and structured data that says what a page is about.

use crate::browse::Link;
use crate::state::App;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Value, json};

pub fn routes() -> Router<App> {
    Router::new().route("/robots.txt", get(robots))
}

/// Pages of one shopper's are not crawled. Searches may be, so that their `noindex` is seen.
const CLOSED: [&str; 9] = [
    "/cart",
    "/checkout",
    "/orders",
    "/account",
    "/mailbox",
    "/admin",
    "/api/",
    "/glance",
    "/search/suggest",
];

async fn robots(State(app): State<App>) -> Response {
    let closed: String = CLOSED.iter().map(|path| format!("Disallow: {path}\n")).collect();
    let text = format!(
        "# {}\nUser-agent: *\n{closed}\nSitemap: {}/sitemap.xml\n",
        app.shop.name, app.shop.base_url
    );
    let head = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=86400")),
    ];
    (head, text).into_response()
}

/// Who the shop is, and how to search it.
pub fn shop(app: &App) -> Vec<Value> {
    let (name, url) = (&app.shop.name, &app.shop.base_url);
    let target = json!({
        "@type": "EntryPoint",
        "urlTemplate": format!("{url}/search?q={{search_term_string}}"),
    });
    vec![
        json!({
            "@context": "https://schema.org",
            "@type": "Organization",
            "name": name,
            "url": format!("{url}/"),
            "logo": format!("{url}/favicon.ico"),
        }),
        json!({
            "@context": "https://schema.org",
            "@type": "WebSite",
            "name": name,
            "url": format!("{url}/"),
            "potentialAction": {
                "@type": "SearchAction",
                "target": target,
                "query-input": "required name=search_term_string",
            },
        }),
    ]
}

/// The way from the root to a page.
pub fn crumbs(app: &App, links: &[Link]) -> Value {
    let item = |(at, link): (usize, &Link)| {
        json!({
            "@type": "ListItem",
            "position": at + 1,
            "name": link.text,
            "item": format!("{}{}", app.shop.base_url, link.href),
        })
    };
    let items: Vec<Value> = links.iter().enumerate().map(item).collect();
    json!({
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": items,
    })
}
