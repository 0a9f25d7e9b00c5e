-- The simulator's memory. Records are JSON in `body`; the columns beside it are what they are found by.
CREATE TABLE IF NOT EXISTS docs (
  kind TEXT, id TEXT, body TEXT,
  PRIMARY KEY (kind, id)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS chats (
  phone_number_id TEXT, wa_id TEXT, body TEXT,
  PRIMARY KEY (wa_id, phone_number_id)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS messages (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, wamid TEXT UNIQUE, phone_number_id TEXT, wa_id TEXT, outbound INTEGER, body TEXT
);
CREATE INDEX IF NOT EXISTS messages_by_chat ON messages (wa_id, phone_number_id, seq);

-- A customer's BSUID in a portfolio, and when the portfolio last knew the phone number from use.
CREATE TABLE IF NOT EXISTS identities (
  portfolio TEXT, wa_id TEXT, user_id TEXT UNIQUE, phone_contact_at REAL,
  PRIMARY KEY (portfolio, wa_id)
) WITHOUT ROWID;

-- People messaged outside a window: the messaging limit counts them for 24 h.
CREATE TABLE IF NOT EXISTS reached (
  portfolio TEXT, wa_id TEXT, at REAL,
  PRIMARY KEY (portfolio, wa_id)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS service_counts (
  phone_number_id TEXT, month TEXT, n INTEGER,
  PRIMARY KEY (phone_number_id, month)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS jobs (id INTEGER PRIMARY KEY AUTOINCREMENT, due REAL, kind TEXT, body TEXT);
CREATE INDEX IF NOT EXISTS jobs_by_due ON jobs (due);

-- Updates not yet packed into a POST, and POSTs not yet answered 200.
CREATE TABLE IF NOT EXISTS events (
  id INTEGER PRIMARY KEY AUTOINCREMENT, due REAL, kind TEXT, url TEXT, waba_id TEXT, field TEXT, lane TEXT, body TEXT
);
CREATE TABLE IF NOT EXISTS deliveries (
  id INTEGER PRIMARY KEY AUTOINCREMENT, due REAL, first REAL, tries INTEGER, url TEXT, lane TEXT, body BLOB
);

CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, n INTEGER) WITHOUT ROWID;
