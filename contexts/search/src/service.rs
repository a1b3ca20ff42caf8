//! The use cases: search, suggest, and keeping the index fed.

use crate::error::SearchError;
use crate::model::{Document, Query, Results, Signals};
use crate::port::Index;
use crate::rules;
use souk_kernel::ProductId;
use std::sync::Arc;

/// Finding products over some index.
#[derive(Clone)]
pub struct Search {
    index: Arc<dyn Index>,
}

impl Search {
    /// Search over `index`.
    #[must_use]
    pub fn new(index: Arc<dyn Index>) -> Self {
        Self { index }
    }

    /// One page of hits with its facets.
    ///
    /// # Errors
    /// A text, page or set of filters beyond the limits of [`rules::check`]; the index fails.
    pub async fn search(&self, query: &Query) -> Result<Results, SearchError> {
        rules::check(query)?;
        Ok(self.index.search(query).await?)
    }

    /// Completions of what is being typed. Text beyond the limit is not completed.
    ///
    /// # Errors
    /// The index fails.
    pub async fn suggest(&self, prefix: &str) -> Result<Vec<String>, SearchError> {
        if prefix.len() > rules::MAX_SUGGEST_BYTES {
            return Ok(Vec::new());
        }
        Ok(self.index.suggest(prefix).await?)
    }

    /// Puts products into the index and makes them findable.
    ///
    /// # Errors
    /// The index fails.
    pub async fn publish(&self, documents: Vec<Document>) -> Result<(), SearchError> {
        self.index.upsert(documents).await?;
        Ok(self.index.refresh().await?)
    }

    /// Takes products out of the index at once.
    ///
    /// # Errors
    /// The index fails.
    pub async fn withdraw(&self, products: Vec<ProductId>) -> Result<(), SearchError> {
        self.index.remove(products).await?;
        Ok(self.index.refresh().await?)
    }

    /// Tells the index what changed without touching words: stock bands, prices, popularity.
    ///
    /// # Errors
    /// The index fails.
    pub async fn signal(&self, signals: Vec<(ProductId, Signals)>) -> Result<(), SearchError> {
        Ok(self.index.set_signals(signals).await?)
    }

    /// How many products can be found.
    ///
    /// # Errors
    /// The index fails.
    pub async fn count(&self) -> Result<u64, SearchError> {
        Ok(self.index.count().await?)
    }
}
