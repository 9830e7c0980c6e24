-- A little of what LangChef's tables hold.
INSERT INTO users (id, username, email, full_name, is_active) VALUES
    ('u-1', 'ada', 'ada@langchef.example', 'Ada', true),
    ('u-2', 'grace', 'grace@langchef.example', 'Grace', true);

INSERT INTO prompts (name, content, description, tags, version) VALUES
    ('summarise', 'Summarise the text in one sentence: {{text}}', 'short summaries', '{summary,short}', 1),
    ('classify', 'Which of {{labels}} fits the text? {{text}}', NULL, '{classification}', 3);

INSERT INTO datasets (name, examples, version, type, meta_data, column_mapping) VALUES
    ('support tickets', '[]', 1, 'jsonl', '{"source": "helpdesk"}', '{"input": "body", "output": "label"}'),
    ('news', '[]', 2, 'csv', NULL, '{"input": "article"}');

INSERT INTO dataset_items (dataset_id, content, uuid)
SELECT 1 + i % 2, jsonb_build_object('text', 'item ' || i), gen_random_uuid()::text
FROM generate_series(1, 500) AS i;

INSERT INTO experiments (name, prompt_id, dataset_id, model, parameters, status) VALUES
    ('summaries of tickets', 1, 1, 'small-model', '{"temperature": 0.2}', 'done'),
    ('labels of news', 2, 2, 'large-model', NULL, 'running');

INSERT INTO traces (experiment_id, prompt, completion, model, tokens_prompt, tokens_completion, latency_ms)
SELECT 1 + i % 2, 'prompt ' || i, 'completion ' || i, 'small-model', 100 + i, 20, 300 + i
FROM generate_series(1, 200) AS i;

INSERT INTO metrics (experiment_id, trace_id, name, value)
SELECT experiment_id, id, 'latency', latency_ms FROM traces;

INSERT INTO chats (user_id, title, model_id) VALUES ('u-1', 'first steps', 'small-model');
INSERT INTO chat_messages (chat_id, role, content, "order") VALUES (1, 'user', 'Hello', 1), (1, 'assistant', 'Hello!', 2);
