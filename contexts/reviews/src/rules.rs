//! What a change does to a review. Pure: every adapter asks [`decide`], so that all agree.

use crate::{
    Change, Draft, DraftFault, Mark, Review, ReviewRefusal, Sorting, Spot, Standing, Stars,
    Summary, Verdict,
};
use souk_kernel::text::{legible, seen};
use souk_kernel::{Timestamp, UserId};

/// The longest title, in characters.
pub const TITLE_MAX: usize = 120;
/// The shortest text, in characters that are seen: one word says less than the stars beside it.
pub const TEXT_MIN: usize = 10;
/// The longest text.
pub const TEXT_MAX: usize = 5_000;
/// So many accounts report a review until it waits for a moderator.
pub const HOLD_AFTER: u32 = 3;

/// Checks what somebody wrote, and tidies it: no blanks around it, no control characters, nothing that
/// nobody sees.
///
/// # Errors
/// The first fault.
pub fn check(draft: &Draft) -> Result<Draft, DraftFault> {
    let fault = |field, reason| Err(DraftFault { field, reason });
    if Stars::new(draft.stars).is_none() {
        return fault("stars", "choose one to five");
    }
    let title = tidy(&draft.title.replace(['\n', '\r'], " "));
    let text = tidy(&draft.text.replace("\r\n", "\n"));
    if title.chars().count() > TITLE_MAX {
        return fault("title", "at most 120 characters");
    }
    if seen(&text) < TEXT_MIN {
        return fault("text", "at least 10 characters");
    }
    if text.chars().count() > TEXT_MAX {
        return fault("text", "at most 5,000 characters");
    }
    Ok(Draft { stars: draft.stars, title, text })
}

fn tidy(text: &str) -> String {
    let kept: String = text.chars().filter(|c| *c == '\n' || !c.is_control()).collect();
    legible(&kept).trim().to_owned()
}

/// How an account's name stands beside a review: the first name, and the first letter of the last.
#[must_use]
pub fn byline(name: &str) -> String {
    let name = legible(name);
    let mut words = name.split_whitespace();
    let first: String = words.next().unwrap_or_default().chars().take(40).collect();
    match words.last().and_then(|last| last.chars().next()) {
        Some(initial) => format!("{first} {initial}."),
        None => first,
    }
}

/// Whether something stands against a review: it is not published, or somebody reported it since a
/// moderator last looked. Its author can't shed that: taken out now, their next one of that product
/// waits for a moderator.
#[must_use]
pub fn is_in_question(review: &Review) -> bool {
    review.standing != Standing::Published || review.reports > 0
}

/// What is stored of what a change names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// The review that the change names; for a new one, the author's own of that product.
    pub review: Option<Review>,
    /// The mark is there already.
    pub marked: bool,
    /// The author of a new one took one of that product out while it was in question.
    pub withdrawn: bool,
}

/// What became of a review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// As it is from now on; as it was when it is gone.
    pub review: Review,
    /// It is taken out.
    pub gone: bool,
    /// The mark to write (`true`) or to take back.
    pub marked: Option<(Mark, UserId, bool)>,
    /// Those who reported the words before, and were heard, may report these.
    pub forget_reports: bool,
    /// From now on the author's next review of that product waits for a moderator (`true`), or no longer.
    pub withdrawn: Option<bool>,
    /// The product's counts may differ: a fact tells it.
    pub told: bool,
}

