-- What the API keeps: tokens (hashed), answers of requests that started something, and the projects of sites. docs/formats/database.md
-- Moments are milliseconds since 1970, so that both kinds of database are asked in the same words.
CREATE TABLE api_tokens (
    id         text   NOT NULL PRIMARY KEY,
    name       text   NOT NULL UNIQUE,
    hash       text   NOT NULL,
    role       text   NOT NULL,
    projects   text   NOT NULL,
    made_at    bigint NOT NULL,
    expires_at bigint NOT NULL,
    revoked_at bigint
);
CREATE TABLE api_requests (
    caller      text    NOT NULL,
    key         text    NOT NULL,
    fingerprint text    NOT NULL,
    run         text    NOT NULL,
    claimed_at  bigint  NOT NULL,
    status      integer,
    answer      text,
    PRIMARY KEY (caller, key)
);
CREATE INDEX api_requests_by_age ON api_requests (claimed_at);
CREATE TABLE site_projects (
    site    text NOT NULL PRIMARY KEY,
    cloud   text NOT NULL,
    project text NOT NULL
);
