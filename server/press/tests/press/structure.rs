//! PDF/A-3b as far as lopdf can see it (ISO 19005-3).

use lopdf::{Dictionary, Document, Object};

use super::{samples, signed};

fn documents() -> impl Iterator<Item = (&'static str, Document)> {
    let samples = samples::all()
        .into_iter()
        .filter(|(name, _)| !name.starts_with("five"));
    let house = signed::House::new();
    samples.map(move |(name, claims)| (name, Document::load_mem(&house.pdf(&claims)).unwrap()))
}

fn dictionary<'a>(document: &'a Document, object: &'a Object) -> &'a Dictionary {
    document.dereference(object).unwrap().1.as_dict().unwrap()
}

#[test]
fn the_catalogue_has_what_pdf_a_asks() {
    for (name, document) in documents() {
        assert_eq!(document.version, "1.7", "{name}");
        let catalog = document.catalog().unwrap();
        let intents = document
            .dereference(catalog.get(b"OutputIntents").unwrap())
            .unwrap()
            .1
            .as_array()
            .unwrap();
        let intent = dictionary(&document, &intents[0]);
        assert_eq!(intent.get(b"S").unwrap().as_name().unwrap(), b"GTS_PDFA1");
        let profile = intent.get(b"DestOutputProfile").unwrap().as_reference().unwrap();
        let profile = document.get_object(profile).unwrap().as_stream().unwrap();
        let bytes = profile.get_plain_content().unwrap();
        assert_eq!((&bytes[12..20], &bytes[36..40]), (&b"mntrRGB "[..], &b"acsp"[..]));
        assert!(bytes.len() < 700, "{name}: the profile has {} bytes", bytes.len());
        assert!(catalog.get(b"OpenAction").is_err() && catalog.get(b"AA").is_err());
    }
}

#[test]
fn metadata_is_plain_and_agrees_with_info() {
    for (name, document) in documents() {
        let catalog = document.catalog().unwrap();
        let metadata = catalog.get(b"Metadata").unwrap().as_reference().unwrap();
        let metadata = document.get_object(metadata).unwrap().as_stream().unwrap();
        assert!(metadata.dict.get(b"Filter").is_err(), "{name}: XMP is compressed");
        let xmp = String::from_utf8(metadata.content.clone()).unwrap();
        assert!(xmp.contains("<pdfaid:part>3</pdfaid:part>") && xmp.contains("<pdfaid:conformance>B</"));
        let info = dictionary(&document, document.trailer.get(b"Info").unwrap());
        assert_eq!(
            info.get(b"CreationDate").unwrap().as_str().unwrap(),
            b"D:20260309100500Z"
        );
        assert_eq!(
            info.get(b"ModDate").unwrap().as_str().unwrap(),
            b"D:20260309100500Z"
        );
        assert!(xmp.contains("<xmp:CreateDate>2026-03-09T10:05:00Z<"));
        let ids = document.trailer.get(b"ID").unwrap().as_array().unwrap();
        assert!(ids.len() == 2 && ids.iter().all(|id| id.as_str().unwrap().len() == 16));
    }
}

#[test]
fn every_attachment_says_what_it_is_to_the_document() {
    for (name, document) in documents() {
        let associated = document
            .catalog()
            .unwrap()
            .get(b"AF")
            .unwrap()
            .as_array()
            .unwrap();
        let described: Vec<_> = associated
            .iter()
            .map(|file| {
                let file = dictionary(&document, file);
                let stream = dictionary(&document, file.get(b"EF").unwrap())
                    .get(b"F")
                    .unwrap()
                    .as_reference()
                    .unwrap();
                let stream = document.get_object(stream).unwrap().as_stream().unwrap();
                assert!(stream.dict.get(b"Subtype").is_ok() && stream.dict.get(b"Params").is_ok());
                let text = |key: &[u8]| {
                    String::from_utf8_lossy(file.get(key).unwrap().as_str().unwrap()).into_owned()
                };
                let relationship = file.get(b"AFRelationship").unwrap().as_name().unwrap();
                (text(b"UF"), String::from_utf8_lossy(relationship).into_owned())
            })
            .collect();
        let expected = [
            ("VERIFY.txt", "Supplement"),
            ("log-entry.json", "Supplement"),
            ("log-entry.tlog-proof", "Supplement"),
            ("statement.json", "Data"),
            ("statement.jws", "Supplement"),
        ];
        assert_eq!(
            described,
            expected.map(|(file, what)| (file.to_owned(), what.to_owned())),
            "{name}"
        );
    }
}

