CREATE TABLE bench_:n (id int PRIMARY KEY, title text NOT NULL, made timestamptz DEFAULT now());
ALTER TABLE bench_:n ADD COLUMN score numeric(10,2);
CREATE INDEX bench_:n_title ON bench_:n (title);
COMMENT ON TABLE bench_:n IS 'measured';
DROP TABLE bench_:n;
