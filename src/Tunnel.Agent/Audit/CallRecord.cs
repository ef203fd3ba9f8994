using Culvert.Tunnel.Agent.Mcp;

namespace Culvert.Tunnel.Agent.Audit;

/// <summary>
/// One call, or one that was refused: who, what, which rule, and how it ended. Never a token, a session id in clear, an
/// argument's value or a result. Empty and null members are not written.
/// </summary>
internal sealed class CallRecord : AuditRecord
{
    public required string Route { get; init; }

    public required string Host { get; init; }

    /// <summary>The inner TLS connection.</summary>
    public required string Connection { get; init; }

    /// <summary>W3C trace context of the call's <c>_meta</c>.</summary>
    public string Trace { get; set; } = "";

    /// <summary><c>modern</c> or <c>legacy</c>.</summary>
    public string Era { get; set; } = "";

    public string Protocol { get; set; } = "";

    /// <summary>The session's id; its keyed hash is kept.</summary>
    public string Session { get; init; } = "";

    /// <summary>The JSON-RPC id, as it was written.</summary>
    public ReadOnlyMemory<byte> Id { get; set; }

    /// <summary>JSON-RPC method; the HTTP method where there is no message.</summary>
    public string Method { get; set; } = "";

    /// <summary><c>tool</c>, <c>prompt</c> or <c>resource</c>.</summary>
    public string Kind { get; set; } = "";

    public string Name { get; set; } = "";

    /// <summary>Digest of the pinned definition; empty where nothing is pinned.</summary>
    public string Pin { get; set; } = "";

    /// <summary>How the definition differs from its pin; empty where it does not.</summary>
    public string Drift { get; set; } = "";

    /// <summary><c>record</c>, <c>observe</c> or <c>enforce</c>.</summary>
    public required string Mode { get; init; }

    public required string PolicyVersion { get; init; }

    /// <summary><c>allow</c>, <c>deny</c> or <c>refuse</c>; with <c>would_</c> before it where the call passed all the same.</summary>
    public string Decision { get; set; } = "";

    public string Rule { get; set; } = "";

    /// <summary>Why: a word of the decision's, or the code of the refusal.</summary>
    public string Reason { get; set; } = "";

    /// <summary>The ticket of the approval that the call needed; empty where it needed none.</summary>
    public string Approval { get; set; } = "";

    /// <summary>The pointer of the argument that was not allowed.</summary>
    public string Argument { get; set; } = "";

    /// <summary>The key of the condition on <see cref="Argument"/> that is not true.</summary>
    public string Condition { get; set; } = "";

    public string Issuer { get; init; } = "";

    public string Subject { get; init; } = "";

    public string ClientId { get; init; } = "";

    public IReadOnlyCollection<string> Scopes { get; init; } = [];

    /// <summary>Of the caller, on routes whose rules have conditions on groups; elsewhere empty.</summary>
    public IReadOnlyCollection<string> Groups { get; init; } = [];

    /// <summary><c>bearer</c>, <c>dpop</c>, <c>passthrough</c> or <c>none</c>.</summary>
    public required string Auth { get; init; }

    /// <summary>What is behind the route.</summary>
    public string Upstream { get; init; } = "";

    /// <summary>How the agent proved itself to the upstream.</summary>
    public required string Credential { get; init; }

    /// <summary>As they were written; their names and types are kept, and a keyed hash of all.</summary>
    public ReadOnlyMemory<byte> Arguments { get; set; }

    /// <summary>Parts of <see cref="Arguments"/> of which nothing is kept: values, by their position.</summary>
    public IReadOnlyList<Range> Masked { get; set; } = [];

    /// <summary>What is kept of them, as members of the record; null = not made yet.</summary>
    public byte[]? Described { get; set; }

    /// <summary>As it was announced, where the body was not read; null where that was not announced either.</summary>
    public long? RequestBytes { get; set; }

    public long ResponseBytes { get; set; }

    /// <summary>0 where no answer left.</summary>
    public int Status { get; set; }

    /// <summary>Whether the answer was an error of the tool or of JSON-RPC; null = not checked.</summary>
    public bool? IsError { get; set; }

    /// <summary>Entries that lists did not show, or would not have shown.</summary>
    public int Hidden { get; set; }

    /// <summary>The reason of an answer that the agent made itself; empty for the upstream's.</summary>
    public string Failure { get; set; } = "";

    public double DurationMs { get; set; }

    /// <summary>Until the upstream's first byte; null where it gave none.</summary>
    public double? UpstreamMs { get; set; }

    /// <summary><c>completed</c>, <c>refused</c>, <c>client_gone</c> or <c>broken_off</c>.</summary>
    public string End { get; set; } = "";

    /// <summary>What lists in the answer named: for counting alone, no part of the record.</summary>
    public IReadOnlyList<(TargetKind Kind, string Name)> Seen { get; set; } = [];

    /// <summary>
    /// False: a request to another path than the MCP endpoint, which is not counted. Not part of the record.
    /// </summary>
    public bool IsCall { get; set; } = true;
}
