//! Tokens of the conversation API. Their secrets are hashes here; a token is looked up by its id.

use async_trait::async_trait;
use jiff::Timestamp;
use sea_orm::QueryResult;

use frontdesk_domain::ids::TokenId;
use frontdesk_domain::token::Scope;
use frontdesk_ports::store::{KeyedRequest, StoreError, TokenRow, TokenRows};

use crate::rows::{all, execute, get, id, instant, micros, one};
use crate::unit_of_work::SqlTx;

const SELECT: &str = "SELECT id, org_id, clinic_id, scopes, secret_hash, created_at, revoked_at FROM api_token";

fn hash(row: &QueryResult, column: &str) -> Result<[u8; 32], StoreError> {
    get::<Vec<u8>>(row, column)?.try_into().map_err(|_| StoreError::Corrupt("a hash"))
}

fn read(row: &QueryResult) -> Result<TokenRow, StoreError> {
    let scopes: String = get(row, "scopes")?;
    Ok(TokenRow {
        id: id(row, "id")?,
        org: id(row, "org_id")?,
        clinic: id(row, "clinic_id")?,
        // A scope of a newer program is one this program cannot grant.
        scopes: scopes.split(',').filter_map(Scope::from_key).collect(),
        secret_hash: hash(row, "secret_hash")?,
        created_at: instant(get(row, "created_at")?)?,
        revoked_at: get::<Option<i64>>(row, "revoked_at")?.map(instant).transpose()?,
    })
}

#[async_trait]
impl TokenRows for SqlTx {
    async fn insert_token(&mut self, token: &TokenRow) -> Result<(), StoreError> {
        let scopes: Vec<&str> = token.scopes.iter().map(|scope| scope.key()).collect();
        let sql = "INSERT INTO api_token (id, org_id, clinic_id, scopes, secret_hash, created_at) VALUES ($1, $2, $3, $4, $5, $6)";
        let values = vec![
            token.id.to_string().into(),
            token.org.to_string().into(),
            token.clinic.to_string().into(),
            scopes.join(",").into(),
            token.secret_hash.to_vec().into(),
            micros(token.created_at).into(),
        ];
        execute(&self.inner, sql, values).await.map(|_| ())
    }

    async fn token(&mut self, token: TokenId) -> Result<Option<TokenRow>, StoreError> {
        let row = one(&self.inner, &format!("{SELECT} WHERE id = $1"), vec![token.to_string().into()]).await?;
        row.as_ref().map(read).transpose()
    }

    async fn tokens(&mut self) -> Result<Vec<TokenRow>, StoreError> {
        all(&self.inner, &format!("{SELECT} ORDER BY id"), Vec::new()).await?.iter().map(read).collect()
    }

    async fn revoke_token(&mut self, token: TokenId, at: Timestamp) -> Result<bool, StoreError> {
        let sql = "UPDATE api_token SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";
        Ok(execute(&self.inner, sql, vec![token.to_string().into(), micros(at).into()]).await? == 1)
    }

    async fn keyed_request(
        &mut self,
        token: TokenId,
        key: &str,
        request: &KeyedRequest,
        at: Timestamp,
    ) -> Result<KeyedRequest, StoreError> {
        let sql = "INSERT INTO api_request (token_id, key, body_hash, subject, created_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (token_id, key) DO NOTHING";
        let values = vec![
            token.to_string().into(),
            key.into(),
            request.body_hash.to_vec().into(),
            format!("{:032x}", request.subject).into(),
            micros(at).into(),
        ];
        execute(&self.inner, sql, values).await?;
        let sql = "SELECT body_hash, subject FROM api_request WHERE token_id = $1 AND key = $2";
        let row = one(&self.inner, sql, vec![token.to_string().into(), key.into()]).await?;
        let row = row.ok_or(StoreError::Corrupt("a request without a row"))?;
        let subject = u128::from_str_radix(&get::<String>(&row, "subject")?, 16);
        Ok(KeyedRequest {
            body_hash: hash(&row, "body_hash")?,
            subject: subject.map_err(|_| StoreError::Corrupt("a subject"))?,
        })
    }
}
