namespace Culvert.Benchmarks.Figures;

/// <summary>Every figure that <c>./bench</c> prints, in the order of <c>./bench --list</c>.</summary>
internal static class FigureCatalogue
{
    public static IReadOnlyList<FigureKind> All { get; } =
    [
        new("tunnel", "tunnel.calls.c*", "1/s", "calls of so many clients; floor: the same forwarder without a tunnel"),
        new(
            "tunnel",
            "tunnel.calls.record.c*",
            "1/s",
            "calls of so many clients, each recorded as by default; floor: with `policy: {mode: off}`"
        ),
        new(
            "tunnel",
            "agent.record_cpu_per_1k.c*",
            "ms",
            "the agent's processor time for 1,000 of them; floor: with `policy: {mode: off}`"
        ),
        new("tunnel", "edge.cpu_per_1k", "ms", "the edge's processor time for 1,000 calls"),
        new("tunnel", "agent.cpu_per_1k", "ms", "the agent's processor time for 1,000 calls"),
        new("tunnel", "upstream.cpu_per_1k", "ms", "the MCP server's processor time for 1,000 calls"),
        new("tunnel", "client.cpu_per_1k", "ms", "the clients' processor time for 1,000 calls"),
        new("tunnel", "forwarder.cpu_per_1k", "ms", "processor time of the forwarder without a tunnel for 1,000 calls"),
        new("tunnel", "tunnel.newconn", "1/s", "new inner connections; floor: without a tunnel"),
        new(
            "tunnel",
            "tunnel.newconn.cpu_per_1k",
            "ms",
            "processor time of edge and agent for 1,000 of them; floor: the forwarder's without a tunnel"
        ),
        new("tunnel", "tunnel.bulk", "MB/s", "one download; floor: without a tunnel"),
        new("tunnel", "tunnel.bulk.rtt40", "MB/s", "one download with a round trip of 40 ms; floor: without a tunnel"),
        new("tunnel", "tunnel.bulk.vs_*", "MB/s", "one download; floor: through ssh -R, or nginx's stream module"),
        new("tunnel", "edge.cpu_per_gib", "ms", "the edge's processor time for a GiB of a download"),
        new("tunnel", "agent.cpu_per_gib", "ms", "the agent's processor time for a GiB of a download"),
        new(
            "tunnel",
            "tunnel.hol.p99",
            "ms",
            "slowest hundredth of small calls during a download; floor: without a tunnel"
        ),
        new("tunnel", "tunnel.sse.first", "ms", "delay of a stream's first event; floor: without a tunnel"),
        new("tunnel", "edge.idle_connection", "KiB", "the edge's resident memory for an idle client connection"),
        new("tunnel", "agent.idle_connection", "KiB", "the agent's resident memory for an idle client connection"),
        new("tunnel", "agent.rss_idle", "MiB", "resident memory of the published agent at rest"),
        new("tunnel", "agent.rss_after_load", "MiB", "the same after the calls of `tunnel.calls.native.*`"),
        new(
            "tunnel",
            "tunnel.calls.native.c*",
            "1/s",
            "calls through the published edge and agent; floor: through those of the build"
        ),
        new("tunnel", "agent.start", "s", "the published agent's time from start to serving"),
        new(
            "tunnel",
            "tunnel.vs_*.c*",
            "1/s",
            "calls of so many clients; floor: through ssh -R, or nginx's stream module"
        ),
        new("tunnel", "edge.growth.tunnels", "1/s", "calls through an edge of 10,000 tunnels; floor: of one"),
        new("tunnel", "edge.growth.agents", "1/s", "calls through an edge of 100 agents; floor: of one"),
        new(
            "exchange",
            "exchange.*.c64",
            "1/s",
            "token exchanges, 64 connections, by database; floor: an empty endpoint"
        ),
        new(
            "exchange",
            "exchange.cpu_per_1k",
            "ms",
            "processor time of 1,000 exchanges on SQLite; floor: an empty endpoint"
        ),
        new("exchange", "exchange.allocated", "B", "memory that the service allocates for an exchange on SQLite"),
        new("authorize", "authorize.code.c64", "1/s", "codes redeemed, 64 connections; floor: an empty endpoint"),
        new(
            "authorize",
            "authorize.code.cpu_per_1k",
            "ms",
            "processor time of 1,000 of them; floor: an empty endpoint"
        ),
        new("authorize", "authorize.code.allocated", "B", "memory that the service allocates for one of them"),
        new(
            "authorize",
            "authorize.off_boarding.*",
            "s",
            "from the request that off-boards a person to the last of so many agents"
        ),
        new("authorize", "authorize.scim_filter.*", "ms", "one of so many SCIM users by userName, median"),
        new("compare", "compare.exchange", "1/s", "exchanges of the second build; floor: of the first"),
        new("compare", "compare.exchange.p99", "ms", "slowest hundredth of the second build; floor: of the first"),
        new(
            "compare",
            "compare.exchange.cpu_per_1k",
            "ms",
            "processor time of 1,000 with the second build; floor: of the first"
        ),
        new(
            "compare",
            "compare.exchange.allocated",
            "B",
            "memory for an exchange with the second build; floor: of the first"
        ),
        new("compare", "compare.issue", "1/s", "certificates of the second build; floor: of the first"),
        new(
            "compare",
            "compare.issue.cpu_per_1k",
            "ms",
            "processor time of 1,000 certificates with the second build; floor: of the first"
        ),
        new("exchange", "exchange.postgres.cpu_per_1k", "ms", "the same on PostgreSQL, without the database's own"),
        new(
            "exchange",
            "exchange.cold_start",
            "ms",
            "start to first exchange; floor: an empty endpoint's first answer"
        ),
        new("exchange", "exchange.cold_start.cpu", "ms", "processor time of the same"),
        new("exchange", "exchange.rules.*", "1/s", "exchanges with so many rules stored; floor: with few"),
        new("exchange", "exchange.issuers.*", "1/s", "exchanges with so many issuers stored; floor: with few"),
        new("exchange", "exchange.replay.*", "1/s", "exchanges with so many used tokens stored; floor: with few"),
        new("exchange", "exchange.*.*.cpu_per_1k", "ms", "processor time of 1,000 of them; floor: with few"),
        new("exchange", "exchange.*.*.memory", "MB", "resident memory then; floor: with few"),
        new("issue", "issue.sqlite.c64", "1/s", "server certificates, key sealed; floor: the platform's own signing"),
        new(
            "issue",
            "issue.pkcs11.c64",
            "1/s",
            "server certificates, key in an HSM; floor: the platform's own signing"
        ),
        new(
            "issue",
            "cert.oidc.*.c64",
            "1/s",
            "identity token to certificate, by database; floor: the platform's own signing"
        ),
        new(
            "issue",
            "cert.direct.*.c64",
            "1/s",
            "identity token to certificate in one request; floor: in two requests"
        ),
        new(
            "issue",
            "cert.direct.*.cpu_per_1k",
            "ms",
            "processor time of 1,000 certificates, one request each; floor: two requests each"
        ),
        new(
            "issue",
            "issue.*.cpu_per_1k",
            "ms",
            "processor time of 1,000 certificates; floor: the platform's own signing"
        ),
        new(
            "issue",
            "cert.oidc.*.cpu_per_1k",
            "ms",
            "processor time of 1,000 certificates; floor: the platform's own signing"
        ),
        new("issue", "issue.stored.*", "1/s", "certificates while so many are stored; floor: with an empty store"),
        new("issue", "issue.stored.*.cpu_per_1k", "ms", "processor time of 1,000 of them; floor: with an empty store"),
        new("feed", "feed.agents.*", "kB", "the service's memory for a waiting call, beyond its idle connection"),
        new("feed", "feed.connection.*", "kB", "the service's memory for a connected agent that waits for nothing"),
        new("feed", "feed.epoch.*", "s", "from a change that concerns all agents to the last agent's answer"),
        new("feed", "feed.foreign.*", "ms", "the service's processor time for a change that concerns no waiting agent"),
        new("feed", "feed.spread.*", "x", "renewals in the fullest fiftieth of the time, divided by the mean"),
        new(
            "jose",
            "jose.verify.*",
            "1/s",
            "verified tokens; floor, where there is one: the platform's verification alone"
        ),
        new("jose", "jose.verify.*.allocated", "B", "memory allocated to verify a token"),
        new("jose", "jose.parse.*", "1/s", "parsed tokens or key sets"),
        new("jose", "jose.mint.es256", "1/s", "signed access tokens"),
        new("crl", "crl.rebuild.*", "s", "time to build all lists again, by number of revoked certificates"),
        new("crl", "crl.cpu.*", "s", "processor time of that"),
        new("crl", "crl.memory.*", "MB", "the most memory meanwhile"),
        new("crl", "crl.shard.*", "kB", "the largest list"),
        new("crl", "inventory.page.*", "ms", "a page of the inventory of certificates"),
        new("crl", "inventory.forecast.*", "ms", "the inventory's forecast of renewals"),
        new("crl", "crl.rebuild.postgres.*", "s", "as crl.rebuild, on PostgreSQL"),
        new("crl", "crl.cpu.postgres.*", "s", "as crl.cpu, on PostgreSQL"),
        new("crl", "crl.memory.postgres.*", "MB", "as crl.memory, on PostgreSQL"),
        new("crl", "crl.shard.postgres.*", "kB", "as crl.shard, on PostgreSQL"),
        new("crl", "inventory.page.postgres.*", "ms", "as inventory.page, on PostgreSQL"),
        new("crl", "inventory.forecast.postgres.*", "ms", "as inventory.forecast, on PostgreSQL"),
        new(
            "audit",
            "audit.inclusion.*",
            "ms",
            "the slowest of 1,000 proofs that an entry is among so many of the log"
        ),
        new(
            "audit",
            "audit.consistency.*",
            "ms",
            "the slowest of 1,000 proofs that a log of so many continues a smaller one"
        ),
        new("audit", "audit.inclusion.postgres.*", "ms", "as audit.inclusion, on PostgreSQL"),
        new("audit", "audit.consistency.postgres.*", "ms", "as audit.consistency, on PostgreSQL"),
        new("policy", "policy.decision.*", "us", "one decision among 1,000 rules, by what the rules match"),
        new(
            "policy",
            "policy.record.*",
            "us",
            "reading a call's message (floor: with all care), making and writing its record"
        ),
        new("policy", "policy.record.*_bytes", "B", "what each of them allocates"),
        new(
            "policy",
            "policy.record.durable",
            "1/s",
            "records of calls that the disk has, flushed as the agent does it"
        ),
        new(
            "policy",
            "policy.calls.c*",
            "1/s",
            "calls of so many clients under 1,000 rules and pins, each recorded; floor: with `policy: {mode: off}`"
        ),
        new(
            "policy",
            "policy.agent_cpu_per_1k.c*",
            "ms",
            "the agent's processor time for 1,000 of them; floor: with `policy: {mode: off}`"
        ),
        new("answers", "answers.judge", "us", "judging an answer of 64 kB with 1,000 records, of which ten cross"),
        new(
            "answers",
            "answers.calls.c*",
            "1/s",
            "calls of so many clients whose answers of 4 kB are judged; floor: under a rule without `answer`"
        ),
        new(
            "answers",
            "answers.agent_cpu_per_1k.c*",
            "ms",
            "the agent's processor time for 1,000 of them; floor: under a rule without `answer`"
        ),
        new(
            "answers",
            "answers.stream.memory",
            "MiB",
            "the agent's memory above its idle one while a million records arrive, of which a hundred cross"
        ),
        new(
            "answers",
            "answers.composed",
            "ms",
            "a composed call of two members with 100 records each; floor: the same two calls by the client, one after the other"
        ),
        new(
            "answers",
            "answers.composed.rtt40",
            "ms",
            "the same with 20 ms each way between edge and agent; floor: the same two calls by the client"
        ),
        new("answers", "answers.join", "ms", "the statement of a composed tool over two tables of 10,000 rows"),
        new(
            "credentials",
            "credentials.federated",
            "1/s",
            "calls of 4 kB with a cached token for the upstream, 16 connections; floor: with a static credential"
        ),
        new(
            "credentials",
            "credentials.aws",
            "1/s",
            "the same with a signature of AWS; floor: with a static credential"
        ),
        new(
            "credentials",
            "credentials.memory",
            "MiB",
            "what the access tokens of 10,000 people take in an agent, each a JWT of 1,000 characters"
        ),
        new("ha", "ha.scale", "x", "twice an exchange's processor time on one node, divided by that on two nodes"),
        new("ha", "ha.service.cpu_per_1k", "ms", "two nodes' processor time for 1,000 exchanges; floor: one node's"),
        new("ha", "ha.rate", "1/s", "exchanges on two nodes; floor: on one"),
        new("ha", "ha.failover", "s", "from a node's kill to the next grant; the worst of six"),
        new(
            "ha",
            "ha.migration.*",
            "ms",
            "the longest write while a table of so many rows is altered; floor: the longest before"
        ),
        new(
            "providers",
            "providers.longpoll.calls.c*",
            "1/s",
            "calls of so many callers through a control plane, 1,024 bytes each way; floor: through the own edge"
        ),
        new(
            "providers",
            "providers.longpoll.agent_cpu_per_1k.c*",
            "ms",
            "the agent's processor time for 1,000 of them; floor: through the own edge"
        ),
        new(
            "providers",
            "providers.longpoll.added.c*",
            "ms",
            "from a poll's response to the answer's arrival without the server's time, p99, 20 calls a second of each caller; floor: a bare poller"
        ),
        new(
            "providers",
            "providers.longpoll.added.busy.c*",
            "ms",
            "the same, each caller without a pause: the processor is what they wait for"
        ),
        new("providers", "providers.longpoll.waiting", "kB", "the agent's memory for a call that its server holds"),
        new(
            "providers",
            "providers.connector.calls.c*",
            "1/s",
            "calls over so many connections in WebSockets; floor: the same agent reached directly, by TLS over TCP"
        ),
        new(
            "providers",
            "providers.connector.agent_cpu_per_1k.c*",
            "ms",
            "the agent's processor time for 1,000 of them; floor: reached directly"
        ),
        new("providers", "providers.soak.calls", "1", "calls of the soak that were answered once, with success"),
        new("providers", "providers.soak.handovers", "1", "times that one agent took the tunnel over from the other"),
        new("providers", "providers.soak.lost", "1", "calls without an answer; at most those delivered at a stop"),
        new("providers", "providers.soak.failed", "1", "calls with another status than 200"),
        new("providers", "providers.soak.repeated", "1", "answers to calls that had one"),
        new("providers", "providers.soak.under_way", "1", "calls that the agents still count when all have ended"),
        new("providers", "providers.soak.memory.agent*", "MiB", "growth of an agent from the second fifth to the last"),
        new("providers", "providers.soak.descriptors.agent*", "1", "the same of its open files and sockets"),
        new("providers", "providers.soak.threads.agent*", "1", "the same of its threads, without those of the pool"),
        new("console", "console.page", "ms", "slowest page of the console at p99; floor: a static file"),
    ];

    /// <summary>The lines of <c>./bench --list</c>: name, unit, meaning.</summary>
    public static IEnumerable<string> Lines =>
        All.GroupBy(kind => kind.Bench)
            .SelectMany(bench =>
                bench
                    .Select(kind => $"  {kind.Name, -32} {kind.Unit, -5} {kind.Meaning}")
                    .Prepend($"./bench {bench.Key}")
            );

    public static bool Lists(Figure figure) => All.Any(kind => kind.Describes(figure));
}