#[test]
fn nothing_is_transparent_encrypted_or_active() {
    for (name, document) in documents() {
        assert!(document.trailer.get(b"Encrypt").is_err());
        for object in document.objects.values() {
            let dictionary = match object {
                Object::Dictionary(dictionary) => dictionary,
                Object::Stream(stream) => &stream.dict,
                _ => continue,
            };
            let kind = dictionary.get(b"S").and_then(Object::as_name).unwrap_or_default();
            assert!(
                !matches!(kind, b"JavaScript" | b"Launch" | b"Transparency"),
                "{name}"
            );
            for forbidden in [&b"SMask"[..], b"CA", b"ca", b"BM", b"JS"] {
                assert!(
                    dictionary.get(forbidden).is_err(),
                    "{name}: {}",
                    String::from_utf8_lossy(forbidden)
                );
            }
        }
    }
}

#[test]
fn links_are_objects_of_their_own_and_are_printed() {
    for (name, document) in documents() {
        let mut links = 0;
        for page in document.get_pages().into_values() {
            let page = document.get_object(page).unwrap().as_dict().unwrap();
            let Ok(annotations) = page.get(b"Annots").and_then(Object::as_array) else {
                continue;
            };
            for annotation in annotations {
                assert!(annotation.as_reference().is_ok(), "{name}");
                let annotation = dictionary(&document, annotation);
                let (kind, flags) = (annotation.get(b"Subtype").unwrap(), annotation.get(b"F").unwrap());
                match kind.as_name().unwrap() {
                    b"Link" => {
                        assert_eq!(flags.as_i64().unwrap(), 4);
                        links += 1;
                    }
                    // Without extent, so that it needs no appearance; printed and locked.
                    b"Widget" => {
                        let corners = annotation.get(b"Rect").unwrap().as_array().unwrap();
                        assert!(corners.iter().all(|corner| corner.as_i64().unwrap() == 0));
                        assert_eq!(flags.as_i64().unwrap(), 132);
                    }
                    other => panic!("{name}: {}", String::from_utf8_lossy(other)),
                }
            }
        }
        assert_eq!(links, 2, "{name}: the QR code and the address");
    }
}

#[test]
fn glyph_widths_agree_with_the_fonts() {
    for (name, document) in documents() {
        let fonts = document
            .objects
            .values()
            .filter_map(|object| object.as_dict().ok());
        let type0: Vec<_> = fonts
            .filter(|font| font.get(b"Subtype").is_ok_and(|kind| kind == &"Type0".into()))
            .collect();
        assert!(type0.len() >= 3, "{name}");
        for font in type0 {
            assert!(font.get(b"ToUnicode").is_ok());
            let tag = font.get(b"BaseFont").unwrap().as_name().unwrap();
            assert!(tag.starts_with(b"CERTF") && tag[6] == b'+', "{name}");
            let descendants = font.get(b"DescendantFonts").unwrap().as_array().unwrap();
            let descendant = dictionary(&document, &descendants[0]);
            let descriptor = dictionary(&document, descendant.get(b"FontDescriptor").unwrap());
            let program = descriptor.get(b"FontFile2").unwrap().as_reference().unwrap();
            let program = document
                .get_object(program)
                .unwrap()
                .as_stream()
                .unwrap()
                .get_plain_content()
                .unwrap();
            let face = rustybuzz::ttf_parser::Face::parse(&program, 0).unwrap();
            let widths = descendant.get(b"W").unwrap().as_array().unwrap();
            let [first, list] = &widths[..] else {
                panic!("{name}: glyphs are numbered without gaps")
            };
            for (stated, glyph) in list.as_array().unwrap().iter().zip(first.as_i64().unwrap()..) {
                let id = rustybuzz::ttf_parser::GlyphId(glyph as u16);
                let true_width =
                    f64::from(face.glyph_hor_advance(id).unwrap()) * 1000.0 / f64::from(face.units_per_em());
                assert!(
                    (true_width - stated.as_i64().unwrap() as f64).abs() < 1.0,
                    "{name} {glyph}"
                );
            }
        }
    }
}
