//! Keys on a Redis server, with a user that may delete them and one that may only look.

use async_trait::async_trait;
use redis::aio::MultiplexedConnection;
use redis::{Client, RedisError};
use serde_json::{Value, json};

use crate::{About, Credential, SYNTHETIC, Sample, SampleError, TENANTS, Tenant, merged, two_credentials};

/// Keys written and deleted at once.
const PAGE: usize = 500;

/// Sessions under a prefix of their own.
pub struct RedisSample {
    about: About,
    client: Client,
    /// What all keys begin with, and both users' names.
    prefix: String,
    dataset: &'static str,
    credentials: Value,
    secrets: Vec<Credential>,
}

impl RedisSample {
    /// Fills a server, by the URL of somebody who may do everything. `tag` makes keys and users unique, `secret` is the
    /// beginning of the users' passwords; both are letters and digits. The smallest tenant gets `base` keys.
    pub async fn make(
        about: About,
        url: &str,
        tag: &str,
        secret: &str,
        dataset: &'static str,
        base: u32,
    ) -> Result<Self, SampleError> {
        let client = Client::open(url).map_err(|_| about.failed("the URL of the server is not one"))?;
        let prefix = format!("lethe-demo-{tag}");
        let place = url
            .rsplit_once('@')
            .or_else(|| url.split_once("://"))
            .map_or(url, |(_, place)| place);
        let login = |role: &str| format!("redis://{prefix}-{role}:{secret}{role}@{place}");
        let (credentials, secrets) = two_credentials(&about, &login("eraser"), &login("prober"));
        let sample = Self {
            about,
            client,
            prefix,
            dataset,
            credentials,
            secrets,
        };
        match sample.fill(secret, base).await {
            Ok(()) => Ok(sample),
            Err(error) => {
                sample.remove().await?;
                Err(about.failed(error))
            }
        }
    }

    async fn open(&self) -> Result<MultiplexedConnection, RedisError> {
        self.client.get_multiplexed_async_connection().await
    }

    async fn fill(&self, secret: &str, base: u32) -> Result<(), RedisError> {
        let mut db = self.open().await?;
        for tenant in &TENANTS {
            let mut writes = redis::pipe();
            for n in 1..=base * tenant.weight {
                writes
                    .set(self.key(tenant, n), format!("signed in: {}", tenant.person(n)))
                    .ignore();
            }
            writes.query_async::<()>(&mut db).await?;
        }
        let eraser = "+info +time +scan +eval +evalsha +script +unlink";
        for (role, commands) in [("eraser", eraser), ("prober", "+info +scan +exists")] {
            let mut user = redis::cmd("ACL");
            user.arg("SETUSER")
                .arg(format!("{}-{role}", self.prefix))
                .arg("reset")
                .arg("on");
            user.arg(format!(">{secret}{role}"))
                .arg(format!("~{}:*", self.prefix))
                .arg("+@connection");
            commands.split(' ').for_each(|command| {
                user.arg(command);
            });
            user.query_async::<()>(&mut db).await?;
        }
        Ok(())
    }

    fn key(&self, tenant: &Tenant, n: u32) -> String {
        format!("{}:{}:session-{n:05}", self.prefix, tenant.key)
    }

    /// Names of all keys that fit a glob.
    async fn keys(&self, glob: String) -> Result<Vec<String>, RedisError> {
        let mut db = self.open().await?;
        let (mut cursor, mut found) = (0_u64, Vec::new());
        loop {
            let mut scan = redis::cmd("SCAN");
            scan.arg(cursor).arg("MATCH").arg(&glob).arg("COUNT").arg(PAGE);
            let (next, keys): (u64, Vec<String>) = scan.query_async(&mut db).await?;
            found.extend(keys);
            cursor = next;
            if cursor == 0 {
                found.sort_unstable();
                found.dedup();
                return Ok(found);
            }
        }
    }
}

#[async_trait]
impl Sample for RedisSample {
    fn about(&self) -> &About {
        &self.about
    }

    fn technology(&self) -> &'static str {
        "Redis"
    }

    fn datasets(&self) -> Vec<&'static str> {
        vec![self.dataset]
    }

    fn entry(&self) -> Value {
        let dataset = json!({
            "name": self.dataset,
            "categories": ["contact", "usage"],
            "canary": self.key(&SYNTHETIC, 1),
            "locator": {
                "container": format!("{}:{{tenant}}:*", self.prefix),
                "tenant": { "identifier": "tenant_key", "field": "tenant" },
            },
        });
        self.about.entry(
            "redis",
            merged(self.credentials.clone(), json!({ "datasets": [dataset] })),
        )
    }

    fn credentials(&self) -> Vec<Credential> {
        self.secrets.clone()
    }

    async fn count(&self, _dataset: &str, tenant: &Tenant) -> Result<u64, SampleError> {
        let keys = self.keys(format!("{}:{}:*", self.prefix, tenant.key)).await;
        Ok(keys.map_err(|error| self.about.failed(error))?.len() as u64)
    }

    async fn exists(&self, _dataset: &str, id: &str) -> Result<bool, SampleError> {
        let look = async {
            let mut db = self.open().await?;
            redis::cmd("EXISTS").arg(id).query_async::<bool>(&mut db).await
        };
        look.await.map_err(|error| self.about.failed(error))
    }

    async fn remove(&self) -> Result<(), SampleError> {
        let remove = async {
            let mut db = self.open().await?;
            for keys in self.keys(format!("{}:*", self.prefix)).await?.chunks(PAGE) {
                redis::cmd("UNLINK").arg(keys).query_async::<()>(&mut db).await?;
            }
            let users = ["eraser", "prober"].map(|role| format!("{}-{role}", self.prefix));
            redis::cmd("ACL")
                .arg("DELUSER")
                .arg(&users)
                .query_async::<()>(&mut db)
                .await
        };
        remove.await.map_err(|error| self.about.failed(error))
    }
}
