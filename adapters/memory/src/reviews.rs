//! Reviews in memory: the executable specification of the port.

use crate::orders::MemoryShop;
use async_trait::async_trait;
use parking_lot::Mutex;
use souk_kernel::{PortError, ProductId, Timestamp, UserId};
use souk_reviews::event::reviews_changed;
use souk_reviews::rules::{Found, count, decide, spot};
use souk_reviews::{
    Change, Mark, Marked, Purchases, Review, ReviewId, ReviewRefusal, Reviews, Shelf, Standing,
    Summary,
};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The store of reviews, over the shop that keeps its facts.
pub struct MemoryReviews {
    rows: Mutex<Rows>,
    shop: Arc<MemoryShop>,
}

#[derive(Default)]
struct Rows {
    reviews: BTreeMap<ReviewId, Review>,
    marks: BTreeSet<(ReviewId, Mark, UserId)>,
    summaries: BTreeMap<ProductId, Summary>,
    /// Whose next review of what waits for a moderator.
    withdrawn: BTreeSet<(UserId, ProductId)>,
}

impl Rows {
    fn own(&self, author: UserId, product: ProductId) -> Option<&Review> {
        self.reviews.values().find(|r| r.author == author && r.product == product)
    }

    fn found(&self, change: &Change) -> Found {
        let by_id =
            |id: &ReviewId| Found { review: self.reviews.get(id).cloned(), ..Found::default() };
        match change {
            Change::Write(new) => Found {
                review: self.own(new.author, new.product).cloned(),
                marked: false,
                withdrawn: self.withdrawn.contains(&(new.author, new.product)),
            },
            Change::Mark { id, user, mark, .. } => {
                Found { marked: self.marks.contains(&(*id, *mark, *user)), ..by_id(id) }
            }
            Change::Edit { id, .. }
            | Change::Verify { id, .. }
            | Change::Remove { id, .. }
            | Change::Moderate { id, .. } => by_id(id),
        }
    }

    /// Replaces a review by another state of it; the counts follow.
    fn replace(&mut self, id: ReviewId, after: Option<Review>) {
        let before = self.reviews.remove(&id);
        for (review, inside) in [(before, false), (after.clone(), true)] {
            if let Some(review) = review {
                count(self.summaries.entry(review.product).or_default(), &review, inside);
            }
        }
        if let Some(review) = after {
            self.reviews.insert(id, review);
        }
    }

    fn pick(&self, take: impl Fn(&&Review) -> bool) -> Vec<Review> {
        self.reviews.values().filter(take).cloned().collect()
    }
}

impl MemoryReviews {
    /// An empty store over a shop.
    #[must_use]
    pub fn over(shop: Arc<MemoryShop>) -> Self {
        Self { rows: Mutex::default(), shop }
    }

    /// Decides and writes a change.
    ///
    /// # Errors
    /// The rules'.
    pub fn change(&self, change: &Change, at: Timestamp) -> Result<Review, ReviewRefusal> {
        let mut rows = self.rows.lock();
        let decided = decide(rows.found(change), change, at)?;
        let id = decided.review.id;
        rows.replace(id, Some(decided.review.clone()).filter(|_| !decided.gone));
        if decided.gone {
            rows.marks.retain(|(of, _, _)| *of != id);
        }
        if decided.forget_reports {
            rows.marks.retain(|(of, mark, _)| *of != id || *mark != Mark::Report);
        }
        let author = (decided.review.author, decided.review.product);
        if let Some(on) = decided.withdrawn {
            if on {
                rows.withdrawn.insert(author)
            } else {
                rows.withdrawn.remove(&author)
            };
        }
        if let Some((mark, user, on)) = decided.marked {
            if on {
                rows.marks.insert((id, mark, user))
            } else {
                rows.marks.remove(&(id, mark, user))
            };
        }
        if decided.told {
            let event = reviews_changed(&decided.review, at);
            self.shop.with_rows(|shop, _| shop.outbox.push(event));
        }
        Ok(decided.review)
    }

    /// A copy of every review, for lists.
    #[must_use]
    pub fn all(&self) -> Vec<Review> {
        self.rows.lock().pick(|_| true)
    }
}

#[async_trait]
impl Reviews for MemoryReviews {
    async fn apply(&self, change: Change, at: Timestamp) -> Result<Review, ReviewRefusal> {
        self.change(&change, at)
    }

