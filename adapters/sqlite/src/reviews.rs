//! The port of reviews.

use crate::outbox;
use crate::store::{Priority, Store};
use crate::tx::Tx;
use async_trait::async_trait;
use rusqlite::{OptionalExtension, Row};
use souk_kernel::{PortError, ProductId, Timestamp, UserId};
use souk_reviews::event::reviews_changed;
use souk_reviews::rules::{Decided, Found, count, decide};
use souk_reviews::{
    Change, Mark, Marked, Review, ReviewId, ReviewRefusal, Reviews, Shelf, Sorting, Spot, Standing,
    Stars, Summary,
};
use std::collections::BTreeMap;

/// Reviews added in one transaction.
const PIECE: usize = 32;

/// The columns of [`review`].
pub(crate) const COLUMNS: &str =
    "id, product, author, byline, stars, title, text, verified, standing,
                       created_at, edited_at, helpful, reports, version";

pub(crate) fn review(row: &Row<'_>) -> rusqlite::Result<Review> {
    let unknown = || rusqlite::Error::InvalidQuery;
    let standing: String = row.get(8)?;
    Ok(Review {
        id: ReviewId::from_bytes(row.get(0)?),
        product: ProductId::from_bytes(row.get(1)?),
        author: UserId::from_bytes(row.get(2)?),
        byline: row.get(3)?,
        stars: Stars::new(row.get(4)?).ok_or_else(unknown)?,
        title: row.get(5)?,
        text: row.get(6)?,
        verified: row.get(7)?,
        standing: Standing::from_name(&standing).ok_or_else(unknown)?,
        created: Timestamp(row.get(9)?),
        edited: row.get::<_, Option<i64>>(10)?.map(Timestamp),
        helpful: row.get(11)?,
        reports: row.get(12)?,
        version: row.get::<_, i64>(13)?.cast_unsigned(),
    })
}

fn by_id(tx: &Tx<'_>, id: ReviewId) -> Result<Option<Review>, PortError> {
    let sql = "SELECT id, product, author, byline, stars, title, text, verified, standing,
                      created_at, edited_at, helpful, reports, version
               FROM review WHERE key = ?1 AND id = ?2";
    tx.first(sql, (id.key(), id.bytes()), review)
}

fn by_author(tx: &Tx<'_>, author: UserId, product: ProductId) -> Result<Option<Review>, PortError> {
    let sql = "SELECT id, product, author, byline, stars, title, text, verified, standing,
                      created_at, edited_at, helpful, reports, version
               FROM review WHERE author = ?1 AND product = ?2";
    tx.first(sql, (author.bytes(), product.bytes()), review)
}

fn summary(row: &Row<'_>) -> rusqlite::Result<Summary> {
    let histogram = [row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?];
    Ok(Summary { histogram })
}

const SUMMARY: &str = "SELECT one, two, three, four, five FROM review_summary WHERE product = ?1";

/// Counts what was out and what is in, if that differs.
fn recount(tx: &Tx<'_>, before: Option<&Review>, after: Option<&Review>) -> Result<(), PortError> {
    let Some(product) = before.or(after).map(|review| review.product) else { return Ok(()) };
    let stored = tx.first(SUMMARY, [product.bytes()], summary)?.unwrap_or_default();
    let mut counted = stored;
    if let Some(review) = after {
        count(&mut counted, review, true);
    }
    if let Some(review) = before {
        count(&mut counted, review, false);
    }
    if counted == stored {
        return Ok(());
    }
    let [one, two, three, four, five] = counted.histogram;
    tx.execute(
        "INSERT INTO review_summary (product, one, two, three, four, five)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (product) DO UPDATE SET one = excluded.one, two = excluded.two,
           three = excluded.three, four = excluded.four, five = excluded.five",
        (product.bytes(), one, two, three, four, five),
    )?;
    Ok(())
}

fn put(tx: &Tx<'_>, review: &Review) -> Result<(), PortError> {
    let Review { id, product, author, byline, stars, title, text, .. } = review;
    let written = tx.execute(
        "INSERT INTO review (key, id, product, author, byline, stars, title, text,
           verified, standing, created_at, edited_at, helpful, reports, version)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
         ON CONFLICT (key) DO UPDATE SET stars = excluded.stars, title = excluded.title,
           text = excluded.text, verified = excluded.verified, standing = excluded.standing,
           edited_at = excluded.edited_at, helpful = excluded.helpful, reports = excluded.reports, version = excluded.version
         WHERE id = excluded.id",
        (
            id.key(),
            id.bytes(),
            product.bytes(),
            author.bytes(),
            byline,
            stars.count(),
            title,
            text,
            review.verified,
            review.standing.name(),
            review.created.0,
            review.edited.map(|at| at.0),
            review.helpful,
            review.reports,
            review.version.cast_signed(),
        ),
    )?;
    if written == 0 {
        return Err(PortError::Conflict("another review has this key".into()));
    }
    Ok(())
}

