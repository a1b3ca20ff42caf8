//! `GET /media/{product}.svg`: a product's picture, drawn from what is known of it.

use crate::assets;
use crate::state::App;
use axum::extract::{Path, State};
use axum::response::Response;
use souk_catalog::Listing;
use souk_kernel::ProductId;
use souk_webkit::Problem;

pub(super) async fn show(
    State(app): State<App>,
    Path(file): Path<String>,
) -> Result<Response, Problem> {
    let missing = || Problem::not_found("there is no such picture");
    let id: ProductId =
        file.strip_suffix(".svg").and_then(|id| id.parse().ok()).ok_or_else(missing)?;
    let listing = app.catalog.listing(id).await?.ok_or_else(missing)?;
    Ok(assets::svg(draw(&listing)))
}

/// Two letters on a calm ground whose hue follows the department.
fn draw(listing: &Listing) -> String {
    let product = &listing.product;
    let department = product.category_path.first().or(product.brand.as_ref());
    let hue = department.map_or(40, |name| {
        name.bytes().fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)))
            % 360
    });
    let name = product.brand.as_deref().unwrap_or(&product.title);
    let letters: String = name.chars().filter(|c| c.is_alphanumeric()).take(2).collect();
    let letters = letters.to_uppercase();
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 400 400\">\
         <rect width=\"400\" height=\"400\" fill=\"hsl({hue} 24% 90%)\"/>\
         <rect x=\"100\" y=\"90\" width=\"200\" height=\"220\" rx=\"18\" fill=\"hsl({hue} 26% 80%)\"/>\
         <rect x=\"100\" y=\"90\" width=\"200\" height=\"44\" rx=\"18\" fill=\"hsl({hue} 26% 70%)\"/>\
         <text x=\"200\" y=\"248\" font-family=\"system-ui,sans-serif\" font-size=\"84\" \
         font-weight=\"600\" text-anchor=\"middle\" fill=\"hsl({hue} 32% 30%)\">{letters}</text></svg>"
    )
}
