//! What the OpenAPI document says beside its operations.

use utoipa::Modify;
use utoipa::openapi::path::{ParameterBuilder, ParameterIn};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{
    Components, ContentBuilder, ObjectBuilder, OpenApi, Ref, RefOr, Required, ResponseBuilder, Type,
};

use super::problem::{FieldProblem, Problem};

/// The head of the document.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Lethe",
        version = "1",
        description = "Erasure requests, legal holds, systems and certificates, for programs.\n\nEvery call needs a \
            personal token in the header `Authorization: Bearer`. A token has scopes; what it may see and do is what \
            its person may see and do. What may not be seen is not found.\n\nA POST may carry an `Idempotency-Key`: \
            the same call with the same key gives the same answer for a day, and does nothing again.\n\nDates are \
            written `2026-03-31`, moments `2026-03-31T12:00:00Z` (UTC). Unknown fields are refused. Lists come in \
            pages: `next` and the header `Link` lead on.",
        license(name = "AGPL-3.0-only", identifier = "AGPL-3.0-only"),
    ),
    tags(
        (name = "requests", description = "Requests to erase a tenant or a person."),
        (name = "holds", description = "The hold register."),
        (name = "systems", description = "The inventory, and stopping erasure on a system."),
        (name = "certificates", description = "Certificates and everything that proves them."),
        (name = "tenants", description = "Whether a tenant is frozen."),
    ),
    components(schemas(Problem, FieldProblem)),
    modifiers(&Token)
)]
pub(super) struct Description;

struct Token;

impl Modify for Token {
    fn modify(&self, document: &mut OpenApi) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some(
                "A personal token. The roles named with an operation are the token's scopes: any one of them opens it.",
            ))
            .build();
        let components = document.components.get_or_insert_with(Components::new);
        components.add_security_scheme("token", SecurityScheme::Http(scheme));
    }
}

/// Adds what holds for every operation: how refusals look, and that a POST may be repeated.
pub(super) fn complete(document: &mut OpenApi) {
    for operations in document.paths.paths.values_mut() {
        let (get, post) = (operations.get.as_mut(), operations.post.as_mut());
        for operation in get.into_iter().chain(post) {
            let refused = ContentBuilder::new()
                .schema(Some(Ref::from_schema_name("Problem")))
                .build();
            let refused = ResponseBuilder::new()
                .description("Refused: a problem document (RFC 9457) says why.")
                .content("application/problem+json", refused)
                .build();
            let responses = &mut operation.responses.responses;
            responses.insert("default".to_owned(), RefOr::T(refused));
        }
        if let Some(operation) = &mut operations.post {
            let key = ParameterBuilder::new()
                .name("Idempotency-Key")
                .parameter_in(ParameterIn::Header)
                .required(Required::False)
                .description(Some(
                    "Up to 255 visible ASCII characters of your choice. The same call with the same key gives the same \
                     answer for a day; another call with it is refused.",
                ))
                .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
                .build();
            operation.parameters.get_or_insert_default().push(key);
        }
    }
}