fn has_mark(tx: &Tx<'_>, id: ReviewId, mark: Mark, user: UserId) -> Result<bool, PortError> {
    let sql = "SELECT 1 FROM review_mark WHERE review = ?1 AND kind = ?2 AND user = ?3";
    Ok(tx.first(sql, (id.key(), mark.name(), user.bytes()), |_| Ok(()))?.is_some())
}

fn has_withdrawn(tx: &Tx<'_>, author: UserId, product: ProductId) -> Result<bool, PortError> {
    let sql = "SELECT 1 FROM review_withdrawn WHERE author = ?1 AND product = ?2";
    Ok(tx.first(sql, (author.bytes(), product.bytes()), |_| Ok(()))?.is_some())
}

fn found(tx: &Tx<'_>, change: &Change) -> Result<Found, PortError> {
    match change {
        Change::Write(new) => Ok(Found {
            review: by_author(tx, new.author, new.product)?,
            marked: false,
            withdrawn: has_withdrawn(tx, new.author, new.product)?,
        }),
        Change::Mark { id, user, mark, .. } => {
            let marked = has_mark(tx, *id, *mark, *user)?;
            Ok(Found { review: by_id(tx, *id)?, marked, withdrawn: false })
        }
        Change::Edit { id, .. }
        | Change::Verify { id, .. }
        | Change::Remove { id, .. }
        | Change::Moderate { id, .. } => Ok(Found { review: by_id(tx, *id)?, ..Found::default() }),
    }
}

/// Decides and writes a change.
pub(crate) fn apply(
    tx: &Tx<'_>,
    change: &Change,
    at: Timestamp,
) -> Result<Result<Review, ReviewRefusal>, PortError> {
    let found = found(tx, change)?;
    let before = found.review.clone();
    match decide(found, change, at) {
        Err(refusal) => Ok(Err(refusal)),
        Ok(decided) => {
            write(tx, before.as_ref(), &decided, at)?;
            Ok(Ok(decided.review))
        }
    }
}

fn write(
    tx: &Tx<'_>,
    before: Option<&Review>,
    decided: &Decided,
    at: Timestamp,
) -> Result<(), PortError> {
    let Decided { review, gone, marked, forget_reports, withdrawn, told } = decided;
    let key = review.id.key();
    recount(tx, before, Some(review).filter(|_| !gone))?;
    if *gone {
        tx.execute("DELETE FROM review WHERE key = ?1", [key])?;
        tx.execute("DELETE FROM review_mark WHERE review = ?1", [key])?;
    } else if before != Some(review) {
        put(tx, review)?;
    }
    if *forget_reports {
        tx.execute("DELETE FROM review_mark WHERE review = ?1 AND kind = 'report'", [key])?;
    }
    if let Some((mark, user, on)) = marked {
        let sql = if *on {
            "INSERT INTO review_mark (review, kind, user) VALUES (?1, ?2, ?3)"
        } else {
            "DELETE FROM review_mark WHERE review = ?1 AND kind = ?2 AND user = ?3"
        };
        tx.execute(sql, (key, mark.name(), user.bytes()))?;
    }
    if let Some(on) = withdrawn {
        let sql = if *on {
            "INSERT INTO review_withdrawn (author, product) VALUES (?1, ?2) ON CONFLICT DO NOTHING"
        } else {
            "DELETE FROM review_withdrawn WHERE author = ?1 AND product = ?2"
        };
        tx.execute(sql, (review.author.bytes(), review.product.bytes()))?;
    }
    if *told {
        outbox::insert(tx, &reviews_changed(review, at))?;
    }
    Ok(())
}

fn add(tx: &Tx<'_>, reviews: &[Review], at: Timestamp) -> Result<usize, PortError> {
    let mut told = BTreeMap::new();
    let mut added = 0;
    for review in reviews {
        let taken =
            tx.first("SELECT 1 FROM review WHERE key = ?1", [review.id.key()], |_| Ok(()))?;
        if taken.is_some() || by_author(tx, review.author, review.product)?.is_some() {
            continue;
        }
        recount(tx, None, Some(review))?;
        put(tx, review)?;
        told.insert(review.product, review);
        added += 1;
    }
    for review in told.values() {
        outbox::insert(tx, &reviews_changed(review, at))?;
    }
    Ok(added)
}

/// The sorted column, and how the page begins behind a spot. Every order is one index, read backwards
/// or, for the fewest stars, by stars forwards and keys backwards.
const fn order(sorting: Sorting) -> (&'static str, &'static str) {
    match sorting {
        Sorting::Newest => ("0", "key DESC"),
        Sorting::Helpful => ("helpful", "helpful DESC, key DESC"),
        Sorting::Highest => ("stars", "stars DESC, key DESC"),
        Sorting::Lowest => ("-stars", "stars, key DESC"),
    }
}

