//! Metadata: the same facts in `/Info` and in XMP (ISO 16684-1), as PDF/A asks.

use domain::certificate::Claims;
use domain::time::Timestamp;
use lopdf::{Dictionary, Object, StringFormat, dictionary};

const PRODUCER: &str = "Lethe";

/// What a document says of itself.
pub struct Metadata {
    title: String,
    author: String,
    subject: String,
    made_at: Timestamp,
    id: String,
}

impl Metadata {
    /// Of a certificate.
    pub fn of(claims: &Claims) -> Self {
        Self {
            title: format!("{} {}", claims.title(), claims.code),
            author: claims.issuer.name.clone(),
            subject: format!("Certificate {}", claims.id),
            made_at: claims.issued_at,
            id: claims.id.to_string(),
        }
    }

    /// The `/Info` dictionary.
    pub fn info(&self) -> Dictionary {
        let date = Object::string_literal(format!("D:{}Z", digits(self.made_at)));
        dictionary! {
            "Title" => text(&self.title),
            "Author" => text(&self.author),
            "Subject" => text(&self.subject),
            "Creator" => text(PRODUCER),
            "Producer" => text(PRODUCER),
            "CreationDate" => date.clone(),
            "ModDate" => date,
        }
    }

    /// The XMP packet, with the identification of PDF/A-3b.
    pub fn xmp(&self) -> Vec<u8> {
        let [title, author, subject] = [&self.title, &self.author, &self.subject].map(|text| escaped(text));
        let (date, id) = (whole_seconds(self.made_at), &self.id);
        format!(
            r#"<?xpacket begin="{bom}" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<pdfaid:part>3</pdfaid:part>
<pdfaid:conformance>B</pdfaid:conformance>
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
<xmp:CreatorTool>{PRODUCER}</xmp:CreatorTool>
<xmp:CreateDate>{date}</xmp:CreateDate>
<xmp:ModifyDate>{date}</xmp:ModifyDate>
<xmpMM:DocumentID>uuid:{id}</xmpMM:DocumentID>
<pdf:Producer>{PRODUCER}</pdf:Producer>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"#,
            bom = '\u{feff}'
        )
        .into_bytes()
    }
}

/// A text string: plain where ASCII suffices, else UTF-16 with its mark (ISO 32000-1, 7.9.2.2).
pub fn text(text: &str) -> Object {
    if text.is_ascii() {
        return Object::string_literal(text);
    }
    let bytes = [0xfe, 0xff]
        .into_iter()
        .chain(text.encode_utf16().flat_map(u16::to_be_bytes))
        .collect();
    Object::String(bytes, StringFormat::Hexadecimal)
}

/// `20260301120000`, for dates of PDF.
pub fn digits(at: Timestamp) -> String {
    whole_seconds(at).chars().filter(char::is_ascii_digit).collect()
}

fn whole_seconds(at: Timestamp) -> String {
    let text = at.to_string();
    format!(
        "{}Z",
        text.trim_end_matches('Z').split('.').next().unwrap_or_default()
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuers_name_cannot_write_metadata() {
        let metadata = Metadata {
            title: "Certificate".into(),
            author: "A & B </rdf:li><pdfaid:part>1</pdfaid:part>".into(),
            subject: String::new(),
            made_at: "2026-03-01T12:00:00.5Z".parse().unwrap(),
            id: "x".into(),
        };
        let xmp = String::from_utf8(metadata.xmp()).unwrap();
        assert!(xmp.contains("A &amp; B &lt;/rdf:li&gt;&lt;pdfaid:part&gt;1"));
        assert!(xmp.contains("<xmp:CreateDate>2026-03-01T12:00:00Z</xmp:CreateDate>"));
    }

    #[test]
    fn both_dates_are_the_same_moment() {
        assert_eq!(
            digits("2026-03-01T12:00:00.5Z".parse().unwrap()),
            "20260301120000"
        );
    }
}
