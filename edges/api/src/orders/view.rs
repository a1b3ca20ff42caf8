//! Orders and checkouts, as clients see them.

use super::payment::{PaymentView, TransferView};
use serde::{Deserialize, Serialize};
use souk_fulfillment::{Fulfillment, Parcel, Return};
use souk_kernel::{Id, Noun, OrderId};
use souk_orders::{Answer, BillTo, BuyerLine, CheckoutRecord, Order, Placed, ShipTo};
use souk_pricing::{Quote, QuoteLine, ShippingMethod};
use souk_webkit::{MoneyView, Problem};
use utoipa::ToSchema;

/// So many of an offer.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LineRequest {
    /// The offer's id.
    pub offer_id: String,
    /// How many: 1 to 999.
    #[schema(minimum = 1, maximum = 999)]
    pub quantity: u32,
}

/// The lines of a request, as the purchase takes them.
pub(crate) fn lines(lines: &[LineRequest]) -> Result<Vec<BuyerLine>, Problem> {
    let line = |line: &LineRequest| {
        let sku = id(&line.offer_id, "offer_id")?;
        Ok(BuyerLine { sku, quantity: line.quantity })
    };
    lines.iter().map(line).collect()
}

/// An id in a body or a path; one that can't be an id names nothing.
pub(crate) fn id<N: Noun>(text: &str, what: &str) -> Result<Id<N>, Problem> {
    text.parse().map_err(|_| Problem::invalid("id_invalid", format!("{what} is not an id")))
}

/// Shipping, as it is written in requests.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ShippingView {
    /// The cheap one.
    #[default]
    Standard,
    /// The fast one.
    Express,
}

impl From<ShippingView> for ShippingMethod {
    fn from(view: ShippingView) -> Self {
        match view {
            ShippingView::Standard => Self::Standard,
            ShippingView::Express => Self::Express,
        }
    }
}

/// One line that was priced.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QuoteLineView {
    pub offer_id: String,
    pub product_id: String,
    pub title: String,
    pub quantity: u32,
    pub unit_price: MoneyView,
    pub subtotal: MoneyView,
    pub tax: MoneyView,
    pub total: MoneyView,
}

impl From<&QuoteLine> for QuoteLineView {
    fn from(line: &QuoteLine) -> Self {
        Self {
            offer_id: line.item.sku.to_string(),
            product_id: line.item.product.to_string(),
            title: line.item.title.to_string(),
            quantity: line.item.quantity,
            unit_price: line.item.unit_price.into(),
            subtotal: line.subtotal.into(),
            tax: line.tax.into(),
            total: line.total.into(),
        }
    }
}

/// What will be or was charged.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QuoteView {
    pub lines: Vec<QuoteLineView>,
    /// All goods, as listed.
    pub items: MoneyView,
    pub shipping: MoneyView,
    /// All tax: contained in the prices where `tax_included`, on top of them otherwise.
    pub tax: MoneyView,
    pub tax_included: bool,
    /// What is charged.
    pub total: MoneyView,
}

impl From<&Quote> for QuoteView {
    fn from(quote: &Quote) -> Self {
        Self {
            lines: quote.lines.iter().map(QuoteLineView::from).collect(),
            items: quote.items.into(),
            shipping: quote.shipping.into(),
            tax: quote.tax.into(),
            tax_included: quote.tax_inclusive,
            total: quote.total.into(),
        }
    }
}

/// Frozen content with its stock held.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CheckoutView {
    pub checkout_id: String,
    /// Until when the stock is held, RFC 3339.
    pub deadline: String,
    #[serde(flatten)]
    pub quote: QuoteView,
}

impl From<&CheckoutRecord> for CheckoutView {
    fn from(record: &CheckoutRecord) -> Self {
        Self {
            checkout_id: record.id.to_string(),
            deadline: record.deadline.rfc3339(),
            quote: QuoteView::from(&*record.quote),
        }
    }
}