fn marked(row: &Row<'_>) -> rusqlite::Result<Marked> {
    let kind: String = row.get(2)?;
    Ok(Marked {
        review: ReviewId::from_bytes(row.get(0)?),
        product: ProductId::from_bytes(row.get(1)?),
        mark: Mark::from_name(&kind).ok_or(rusqlite::Error::InvalidQuery)?,
    })
}

fn many(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

#[async_trait]
impl Reviews for Store {
    async fn apply(&self, change: Change, at: Timestamp) -> Result<Review, ReviewRefusal> {
        self.write(Priority::Background, move |tx| apply(tx, &change, at)).await?
    }

    async fn add(&self, reviews: Vec<Review>, at: Timestamp) -> Result<usize, PortError> {
        let mut added = 0;
        for piece in reviews.chunks(PIECE) {
            let piece = piece.to_vec();
            added += self.write(Priority::Background, move |tx| add(tx, &piece, at)).await?;
        }
        Ok(added)
    }

    async fn page(&self, shelf: Shelf) -> Result<Vec<Review>, PortError> {
        let (rank, order) = order(shelf.sorting);
        let sql = format!(
            "SELECT {COLUMNS} FROM review WHERE product = ?1 AND standing = 'published'
             AND ({rank}, key) < (?2, ?3) AND (?5 IS NULL OR stars = ?5)
             ORDER BY {order} LIMIT ?4"
        );
        let after = shelf.after.unwrap_or(Spot { rank: i64::MAX, key: i64::MAX });
        self.read(|conn| {
            let stars = shelf.stars.map(Stars::count);
            let asked = (shelf.product.bytes(), after.rank, after.key, many(shelf.limit), stars);
            conn.prepare_cached(&sql)?.query_map(asked, review)?.collect()
        })
    }

    async fn summaries(&self, products: &[ProductId]) -> Result<Vec<Summary>, PortError> {
        self.read_together(|conn| {
            let mut one = conn.prepare_cached(SUMMARY)?;
            let found = products.iter().map(|product| {
                let found = one.query_row([product.bytes()], summary).optional()?;
                Ok(found.unwrap_or_default())
            });
            found.collect()
        })
    }

    async fn find(&self, id: ReviewId) -> Result<Option<Review>, PortError> {
        let sql = format!("SELECT {COLUMNS} FROM review WHERE key = ?1 AND id = ?2");
        self.read(|conn| {
            conn.prepare_cached(&sql)?.query_row((id.key(), id.bytes()), review).optional()
        })
    }

    async fn own(&self, author: UserId, product: ProductId) -> Result<Option<Review>, PortError> {
        let sql = format!("SELECT {COLUMNS} FROM review WHERE author = ?1 AND product = ?2");
        self.read(|conn| {
            let mut one = conn.prepare_cached(&sql)?;
            one.query_row((author.bytes(), product.bytes()), review).optional()
        })
    }

    async fn of_author(
        &self,
        author: UserId,
        before: Option<i64>,
        limit: usize,
    ) -> Result<Vec<Review>, PortError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM review WHERE author = ?1 AND key < ?2
             ORDER BY key DESC LIMIT ?3"
        );
        self.read(|conn| {
            let asked = (author.bytes(), before.unwrap_or(i64::MAX), many(limit));
            conn.prepare_cached(&sql)?.query_map(asked, review)?.collect()
        })
    }

    async fn standing(
        &self,
        standing: Standing,
        after: Option<i64>,
        limit: usize,
    ) -> Result<Vec<Review>, PortError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM review WHERE standing = ?1 AND key > ?2 ORDER BY key LIMIT ?3"
        );
        self.read(|conn| {
            let asked = (standing.name(), after.unwrap_or(-1), many(limit));
            conn.prepare_cached(&sql)?.query_map(asked, review)?.collect()
        })
    }

    async fn marks_of(
        &self,
        user: UserId,
        after: Option<(i64, Mark)>,
        limit: usize,
    ) -> Result<Vec<Marked>, PortError> {
        let sql =
            "SELECT r.id, r.product, m.kind FROM review_mark m JOIN review r ON r.key = m.review
                   WHERE m.user = ?1 AND (m.review, m.kind) > (?2, ?3)
                   ORDER BY m.review, m.kind LIMIT ?4";
        self.read(|conn| {
            let (key, kind) = after.map_or((i64::MIN, ""), |(key, mark)| (key, mark.name()));
            let asked = (user.bytes(), key, kind, many(limit));
            conn.prepare_cached(sql)?.query_map(asked, marked)?.collect()
        })
    }

    async fn forget_marks(&self, user: UserId) -> Result<usize, PortError> {
        self.write(Priority::Background, move |tx| {
            tx.execute("DELETE FROM review_mark WHERE user = ?1", [user.bytes()])
        })
        .await
    }

    async fn forget(&self, author: UserId) -> Result<usize, PortError> {
        self.write(Priority::Background, move |tx| {
            tx.execute("DELETE FROM review_withdrawn WHERE author = ?1", [author.bytes()])?;
            tx.execute("UPDATE review SET byline = '' WHERE author = ?1", [author.bytes()])
        })
        .await
    }
}
