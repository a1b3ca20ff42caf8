//! The use cases.

use crate::rules::{byline, check};
use crate::{
    Author, Change, Draft, Mark, Purchases, Review, ReviewId, ReviewRefusal, Reviews, Shelf,
    Sorting, Spot, Standing, Stars, Summary, Verdict,
};
use souk_kernel::{Clock, Mint, PortError, ProductId, UserId};
use std::sync::Arc;

/// The most reviews of a page.
pub const PAGE_MAX: usize = 50;

/// What doors ask for.
#[derive(Clone)]
pub struct Service {
    store: Arc<dyn Reviews>,
    purchases: Arc<dyn Purchases>,
    mint: Mint,
    clock: Arc<dyn Clock>,
}

impl Service {
    /// Over a store and what orders know.
    #[must_use]
    pub fn new(
        store: Arc<dyn Reviews>,
        purchases: Arc<dyn Purchases>,
        mint: Mint,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { store, purchases, mint, clock }
    }

    /// The store, for imports and exports.
    #[must_use]
    pub fn store(&self) -> &Arc<dyn Reviews> {
        &self.store
    }

    /// Writes a review of a product. That the product exists is for the caller to know.
    ///
    /// # Errors
    /// [`ReviewRefusal`]: also when the account has one.
    pub async fn write(
        &self,
        author: &Author,
        product: ProductId,
        draft: &Draft,
    ) -> Result<Review, ReviewRefusal> {
        let name = author.name.as_deref().ok_or(ReviewRefusal::AccountNeeded)?;
        let draft = check(draft).map_err(ReviewRefusal::Invalid)?;
        let verified = self.purchases.has_bought(author.user, product).await?;
        let at = self.clock.now();
        let review = Review {
            id: self.mint.mint(author.user.bucket()),
            product,
            author: author.user,
            byline: byline(name),
            stars: Stars::new(draft.stars).unwrap_or(Stars::ONE),
            title: draft.title,
            text: draft.text,
            verified,
            standing: Standing::Published,
            created: at,
            edited: None,
            helpful: 0,
            reports: 0,
            version: 1,
        };
        self.store.apply(Change::Write(review), at).await
    }

    /// Changes the words of one's own review.
    ///
    /// # Errors
    /// [`ReviewRefusal`]: also when it is somebody else's.
    pub async fn edit(
        &self,
        author: UserId,
        id: ReviewId,
        draft: &Draft,
    ) -> Result<Review, ReviewRefusal> {
        let draft = check(draft).map_err(ReviewRefusal::Invalid)?;
        let own = self.store.find(id).await?.filter(|review| review.author == author);
        let product = own.ok_or(ReviewRefusal::NotFound)?.product;
        let verified = self.purchases.has_bought(author, product).await?;
        self.store.apply(Change::Edit { id, author, draft, verified }, self.clock.now()).await
    }

    /// Asks anew whether products were sent to an author, for what they said of them. Repeating it
    /// changes nothing.
    ///
    /// # Errors
    /// The store's.
    pub async fn verify(&self, author: UserId, products: &[ProductId]) -> Result<(), PortError> {
        for product in products {
            let Some(own) = self.store.own(author, *product).await? else { continue };
            let verified = self.purchases.has_bought(author, *product).await?;
            if verified == own.verified {
                continue;
            }
            let change = Change::Verify { id: own.id, verified };
            // Another refusal says that it was taken out meanwhile.
            if let Err(ReviewRefusal::Port(error)) =
                self.store.apply(change, self.clock.now()).await
            {
                return Err(error);
            }
        }
        Ok(())
    }

    /// Takes out one's own review.
    ///
    /// # Errors
    /// [`ReviewRefusal`]: also when it is somebody else's.
    pub async fn remove(&self, author: UserId, id: ReviewId) -> Result<Review, ReviewRefusal> {
        self.store.apply(Change::Remove { id, author }, self.clock.now()).await
    }

    /// Finds a review helpful, or no longer. Repeating it changes nothing.
    ///
    /// # Errors
    /// [`ReviewRefusal`].
    pub async fn vote(
        &self,
        voter: &Author,
        id: ReviewId,
        on: bool,
    ) -> Result<Review, ReviewRefusal> {
        self.mark(voter, id, (Mark::Helpful, on)).await
    }

    /// Asks a moderator to look. Repeating it changes nothing. It takes a verified email address: a few
    /// accounts made up on the spot hold nobody's review.
    ///
    /// # Errors
    /// [`ReviewRefusal`].
    pub async fn report(&self, reporter: &Author, id: ReviewId) -> Result<Review, ReviewRefusal> {
        if reporter.name.is_some() && !reporter.email_verified {
            return Err(ReviewRefusal::EmailUnverified);
        }
        self.mark(reporter, id, (Mark::Report, true)).await
    }

    async fn mark(
        &self,
        by: &Author,
        id: ReviewId,
        (mark, on): (Mark, bool),
    ) -> Result<Review, ReviewRefusal> {
        if by.name.is_none() {
            return Err(ReviewRefusal::AccountNeeded);
        }
        let change = Change::Mark { id, user: by.user, mark, on };
        self.store.apply(change, self.clock.now()).await
    }

    /// A moderator's decision. Who may decide is for the staff's door to know.
    ///
    /// # Errors
    /// [`ReviewRefusal`].
    pub async fn moderate(&self, id: ReviewId, verdict: Verdict) -> Result<Review, ReviewRefusal> {
        self.store.apply(Change::Moderate { id, verdict }, self.clock.now()).await
    }

    /// Reviews of a standing, oldest first.
    ///
    /// # Errors
    /// The store's.
    pub async fn standing(
        &self,
        standing: Standing,
        after: Option<ReviewId>,
        limit: usize,
    ) -> Result<Vec<Review>, PortError> {
        self.store.standing(standing, after.map(ReviewId::key), limit.min(PAGE_MAX)).await
    }

    /// A page of a product's published reviews, and where the next one begins.
    ///
    /// # Errors
    /// The store's.
    pub async fn page(
        &self,
        product: ProductId,
        sorting: Sorting,
        after: Option<Spot>,
        limit: usize,
    ) -> Result<(Vec<Review>, Option<Spot>), PortError> {
        self.page_of(product, sorting, None, after, limit).await
    }

    /// The same, of those with so many stars.
    ///
    /// # Errors
    /// The store's.
    pub async fn page_of(
        &self,
        product: ProductId,
        sorting: Sorting,
        stars: Option<Stars>,
        after: Option<Spot>,
        limit: usize,
    ) -> Result<(Vec<Review>, Option<Spot>), PortError> {
        let limit = limit.clamp(1, PAGE_MAX);
        let shelf = Shelf { product, sorting, stars, after, limit: limit + 1 };
        let mut found = self.store.page(shelf).await?;
        let more = found.len() > limit;
        found.truncate(limit);
        let next = found.last().filter(|_| more).map(|last| crate::rules::spot(last, sorting));
        Ok((found, next))
    }

    /// A product's counts.
    ///
    /// # Errors
    /// The store's.
    pub async fn summary(&self, product: ProductId) -> Result<Summary, PortError> {
        Ok(self.store.summaries(&[product]).await?.pop().unwrap_or_default())
    }

    /// One's own review of a product, whatever its standing.
    ///
    /// # Errors
    /// The store's.
    pub async fn own(
        &self,
        author: UserId,
        product: ProductId,
    ) -> Result<Option<Review>, PortError> {
        self.store.own(author, product).await
    }
}
