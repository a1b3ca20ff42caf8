//! Files as people and attackers give them.

use super::*;
use image::{Rgb, RgbImage, Rgba, RgbaImage};

fn file(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn plain(width: u32, height: u32) -> DynamicImage {
    DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, |x, _| {
        if x < width / 2 { Rgb([200, 30, 30]) } else { Rgb([30, 30, 200]) }
    }))
}

fn shown(made: &Made) -> RgbImage {
    image::load_from_memory_with_format(&made.webp, ImageFormat::WebP).unwrap().to_rgb8()
}

fn near(found: Rgb<u8>, wanted: [u8; 3]) -> bool {
    found.0.iter().zip(wanted).all(|(a, b)| a.abs_diff(b) < 24)
}

#[test]
fn every_kind_becomes_webp() {
    for format in TAKEN {
        let made =
            made(&file(&plain(64, 48), format)).unwrap_or_else(|e| panic!("{format:?}: {e}"));
        assert_eq!((&made.webp[..4], &made.webp[8..12]), (&b"RIFF"[..], &b"WEBP"[..]));
        assert_eq!((made.width, made.height), (64, 48));
        let pixels = shown(&made);
        assert!(near(*pixels.get_pixel(4, 24), [200, 30, 30]), "{format:?}");
        assert!(near(*pixels.get_pixel(60, 24), [30, 30, 200]), "{format:?}");
    }
}

#[test]
fn a_large_picture_is_kept_smaller() {
    let kept = made(&file(&plain(3_000, 1_500), ImageFormat::Jpeg)).unwrap();
    assert_eq!((kept.width, kept.height), (KEPT_SIDE, KEPT_SIDE / 2));
    let narrow = narrowed(&kept.webp, 320).unwrap().expect("it is wider");
    let narrow = image::load_from_memory(&narrow).unwrap();
    assert_eq!((narrow.width(), narrow.height()), (320, 160));
    assert_eq!(narrowed(&kept.webp, KEPT_SIDE).unwrap(), None);
}

#[test]
fn what_is_transparent_shows_white() {
    let glass = RgbaImage::from_pixel(16, 16, Rgba([0, 0, 0, 0]));
    let made = made(&file(&DynamicImage::ImageRgba8(glass), ImageFormat::Png)).unwrap();
    assert!(near(*shown(&made).get_pixel(8, 8), [255, 255, 255]));
}

/// A picture that says "turn me" in its metadata, as phones write it.
#[test]
fn a_picture_is_turned_upright_and_its_metadata_is_gone() {
    let jpeg = file(&plain(64, 32), ImageFormat::Jpeg);
    // Exif: one entry, orientation 6 (turn clockwise), and a secret behind it.
    let mut exif =
        b"Exif\0\0II\x2a\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0".to_vec();
    exif.extend_from_slice(b"N 52.5200 E 13.4050");
    let mut turned = jpeg[..2].to_vec();
    turned.extend_from_slice(&[0xff, 0xe1]);
    turned.extend_from_slice(&u16::try_from(exif.len() + 2).unwrap().to_be_bytes());
    turned.extend_from_slice(&exif);
    turned.extend_from_slice(&jpeg[2..]);
    let made = made(&turned).unwrap();
    assert_eq!((made.width, made.height), (32, 64));
    assert!(near(*shown(&made).get_pixel(16, 4), [200, 30, 30]), "the left side is on top");
    assert!(!made.webp.windows(7).any(|piece| piece == b"52.5200"));
}

/// A header may promise anything; nothing is allocated for it.
#[test]
fn a_picture_of_too_many_pixels_is_refused_by_its_header() {
    for (width, height) in [(50_000_u32, 50_000_u32), (20_000, 10), (9_000, 9_000)] {
        let mut bytes = file(&plain(2, 2), ImageFormat::Png);
        bytes[16..20].copy_from_slice(&width.to_be_bytes());
        bytes[20..24].copy_from_slice(&height.to_be_bytes());
        let sum = crc32(&bytes[12..29]);
        bytes[29..33].copy_from_slice(&sum.to_be_bytes());
        let refused = made(&bytes).err();
        assert_eq!(refused, Some(PictureRefused::TooManyPixels { width, height }));
    }
}

#[test]
fn a_cut_file_is_refused() {
    for format in [ImageFormat::Png, ImageFormat::WebP, ImageFormat::Gif] {
        let whole = file(&plain(64, 64), format);
        let refused = made(&whole[..whole.len() / 3]).err();
        assert_eq!(refused, Some(PictureRefused::NotAPicture), "{format:?}");
    }
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            if sum & 1 == 1 { sum >> 1 ^ 0xEDB8_8320 } else { sum >> 1 }
        })
    })
}
