//! Products: found, looked at, edited, with what is wrong about their offers.

mod edit;
mod export;
mod list;
mod show;

pub(crate) use edit::save;
pub(crate) use export::export;
pub(crate) use list::list;
pub(crate) use show::show;

use crate::state::App;
use souk_catalog::Listing;
use souk_kernel::{ProductId, Sku};
use souk_search::{Query, SearchError};
use souk_webkit::Problem;

/// Most products that words find here.
pub const FOUND: usize = 100;

/// What separates the levels of a category path where it is typed.
pub const LEVELS: &str = " > ";

/// A category path as it is typed.
pub fn typed(path: &[String]) -> String {
    path.join(LEVELS)
}

/// Reads it back.
pub fn levels(text: &str) -> Vec<String> {
    let parts = text.split('>').map(str::trim).filter(|part| !part.is_empty());
    parts.map(str::to_owned).collect()
}

/// The listing of a product's or an offer's id.
async fn by_id(app: &App, text: &str) -> Result<Option<Listing>, Problem> {
    if let Ok(id) = text.parse::<ProductId>()
        && let Some(listing) = app.catalog.listing(id).await?
    {
        return Ok(Some(listing));
    }
    let Ok(sku) = text.parse::<Sku>() else { return Ok(None) };
    let Some(offer) = app.catalog.offers(&[sku]).await?.pop().flatten() else { return Ok(None) };
    Ok(app.catalog.listing(offer.product).await?)
}

/// Listings by an id, or by words as the shop's own search finds them, the best first.
pub async fn find(app: &App, text: &str) -> Result<Vec<Listing>, Problem> {
    if let Some(listing) = by_id(app, text).await? {
        return Ok(vec![listing]);
    }
    let many = u32::try_from(FOUND).unwrap_or(u32::MAX);
    let query = Query { per_page: many, ..Query::new(text) };
    let found = app.search.search(&query).await.map_err(|error| match error {
        SearchError::Port(error) => Problem::from(error),
        other => Problem::from(other),
    })?;
    let ids: Vec<ProductId> = found.hits.iter().map(|hit| hit.product).collect();
    Ok(app.catalog.listings(&ids).await?.into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn category_paths_are_typed_with_arrows() {
        let path = levels(" Garden >  Tools> ");
        assert_eq!(path, ["Garden", "Tools"]);
        assert_eq!((typed(&path).as_str(), levels("").len()), ("Garden > Tools", 0));
    }
}
