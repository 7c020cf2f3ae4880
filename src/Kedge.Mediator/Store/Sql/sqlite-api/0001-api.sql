-- What the API keeps: tokens (hashed), answers of requests that started something, and the projects of sites. docs/formats/database.md
-- Moments are milliseconds since 1970, so that both kinds of database are asked in the same words.
CREATE TABLE api_tokens (
    id         TEXT   NOT NULL PRIMARY KEY,
    name       TEXT   NOT NULL UNIQUE,
    hash       TEXT   NOT NULL,
    role       TEXT   NOT NULL,
    projects   TEXT   NOT NULL,
    made_at    INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT;
CREATE TABLE api_requests (
    caller      TEXT    NOT NULL,
    key         TEXT    NOT NULL,
    fingerprint TEXT    NOT NULL,
    run         TEXT    NOT NULL,
    claimed_at  INTEGER  NOT NULL,
    status      INTEGER,
    answer      TEXT,
    PRIMARY KEY (caller, key)
) STRICT;
CREATE INDEX api_requests_by_age ON api_requests (claimed_at);
CREATE TABLE site_projects (
    site    TEXT NOT NULL PRIMARY KEY,
    cloud   TEXT NOT NULL,
    project TEXT NOT NULL
) STRICT;
