//! What every keeper of pictures must do, on an empty one.

use crate::error::PictureRefused;
use crate::limits::PICTURE_BYTES;
use crate::port::Pictures;
use crate::rules::is_photo;

/// A picture of two pixels, red and blue.
pub const PNG: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52,
    0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x01, 0x08, 0x02, 0x00, 0x00, 0x00, 0x7b, 0x40, 0xe8,
    0xdd, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0xf8, 0xcf, 0x00, 0x04,
    0xff, 0x01, 0x07, 0x00, 0x01, 0xff, 0xe2, 0x23, 0x9e, 0x59, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45,
    0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
];

/// Another one, green and white.
pub const OTHER_PNG: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52,
    0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x01, 0x08, 0x02, 0x00, 0x00, 0x00, 0x7b, 0x40, 0xe8,
    0xdd, 0x00, 0x00, 0x00, 0x0f, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0x60, 0xf8, 0xcf, 0xf0,
    0xff, 0xff, 0x7f, 0x00, 0x0a, 0xfc, 0x03, 0xfd, 0xfa, 0x6d, 0xef, 0x57, 0x00, 0x00, 0x00, 0x00,
    0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
];

/// Runs every case.
///
/// # Panics
/// When the keeper is wrong.
pub async fn keeps_the_contract(pictures: &dyn Pictures) {
    what_is_kept_is_shown(pictures).await;
    the_same_picture_is_one_photo(pictures).await;
    origins_are_remembered(pictures).await;
    what_is_no_picture_is_refused(pictures).await;
}

async fn what_is_kept_is_shown(pictures: &dyn Pictures) {
    let kept = pictures.keep(PNG.to_vec(), None).await.expect("a picture");
    assert!(is_photo(&kept.name), "{}", kept.name);
    assert_eq!((kept.width, kept.height), (2, 1));
    let shown = pictures.photo(&kept.name, 640).await.expect("the keeper works");
    assert!(!shown.expect("it was kept").is_empty());
    for unknown in ["photo-00000000000000000000000000000000", "../secret", "", "photo-"] {
        assert_eq!(pictures.photo(unknown, 640).await, Ok(None), "{unknown}");
    }
}

async fn the_same_picture_is_one_photo(pictures: &dyn Pictures) {
    let keep = |file: &'static [u8]| async move { pictures.keep(file.to_vec(), None).await };
    let (first, again, other) = (keep(PNG).await, keep(PNG).await, keep(OTHER_PNG).await);
    assert_eq!(first, again);
    assert_ne!(first.expect("a picture").name, other.expect("a picture").name);
}

async fn origins_are_remembered(pictures: &dyn Pictures) {
    let origin = "https://pictures.example/kettle.png?size=1";
    assert_eq!(pictures.kept_from(origin).await, Ok(None));
    let kept = pictures.keep(PNG.to_vec(), Some(origin)).await.expect("a picture");
    assert_eq!(pictures.kept_from(origin).await, Ok(Some(kept.name)));
    assert_eq!(pictures.kept_from(&format!("{origin}0")).await, Ok(None));
    // What is there now is another picture: the origin leads to the new one.
    let other = pictures.keep(OTHER_PNG.to_vec(), Some(origin)).await.expect("a picture");
    assert_eq!(pictures.kept_from(origin).await, Ok(Some(other.name)));
    let refused = pictures.keep(b"gone".to_vec(), Some("https://a.example/gone")).await;
    assert_eq!(refused, Err(PictureRefused::NotAPicture));
    assert_eq!(pictures.kept_from("https://a.example/gone").await, Ok(None));
}

async fn what_is_no_picture_is_refused(pictures: &dyn Pictures) {
    let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";
    let page = b"<!doctype html><title>not found</title>";
    for file in [&b""[..], svg, page, &PNG[..8], b"\x89PNG", b"GIF89a", b"MZ\x90\x00"] {
        let answer = pictures.keep(file.to_vec(), None).await;
        assert_eq!(answer, Err(PictureRefused::NotAPicture), "{file:?}");
    }
    let huge = vec![0; PICTURE_BYTES + 1];
    let answer = pictures.keep(huge, None).await;
    assert_eq!(answer, Err(PictureRefused::TooLarge { limit: PICTURE_BYTES }));
}
