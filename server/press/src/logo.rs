//! The issuer's logo: a PNG becomes a picture on white, no larger than print needs.
//!
//! PDF/A allows transparency, but viewers and printers differ in what they make of it: what is transparent becomes white
//! here. Colours are read as sRGB, which is what the document says of all its colours.

use std::io::Cursor;

use domain::port::press::PressError;
use png::{ColorType, Decoder, Limits, Transformations};
use printpdf::{DictItem, ExternalStream, ExternalXObject, XObject};

/// The widest and highest that it is printed, in points.
const LARGEST: (f64, f64) = (170.0, 42.0);
/// What a picture measures at least, in points to a pixel: small ones are not blown up.
const PIXEL: f64 = 0.75;
/// What print needs, in pixels to a point: 300 to an inch.
const FINEST: f64 = 300.0 / 72.0;
/// The most that decoding may take, in bytes: a guard against bombs.
const MOST: usize = 32 << 20;

/// A picture of three bytes to a pixel, row by row from the top.
pub struct Logo {
    width: u32,
    height: u32,
    rgb: Vec<u8>,
    /// As printed, in points.
    size: (f64, f64),
}

impl Logo {
    /// Decodes a PNG of any kind. One that is cut off or altered is refused.
    pub fn read(bytes: &[u8]) -> Result<Self, PressError> {
        let broken = |error: png::DecodingError| PressError::Logo(error.to_string());
        let too_large = || PressError::Logo("the picture is too large".into());
        let mut decoder = Decoder::new_with_limits(Cursor::new(bytes), Limits { bytes: MOST });
        decoder.set_transformations(Transformations::EXPAND | Transformations::STRIP_16);
        decoder.ignore_checksums(false);
        let mut reader = decoder.read_info().map_err(broken)?;
        let size = reader.output_buffer_size().filter(|size| *size <= MOST);
        let mut pixels = vec![0; size.ok_or_else(too_large)?];
        let frame = reader.next_frame(&mut pixels).map_err(broken)?;
        reader.finish().map_err(broken)?;
        pixels.truncate(frame.buffer_size());
        let rgb = match frame.color_type {
            ColorType::Rgb => pixels,
            ColorType::Grayscale => pixels.iter().flat_map(|&grey| [grey; 3]).collect(),
            ColorType::GrayscaleAlpha => pixels
                .chunks_exact(2)
                .flat_map(|pixel| [on_white(pixel[0], pixel[1]); 3])
                .collect(),
            ColorType::Rgba => pixels
                .chunks_exact(4)
                .flat_map(|pixel| [0, 1, 2].map(|part| on_white(pixel[part], pixel[3])))
                .collect(),
            ColorType::Indexed => return Err(PressError::Logo("its palette cannot be read".into())),
        };
        let (width, height) = (f64::from(frame.width), f64::from(frame.height));
        let scale = PIXEL.min(LARGEST.0 / width).min(LARGEST.1 / height);
        let logo = Self {
            width: frame.width,
            height: frame.height,
            rgb,
            size: (width * scale, height * scale),
        };
        Ok(logo.no_finer_than_print())
    }

    /// Width and height as printed, in points.
    pub const fn size(&self) -> (f64, f64) {
        self.size
    }

    /// Fewer pixels where there are more than print shows, each the mean of those that it stands for.
    fn no_finer_than_print(self) -> Self {
        let pixels = |printed: f64, length: u32| ((printed * FINEST).ceil() as u32).clamp(1, length);
        let (width, height) = (pixels(self.size.0, self.width), pixels(self.size.1, self.height));
        if (width, height) == (self.width, self.height) {
            return self;
        }
        let range = |place: u32, of: u32, from: u32| {
            let (place, of, from) = (u64::from(place), u64::from(of), u64::from(from));
            (place * from / of) as usize..((place + 1) * from).div_ceil(of) as usize
        };
        let mut rgb = Vec::with_capacity(3 * width as usize * height as usize);
        for y in 0..height {
            let rows = range(y, height, self.height);
            for x in 0..width {
                let columns = range(x, width, self.width);
                let count = (rows.len() * columns.len()) as u32;
                let mut sums = [count / 2; 3];
                for row in rows.clone() {
                    let start = 3 * (row * self.width as usize + columns.start);
                    for pixel in self.rgb[start..start + 3 * columns.len()].chunks_exact(3) {
                        sums.iter_mut()
                            .zip(pixel)
                            .for_each(|(sum, part)| *sum += u32::from(*part));
                    }
                }
                rgb.extend(sums.map(|sum| (sum / count) as u8));
            }
        }
        Self {
            width,
            height,
            rgb,
            size: self.size,
        }
    }

