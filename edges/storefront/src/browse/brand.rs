//! `GET /brands/{brand}`: everything of one brand.

use super::asked::{Asked, Within};
use super::facets::{Link, root};
use super::{brand_path, category, results};
use crate::render::{self, Head};
use crate::seo;
use crate::state::App;
use axum::extract::{Path, State};
use axum::response::Response;
use souk_search::Filters;
use souk_webkit::{Problem, Query};

pub(super) async fn show(
    State(app): State<App>,
    Path(brand): Path<String>,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let path = category::resolve(&app, fields.get("category")).await?.unwrap_or_default();
    let within = Within::Brand(brand.clone());
    let asked = Asked::of(within, brand_path(&brand), path, &fields);
    let everything = Filters { brands: [brand.clone()].into(), ..Filters::default() };
    let any =
        souk_search::Query { filters: everything, per_page: 1, ..souk_search::Query::default() };
    if app.search.search(&any).await?.total == 0 {
        return Err(Problem::not_found("there is no such brand"));
    }
    let mut view = results::list(&app, &asked, brand.clone(), None).await?;
    view.crumbs = vec![root(&app), Link { text: brand.clone(), href: brand_path(&brand) }];
    view.depth = 0;
    let about = format!("{} of {brand} at {}.", view.total_text, app.shop.name);
    let head = Head {
        canonical: asked.canonical(),
        image: view.cards.first().map_or_else(String::new, |card| card.picture.large.clone()),
        data: vec![seo::crumbs(&app, &view.crumbs)],
        ..Head::public(brand, view.told(about))
    };
    render::public(&app, "results.html", &head, &view)
}
