ALTER TABLE conversation ADD COLUMN phone_hash BLOB;
CREATE INDEX conversation_phone ON conversation (clinic_id, phone_hash) WHERE phone_hash IS NOT NULL;
CREATE TABLE patient (
  id TEXT PRIMARY KEY, org_id TEXT NOT NULL, clinic_id TEXT NOT NULL, address_hash BLOB NOT NULL, document BLOB NOT NULL,
  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, UNIQUE (clinic_id, address_hash)
);
CREATE TABLE api_token (
  id TEXT PRIMARY KEY, org_id TEXT NOT NULL, clinic_id TEXT NOT NULL REFERENCES clinic(id), scopes TEXT NOT NULL, secret_hash BLOB NOT NULL,
  created_at INTEGER NOT NULL, revoked_at INTEGER
);
CREATE TABLE api_request (
  token_id TEXT NOT NULL, key TEXT NOT NULL, body_hash BLOB NOT NULL, subject TEXT NOT NULL, created_at INTEGER NOT NULL,
  PRIMARY KEY (token_id, key)
);
CREATE INDEX api_request_old ON api_request (created_at);
