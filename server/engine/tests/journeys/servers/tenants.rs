//! Data of two tenants on PostgreSQL, Redis and S3, with a role that erases and a role that looks.

use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_s3::primitives::ByteStream;
use redis::aio::MultiplexedConnection;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::world::postgres_server;

/// Records of each tenant on each server.
pub const RECORDS: usize = 30;

/// The filled servers; what was put there goes with it.
pub struct Servers {
    /// Names schema, key prefix and bucket.
    name: String,
    redis: String,
    s3: (String, String, String),
}

fn variable(name: &str, package: &str) -> String {
    std::env::var(name)
        .unwrap_or_else(|_| panic!("{name} is not set: run `cargo xtask test` (package {package})"))
}

impl Servers {
    /// Puts records of acme and globex on each server.
    pub async fn fill() -> Self {
        let nanos = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap()
            .as_nanos();
        let servers = Self {
            name: format!("w{}x{nanos}", std::process::id()),
            redis: variable("LETHE_TEST_REDIS", "redis-server"),
            s3: (
                variable("LETHE_TEST_CEPH", "radosgw"),
                variable("LETHE_TEST_CEPH_KEY", "radosgw"),
                variable("LETHE_TEST_CEPH_SECRET", "radosgw"),
            ),
        };
        servers.fill_postgres().await;
        servers.fill_redis().await;
        servers.fill_s3().await;
        servers
    }

