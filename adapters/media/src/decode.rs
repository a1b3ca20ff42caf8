//! From a file that somebody gave to a picture that may be shown.
//!
//! Nothing of the file itself is kept: its pixels are decoded within limits, turned upright as its
//! metadata says, laid on white, made no larger than pages need, and written anew. What else was in the
//! file (a place, a thumbnail, a script behind the pixels) is gone.

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, imageops::FilterType};
use souk_catalog::PictureRefused;
use souk_catalog::limits::{PICTURE_BYTES, PICTURE_PIXELS, PICTURE_SIDE};
use std::io::Cursor;

/// Pixels of the longer side of what is kept: twice what the widest place on a page shows.
pub const KEPT_SIDE: u32 = 2_048;

/// The formats that are taken. Vector drawings are not among them: they are programs.
const TAKEN: [ImageFormat; 4] =
    [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP, ImageFormat::Gif];

/// Bytes that decoding may take: four for each pixel, and as much again for a decoder's own needs.
const DECODER_BYTES: u64 = PICTURE_PIXELS * 8;

/// Photographs show blocks at less.
const QUALITY: f32 = 84.0;

/// A picture as it is kept.
pub struct Made {
    pub webp: Vec<u8>,
    pub width: u32,
    pub height: u32,
}

/// Makes what is kept of a file.
///
/// # Errors
/// It is too large, or no picture that is taken.
pub fn made(file: &[u8]) -> Result<Made, PictureRefused> {
    if file.len() > PICTURE_BYTES {
        return Err(PictureRefused::TooLarge { limit: PICTURE_BYTES });
    }
    Ok(encoded(&shrunk(decoded(file)?, KEPT_SIDE)))
}

/// A kept picture in another width; itself if it isn't wider.
pub fn narrowed(kept: &[u8], width: u32) -> Result<Option<Vec<u8>>, PictureRefused> {
    let picture = decoded(kept)?;
    if picture.width() <= width {
        return Ok(None);
    }
    let ratio = f64::from(width) / f64::from(picture.width());
    let height = (f64::from(picture.height()) * ratio).round().max(1.0) as u32;
    Ok(Some(encoded(&picture.resize_exact(width, height, FilterType::CatmullRom)).webp))
}

fn decoded(file: &[u8]) -> Result<DynamicImage, PictureRefused> {
    let damaged = |_| PictureRefused::NotAPicture;
    // What the bytes are decides, whatever they were called.
    let format = image::guess_format(file).map_err(damaged)?;
    if !TAKEN.contains(&format) {
        return Err(PictureRefused::NotAPicture);
    }
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(DECODER_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(damaged)?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if pixels > PICTURE_PIXELS || width.max(height) > PICTURE_SIDE {
        return Err(PictureRefused::TooManyPixels { width, height });
    }
    if pixels == 0 {
        return Err(PictureRefused::NotAPicture);
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(damaged)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

fn shrunk(picture: DynamicImage, side: u32) -> DynamicImage {
    if picture.width().max(picture.height()) <= side {
        return picture;
    }
    picture.resize(side, side, FilterType::CatmullRom)
}

fn encoded(picture: &DynamicImage) -> Made {
    let (width, height) = (picture.width(), picture.height());
    let colours = on_white(picture);
    let webp = webp::Encoder::from_rgb(&colours, width, height).encode(QUALITY).to_vec();
    Made { webp, width, height }
}

/// Red, green and blue of each pixel; what is transparent shows white.
fn on_white(picture: &DynamicImage) -> Vec<u8> {
    if !picture.color().has_alpha() {
        return picture.to_rgb8().into_raw();
    }
    let mixed = |colour: u8, alpha: u8| {
        let (colour, alpha) = (u16::from(colour), u16::from(alpha));
        ((colour * alpha + 255 * (255 - alpha) + 127) / 255) as u8
    };
    let pixels = picture.to_rgba8();
    pixels.pixels().flat_map(|p| [0, 1, 2].map(|at| mixed(p.0[at], p.0[3]))).collect()
}

#[cfg(test)]
#[path = "decode_tests.rs"]
mod tests;
