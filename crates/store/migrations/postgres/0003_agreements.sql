CREATE TABLE vendor_agreement (
  org_id TEXT NOT NULL, vendor TEXT NOT NULL, signed_at BIGINT NOT NULL, PRIMARY KEY (org_id, vendor)
);
