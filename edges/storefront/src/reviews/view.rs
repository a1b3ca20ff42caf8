//! Reviews as pages show them.

use crate::state::App;
use crate::words::{count, thousands};
use serde::Serialize;
use souk_kernel::{PortError, ProductId};
use souk_pricing::Day;
use souk_reviews::{Review, Sorting, Spot, Summary};

/// Reviews below a product.
const FEW: usize = 4;

/// Stars as a drawing and as words.
#[derive(Debug, Serialize)]
pub struct StarsView {
    /// So much of five stars is filled, of a hundred.
    pub percent: u32,
    /// `4 of 5 stars`, for those who hear the page.
    pub said: String,
}

impl StarsView {
    /// Of tenths of a star.
    pub fn of(tenths: u8) -> Self {
        let percent = (u32::from(tenths) * 2).min(100);
        let said = match tenths % 10 {
            0 => format!("{} of 5 stars", tenths / 10),
            rest => format!("{}.{rest} of 5 stars", tenths / 10),
        };
        Self { percent, said }
    }
}

/// One bar of the histogram.
#[derive(Serialize)]
pub struct Bar {
    pub stars: usize,
    pub count: String,
    pub percent: u32,
    /// The reviews with so many stars; empty when there are none.
    pub href: String,
}

/// One review.
#[derive(Serialize)]
pub struct ReviewLine {
    pub id: String,
    pub stars: StarsView,
    pub title: String,
    pub paragraphs: Vec<String>,
    pub author: String,
    pub written: String,
    pub written_iso: String,
    pub edited: bool,
    pub verified: bool,
    pub helpful: String,
}

impl From<&Review> for ReviewLine {
    fn from(review: &Review) -> Self {
        let lines = review.text.lines().map(str::trim).filter(|line| !line.is_empty());
        let name = if review.byline.is_empty() { "A customer" } else { &review.byline };
        Self {
            id: review.id.to_string(),
            stars: StarsView::of(review.stars.count() * 10),
            title: review.title.clone(),
            paragraphs: lines.map(String::from).collect(),
            author: name.to_owned(),
            written: Day::of(review.created).long(),
            written_iso: Day::of(review.created).to_string(),
            edited: review.edited.is_some(),
            verified: review.verified,
            helpful: match review.helpful {
                0 => String::new(),
                n => count(u64::from(n), "person found this helpful", "people found this helpful"),
            },
        }
    }
}

/// The section of a product's page.
#[derive(Serialize)]
pub struct Section {
    pub count: u32,
    pub counted: String,
    /// `4.3`.
    pub mean: String,
    pub stars: StarsView,
    pub bars: Vec<Bar>,
    pub reviews: Vec<ReviewLine>,
    pub all: String,
    pub write: String,
    /// Where a vote leads back to.
    pub back: String,
}

impl Section {
    /// What is said of a product, its most helpful reviews first.
    pub async fn of(app: &App, product: ProductId) -> Result<Self, PortError> {
        let summary = app.reviews.summary(product).await?;
        let found = match summary.count() {
            0 => Vec::new(),
            _ => app.reviews.page(product, Sorting::Helpful, None, FEW).await?.0,
        };
        Ok(Self::lay_out(product, &summary, &found))
    }

    /// The same of what was read.
    pub fn lay_out(product: ProductId, summary: &Summary, found: &[Review]) -> Self {
        let (path, count_all, tenths) =
            (crate::browse::product_path(product), summary.count(), summary.mean_tenths());
        let bar = |(at, many): (usize, &u32)| Bar {
            stars: at + 1,
            count: thousands(u64::from(*many)),
            percent: (many * 100 + count_all / 2).checked_div(count_all).unwrap_or_default(),
            href: if *many > 0 {
                format!("{path}/reviews?stars={}", at + 1)
            } else {
                String::new()
            },
        };
        Self {
            count: count_all,
            counted: count(u64::from(count_all), "review", "reviews"),
            mean: format!("{}.{}", tenths / 10, tenths % 10),
            stars: StarsView::of(tenths),
            bars: summary.histogram.iter().enumerate().map(bar).rev().collect(),
            reviews: found.iter().map(ReviewLine::from).collect(),
            all: format!("{path}/reviews"),
            write: format!("{path}/review"),
            back: format!("{path}/reviews"),
        }
    }
}

/// Where the next page begins, as a field of an address.
pub fn next(spot: Option<Spot>) -> String {
    spot.map_or_else(String::new, Spot::text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_are_drawn_and_said() {
        let stars = |tenths| {
            let view = StarsView::of(tenths);
            (view.percent, view.said)
        };
        assert_eq!(stars(50), (100, "5 of 5 stars".into()));
        assert_eq!(stars(44), (88, "4.4 of 5 stars".into()));
        assert_eq!(stars(0), (0, "0 of 5 stars".into()));
    }
}