/// Decides a change on what is stored.
///
/// # Errors
/// A refusal: nothing is written.
pub fn decide(found: Found, change: &Change, at: Timestamp) -> Result<Decided, ReviewRefusal> {
    if let Change::Write(review) = change {
        let mut review = review.clone();
        if found.withdrawn {
            review.standing = Standing::Held;
        }
        return match found.review {
            Some(_) => Err(ReviewRefusal::AlreadyWritten),
            None => Ok(plain(review, true)),
        };
    }
    let review = found.review.ok_or(ReviewRefusal::NotFound)?;
    match change {
        Change::Write(_) => Err(ReviewRefusal::AlreadyWritten),
        Change::Edit { author, draft, verified, .. } => {
            edit(Review { verified: *verified, ..review }, *author, draft, at)
        }
        // Counts and lists are the same with it and without: nobody has to hear of it.
        Change::Verify { verified, .. } => {
            Ok(plain(Review { verified: *verified, ..review }, false))
        }
        Change::Remove { author, .. } => {
            if review.author != *author {
                return Err(ReviewRefusal::NotFound);
            }
            let withdrawn = is_in_question(&review).then_some(true);
            Ok(Decided { gone: true, withdrawn, ..plain(next(review), true) })
        }
        Change::Mark { user, mark, on, .. } => leave(review, found.marked, (*user, *mark, *on)),
        Change::Moderate { verdict, .. } => Ok(moderate(review, *verdict)),
    }
}

const fn plain(review: Review, told: bool) -> Decided {
    Decided { review, gone: false, marked: None, forget_reports: false, withdrawn: None, told }
}

fn next(mut review: Review) -> Review {
    review.version += 1;
    review
}

fn edit(
    mut review: Review,
    author: UserId,
    draft: &Draft,
    at: Timestamp,
) -> Result<Decided, ReviewRefusal> {
    let stars = Stars::new(draft.stars).filter(|_| review.author == author);
    review.stars = stars.ok_or(ReviewRefusal::NotFound)?;
    review.title.clone_from(&draft.title);
    review.text.clone_from(&draft.text);
    review.edited = Some(at);
    // Reports that wait to be heard stay, whatever it says now. Where there are none, those who were
    // heard may speak of the new words.
    let fresh = !is_in_question(&review);
    // A rejected one gets another look; a held one goes on waiting for the one it has coming.
    if review.standing != Standing::Published {
        review.standing = Standing::Held;
    }
    Ok(Decided { forget_reports: fresh, ..plain(next(review), true) })
}

fn leave(
    mut review: Review,
    has_mark: bool,
    (user, mark, on): (UserId, Mark, bool),
) -> Result<Decided, ReviewRefusal> {
    if review.author == user {
        return Err(ReviewRefusal::OwnReview);
    }
    if review.standing != Standing::Published {
        return Err(ReviewRefusal::NotFound);
    }
    // A report stays: taking it back would let one account hold and free a review at will.
    if has_mark == on || (mark == Mark::Report && !on) {
        return Ok(plain(review, false));
    }
    let count = match mark {
        Mark::Helpful => &mut review.helpful,
        Mark::Report => &mut review.reports,
    };
    *count = if on { count.saturating_add(1) } else { count.saturating_sub(1) };
    let held = review.reports >= HOLD_AFTER;
    if held {
        review.standing = Standing::Held;
        review = next(review);
    }
    Ok(Decided { marked: Some((mark, user, on)), ..plain(review, held) })
}

fn moderate(mut review: Review, verdict: Verdict) -> Decided {
    let standing = match verdict {
        Verdict::Publish => Standing::Published,
        Verdict::Reject => Standing::Rejected,
    };
    // Who reported it has been heard: their marks stay, so only others can hold it again.
    review.reports = 0;
    let told = review.standing != standing;
    if told {
        review.standing = standing;
        review = next(review);
    }
    // Published, its author starts anew.
    let withdrawn = (standing == Standing::Published).then_some(false);
    Decided { withdrawn, ..plain(review, told) }
}

/// Counts a review in or out of its product's summary.
pub fn count(summary: &mut Summary, review: &Review, inside: bool) {
    if review.standing != Standing::Published {
        return;
    }
    let bar = &mut summary.histogram[usize::from(review.stars.count() - 1)];
    *bar = if inside { bar.saturating_add(1) } else { bar.saturating_sub(1) };
}

/// Where a review stands in an order.
#[must_use]
pub fn spot(review: &Review, sorting: Sorting) -> Spot {
    let rank = match sorting {
        Sorting::Newest => 0,
        Sorting::Helpful => i64::from(review.helpful),
        Sorting::Highest => i64::from(review.stars.count()),
        Sorting::Lowest => -i64::from(review.stars.count()),
    };
    Spot { rank, key: review.id.key() }
}
