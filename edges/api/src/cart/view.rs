//! What this context shows.

use crate::ApiState;
use axum::http::{HeaderName, HeaderValue, header};
use serde::Serialize;
use souk_accounts::Kind;
use souk_cart::{Cart, CartError, Notice, Owner};
use souk_orders::BuyerLine;
use souk_pricing::PricedLine;
use souk_webkit::{Caller, Json, MoneyView, Problem, etag};
use utoipa::ToSchema;

/// A cart at present prices.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Cart)]
pub(crate) struct CartView {
    /// Raised by each change of lines; also the `ETag`.
    #[schema(example = 3)]
    version: u64,
    /// All pieces of all lines.
    #[schema(example = 2)]
    pieces: u32,
    /// Whether an order is paying for it: until that ends, lines can't be changed.
    frozen: bool,
    /// In order of arrival.
    lines: Vec<LineView>,
    /// Saved for later, in order of saving; nobody pays for it.
    saved: Vec<LineView>,
    /// The sum of the lines at present prices, before shipping and added tax; missing when there is
    /// nothing to add up, or when the lines are of several currencies.
    #[serde(skip_serializing_if = "Option::is_none")]
    items: Option<MoneyView>,
    /// What the shopper should be told.
    notices: Vec<NoticeView>,
}

/// A line of a cart.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CartLine)]
struct LineView {
    #[schema(format = "uuid")]
    offer_id: String,
    /// Missing when the offer is gone, like title and image.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = "uuid")]
    product_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<String>,
    quantity: u32,
    /// Of one piece, now.
    unit_price: MoneyView,
    /// Of one piece when the shopper saw it last: when the line was touched, or notices were
    /// acknowledged.
    seen_price: MoneyView,
    /// Of all pieces, now.
    subtotal: MoneyView,
    /// Whether this quantity can be bought now.
    buyable: bool,
}

/// What changed about a line.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = CartNotice)]
struct NoticeView {
    /// `price_changed` (with `from` and `to`), `stock_short` (with `available`), `gone`, `capped`
    /// (with the `quantity` that is left), `saved_instead` (no room in the cart: it is saved for
    /// later), `not_merged` (no room at all).
    #[schema(example = "price_changed")]
    code: &'static str,
    #[schema(format = "uuid")]
    offer_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<MoneyView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<MoneyView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    available: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    quantity: Option<u32>,
}

impl From<&Notice> for NoticeView {
    fn from(notice: &Notice) -> Self {
        let about = |code, offer: souk_kernel::OfferId| Self {
            code,
            offer_id: offer.to_string(),
            ..Self::default()
        };
        match *notice {
            Notice::Capped { offer, quantity } => {
                Self { quantity: Some(quantity), ..about("capped", offer) }
            }
            Notice::SavedInstead { offer } => about("saved_instead", offer),
            Notice::NotMerged { offer } => about("not_merged", offer),
            Notice::PriceChanged { offer, from, to } => Self {
                from: Some(from.into()),
                to: Some(to.into()),
                ..about("price_changed", offer)
            },
            Notice::StockShort { offer, available } => {
                Self { available: Some(available), ..about("stock_short", offer) }
            }
            Notice::Gone { offer } => about("gone", offer),
        }
    }
}

/// Whose cart a request is about.
pub(super) fn owner(caller: &Caller) -> Owner {
    Owner { user: caller.user(), guest: caller.kind() == Kind::Guest }
}

/// A cart with its entity tag.
pub(super) type Answer = ([(HeaderName, HeaderValue); 1], Json<CartView>);

/// The answer that shows a cart, with what its change had to tell.
pub(super) async fn answer(
    state: &ApiState,
    cart: Cart,
    notices: &[Notice],
) -> Result<Answer, Problem> {
    let view = show(state, cart, notices).await?;
    Ok(([(header::ETAG, etag(view.version))], Json(view)))
}

/// A refusal, with the current cart where the page needs it. A version is expected by `If-Match`
/// only, so that one is a failed precondition.
pub(super) async fn refused(state: &ApiState, error: CartError) -> Problem {
    let stale = matches!(error, CartError::Changed(_));
    let cart = error.cart().cloned();
    let mut problem = Problem::from(error);
    if stale {
        problem = problem.precondition();
    }
    let Some(cart) = cart else { return problem };
    let version = etag(cart.version);
    match show(state, cart, &[]).await {
        Ok(view) => problem.with("cart", view).with_header(header::ETAG, version),
        // The refusal stands, whether or not the cart can be shown.
        Err(_) => problem,
    }
}

async fn show(state: &ApiState, cart: Cart, told: &[Notice]) -> Result<CartView, Problem> {
    let view = state.carts.beside_prices(cart).await?;
    let line = |line: &souk_cart::LineView| BuyerLine { sku: line.offer, quantity: line.quantity };
    let asked: Vec<BuyerLine> = view.lines.iter().chain(&view.saved).map(line).collect();
    let known = match asked.is_empty() {
        true => Vec::new(),
        false => state.saga.parts().offers.price(&asked).await?,
    };
    let mut lines: Vec<LineView> = view
        .lines
        .iter()
        .chain(&view.saved)
        .enumerate()
        .map(|(place, line)| line_view(line, known.get(place).and_then(Option::as_ref)))
        .collect::<Result<_, _>>()?;
    let saved = lines.split_off(view.lines.len());
    Ok(CartView {
        version: view.cart.version,
        pieces: view.cart.pieces(),
        frozen: view.cart.frozen.is_some(),
        items: sum(&lines),
        lines,
        saved,
        // What a merge has to tell is kept by the cart too: it is said once.
        notices: told
            .iter()
            .filter(|notice| !view.notices.contains(notice))
            .chain(&view.notices)
            .map(NoticeView::from)
            .collect(),
    })
}

fn line_view(line: &souk_cart::LineView, known: Option<&PricedLine>) -> Result<LineView, Problem> {
    let subtotal =
        line.price.times(line.quantity).map_err(|error| Problem::internal(error.to_string()))?;
    Ok(LineView {
        offer_id: line.offer.to_string(),
        product_id: known.map(|known| known.product.to_string()),
        title: known.map(|known| known.title.to_string()),
        image: known.and_then(|known| known.image.as_deref().map(String::from)),
        quantity: line.quantity,
        unit_price: line.price.into(),
        seen_price: line.was.into(),
        subtotal: subtotal.into(),
        buyable: line.buyable,
    })
}

fn sum(lines: &[LineView]) -> Option<MoneyView> {
    let mut amounts = lines.iter().map(|line| souk_kernel::Money::from(line.subtotal));
    let first = amounts.next()?;
    amounts.try_fold(first, |sum, amount| sum.plus(amount).ok()).map(MoneyView::from)
}
