//! Answers of status 200 that say less than they seem to.

use domain::port::erase::EraseError;
use domain::port::probe::ProbeError;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::world::{Server, World};

const LISTED: &str = "<ListVersionsResult><Name>b</Name><IsTruncated>false</IsTruncated><Version>\
    <Key>tenants/acme/a</Key><VersionId>v1</VersionId></Version></ListVersionsResult>";
const NO_UPLOADS: &str = "<ListMultipartUploadsResult><Bucket>b</Bucket><IsTruncated>false</IsTruncated></ListMultipartUploadsResult>";

/// A server that answers 200 to everything: a listing of versions, of uploads, and a deletion.
async fn answering(versions: &'static str, uploads: &'static str, deletion: &'static str) -> World {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            tokio::spawn(async move {
                let mut request = Vec::new();
                let mut bytes = [0; 4096];
                while !whole(&request) {
                    match stream.read(&mut bytes).await {
                        Ok(0) | Err(_) => return,
                        Ok(read) => request.extend_from_slice(&bytes[..read]),
                    }
                }
                let head = String::from_utf8_lossy(&request).into_owned();
                let line = head.lines().next().unwrap_or_default();
                let body = match (line.starts_with("POST"), line.contains("uploads")) {
                    (true, _) => deletion,
                    (false, true) => uploads,
                    (false, false) => versions,
                };
                let answer = format!(
                    "HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                    body.len()
                );
                stream.write_all(answer.as_bytes()).await.ok();
            });
        }
    });
    let server = Server {
        url,
        key: "k".to_owned(),
        secret: "s".to_owned(),
    };
    World::without_bucket(server, "tenants/{tenant_key}/")
}

fn whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head.lines().find_map(|line| {
        line.to_ascii_lowercase()
            .strip_prefix("content-length:")
            .map(|value| value.trim().parse::<usize>().unwrap())
    });
    body.len() >= length.unwrap_or(0)
}

async fn erasing(deletion: &'static str) -> Result<(), EraseError> {
    let world = answering(LISTED, NO_UPLOADS, deletion).await;
    world.erase(&world.tenant("acme"), 10).await.map(|_| ())
}

async fn looking(versions: &'static str, uploads: &'static str) -> Result<(), ProbeError> {
    let world = answering(versions, uploads, "").await;
    world.look(&world.tenant("acme"), &[], &[]).await.map(|_| ())
}

#[tokio::test]
async fn an_error_beside_a_key_is_an_error() {
    let answer = "<DeleteResult><Error><Key>tenants/acme/a</Key><VersionId>v1</VersionId>\
        <Code>InternalError</Code><Message>tenants/acme/a</Message></Error></DeleteResult>";
    let why = "1 of 1 records were not deleted: InternalError";
    assert_eq!(erasing(answer).await, Err(EraseError::Transient(why.to_owned())));
}

#[tokio::test]
async fn a_denial_beside_a_key_needs_a_person() {
    let answer =
        "<DeleteResult><Error><Key>tenants/acme/a</Key><Code>AccessDenied</Code></Error></DeleteResult>";
    let why = "1 of 1 records were not deleted: AccessDenied";
    assert_eq!(erasing(answer).await, Err(EraseError::Refused(why.to_owned())));
}

#[tokio::test]
async fn a_key_without_an_answer_is_an_error() {
    let why = "the store was asked to delete 1 records and answered for 0";
    assert_eq!(
        erasing("<DeleteResult></DeleteResult>").await,
        Err(EraseError::Transient(why.to_owned()))
    );
}

#[tokio::test]
async fn an_error_document_instead_of_an_answer_is_an_error() {
    assert!(
        erasing("<Error><Code>InternalError</Code></Error>")
            .await
            .is_err()
    );
    assert!(erasing("").await.is_err());
    assert!(erasing("<html>maintenance</html>").await.is_err());
}

#[tokio::test]
async fn what_is_no_listing_is_not_an_empty_listing() {
    let garbled = [
        "",
        "<html>maintenance</html>",
        "<Error><Code>InternalError</Code></Error>",
        "<ListVersionsResult></ListVersionsResult>",
        "<ListVersionsResult><Name>b</Name><IsTruncated>true</IsTruncated></ListVersionsResult>",
    ];
    for versions in garbled {
        assert!(
            matches!(looking(versions, NO_UPLOADS).await, Err(ProbeError::Blind(_))),
            "{versions}"
        );
        assert!(looking(LISTED, "<ListMultipartUploadsResult/>").await.is_err());
    }
    assert_eq!(looking(LISTED, NO_UPLOADS).await, Ok(()));
}

#[tokio::test]
async fn a_listing_that_does_not_move_on_is_refused() {
    let stuck = "<ListVersionsResult><Name>b</Name><IsTruncated>true</IsTruncated>\
        <NextKeyMarker>tenants/acme/a</NextKeyMarker></ListVersionsResult>";
    assert!(matches!(
        looking(stuck, NO_UPLOADS).await,
        Err(ProbeError::Blind(_))
    ));
}

#[tokio::test]
async fn a_store_that_deletes_nothing_does_not_keep_the_eraser_for_ever() {
    let two = "<ListVersionsResult><Name>b</Name><IsTruncated>false</IsTruncated>\
        <Version><Key>tenants/acme/a</Key><VersionId>v1</VersionId></Version>\
        <Version><Key>tenants/acme/a</Key><VersionId>v2</VersionId></Version></ListVersionsResult>";
    let done =
        "<DeleteResult><Deleted><Key>tenants/acme/a</Key><VersionId>v1</VersionId></Deleted></DeleteResult>";
    let world = answering(two, NO_UPLOADS, done).await;

    let outcome = world.erase(&world.tenant("acme"), 1).await;

    let why = "a record that was reported deleted is still listed: the store did not delete it, or something writes it";
    assert_eq!(outcome, Err(EraseError::Refused(why.to_owned())));
}