    async fn add(&self, reviews: Vec<Review>, at: Timestamp) -> Result<usize, PortError> {
        let mut rows = self.rows.lock();
        let mut told = BTreeMap::new();
        let mut added = 0;
        for review in reviews {
            let known = rows.reviews.contains_key(&review.id);
            if known || rows.own(review.author, review.product).is_some() {
                continue;
            }
            added += 1;
            told.insert(review.product, reviews_changed(&review, at));
            rows.replace(review.id, Some(review));
        }
        self.shop.with_rows(|shop, _| told.into_values().for_each(|event| shop.outbox.push(event)));
        Ok(added)
    }

    async fn page(&self, shelf: Shelf) -> Result<Vec<Review>, PortError> {
        let behind = |r: &&Review| {
            r.product == shelf.product
                && r.standing == Standing::Published
                && shelf.stars.is_none_or(|stars| r.stars == stars)
                && shelf.after.is_none_or(|after| spot(r, shelf.sorting) < after)
        };
        let mut found = self.rows.lock().pick(behind);
        found.sort_by_key(|review| Reverse(spot(review, shelf.sorting)));
        found.truncate(shelf.limit);
        Ok(found)
    }

    async fn summaries(&self, products: &[ProductId]) -> Result<Vec<Summary>, PortError> {
        let rows = self.rows.lock();
        Ok(products.iter().map(|p| rows.summaries.get(p).copied().unwrap_or_default()).collect())
    }

    async fn find(&self, id: ReviewId) -> Result<Option<Review>, PortError> {
        Ok(self.rows.lock().reviews.get(&id).cloned())
    }

    async fn own(&self, author: UserId, product: ProductId) -> Result<Option<Review>, PortError> {
        Ok(self.rows.lock().own(author, product).cloned())
    }

    async fn of_author(
        &self,
        author: UserId,
        before: Option<i64>,
        limit: usize,
    ) -> Result<Vec<Review>, PortError> {
        let older = |r: &&Review| r.author == author && before.is_none_or(|key| r.id.key() < key);
        let mut found = self.rows.lock().pick(older);
        found.sort_by_key(|review| Reverse(review.id.key()));
        found.truncate(limit);
        Ok(found)
    }

    async fn standing(
        &self,
        standing: Standing,
        after: Option<i64>,
        limit: usize,
    ) -> Result<Vec<Review>, PortError> {
        let later = |r: &&Review| r.standing == standing && after.is_none_or(|k| r.id.key() > k);
        let mut found = self.rows.lock().pick(later);
        found.sort_by_key(|review| review.id.key());
        found.truncate(limit);
        Ok(found)
    }

    async fn marks_of(
        &self,
        user: UserId,
        after: Option<(i64, Mark)>,
        limit: usize,
    ) -> Result<Vec<Marked>, PortError> {
        let rows = self.rows.lock();
        let own = rows.marks.iter().filter(|(id, mark, by)| {
            *by == user && after.is_none_or(|after| (id.key(), *mark) > after)
        });
        let mut found: Vec<Marked> = own
            .filter_map(|(id, mark, _)| {
                let product = rows.reviews.get(id)?.product;
                Some(Marked { review: *id, product, mark: *mark })
            })
            .collect();
        found.sort_by_key(|marked| (marked.review.key(), marked.mark));
        found.truncate(limit);
        Ok(found)
    }

    async fn forget_marks(&self, user: UserId) -> Result<usize, PortError> {
        let mut rows = self.rows.lock();
        let before = rows.marks.len();
        rows.marks.retain(|(_, _, by)| *by != user);
        Ok(before - rows.marks.len())
    }

    async fn forget(&self, author: UserId) -> Result<usize, PortError> {
        let mut rows = self.rows.lock();
        rows.withdrawn.retain(|(by, _)| *by != author);
        let own = rows.reviews.values_mut().filter(|review| review.author == author);
        Ok(own.map(|review| review.byline.clear()).count())
    }
}

/// Who bought what, as told; nobody anything unless told.
#[derive(Default)]
pub struct Bought(pub Mutex<BTreeSet<(UserId, ProductId)>>);

#[async_trait]
impl Purchases for Bought {
    async fn has_bought(&self, user: UserId, product: ProductId) -> Result<bool, PortError> {
        Ok(self.0.lock().contains(&(user, product)))
    }
}
