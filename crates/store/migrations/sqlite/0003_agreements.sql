CREATE TABLE vendor_agreement (
  org_id TEXT NOT NULL, vendor TEXT NOT NULL, signed_at INTEGER NOT NULL, PRIMARY KEY (org_id, vendor)
);