    async fn fill_postgres(&self) {
        let name = &self.name;
        let sql = format!(
            "CREATE SCHEMA {name};
             CREATE TABLE {name}.events (id bigint PRIMARY KEY, tenant text, what text);
             INSERT INTO {name}.events SELECT n, 'acme', 'signed in' FROM generate_series(1, {RECORDS}) AS n;
             INSERT INTO {name}.events SELECT 1000 + n, 'globex', 'signed in' FROM generate_series(1, {RECORDS}) AS n;
             CREATE ROLE {name}_erase LOGIN PASSWORD 'erase secret';
             CREATE ROLE {name}_probe LOGIN PASSWORD 'probe secret';
             GRANT USAGE ON SCHEMA {name} TO {name}_erase, {name}_probe;
             GRANT SELECT, DELETE ON {name}.events TO {name}_erase;
             GRANT SELECT ON {name}.events TO {name}_probe"
        );
        let mut db = PgConnection::connect(&postgres_server()).await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut db).await.unwrap();
    }

    async fn redis(&self) -> MultiplexedConnection {
        redis::Client::open(self.redis.as_str())
            .unwrap()
            .get_multiplexed_async_connection()
            .await
            .unwrap()
    }

    async fn fill_redis(&self) {
        let mut db = self.redis().await;
        for (user, rights) in [
            ("erase", "+info +time +scan +unlink +eval"),
            ("probe", "+info +scan +exists"),
        ] {
            let mut set = redis::cmd("ACL");
            set.arg("SETUSER")
                .arg(format!("{}_{user}", self.name))
                .arg("on")
                .arg(format!(">{user}-secret"))
                .arg("~*");
            rights.split(' ').for_each(|right| {
                set.arg(right);
            });
            let () = set.query_async(&mut db).await.unwrap();
        }
        let mut sets = redis::pipe();
        for tenant in ["acme", "globex"] {
            for n in 0..RECORDS {
                sets.set(format!("{}:{tenant}:session:{n}", self.name), "x")
                    .ignore();
            }
        }
        let () = sets.query_async(&mut db).await.unwrap();
    }

    fn s3(&self) -> aws_sdk_s3::Client {
        let (url, key, secret) = &self.s3;
        let config = aws_sdk_s3::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new(key, secret, None, None, "tests"))
            .endpoint_url(url)
            .force_path_style(true)
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .build();
        aws_sdk_s3::Client::from_conf(config)
    }

    async fn fill_s3(&self) {
        let s3 = self.s3();
        s3.create_bucket().bucket(&self.name).send().await.unwrap();
        for tenant in ["acme", "globex"] {
            for n in 0..RECORDS {
                let body = ByteStream::from_static(b"an upload");
                let key = format!("tenants/{tenant}/upload-{n}");
                s3.put_object()
                    .bucket(&self.name)
                    .key(key)
                    .body(body)
                    .send()
                    .await
                    .unwrap();
            }
        }
    }

    /// How many records a tenant has on PostgreSQL, Redis and S3, by each server's own word.
    pub async fn census(&self, tenant: &str) -> [usize; 3] {
        let mut db = PgConnection::connect(&postgres_server()).await.unwrap();
        let sql = format!("SELECT COUNT(*) FROM {}.events WHERE tenant = $1", self.name);
        let rows: i64 = sqlx::query_scalar(AssertSqlSafe(sql))
            .bind(tenant)
            .fetch_one(&mut db)
            .await
            .unwrap();
        let pattern = format!("{}:{tenant}:*", self.name);
        let keys: Vec<String> = redis::cmd("KEYS")
            .arg(pattern)
            .query_async(&mut self.redis().await)
            .await
            .unwrap();
        let objects = self
            .s3()
            .list_objects_v2()
            .bucket(&self.name)
            .prefix(format!("tenants/{tenant}/"))
            .send()
            .await
            .unwrap();
        [
            usize::try_from(rows).unwrap(),
            keys.len(),
            objects.contents().len(),
        ]
    }

    fn postgres_url(&self, user: &str) -> String {
        let server = postgres_server();
        let (_, host) = server.rsplit_once('@').unwrap();
        format!("postgres://{}_{user}:{user}%20secret@{host}", self.name)
    }

    fn redis_url(&self, user: &str) -> String {
        let (_, host) = self.redis.rsplit_once('@').unwrap();
        format!("redis://{}_{user}:{user}-secret@{host}", self.name)
    }

    /// The three systems in TOML; one may be told to lie.
    pub fn inventory(&self, lie: Option<(&str, &str)>) -> String {
        let name = &self.name;
        let (url, key, secret) = &self.s3;
        let s3 = serde_json::json!({ "access_key": key, "secret_key": secret });
        let told = |system: &str| match lie {
            Some((liar, lie)) if liar == system => lie.to_owned(),
            _ => String::new(),
        };
        let comma = |config: String, lie: String| {
            if lie.is_empty() {
                config
            } else {
                format!("{config}, {lie}")
            }
        };
        let objects = comma(
            format!("endpoint = \"{url}\", bucket = \"{name}\""),
            told("objects"),
        );
        format!(
            r#"
[[systems]]
name = "warehouse"
kind = "postgres"
owner = "Data"
location = "Frankfurt, Germany"
handling = "erase"
config = {{ {warehouse} }}
erase_credential = {{ env = '{erase}' }}
probe_credential = {{ env = '{probe}' }}
limits = {{ chunk = 7 }}
[[systems.datasets]]
name = "events"
categories = ["usage"]
locator = {{ container = "{name}.events", id = "id", tenant = {{ identifier = "tenant_key", field = "tenant" }} }}

[[systems]]
name = "cache"
kind = "redis"
owner = "Platform"
location = "Frankfurt, Germany"
handling = "erase"
config = {{ {cache} }}
erase_credential = {{ env = '{redis_erase}' }}
probe_credential = {{ env = '{redis_probe}' }}
[[systems.datasets]]
name = "sessions"
categories = ["usage"]
locator = {{ container = "{name}:{{tenant_key}}:*", tenant = {{ identifier = "tenant_key", field = "tenant_key" }} }}

[[systems]]
name = "objects"
kind = "s3"
owner = "Platform"
location = "Frankfurt, Germany"
handling = "erase"
config = {{ {objects} }}
shared_credential = true
erase_credential = {{ env = '{s3}' }}
probe_credential = {{ env = '{s3}' }}
[[systems.datasets]]
name = "uploads"
categories = ["media"]
locator = {{ container = "tenants/{{tenant_key}}/", tenant = {{ identifier = "tenant_key", field = "tenant_key" }} }}
"#,
            warehouse = told("warehouse"),
            cache = told("cache"),
            erase = self.postgres_url("erase"),
            probe = self.postgres_url("probe"),
            redis_erase = self.redis_url("erase"),
            redis_probe = self.redis_url("probe"),
        )
    }
}
