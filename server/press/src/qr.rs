//! The QR code of an address, drawn as rectangles.

use domain::port::press::PressError;
use qrcode::{Color, EcLevel, QrCode};

use crate::block::Row;
use crate::ink::INK;

/// Draws the code of an address into a row, `side` points wide and high.
pub fn draw(row: Row, address: &str, x: f64, drop: f64, side: f64) -> Result<Row, PressError> {
    let code = QrCode::with_error_correction_level(address, EcLevel::M)
        .map_err(|error| PressError::Broken(format!("status_url does not fit into a QR code: {error}")))?;
    let modules = code.width();
    let module = side / modules as f64;
    let mut row = row;
    for (line, colours) in code.to_colors().chunks(modules).enumerate() {
        let mut start = 0;
        for run in colours.chunk_by(|left, right| left == right) {
            if run[0] == Color::Dark {
                let (left, top) = (x + start as f64 * module, drop + line as f64 * module);
                // A trace more than the module, so that no light shows between two rows.
                row = row.area(left, top, run.len() as f64 * module, module * 1.02, INK);
            }
            start += run.len();
        }
    }
    Ok(row)
}