/// How placing an order ended, as far as is known.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlacedView {
    pub order_id: String,
    /// For people: sixteen letters in groups of four.
    pub number: String,
    /// `confirmed`, `requires_action`, `awaiting_transfer`, `pending` or `cancelled`.
    pub status: &'static str,
    pub total: MoneyView,
    /// Where the shopper must act.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action_url: Option<String>,
    /// Where to send the money.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transfer: Option<TransferView>,
}

impl From<Placed> for PlacedView {
    fn from(placed: Placed) -> Self {
        let transfer = TransferView::told(&placed.answer, placed.total);
        let (status, action_url) = match placed.answer {
            Answer::Confirmed => ("confirmed", None),
            Answer::RequiresAction { url } => ("requires_action", Some(url)),
            Answer::AwaitingTransfer { url, .. } => ("awaiting_transfer", url),
            Answer::Pending => ("pending", None),
            Answer::Cancelled { .. } => ("cancelled", None),
            Answer::Declined { .. } => ("payment_failed", None),
        };
        Self {
            order_id: placed.order.to_string(),
            number: placed.number.to_string(),
            status,
            total: placed.total.into(),
            action_url,
            transfer,
        }
    }
}

/// One step of an order.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MoveView {
    pub state: &'static str,
    /// RFC 3339.
    pub at: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub why: String,
}

/// Where the goods go.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShipToView {
    pub name: String,
    pub line1: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line2: Option<String>,
    pub city: String,
    pub postal_code: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    pub country: String,
    pub email: String,
    /// Whom invoices are made out to, if it is not the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bill_to: Option<BillToView>,
}

/// Whom invoices are made out to.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BillToView {
    pub name: String,
    pub line1: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line2: Option<String>,
    pub city: String,
    pub postal_code: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    pub country: String,
}

impl From<&BillTo> for BillToView {
    fn from(to: &BillTo) -> Self {
        Self {
            name: to.name.clone(),
            line1: to.line1.clone(),
            line2: to.line2.clone(),
            city: to.city.clone(),
            postal_code: to.postal_code.clone(),
            region: to.region.clone(),
            country: to.country.clone(),
        }
    }
}

impl From<&ShipTo> for ShipToView {
    fn from(to: &ShipTo) -> Self {
        Self {
            name: to.name.clone(),
            line1: to.line1.clone(),
            line2: to.line2.clone(),
            city: to.city.clone(),
            postal_code: to.postal_code.clone(),
            region: to.region.clone(),
            country: to.country.clone(),
            email: to.email.clone(),
            bill_to: to.bill_to.as_ref().map(BillToView::from),
        }
    }
}

/// One tracking event.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ScanView {
    pub state: &'static str,
    /// RFC 3339.
    pub at: String,
}

/// So many of an offer in a parcel.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ParcelLineView {
    pub offer_id: String,
    pub quantity: u32,
}

/// What travels in one box.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ParcelView {
    /// Its number within the order, from 1.
    pub parcel: u16,
    /// `label`, `packed`, `picked_up`, `in_transit`, `out_for_delivery`, `delivered`, `failed`,
    /// `returned_to_sender`, `lost` or `cancelled`.
    pub state: &'static str,
    /// Who carries it; null where nobody said.
    pub carrier: Option<String>,
    pub tracking_number: String,
    pub lines: Vec<ParcelLineView>,
    /// Its way so far, oldest first.
    pub scans: Vec<ScanView>,
}

impl ParcelView {
    fn of(all: &Fulfillment, parcel: &Parcel) -> Self {
        let line = |line: &souk_fulfillment::ParcelLine| ParcelLineView {
            offer_id: line.sku.to_string(),
            quantity: line.quantity,
        };
        let scan = |scan: &souk_fulfillment::Scan| ScanView {
            state: scan.state.name(),
            at: scan.at.rfc3339(),
        };
        Self {
            parcel: parcel.no,
            state: parcel.state().name(),
            carrier: parcel.carrier.clone(),
            tracking_number: parcel.tracking_number(all.order),
            lines: parcel.lines.iter().map(line).collect(),
            scans: parcel.scans.iter().map(scan).collect(),
        }
    }
}

