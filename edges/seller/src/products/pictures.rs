//! `/seller/products/{product}/pictures`: photographs of a product. An upload is decoded and written anew by
//! whoever keeps pictures; what the sender calls it counts for nothing.

use super::own;
use crate::form::{Form, Query};
use crate::guard::Me;
use crate::render::{self, Head};
use crate::state::App;
use axum::extract::{Multipart, Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use souk_catalog::limits::{IMAGES, PICTURE_BYTES};
use souk_catalog::{Listing, PictureRefused, Product, is_photo};
use souk_sellers::ProductError;
use souk_webkit::{Problem, see_other};

/// The longest upload: one picture, and what a form puts around it.
pub(crate) const UPLOAD_LIMIT: usize = PICTURE_BYTES + 64 * 1024;

#[derive(Serialize)]
struct View {
    id: String,
    title: String,
    describes: bool,
    photos: Vec<Shown>,
    most: usize,
    megabytes: usize,
    fault: String,
    done: &'static str,
}

#[derive(Serialize)]
struct Shown {
    name: String,
    src: String,
}

fn address(photo: &str, width: u32) -> String {
    format!("/media/photo/{photo}-{width}.webp")
}

/// A product's main picture, small: its photo, or its drawing.
pub(super) fn thumb(product: &Product) -> String {
    match product.images.first().filter(|image| is_photo(image)) {
        Some(photo) => address(photo, 320),
        None => format!("/media/{}.svg", product.id),
    }
}

fn page(
    app: &App,
    me: &Me,
    (listing, describes): (&Listing, bool),
    (status, fault, done): (StatusCode, String, &'static str),
) -> Result<Response, Problem> {
    let photos = listing.product.images.iter().filter(|image| is_photo(image));
    let shown = |name: &String| Shown { name: name.clone(), src: address(name, 640) };
    let view = View {
        id: listing.product.id.to_string(),
        title: listing.product.title.clone(),
        describes,
        photos: photos.map(shown).collect(),
        most: IMAGES,
        megabytes: PICTURE_BYTES >> 20,
        fault,
        done,
    };
    let head = Head::of("/seller/products", format!("Pictures of {}", listing.product.title));
    render::respond(status, render::text(app, Some(me), ("pictures.html", &head), &view)?)
}

/// `GET /seller/products/{product}/pictures`.
pub(crate) async fn pictures(
    State(app): State<App>,
    me: Me,
    Path(product): Path<String>,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let (listing, describes) = own(&app, &me, &product).await?;
    let done = match fields.get("done") {
        "kept" => "The picture is kept.",
        "changed" => "The pictures are changed.",
        _ => "",
    };
    page(&app, &me, (&listing, describes), (StatusCode::OK, String::new(), done))
}

/// The bytes of the form's file; empty where none was chosen.
async fn file(mut form: Multipart) -> Result<Vec<u8>, Problem> {
    let broken = |error: axum::extract::multipart::MultipartError| {
        Problem::new(error.status(), "upload_broken", error.body_text())
    };
    while let Some(field) = form.next_field().await.map_err(broken)? {
        if field.name() == Some("picture") {
            return Ok(field.bytes().await.map_err(broken)?.to_vec());
        }
    }
    Ok(Vec::new())
}

/// `POST /seller/products/{product}/pictures`.
pub(crate) async fn upload(
    State(app): State<App>,
    me: Me,
    Path(product): Path<String>,
    form: Multipart,
) -> Result<Response, Problem> {
    let (listing, describes) = own(&app, &me, &product).await?;
    may_describe(describes)?;
    let refused = |fault: String| {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        page(&app, &me, (&listing, describes), (status, fault, ""))
    };
    let Some(keeper) = &app.pictures else {
        return refused("This shop keeps no pictures.".into());
    };
    if listing.product.images.len() >= IMAGES {
        return refused(format!("A product has at most {IMAGES} pictures: remove one first."));
    }
    let file = file(form).await?;
    if file.is_empty() {
        return refused("Choose a picture first.".into());
    }
    let photo = match keeper.keep(file, None).await {
        Ok(photo) => photo.name,
        Err(PictureRefused::Port(error)) => return Err(error.into()),
        Err(other) => return refused(format!("It was not kept: {other}.")),
    };
    let add = |images: &mut Vec<String>| {
        if !images.contains(&photo) {
            images.push(photo.clone());
        }
    };
    match app.products.picture(me.seller(), listing.product.id, add).await {
        Ok(()) => see_other(&format!("/seller/products/{}/pictures?done=kept", listing.product.id)),
        Err(ProductError::Invalid(problems)) => {
            refused(problems.first().map(ToString::to_string).unwrap_or_default())
        }
        Err(other) => Err(other.into()),
    }
}

/// `POST /seller/products/{product}/pictures/change`: removes one, or puts one first.
pub(crate) async fn change(
    State(app): State<App>,
    me: Me,
    Path(product): Path<String>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let (listing, describes) = own(&app, &me, &product).await?;
    may_describe(describes)?;
    let name = fields.text("name");
    let first = fields.has("first");
    let change = |images: &mut Vec<String>| {
        let known = images.contains(&name);
        images.retain(|image| *image != name);
        if known && first {
            images.insert(0, name.clone());
        }
    };
    app.products.picture(me.seller(), listing.product.id, change).await?;
    see_other(&format!("/seller/products/{}/pictures?done=changed", listing.product.id))
}

fn may_describe(describes: bool) -> Result<(), Problem> {
    let says = "Others sell this product too, so its pictures are the shop's.";
    let refused = || Problem::new(StatusCode::FORBIDDEN, "not_yours_alone", says);
    describes.then_some(()).ok_or_else(refused)
}
