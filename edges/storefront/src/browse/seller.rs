//! `GET /sellers/{seller}`: who sells, what they sell, and how it is rated.

use super::asked::{Asked, Within};
use super::facets::{Link, root};
use super::{category, results, seller_path};
use crate::render::{self, Head};
use crate::seo;
use crate::state::App;
use crate::words::{count, thousands};
use axum::extract::{Path, State};
use axum::response::Response;
use souk_kernel::SellerId;
use souk_search::RatingCount;
use souk_webkit::{Problem, Query};

pub(super) async fn show(
    State(app): State<App>,
    Path(seller): Path<String>,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let missing = || Problem::not_found("there is no such seller");
    let id: SellerId = seller.parse().map_err(|_| missing())?;
    let known = app.catalog.sellers(&[id]).await?.pop().flatten();
    let name = known.ok_or_else(missing)?.name;
    let path = category::resolve(&app, fields.get("category")).await?.unwrap_or_default();
    let asked = Asked::of(Within::Seller(id), seller_path(id), path, &fields);
    let mut view = results::list(&app, &asked, name.clone(), None).await?;
    view.crumbs = vec![root(&app), Link { text: name.clone(), href: seller_path(id) }];
    view.depth = 0;
    view.about = rated(&view.rated);
    let about = format!("{} sold by {name} at {}.", view.total_text, app.shop.name);
    let head = Head {
        canonical: asked.canonical(),
        image: view.cards.first().map_or_else(String::new, |card| card.picture.large.clone()),
        data: vec![seo::crumbs(&app, &view.crumbs)],
        ..Head::public(name, view.told(about))
    };
    render::public(&app, "results.html", &head, &view)
}

/// What shoppers think of a seller's products, in words; empty when nobody said anything.
fn rated(counts: &[RatingCount]) -> String {
    let up =
        |tenths: u8| counts.iter().find(|one| one.at_least == tenths).map_or(0, |one| one.count);
    let (rated, good) = (up(10), up(40));
    if rated == 0 {
        return "A seller in this shop. Nobody has rated their products yet.".into();
    }
    let of = count(rated, "rated product has", "rated products have");
    format!("A seller in this shop. {} of {of} 4 stars or more.", thousands(good))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratings_are_said_in_words() {
        let counts = |up: [u64; 4]| {
            let one =
                |(at, count): (usize, u64)| RatingCount { at_least: 40 - at as u8 * 10, count };
            rated(&up.into_iter().enumerate().map(one).collect::<Vec<_>>())
        };
        assert!(counts([0; 4]).ends_with("Nobody has rated their products yet."));
        assert!(
            counts([90, 100, 110, 120]).ends_with("90 of 120 rated products have 4 stars or more.")
        );
        assert!(counts([1, 1, 1, 1]).ends_with("1 of 1 rated product has 4 stars or more."));
    }
}
