//! The colour space of the pages: sRGB (IEC 61966-2-1) as a small ICC profile, version 4, made from its definition.

/// D50, the white of every profile.
const WHITE: [f64; 3] = [0.9642, 1.0, 0.8249];
/// The primaries of sRGB, adapted to D50.
const RED: [f64; 3] = [0.436_066, 0.222_488, 0.013_916];
const GREEN: [f64; 3] = [0.385_147, 0.716_873, 0.097_076];
const BLUE: [f64; 3] = [0.143_066, 0.060_608, 0.714_096];
/// From D65, the white of sRGB, to D50 (Bradford).
const ADAPTATION: [f64; 9] = [
    1.047_836, 0.022_888, -0.050_125, 0.029_587, 0.990_479, -0.017_059, -0.009_232, 0.015_076, 0.751_678,
];
/// Gamma, a, b, c, d of the transfer curve.
const CURVE: [f64; 5] = [2.4, 1.0 / 1.055, 0.055 / 1.055, 1.0 / 12.92, 0.040_45];

/// The bytes of the profile.
pub fn srgb() -> Vec<u8> {
    let curve = [&b"para\0\0\0\0\0\x03\0\0"[..], &fixed(&CURVE)].concat();
    let xyz = |value: &[f64; 3]| [&b"XYZ \0\0\0\0"[..], &fixed(value)].concat();
    let tags: [(&[u8; 4], Vec<u8>); 8] = [
        (b"desc", text("sRGB")),
        (b"cprt", text("CC0")),
        (b"wtpt", xyz(&WHITE)),
        (b"chad", [&b"sf32\0\0\0\0"[..], &fixed(&ADAPTATION)].concat()),
        (b"rXYZ", xyz(&RED)),
        (b"gXYZ", xyz(&GREEN)),
        (b"bXYZ", xyz(&BLUE)),
        (b"rTRC", curve),
    ];
    // The three curves are one.
    let entries = tags.len() + 2;
    let mut table = u32::try_from(entries).unwrap_or(0).to_be_bytes().to_vec();
    let mut body = Vec::new();
    let start = 128 + 4 + 12 * entries;
    for (name, value) in &tags {
        let place = [(start + body.len()) as u32, value.len() as u32]
            .map(u32::to_be_bytes)
            .concat();
        table.extend([&name[..], &place].concat());
        if *name == b"rTRC" {
            table.extend([&b"gTRC"[..], &place, b"bTRC", &place].concat());
        }
        body.extend(value);
        body.resize(body.len().next_multiple_of(4), 0);
    }
    let mut profile = header((start + body.len()) as u32);
    profile.extend(table);
    profile.extend(body);
    profile
}

fn header(size: u32) -> Vec<u8> {
    let mut header = Vec::with_capacity(128);
    header.extend(size.to_be_bytes());
    header.extend([0; 4]);
    header.extend([4, 0x20, 0, 0]);
    header.extend(b"mntrRGB XYZ ");
    // Made on 2026-01-01, always.
    header.extend([2026_u16, 1, 1, 0, 0, 0].map(u16::to_be_bytes).concat());
    header.extend(b"acsp");
    header.extend([0; 28]);
    header.extend(fixed(&WHITE));
    header.resize(128, 0);
    header
}

/// Numbers as s15Fixed16.
fn fixed(values: &[f64]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|value| ((value * 65_536.0).round() as i32).to_be_bytes())
        .collect()
}

/// A multi-localised text of one language.
fn text(text: &str) -> Vec<u8> {
    let letters: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let numbers = [0, 1, 12].map(u32::to_be_bytes).concat();
    let place = [letters.len() as u32, 28].map(u32::to_be_bytes).concat();
    [b"mluc", &numbers[..], b"enUS", &place, &letters].concat()
}
