//! `GET /media/{product}.svg`: a product's drawing; `GET /media/{product}/front-640-<print>.webp`: the
//! same as pixels, in one of three widths; `GET /media/photo/photo-<digest>-640.webp`: a picture that
//! was given. The address names the content, so it is kept for ever.

use crate::state::App;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Serialize;
use souk_catalog::picture::{View, picture_svg, print, view_svg};
use souk_catalog::{Listing, Offer, is_photo};
use souk_kernel::ProductId;
use souk_webkit::Problem;

/// Widths in pixels that pictures are made in.
const WIDTHS: [u32; 3] = [320, 640, 1_280];

/// A picture as pages write it.
#[derive(Debug, Clone, Serialize)]
pub struct Picture {
    pub src: String,
    /// Empty: there is one size only.
    pub srcset: String,
    /// For a thumbnail.
    pub small: String,
    /// For a look from near.
    pub large: String,
}

impl Picture {
    /// One that comes in one size.
    fn single(src: String) -> Self {
        Self { srcset: String::new(), small: src.clone(), large: src.clone(), src }
    }

    /// The product as its cards show it: its main photo, or drawn from the front.
    pub fn card(
        app: &App,
        product: ProductId,
        title: &str,
        brand: &str,
        image: Option<&str>,
    ) -> Self {
        match image.filter(|image| is_photo(image)) {
            Some(photo) => Self::photo(photo),
            None => Self::of(app, product, &print(product, title, brand), View::Front, None),
        }
    }

    /// A picture that was given.
    pub fn photo(name: &str) -> Self {
        let path = |width| photo_path(name, width);
        let set = WIDTHS.map(|width| format!("{} {width}w", path(width)));
        Self { src: path(640), srcset: set.join(", "), small: path(320), large: path(1_280) }
    }

    /// One view of a product, of one of its variants by its place among them.
    pub fn of(
        app: &App,
        product: ProductId,
        print: &str,
        view: View,
        variant: Option<usize>,
    ) -> Self {
        if app.pictures.is_none() {
            return Self::single(super::picture_path(product));
        }
        let view = view.name();
        let variant = variant.map_or_else(String::new, |place| format!(".{place}"));
        let path = |width: u32| format!("/media/{product}/{view}{variant}-{width}-{print}.webp");
        let set = WIDTHS.map(|width| format!("{} {width}w", path(width)));
        Self { src: path(640), srcset: set.join(", "), small: path(320), large: path(1_280) }
    }
}

fn photo_path(name: &str, width: u32) -> String {
    format!("/media/photo/{name}-{width}.webp")
}

/// The product's photos; without any, every view of the chosen variant as it is drawn.
pub(super) fn gallery(app: &App, listing: &Listing, offer: Option<&Offer>) -> Vec<Picture> {
    let product = &listing.product;
    let photos = product.images.iter().filter(|image| is_photo(image));
    let photos: Vec<Picture> = photos.map(|name| Picture::photo(name)).collect();
    if !photos.is_empty() {
        return photos;
    }
    let print = print(product.id, &product.title, product.brand.as_deref().unwrap_or_default());
    let several = listing.variants.len() > 1;
    let place = offer.filter(|_| several);
    let place = place.and_then(|o| listing.variants.iter().position(|v| v.id == o.variant));
    let views = if app.pictures.is_some() { &View::ALL[..] } else { &View::ALL[..1] };
    views.iter().map(|view| Picture::of(app, product.id, &print, *view, place)).collect()
}