    /// As a resource of the document.
    pub fn into_xobject(self) -> XObject {
        let name = |name: &str| DictItem::Name(name.into());
        let dict = [
            ("Type", name("XObject")),
            ("Subtype", name("Image")),
            ("Width", DictItem::Int(self.width.into())),
            ("Height", DictItem::Int(self.height.into())),
            ("ColorSpace", name("DeviceRGB")),
            ("BitsPerComponent", DictItem::Int(8)),
        ];
        XObject::External(ExternalXObject {
            stream: ExternalStream {
                dict: dict.map(|(key, item)| (key.to_owned(), item)).into(),
                content: self.rgb,
                compress: false,
            },
            width: None,
            height: None,
            dpi: None,
        })
    }
}

/// What is seen of a colour that covers white paper in part.
fn on_white(part: u8, alpha: u8) -> u8 {
    let (part, alpha) = (u32::from(part), u32::from(alpha));
    ((part * alpha + 255 * (255 - alpha) + 127) / 255) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32, colour: ColorType, pixels: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, width, height);
        encoder.set_color(colour);
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(pixels).unwrap();
        writer.finish().unwrap();
        bytes
    }

    #[test]
    fn what_is_transparent_becomes_white() {
        let pixels = [200, 0, 0, 255, 200, 0, 0, 0, 0, 0, 0, 128];
        let logo = Logo::read(&png(3, 1, ColorType::Rgba, &pixels)).unwrap();
        assert_eq!(logo.rgb, [200, 0, 0, 255, 255, 255, 127, 127, 127]);
        let grey = Logo::read(&png(2, 1, ColorType::GrayscaleAlpha, &[9, 255, 9, 0])).unwrap();
        assert_eq!(grey.rgb, [9, 9, 9, 255, 255, 255]);
    }

    #[test]
    fn a_logo_keeps_its_proportions_and_is_not_blown_up() {
        let size = |width, height| {
            let pixels = vec![0; (3 * width * height) as usize];
            Logo::read(&png(width, height, ColorType::Rgb, &pixels))
                .unwrap()
                .size()
        };
        assert_eq!(size(100, 40), (75.0, 30.0));
        assert_eq!(size(1_700, 100), (170.0, 10.0));
        let (width, height) = size(500, 500);
        assert!(
            (width - 42.0).abs() < 1e-9 && (width - height).abs() < 1e-9,
            "{width} {height}"
        );
    }

    #[test]
    fn a_picture_finer_than_print_becomes_the_mean_of_its_pixels() {
        let pixels: Vec<u8> = (0..2_000 * 2_000_u32)
            .flat_map(|n| [if n % 2 == 0 { 0 } else { 200 }; 3])
            .collect();
        let logo = Logo::read(&png(2_000, 2_000, ColorType::Rgb, &pixels)).unwrap();
        assert_eq!((logo.width, logo.height), (175, 175));
        assert!(logo.rgb.iter().all(|part| (85..=115).contains(part)));
    }

    #[test]
    fn a_broken_picture_is_refused() {
        let good = png(20, 20, ColorType::Rgb, &[7; 1_200]);
        assert!(Logo::read(&good).is_ok());
        for place in (0..good.len()).step_by(3) {
            let mut altered = good.clone();
            altered[place] ^= 0x10;
            assert!(
                Logo::read(&altered).is_err() || place >= good.len() - 12,
                "byte {place}"
            );
            assert!(Logo::read(&good[..place]).is_err(), "cut at {place}");
        }
        assert!(Logo::read(b"<svg/>").is_err());
    }
}
