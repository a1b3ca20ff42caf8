//! What this room asks of a store and of the shop's orders.

use crate::{
    Draft, Mark, Marked, Review, ReviewId, ReviewRefusal, Sorting, Spot, Standing, Stars, Summary,
    Verdict,
};
use async_trait::async_trait;
use souk_kernel::{PortError, ProductId, Timestamp, UserId};

/// A change of one review: one atomic intent, with the product's counts and the fact that tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A new one, checked.
    Write(Review),
    /// Other words of its author's; the draft is checked.
    Edit {
        /// Which.
        id: ReviewId,
        /// Who asks.
        author: UserId,
        /// What it shall say.
        draft: Draft,
        /// Whether the product was sent to the author, as it is known now.
        verified: bool,
    },
    /// Notes whether the product was sent to the author.
    Verify {
        /// Which.
        id: ReviewId,
        /// Whether it was.
        verified: bool,
    },
    /// Takes it out for good. If it was in question, the author's next one of that product waits for a
    /// moderator.
    Remove {
        /// Which.
        id: ReviewId,
        /// Who asks.
        author: UserId,
    },
    /// Leaves a mark, or takes it back.
    Mark {
        /// Which.
        id: ReviewId,
        /// Who asks.
        user: UserId,
        /// Which mark.
        mark: Mark,
        /// Whether it shall be there.
        on: bool,
    },
    /// A moderator's decision.
    Moderate {
        /// Which.
        id: ReviewId,
        /// What it shall be.
        verdict: Verdict,
    },
}

/// Which reviews of a product, in which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shelf {
    /// Of which product.
    pub product: ProductId,
    /// In which order.
    pub sorting: Sorting,
    /// Only those with so many stars.
    pub stars: Option<Stars>,
    /// Only those behind this spot.
    pub after: Option<Spot>,
    /// At most so many.
    pub limit: usize,
}

/// The store of reviews.
///
/// # Guarantees
/// - Each change is atomic and durable before it is answered, and decided by
///   [`rules::decide`](crate::rules::decide) on what is stored at that moment.
/// - [`Reviews::summaries`] is the count of what [`Reviews::page`] shows, at every moment.
/// - Whatever changes a product's counts is told as [`crate::event::REVIEWS_CHANGED`], in the same
///   commit.
#[async_trait]
pub trait Reviews: Send + Sync {
    /// Carries out a change; answers with the review as it is now, or was when it was taken out.
    ///
    /// # Errors
    /// [`ReviewRefusal`]: then nothing was changed.
    async fn apply(&self, change: Change, at: Timestamp) -> Result<Review, ReviewRefusal>;

    /// Adds reviews as they are; one whose id exists, or whose author has one of that product, is
    /// passed over. One fact for each product. Says how many were added.
    ///
    /// # Errors
    /// The store's; then none was added.
    async fn add(&self, reviews: Vec<Review>, at: Timestamp) -> Result<usize, PortError>;

    /// Published reviews of a product.
    ///
    /// # Errors
    /// The store's.
    async fn page(&self, shelf: Shelf) -> Result<Vec<Review>, PortError>;

    /// The counts of products, one answer each, in order; none reviewed counts nothing.
    ///
    /// # Errors
    /// The store's.
    async fn summaries(&self, products: &[ProductId]) -> Result<Vec<Summary>, PortError>;

    /// One review, whatever its standing.
    ///
    /// # Errors
    /// The store's.
    async fn find(&self, id: ReviewId) -> Result<Option<Review>, PortError>;

    /// An account's review of a product, whatever its standing.
    ///
    /// # Errors
    /// The store's.
    async fn own(&self, author: UserId, product: ProductId) -> Result<Option<Review>, PortError>;

    /// An account's reviews, newest first, older than the key `before`.
    ///
    /// # Errors
    /// The store's.
    async fn of_author(
        &self,
        author: UserId,
        before: Option<i64>,
        limit: usize,
    ) -> Result<Vec<Review>, PortError>;

    /// Reviews of a standing, oldest first, later than the key `after`: what moderators work through.
    ///
    /// # Errors
    /// The store's.
    async fn standing(
        &self,
        standing: Standing,
        after: Option<i64>,
        limit: usize,
    ) -> Result<Vec<Review>, PortError>;

    /// What an account left on reviews, by review, later than the key and mark `after`.
    ///
    /// # Errors
    /// The store's.
    async fn marks_of(
        &self,
        user: UserId,
        after: Option<(i64, Mark)>,
        limit: usize,
    ) -> Result<Vec<Marked>, PortError>;

    /// Takes an account from the marks that it left; what they count stays. Says how many there were.
    ///
    /// # Errors
    /// The store's.
    async fn forget_marks(&self, user: UserId) -> Result<usize, PortError>;

    /// Takes an account's name from its reviews; stars and words stay. Says how many there are. That it
    /// took one out that was in question is forgotten.
    ///
    /// # Errors
    /// The store's.
    async fn forget(&self, author: UserId) -> Result<usize, PortError>;
}

/// Whether somebody bought a product: what the shop's orders and parcels know.
#[async_trait]
pub trait Purchases: Send + Sync {
    /// Whether this product was sent to the user: on its way, or arrived. What can still be cancelled
    /// was not, nor what was lost or went back to its sender.
    ///
    /// # Errors
    /// The store's.
    async fn has_bought(&self, user: UserId, product: ProductId) -> Result<bool, PortError>;
}
