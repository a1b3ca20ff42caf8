//! Products: found, looked at, edited, with what is wrong about their offers.

mod edit;
mod export;
mod list;
mod show;
mod shown;

pub(crate) use edit::save;
pub(crate) use export::export;
pub(crate) use list::list;
pub(crate) use show::show;
pub(crate) use shown::show_or_hide;

use crate::state::App;
use souk_catalog::{Listing, Shelf};
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

async fn listing(app: &App, id: ProductId) -> Result<Option<Listing>, Problem> {
    Ok(app.catalog.listings_with_hidden(&[id]).await?.pop().flatten())
}

/// The listing of a product's or an offer's id.
async fn by_id(app: &App, text: &str) -> Result<Option<Listing>, Problem> {
    if let Ok(id) = text.parse::<ProductId>()
        && let Some(listing) = listing(app, id).await?
    {
        return Ok(Some(listing));
    }
    let Ok(sku) = text.parse::<Sku>() else { return Ok(None) };
    let Some(offer) = app.catalog.offers(&[sku]).await?.pop().flatten() else { return Ok(None) };
    listing(app, offer.product).await
}

/// Hidden products that are looked through for words: search knows none of them.
const HIDDEN: usize = 200;

/// Hidden products whose titles have all these words.
async fn hidden(app: &App, text: &str) -> Result<Vec<Listing>, Problem> {
    let mut found = app.catalog.page_with_hidden(&Shelf::Hidden, None, HIDDEN).await?.listings;
    let words = text.to_lowercase();
    found.retain(|listing| {
        let title = listing.product.title.to_lowercase();
        words.split_whitespace().all(|word| title.contains(word))
    });
    Ok(found)
}

/// Listings by an id, or by words as the shop's own search finds them, the best first, and hidden ones
/// behind them.
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
    let mut listings: Vec<Listing> =
        app.catalog.listings_with_hidden(&ids).await?.into_iter().flatten().collect();
    // What was hidden a moment ago may be found both ways.
    listings.retain(|listing| !listing.product.hidden);
    listings.extend(hidden(app, text).await?);
    Ok(listings)
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
