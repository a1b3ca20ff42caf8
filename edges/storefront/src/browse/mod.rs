//! Finding and deciding: pages that are the same for everyone and never read a cookie.

mod about;
mod asked;
mod brand;
mod card;
mod category;
mod choices;
mod facets;
mod home;
mod picture;
mod product;
mod results;
mod search;
mod seller;
mod suggest;

pub use card::{Card, say_arrivals};
pub use category::category_path;
pub use facets::Link;
pub use picture::Picture;

use crate::state::App;
use axum::Router;
use axum::routing::get;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/", get(home::show))
        .route("/search", get(search::show))
        .route("/search/suggest", get(suggest::show))
        .route("/c/{*path}", get(category::show))
        .route("/brands/{brand}", get(brand::show))
        .route("/sellers/{seller}", get(seller::show))
        .route("/p/{product}", get(product::show))
        .route("/media/{file}", get(picture::show))
        .route("/media/photo/{file}", get(picture::photo))
        .route("/media/{product}/{file}", get(picture::pixels))
}

/// Where a product's picture is.
pub fn picture_path(product: souk_kernel::ProductId) -> String {
    format!("/media/{product}.svg")
}

/// Where a brand's page is.
pub fn brand_path(brand: &str) -> String {
    let bytes = form_urlencoded::byte_serialize(brand.as_bytes()).collect::<String>();
    format!("/brands/{}", bytes.replace('+', "%20"))
}

/// Where a seller's page is.
pub fn seller_path(seller: souk_kernel::SellerId) -> String {
    format!("/sellers/{seller}")
}

/// Where a product's page is.
pub fn product_path(product: souk_kernel::ProductId) -> String {
    format!("/p/{product}")
}
