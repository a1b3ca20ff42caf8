//! From a drawing to pixels to WebP.

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg;

/// Good enough for gradients, a tenth of what lossless files weigh.
const QUALITY: f32 = 84.0;

/// The drawing as WebP, as wide as asked for.
pub fn webp(svg: &str, width: u32) -> Result<Vec<u8>, String> {
    let tree = usvg::Tree::from_str(svg, &usvg::Options::default()).map_err(|e| e.to_string())?;
    let size = tree.size();
    #[expect(clippy::cast_precision_loss, reason = "widths are some hundreds of pixels")]
    let scale = width as f32 / size.width();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the same, rounded"
    )]
    let height = (size.height() * scale).round().max(1.0) as u32;
    let mut pixels = Pixmap::new(width, height).ok_or("no such size")?;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixels.as_mut());
    // The ground fills every picture: there is no transparency to keep.
    let colours: Vec<u8> = pixels.data().chunks_exact(4).flat_map(|p| [p[0], p[1], p[2]]).collect();
    let encoder = webp::Encoder::from_rgb(&colours, width, height);
    Ok(encoder.encode(QUALITY).to_vec())
}
