CREATE TABLE organisation (
  id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, created_at BIGINT NOT NULL
);
CREATE TABLE clinic (
  id TEXT PRIMARY KEY, org_id TEXT NOT NULL REFERENCES organisation(id), key TEXT NOT NULL UNIQUE, version BIGINT NOT NULL
);
CREATE TABLE clinic_settings (
  clinic_id TEXT NOT NULL REFERENCES clinic(id), version BIGINT NOT NULL, document TEXT NOT NULL, author TEXT NOT NULL,
  created_at BIGINT NOT NULL, PRIMARY KEY (clinic_id, version)
);
CREATE TABLE clinic_number (
  number TEXT PRIMARY KEY, org_id TEXT NOT NULL, clinic_id TEXT NOT NULL REFERENCES clinic(id), vendor TEXT
);
CREATE TABLE contact (
  id TEXT PRIMARY KEY, org_id TEXT NOT NULL, channel TEXT NOT NULL, address TEXT NOT NULL,
  address_hash BYTEA, created_at BIGINT NOT NULL,
  UNIQUE (org_id, channel, address)
);
CREATE INDEX contact_hash ON contact (org_id, address_hash);
CREATE TABLE opt_out (
  org_id TEXT NOT NULL, address_hash BYTEA NOT NULL, said_by BYTEA NOT NULL, opted_out_at BIGINT NOT NULL, confirmed_at BIGINT, PRIMARY KEY (org_id, address_hash)
);
CREATE TABLE consent_event (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, org_id TEXT NOT NULL, contact_id TEXT NOT NULL, address_hash BYTEA NOT NULL, change TEXT NOT NULL, source TEXT NOT NULL,
  wording BYTEA NOT NULL, at BIGINT NOT NULL
);
CREATE INDEX consent_event_contact ON consent_event (contact_id, at);
CREATE TABLE conversation (
  id TEXT PRIMARY KEY, org_id TEXT NOT NULL, clinic_id TEXT NOT NULL, contact_id TEXT NOT NULL REFERENCES contact(id),
  channel TEXT NOT NULL, our_address TEXT NOT NULL, state BYTEA, version BIGINT NOT NULL,
  stage TEXT NOT NULL, lead_status TEXT NOT NULL, name TEXT, service TEXT, email TEXT,
  called_back_at BIGINT, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL,
  UNIQUE (clinic_id, contact_id)
);
CREATE INDEX conversation_recent ON conversation (org_id, clinic_id, updated_at);
CREATE TABLE message (
  id TEXT PRIMARY KEY, org_id TEXT NOT NULL, conversation_id TEXT NOT NULL REFERENCES conversation(id), contact_id TEXT NOT NULL,
  inbound BIGINT NOT NULL, kind TEXT NOT NULL, about TEXT NOT NULL, body BYTEA NOT NULL, media BIGINT NOT NULL,
  flags BIGINT NOT NULL, segments BIGINT NOT NULL, answered BIGINT NOT NULL, state TEXT NOT NULL, attempts BIGINT NOT NULL,
  refs BYTEA, vendor TEXT, vendor_message TEXT, written_at BIGINT NOT NULL, occasioned_at BIGINT NOT NULL, updated_at BIGINT NOT NULL
);
CREATE INDEX message_thread ON message (conversation_id, written_at);
CREATE INDEX message_unanswered ON message (conversation_id) WHERE inbound = 1 AND answered = 0;
CREATE UNIQUE INDEX message_vendor ON message (vendor, vendor_message) WHERE vendor_message IS NOT NULL;
CREATE INDEX message_proactive ON message (contact_id, updated_at) WHERE kind = 'proactive';
CREATE TABLE notice (
  id TEXT PRIMARY KEY, org_id TEXT NOT NULL, conversation_id TEXT NOT NULL, channel TEXT NOT NULL, recipient TEXT NOT NULL,
  kind TEXT NOT NULL, subject BYTEA NOT NULL, body BYTEA NOT NULL, calendar BYTEA, written_at BIGINT NOT NULL, handed_at BIGINT, sent_at BIGINT
);
CREATE TABLE appointment (
  id TEXT PRIMARY KEY, org_id TEXT NOT NULL, clinic_id TEXT NOT NULL, location_id TEXT NOT NULL, conversation_id TEXT NOT NULL,
  lead_id TEXT NOT NULL, order_key TEXT NOT NULL UNIQUE, status TEXT NOT NULL, start_at BIGINT NOT NULL, end_at BIGINT NOT NULL,
  document BYTEA NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL
);
CREATE INDEX appointment_conversation ON appointment (conversation_id, start_at);
CREATE INDEX appointment_start ON appointment (org_id, start_at);
CREATE TABLE slot_taken (
  resource_id TEXT NOT NULL, instant BIGINT NOT NULL, owner TEXT NOT NULL, expires_at BIGINT, PRIMARY KEY (resource_id, instant)
);
CREATE INDEX slot_taken_owner ON slot_taken (owner);
CREATE TABLE deposit (
  id TEXT PRIMARY KEY, org_id TEXT NOT NULL, clinic_id TEXT NOT NULL, conversation_id TEXT NOT NULL REFERENCES conversation(id),
  status TEXT NOT NULL, code TEXT NOT NULL UNIQUE, vendor TEXT NOT NULL, vendor_payment TEXT, document BYTEA NOT NULL,
  expires_at BIGINT NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL
);
CREATE INDEX deposit_conversation ON deposit (conversation_id, created_at);
CREATE TABLE deposit_event (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, org_id TEXT NOT NULL, deposit_id TEXT NOT NULL REFERENCES deposit(id),
  status TEXT NOT NULL, at BIGINT NOT NULL
);
CREATE INDEX deposit_event_deposit ON deposit_event (deposit_id, id);
CREATE TABLE phone_call (
  vendor TEXT NOT NULL, session TEXT NOT NULL, org_id TEXT NOT NULL, clinic_id TEXT NOT NULL, state TEXT NOT NULL,
  updated_at BIGINT NOT NULL, PRIMARY KEY (vendor, session)
);
CREATE TABLE inbox_event (
  vendor TEXT NOT NULL, event_id TEXT NOT NULL, accepted_at BIGINT NOT NULL, PRIMARY KEY (vendor, event_id)
);
CREATE INDEX inbox_event_old ON inbox_event (accepted_at);
CREATE TABLE job (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, org_id TEXT, kind TEXT NOT NULL, version BIGINT NOT NULL, payload BYTEA NOT NULL,
  order_key TEXT, state TEXT NOT NULL, run_at BIGINT NOT NULL, attempt BIGINT NOT NULL, worker TEXT, lease_until BIGINT,
  error TEXT, created_at BIGINT NOT NULL
);
CREATE INDEX job_due ON job (state, run_at, id);
CREATE INDEX job_order ON job (order_key, id);
CREATE TABLE note (
  key TEXT PRIMARY KEY, value TEXT NOT NULL
);
