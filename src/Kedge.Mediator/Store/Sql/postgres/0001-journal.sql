-- Runs and their events. docs/formats/journal.md
CREATE TABLE runs (
    run           text        NOT NULL PRIMARY KEY,
    kind          text        NOT NULL,
    title         text        NOT NULL,
    subject       text        NOT NULL,
    exclusive_key text        NOT NULL,
    owner         text        NOT NULL,
    phase         text        NOT NULL,
    is_ended      smallint    NOT NULL,
    epoch         bigint      NOT NULL,
    last_seq      bigint      NOT NULL,
    accepted_at   timestamptz NOT NULL,
    last_event_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX one_open_run_per_key ON runs (exclusive_key) WHERE is_ended = 0;
CREATE INDEX runs_of_subject ON runs (subject, kind, accepted_at);
CREATE INDEX open_runs ON runs (accepted_at) WHERE is_ended = 0;
-- json and not jsonb: an event is read back as it was written, and which field comes first has a meaning.
CREATE TABLE events (
    run   text        NOT NULL REFERENCES runs (run),
    seq   bigint      NOT NULL,
    epoch bigint      NOT NULL,
    at    timestamptz NOT NULL,
    event json        NOT NULL,
    PRIMARY KEY (run, seq)
);
