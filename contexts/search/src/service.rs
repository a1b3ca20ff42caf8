//! The use cases: search, suggest, a way on, and keeping the index fed.

pub mod related;
pub mod watch;

use crate::behaviour::{Act, Interest, Seen};
use crate::error::SearchError;
use crate::model::{Document, Filters, Query, Results, Signals, Suggestions, Taste, WayOn};
use crate::port::{Index, Words};
use crate::rules;
use crate::rules::synonyms::Synonyms;
use souk_kernel::{PortError, ProductId, UserId};
use std::sync::{Arc, PoisonError, RwLock};
use watch::Watch;

/// Products suggested while typing.
const PRODUCTS: u32 = 4;
/// Categories suggested while typing.
const CATEGORIES: usize = 3;
/// Words of a text that are tried without.
const TRIED: usize = 6;
/// Categories offered where nothing was found.
const DEPARTMENTS: usize = 6;

/// Finding products over some index.
#[derive(Clone)]
pub struct Search {
    index: Arc<dyn Index>,
    watch: Option<Arc<Watch>>,
    words: Option<Arc<dyn Words>>,
    known: Arc<RwLock<Synonyms>>,
}

impl Search {
    /// Search over `index`.
    #[must_use]
    pub fn new(index: Arc<dyn Index>) -> Self {
        Self { index, watch: None, words: None, known: Arc::default() }
    }

    /// The same search, ranked by what shoppers do.
    #[must_use]
    pub fn watched(self, watch: Arc<Watch>) -> Self {
        Self { watch: Some(watch), ..self }
    }

    /// The same search, with the shop's own words; [`Self::read_words`] reads them.
    #[must_use]
    pub fn worded(self, words: Arc<dyn Words>) -> Self {
        Self { words: Some(words), ..self }
    }

    /// Reads the shop's own words anew: the next search knows them.
    ///
    /// # Errors
    /// The store's; then those of before count on.
    pub async fn read_words(&self) -> Result<(), PortError> {
        let Some(words) = &self.words else { return Ok(()) };
        let read = Synonyms::new(words.synonyms().await?);
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = read;
        Ok(())
    }

    fn worded_query(&self, query: &Query) -> Query {
        let words = self.known.read().unwrap_or_else(PoisonError::into_inner).clone();
        Query { words, ..query.clone() }
    }

    /// One page of hits with its facets.
    ///
    /// # Errors
    /// A text, page or set of filters beyond the limits of [`rules::check`]; the index fails.
    pub async fn search(&self, query: &Query) -> Result<Results, SearchError> {
        rules::check(query)?;
        if rules::says_nothing(&query.text) {
            let (page, per_page) = (query.page.max(1), query.per_page);
            let searched = query.text.trim().to_owned();
            return Ok(Results { page, per_page, searched, ..Results::default() });
        }
        Ok(self.index.search(&self.worded_query(query)).await?)
    }

    /// One page of hits for a shopper: what they like stands higher, and a search that finds
    /// something is recorded.
    ///
    /// # Errors
    /// As [`Self::search`].
    pub async fn search_for(
        &self,
        user: Option<UserId>,
        mut query: Query,
    ) -> Result<Results, SearchError> {
        query.taste = self.taste(user).await;
        let results = self.search(&query).await?;
        if let Some(watch) = &self.watch
            && results.total > 0
            && query.page <= 1
            && query.filters == Filters::default()
        {
            watch.asked(&results.searched);
        }
        Ok(results)
    }

    /// What a shopper likes; nothing when the store of acts is away: a search still answers.
    pub async fn taste(&self, user: Option<UserId>) -> Taste {
        match (&self.watch, user) {
            (Some(watch), Some(user)) => watch.taste(user).await.unwrap_or_default(),
            _ => Taste::default(),
        }
    }

    /// Notes that a shopper looked at or bought a product.
    pub fn saw(&self, seen: Seen) {
        if let Some(watch) = &self.watch {
            watch.saw(seen);
        }
    }

    /// Notes that somebody opened a product's page, now.
    pub fn looked(
        &self,
        user: Option<UserId>,
        product: ProductId,
        brand: Option<&str>,
        category: &[String],
    ) {
        if let Some(watch) = &self.watch {
            let (brand, category) = (brand.unwrap_or_default().to_owned(), category.to_vec());
            let interest = Interest { product, act: Act::Looked, brand, category, at: watch.now() };
            watch.saw(Seen { user, interest });
        }
    }

