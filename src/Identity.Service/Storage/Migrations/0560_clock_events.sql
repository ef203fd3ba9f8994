-- A restart asks whether the clock was known to be wrong. There are a handful of these among millions.
CREATE INDEX journal_clock ON journal (node, sequence) WHERE event IN ('clock_alarm', 'clock_confirmed');
