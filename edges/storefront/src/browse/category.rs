//! `GET /c/{department}/{category}`: one category with everything below it.

use super::asked::Asked;
use super::results;
use crate::render::{self, Head};
use crate::seo;
use crate::state::App;
use axum::extract::{Path, State};
use axum::response::Response;
use souk_catalog::{Category, slug};
use souk_webkit::{Problem, Query};

pub(super) async fn show(
    State(app): State<App>,
    Path(path): Path<String>,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let category = resolve(&app, &path).await?;
    let category = category.ok_or_else(|| Problem::not_found("there is no such category"))?;
    let name = category.last().cloned().unwrap_or_default();
    let asked = Asked::read(category_path(&category), category, &fields);
    let view = results::list(&app, &asked, name.clone(), None).await?;
    let about = format!(
        "{name}: {} at {}, with reviews and a delivery date on each.",
        view.total_text, app.shop.name
    );
    let head = Head {
        q: asked.get("q").to_owned(),
        canonical: asked.canonical(),
        image: view.cards.first().map_or_else(String::new, |card| card.picture.large.clone()),
        data: vec![seo::crumbs(&app, &view.crumbs)],
        ..Head::public(name, view.told(about))
    };
    render::public(&app, "results.html", &head, &view)
}

/// The category that an address names.
pub(super) async fn resolve(app: &App, path: &str) -> Result<Option<Vec<String>>, Problem> {
    let roots = app.catalog.categories().await?;
    Ok(walk(&roots, path.split('/').filter(|segment| !segment.is_empty())))
}

fn walk<'a>(roots: &[Category], segments: impl Iterator<Item = &'a str>) -> Option<Vec<String>> {
    let mut level = roots;
    let mut found = None;
    for wanted in segments {
        let category = level.iter().find(|category| segment(&category.name) == wanted)?;
        level = &category.children;
        found = Some(category.path.clone());
    }
    found
}

/// A category's name in an address. One without a letter of the alphabet keeps its own letters.
fn segment(name: &str) -> String {
    let short = slug(name);
    if short == "item" { name.replace('/', "-") } else { short }
}

/// A category's path in an address, segment by segment.
pub(super) fn segments(path: &[String]) -> Vec<String> {
    path.iter().map(|name| segment(name)).collect()
}

/// Where a category's page is.
pub fn category_path(path: &[String]) -> String {
    let escaped = segments(path).into_iter().map(|segment| {
        let bytes = form_urlencoded::byte_serialize(segment.as_bytes()).collect::<String>();
        bytes.replace('+', "%20")
    });
    format!("/c/{}", escaped.collect::<Vec<_>>().join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn category(path: &[&str], children: Vec<Category>) -> Category {
        let path: Vec<String> = path.iter().map(ToString::to_string).collect();
        Category {
            name: path[path.len() - 1].clone(),
            path,
            products: 1,
            hidden: 0,
            place: None,
            children,
        }
    }

    #[test]
    fn an_address_leads_back_to_its_category() {
        let cameras = category(&["Photo & Video", "Cameras"], Vec::new());
        let letters = category(&["本"], Vec::new());
        let roots = [category(&["Photo & Video"], vec![cameras]), letters];
        assert_eq!(
            category_path(&["Photo & Video".into(), "Cameras".into()]),
            "/c/photo-video/cameras"
        );
        assert_eq!(walk(&roots, ["photo-video", "cameras"].into_iter()).unwrap().len(), 2);
        assert_eq!(walk(&roots, ["本"].into_iter()).unwrap(), ["本"]);
        assert_eq!(category_path(&["本".into()]), "/c/%E6%9C%AC");
        assert_eq!(walk(&roots, ["cameras"].into_iter()), None);
        assert_eq!(walk(&roots, [].into_iter()), None);
    }
}