/// So many of an offer on their way back.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReturnLineView {
    pub offer_id: String,
    pub quantity: u32,
    /// Of these, back on the shelf; the rest was written off once it was inspected.
    pub restocked: u32,
}

/// What the shopper sends back, or the carrier brought back.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReturnView {
    pub return_id: String,
    /// `requested`, `label`, `received`, `inspected`, `restocked`, `written_off`, `refunded` or
    /// `rejected`.
    pub state: &'static str,
    pub reason: &'static str,
    pub lines: Vec<ReturnLineView>,
    /// Its way so far, oldest first.
    pub steps: Vec<ScanView>,
    /// What goes back, once it was inspected; what went back, once it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refund: Option<MoneyView>,
}

impl From<&Return> for ReturnView {
    fn from(back: &Return) -> Self {
        let line = |line: &souk_fulfillment::ReturnLine| ReturnLineView {
            offer_id: line.sku.to_string(),
            quantity: line.quantity,
            restocked: line.restocked,
        };
        let step = |step: &souk_fulfillment::ReturnStep| ScanView {
            state: step.state.name(),
            at: step.at.rfc3339(),
        };
        Self {
            return_id: back.id.to_string(),
            state: back.state().name(),
            reason: back.reason.name(),
            lines: back.lines.iter().map(line).collect(),
            steps: back.steps.iter().map(step).collect(),
            refund: back.refund.map(|plan| plan.paid.unwrap_or(plan.amount).into()),
        }
    }
}

/// An order.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OrderView {
    pub order_id: String,
    pub number: String,
    /// `created`, `payment_pending`, `payment_failed`, `confirmed`, `shipped`, `delivered` or
    /// `cancelled`.
    pub state: &'static str,
    pub created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ship_to: Option<ShipToView>,
    pub timeline: Vec<MoveView>,
    /// How it is paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment: Option<PaymentView>,
    /// Empty until the order is confirmed, and for a moment after.
    pub parcels: Vec<ParcelView>,
    /// What comes back.
    pub returns: Vec<ReturnView>,
    #[serde(flatten)]
    pub quote: QuoteView,
}

impl OrderView {
    /// An order with everything about it.
    ///
    /// # Errors
    /// The store's.
    pub async fn whole(state: &crate::ApiState, order: &Order) -> Result<Self, Problem> {
        let parcels = state.parcels.of_order(order.id).await?;
        let payment = state.saga.parts().payments.payment(order.payment).await?;
        let payment = payment.map(|payment| PaymentView::new(order, &payment));
        Ok(Self { payment, ..Self::from(order).with(parcels.as_ref()) })
    }

    /// With its parcels.
    pub fn with(mut self, parcels: Option<&Fulfillment>) -> Self {
        if let Some(all) = parcels {
            self.parcels = all.parcels.iter().map(|one| ParcelView::of(all, one)).collect();
            self.returns = all.returns.iter().map(ReturnView::from).collect();
        }
        self
    }
}

impl From<&Order> for OrderView {
    fn from(order: &Order) -> Self {
        let step = |m: &souk_orders::Move| MoveView {
            state: m.to.name(),
            at: m.at.rfc3339(),
            why: m.why.clone(),
        };
        Self {
            order_id: order.id.to_string(),
            number: order.number().to_string(),
            state: order.state.name(),
            created_at: order.created_at.rfc3339(),
            ship_to: order.ship_to.as_deref().map(ShipToView::from),
            timeline: order.moves.iter().map(step).collect(),
            payment: None,
            parcels: Vec::new(),
            returns: Vec::new(),
            quote: QuoteView::from(&*order.quote),
        }
    }
}

/// An order by its id, or by its number.
pub(crate) async fn find(saga: &souk_orders::Saga, text: &str) -> Result<OrderId, Problem> {
    if let Ok(id) = text.parse::<OrderId>() {
        return Ok(id);
    }
    let missing = || Problem::not_found("there is no such order");
    let number: souk_orders::OrderNumber = text.parse().map_err(|_| missing())?;
    let order = saga.orders().order_by_key(number.key()).await?;
    order.filter(|o| o.number() == number).map(|o| o.id).ok_or_else(missing)
}
