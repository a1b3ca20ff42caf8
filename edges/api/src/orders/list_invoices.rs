//! `GET /orders/{id}/invoices`.

use super::place::problem;
use super::view::find;
use crate::ApiState;
use crate::openapi::{EngineProblems, ProblemDoc, SessionProblems};
use axum::extract::{Path, State};
use serde::Serialize;
use souk_invoices::Document;
use souk_webkit::{Caller, Json, MoneyView, Problem};
use utoipa::ToSchema;

/// One line of an invoice or a credit note.
#[derive(Serialize, ToSchema)]
pub(crate) struct InvoiceLineView {
    title: String,
    quantity: u32,
    unit_price: MoneyView,
    /// The tax rate in hundredths of a percent.
    tax_rate_bp: u16,
    /// The tax in `total`.
    tax: MoneyView,
    total: MoneyView,
}

/// What is taxed at one rate.
#[derive(Serialize, ToSchema)]
pub(crate) struct RateView {
    tax_rate_bp: u16,
    net: MoneyView,
    tax: MoneyView,
}

/// An invoice, or a credit note.
#[derive(Serialize, ToSchema)]
pub(crate) struct InvoiceView {
    /// Whose it is: each seller counts for itself.
    seller_id: String,
    /// Without gaps for each seller.
    number: String,
    /// `invoice` or `credit_note`.
    kind: &'static str,
    /// RFC 3339.
    issued_at: String,
    /// Of a credit note: the invoice that it corrects.
    #[serde(skip_serializing_if = "Option::is_none")]
    corrects: Option<String>,
    lines: Vec<InvoiceLineView>,
    taxes: Vec<RateView>,
    total: MoneyView,
}

impl From<&Document> for InvoiceView {
    fn from(document: &Document) -> Self {
        let content = &document.draft.content;
        let line = |line: &souk_invoices::Line| InvoiceLineView {
            title: line.title.clone(),
            quantity: line.quantity,
            unit_price: line.unit_price.into(),
            tax_rate_bp: line.rate_bp,
            tax: line.tax.into(),
            total: line.total.into(),
        };
        let rate = |sum: &souk_invoices::RateSum| RateView {
            tax_rate_bp: sum.rate_bp,
            net: sum.net.into(),
            tax: sum.tax.into(),
        };
        Self {
            seller_id: document.draft.seller.to_string(),
            number: document.label(),
            kind: content.kind.name(),
            issued_at: document.issued_at.rfc3339(),
            corrects: content.corrects.map(souk_invoices::label),
            lines: content.lines.iter().map(line).collect(),
            taxes: content.rates.iter().map(rate).collect(),
            total: content.total.into(),
        }
    }
}

/// The documents of an order.
#[derive(Serialize, ToSchema)]
pub(crate) struct InvoicesView {
    invoices: Vec<InvoiceView>,
}

/// List an order's invoices
///
/// One of each seller, a moment after the order is confirmed, and a credit note for what went back. Oldest
/// first.
#[utoipa::path(
    get,
    path = "/orders/{id}/invoices",
    tag = "orders",
    params(("id" = String, Path)),
    security(("session" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "The documents; none before the order is confirmed.", body = InvoicesView),
        (status = 404, description = "`not_found`: no such order of this shopper.", body = ProblemDoc, content_type = "application/problem+json"),
        SessionProblems,
        EngineProblems
    )
)]
pub(crate) async fn handler(
    State(state): State<ApiState>,
    caller: Caller,
    Path(order): Path<String>,
) -> Result<Json<InvoicesView>, Problem> {
    let order = find(&state.saga, &order).await?;
    let order = state.saga.order_of(caller.user(), order).await.map_err(problem)?;
    let all = state.invoices.of_order(order.id).await?;
    Ok(Json(InvoicesView { invoices: all.iter().map(InvoiceView::from).collect() }))
}