    /// What may be meant by what is being typed. Text beyond the limit is not completed.
    ///
    /// # Errors
    /// The index or the store of acts fails.
    pub async fn suggest(&self, prefix: &str) -> Result<Suggestions, SearchError> {
        let empty = prefix.trim().is_empty() || rules::says_nothing(prefix);
        if empty || prefix.len() > rules::MAX_SUGGEST_BYTES {
            return Ok(Suggestions::default());
        }
        let mut queries = match &self.watch {
            Some(watch) => watch.searches(prefix, rules::MAX_SUGGESTIONS).await?,
            None => Vec::new(),
        };
        for completed in self.index.suggest(prefix).await? {
            let folded = rules::fold::fold(&completed);
            if queries.len() < rules::MAX_SUGGESTIONS && !queries.contains(&folded) {
                queries.push(folded);
            }
        }
        let mut categories = self.index.categories(prefix).await?;
        categories.truncate(CATEGORIES);
        let text = queries.first().map_or(prefix, String::as_str);
        let shown = Query { per_page: PRODUCTS, ..Query::new(text) };
        let products = self.index.search(&shown).await?.hits;
        Ok(Suggestions { queries, categories, products })
    }

    /// Where to go from a search that found nothing.
    ///
    /// # Errors
    /// The index fails.
    pub async fn ways_on(&self, query: &Query) -> Result<Vec<WayOn>, SearchError> {
        let mut ways = Vec::new();
        let bare = Query { page: 1, per_page: 1, ..Query::new(&query.text) };
        let unfiltered = self.search(&bare).await?;
        if unfiltered.total > 0 && query.filters != Filters::default() {
            ways.push(WayOn::NoFilters { total: unfiltered.total });
        }
        if let Some(text) = unfiltered.did_you_mean.filter(|text| *text != unfiltered.searched) {
            let total = self.search(&Query { text: text.clone(), ..bare.clone() }).await?.total;
            ways.push(WayOn::Spelling { text, total });
        }
        ways.extend(self.without_a_word(query).await?);
        let all = self.search(&Query { text: String::new(), ..bare }).await?;
        let roots = all.facets.categories.into_iter().filter(|category| category.path.len() == 1);
        ways.extend(roots.take(DEPARTMENTS).map(WayOn::Category));
        ways.retain(|way| !matches!(way, WayOn::Spelling { total: 0, .. }));
        Ok(ways)
    }

    /// The text without each of its words, most hits first; under the same filters.
    async fn without_a_word(&self, query: &Query) -> Result<Vec<WayOn>, SearchError> {
        let words: Vec<&str> = query.text.split_whitespace().collect();
        if words.len() < 2 {
            return Ok(Vec::new());
        }
        let mut ways: Vec<(u64, WayOn)> = Vec::new();
        for (at, word) in words.iter().enumerate().take(TRIED) {
            let left = words.iter().enumerate().filter(|(other, _)| *other != at);
            let text: Vec<&str> = left.map(|(_, word)| *word).collect();
            let text = text.join(" ");
            let asked = Query { text: text.clone(), page: 1, per_page: 1, ..query.clone() };
            let total = self.search(&asked).await?.total;
            if total > 0 {
                ways.push((total, WayOn::Without { word: (*word).to_owned(), text, total }));
            }
        }
        ways.sort_by_key(|(total, _)| std::cmp::Reverse(*total));
        Ok(ways.into_iter().map(|(_, way)| way).collect())
    }

    /// Writes what shoppers did since the last time.
    ///
    /// # Errors
    /// The store's.
    pub async fn flush(&self) -> Result<u64, PortError> {
        match &self.watch {
            Some(watch) => watch.flush().await,
            None => Ok(0),
        }
    }

    /// Ranks by what shoppers did: reads it and tells the index.
    ///
    /// # Errors
    /// The store's or the index's.
    pub async fn learn(&self) -> Result<(), PortError> {
        self.read_words().await?;
        match &self.watch {
            Some(watch) => watch.tell(self.index.as_ref()).await,
            None => Ok(()),
        }
    }

    /// Takes out what is known of a shopper.
    ///
    /// # Errors
    /// The store's.
    pub async fn forget(&self, user: UserId) -> Result<(), PortError> {
        match &self.watch {
            Some(watch) => watch.forget(user).await,
            None => Ok(()),
        }
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
