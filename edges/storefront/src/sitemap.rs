//! `GET /sitemap.xml`: every page that a search engine may list, in files of bounded length.
//!
//! Products lie in stretches of ids: one file for each, named by the id that it begins after. Where they
//! begin is found by walking the ids, at most once in [`KEPT_MS`].

use crate::browse::{category_path, product_path};
use crate::state::App;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use souk_catalog::Category;
use souk_kernel::{PortError, ProductId};
use souk_pricing::Day;
use souk_webkit::Problem;
use std::fmt::Write as _;
use std::sync::Arc;
use tokio::sync::Mutex;

/// Products of one file; the format allows 50,000.
const STRETCH: usize = 10_000;
/// Files; more than a million products are found through categories.
const FILES: usize = 100;
/// Categories of the first file.
const CATEGORIES: usize = 10_000;
/// How long the beginnings of stretches are kept.
const KEPT_MS: i64 = 600_000;
/// The name of the first stretch.
const FIRST: &str = "first";

const NAMESPACE: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";

pub fn routes() -> Router<App> {
    Router::new()
        .route("/sitemap.xml", get(index))
        .route("/sitemaps/shop.xml", get(shop))
        .route("/sitemaps/products/{file}", get(products))
}

/// Since when the beginnings are known, and what they are.
type Known = Option<(i64, Arc<Vec<String>>)>;

/// Where the stretches begin, as it was found last. One walk at a time.
#[derive(Default)]
pub struct Stretches(Mutex<Known>);

impl Stretches {
    async fn names(&self, app: &App) -> Result<Arc<Vec<String>>, PortError> {
        let mut known = self.0.lock().await;
        let now = app.now().0;
        if let Some((since, names)) = &*known
            && (0..KEPT_MS).contains(&(now - since))
        {
            return Ok(Arc::clone(names));
        }
        let names = Arc::new(walk(app).await?);
        *known = Some((now, Arc::clone(&names)));
        Ok(names)
    }
}

/// The names of all stretches that have a product.
async fn walk(app: &App) -> Result<Vec<String>, PortError> {
    let mut names = Vec::new();
    let mut after: Option<ProductId> = None;
    while names.len() < FILES {
        let ids = app.catalog.ids(after, STRETCH).await?;
        let Some((last, _)) = ids.last() else { break };
        names.push(after.map_or_else(|| FIRST.to_owned(), |after| after.to_string()));
        after = Some(*last);
        if ids.len() < STRETCH {
            break;
        }
    }
    Ok(names)
}

async fn index(State(app): State<App>) -> Result<Response, Problem> {
    let base = &app.shop.base_url;
    let mut xml = format!("<sitemapindex xmlns=\"{NAMESPACE}\">\n");
    let mut file = |path: &str| {
        // Writing into a string can't fail.
        let _ =
            writeln!(xml, "<sitemap><loc>{}</loc></sitemap>", escaped(&format!("{base}{path}")));
    };
    file("/sitemaps/shop.xml");
    for name in app.stretches().names(&app).await?.iter() {
        file(&format!("/sitemaps/products/{name}.xml"));
    }
    xml.push_str("</sitemapindex>\n");
    Ok(answer(xml))
}

/// The pages that are no product's: home and categories.
async fn shop(State(app): State<App>) -> Result<Response, Problem> {
    let mut paths = vec![String::from("/")];
    collect(&app.catalog.categories().await?, &mut paths);
    let lines = paths.iter().map(|path| (path.clone(), None));
    Ok(answer(urls(&app, lines)))
}

fn collect(categories: &[Category], paths: &mut Vec<String>) {
    for category in categories {
        if paths.len() <= CATEGORIES {
            paths.push(category_path(&category.path));
            collect(&category.children, paths);
        }
    }
}

async fn products(State(app): State<App>, Path(file): Path<String>) -> Result<Response, Problem> {
    let missing = || Problem::not_found("there is no such file");
    let name = file.strip_suffix(".xml").ok_or_else(missing)?;
    let after = match name {
        FIRST => None,
        id => Some(id.parse().map_err(|_| missing())?),
    };
    let ids = app.catalog.ids(after, STRETCH).await?;
    let lines = ids.into_iter().map(|(id, changed)| (product_path(id), Some(Day::of(changed))));
    Ok(answer(urls(&app, lines)))
}

fn urls(app: &App, lines: impl Iterator<Item = (String, Option<Day>)>) -> String {
    let mut xml = format!("<urlset xmlns=\"{NAMESPACE}\">\n");
    for (path, changed) in lines {
        let address = escaped(&format!("{}{path}", app.shop.base_url));
        let changed = changed.map_or_else(String::new, |day| format!("<lastmod>{day}</lastmod>"));
        let _ = writeln!(xml, "<url><loc>{address}</loc>{changed}</url>");
    }
    xml.push_str("</urlset>\n");
    xml
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('\'', "&apos;").replace('"', "&quot;")
}

fn answer(xml: String) -> Response {
    let head = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/xml; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600")),
    ];
    (head, format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{xml}")).into_response()
}