pub(super) async fn show(
    State(app): State<App>,
    Path(file): Path<String>,
) -> Result<Response, Problem> {
    let id: ProductId =
        file.strip_suffix(".svg").and_then(|id| id.parse().ok()).ok_or_else(missing)?;
    // Also of what is hidden: orders and its sellers' pages show it.
    let listing = app.catalog.stored(id).await?.ok_or_else(missing)?;
    // Whoever knows only the product, as carts and mails do, is led to its main photo.
    if let Some(photo) = listing.product.images.first().filter(|image| is_photo(image)) {
        let cache = [(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=60"))];
        return Ok((cache, Redirect::temporary(&photo_path(photo, 320))).into_response());
    }
    Ok(souk_webkit::picture(picture_svg(&listing.product)))
}

pub(super) async fn photo(
    State(app): State<App>,
    headers: HeaderMap,
    Path(file): Path<String>,
) -> Result<Response, Problem> {
    let (name, width) = asked_photo(&file).ok_or_else(missing)?;
    let pictures = app.pictures.as_ref().ok_or_else(missing)?;
    let tag = format!("\"{name}-{width}\"");
    let head = [
        (header::CONTENT_TYPE, HeaderValue::from_static("image/webp")),
        (header::CACHE_CONTROL, HeaderValue::from_static(souk_webkit::FOR_EVER)),
        (header::ETAG, HeaderValue::try_from(&tag).map_err(|_| Problem::internal("a tag"))?),
    ];
    let bytes = pictures.photo(name, width).await?.ok_or_else(missing)?;
    if headers.get(header::IF_NONE_MATCH).is_some_and(|tags| tags == tag.as_str()) {
        return Ok((StatusCode::NOT_MODIFIED, head).into_response());
    }
    Ok((head, bytes).into_response())
}

/// The photo and the width of a file's name.
fn asked_photo(file: &str) -> Option<(&str, u32)> {
    let (name, width) = file.strip_suffix(".webp")?.rsplit_once('-')?;
    let width = WIDTHS.into_iter().find(|known| width == known.to_string())?;
    is_photo(name).then_some((name, width))
}

fn missing() -> Problem {
    Problem::not_found("there is no such picture")
}

/// What an address asks for.
#[derive(Debug, PartialEq)]
struct Asked<'a> {
    view: View,
    variant: Option<usize>,
    width: u32,
    print: &'a str,
}

fn asked(file: &str) -> Option<Asked<'_>> {
    let mut parts = file.strip_suffix(".webp")?.splitn(3, '-');
    let (look, width, print) = (parts.next()?, parts.next()?.parse().ok()?, parts.next()?);
    let (view, variant) = match look.split_once('.') {
        Some((view, place)) => (view, Some(place.parse().ok()?)),
        None => (look, None),
    };
    let view = View::of_name(view)?;
    WIDTHS.contains(&width).then_some(Asked { view, variant, width, print })
}

pub(super) async fn pixels(
    State(app): State<App>,
    headers: HeaderMap,
    Path((product, file)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let id: ProductId = product.parse().map_err(|_| missing())?;
    let asked = asked(&file).ok_or_else(missing)?;
    let pictures = app.pictures.as_ref().ok_or_else(missing)?;
    let listing = app.catalog.stored(id).await?.ok_or_else(missing)?;
    let product = &listing.product;
    let variant = match asked.variant {
        Some(place) => Some(listing.variants.get(place).ok_or_else(missing)?),
        None => None,
    };
    // An address of yesterday shows what the product looks like today, and is not kept.
    let today = print(id, &product.title, product.brand.as_deref().unwrap_or_default());
    let cache = if asked.print == today { souk_webkit::FOR_EVER } else { "no-cache" };
    let svg = view_svg(product, variant, asked.view);
    let name = souk_webkit::fingerprint(&svg);
    let tag = format!("\"{name:016x}-{}\"", asked.width);
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|tags| tags == tag.as_str());
    let head = [
        (header::CONTENT_TYPE, HeaderValue::from_static("image/webp")),
        (header::CACHE_CONTROL, HeaderValue::from_static(cache)),
        (header::ETAG, HeaderValue::try_from(tag).map_err(|_| Problem::internal("a tag"))?),
    ];
    if known {
        return Ok((StatusCode::NOT_MODIFIED, head).into_response());
    }
    let bytes = pictures.webp(&format!("{name:016x}"), svg, asked.width).await?;
    Ok((head, bytes).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_photos_are_read() {
        let name = "photo-00112233445566778899aabbccddeeff";
        assert_eq!(asked_photo(&format!("{name}-640.webp")), Some((name, 640)));
        for wrong in ["-641.webp", "-0640.webp", "-640.png", "0-640.webp", ".webp", ""] {
            assert_eq!(asked_photo(&format!("{name}{wrong}")), None, "{wrong}");
        }
    }

    #[test]
    fn addresses_are_read() {
        let read = |view, variant, width| Some(Asked { view, variant, width, print: "0af" });
        assert_eq!(asked("front-320-0af.webp"), read(View::Front, None, 320));
        assert_eq!(asked("detail.2-1280-0af.webp"), read(View::Detail, Some(2), 1_280));
        for wrong in
            ["front-321-0af.webp", "back-320-0af.webp", "front.x-320-0.webp", "front-320.webp"]
        {
            assert_eq!(asked(wrong), None, "{wrong}");
        }
    }
}
