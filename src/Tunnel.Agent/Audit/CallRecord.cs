using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Audit;

/// <summary>
/// A call, or a refused one: its caller, target, rule and result. It never has a token, a session id in clear, an
/// argument's value or a value of a result. Empty and null members are not written.
/// </summary>
internal sealed class CallRecord : AuditRecord
{
    public required string Route { get; init; }

    public required string Host { get; init; }

    public required string Connection { get; init; }

    /// <summary>W3C trace context of the call's <c>_meta</c>.</summary>
    public string Trace { get; set; } = "";

    /// <summary><c>modern</c> or <c>legacy</c>.</summary>
    public string Era { get; set; } = "";

    public string Protocol { get; set; } = "";

    /// <summary>The session's id; only its keyed hash is written.</summary>
    public string Session { get; init; } = "";

    /// <summary>The JSON-RPC id, as the client wrote it.</summary>
    public ReadOnlyMemory<byte> Id { get; set; }

    /// <summary>The JSON-RPC method; the HTTP method where there is no message.</summary>
    public string Method { get; set; } = "";

    /// <summary><c>tool</c>, <c>prompt</c> or <c>resource</c>.</summary>
    public string Kind { get; set; } = "";

    public string Name { get; set; } = "";

    /// <summary>The digest of the pinned definition; empty without a pin.</summary>
    public string Pin { get; set; } = "";

    /// <summary>How the definition differs from its pin; empty without a difference.</summary>
    public string Drift { get; set; } = "";

    /// <summary><c>record</c>, <c>observe</c> or <c>enforce</c>.</summary>
    public required string Mode { get; init; }

    public required string PolicyVersion { get; init; }

    /// <summary><c>allow</c>, <c>deny</c> or <c>refuse</c>; with the prefix <c>would_</c> where the call was made.</summary>
    public string Decision { get; set; } = "";

    public string Rule { get; set; } = "";

    /// <summary>The reason of the decision, or the code of the refusal.</summary>
    public string Reason { get; set; } = "";

    /// <summary>The ticket of the approval that the call required; empty when it required none.</summary>
    public string Approval { get; set; } = "";

    /// <summary>The JSON pointer of the argument that the policy does not allow.</summary>
    public string Argument { get; set; } = "";

    /// <summary>The key of the condition on <see cref="Argument"/> that is false.</summary>
    public string Condition { get; set; } = "";

    public string Issuer { get; init; } = "";

    public string Subject { get; init; } = "";

    public string ClientId { get; init; } = "";

    public IReadOnlyCollection<string> Scopes { get; init; } = [];

    /// <summary>The caller's groups, on routes whose rules have conditions on groups; elsewhere empty.</summary>
    public IReadOnlyCollection<string> Groups { get; init; } = [];

    /// <summary><c>bearer</c>, <c>dpop</c>, <c>passthrough</c> or <c>none</c>.</summary>
    public required string Auth { get; init; }

    public string Upstream { get; init; } = "";

    /// <summary>The kind of credential that the agent sent to the upstream.</summary>
    public required string Credential { get; init; }

    /// <summary>The credential of the request to the upstream; null for none.</summary>
    public CredentialUse? CredentialUse { get; set; }

    /// <summary>The arguments as the client wrote them; only names, types and one keyed hash are written.</summary>
    public ReadOnlyMemory<byte> Arguments { get; set; }

    /// <summary>Positions of values in <see cref="Arguments"/> that are neither described nor hashed.</summary>
    public IReadOnlyList<Range> Masked { get; set; } = [];

    /// <summary>The description of the arguments, as members of the record; null = not created yet.</summary>
    public byte[]? Described { get; set; }

    /// <summary>The announced length where the body was not read; null without one.</summary>
    public long? RequestBytes { get; set; }

    public long ResponseBytes { get; set; }

    /// <summary>0 when no response was sent.</summary>
    public int Status { get; set; }

    /// <summary>Whether the response was an error of the tool or of JSON-RPC; null = not checked.</summary>
    public bool? IsError { get; set; }

    /// <summary>Entries that were removed from lists, or would have been.</summary>
    public int Hidden { get; set; }

    /// <summary>What of the answer did not cross; null: no answer rule applied.</summary>
    public CallAnswer? Answer { get; set; }

    /// <summary>The composed tool that the call belongs to; null for all other calls.</summary>
    public Composition? Compose { get; set; }

    /// <summary>The shape of the answer, a JSON object; empty if it is not recorded.</summary>
    public ReadOnlyMemory<byte> AnswerShape { get; set; }

    /// <summary>The reason of a response that the agent created itself; empty for the upstream's.</summary>
    public string Failure { get; set; } = "";

    public double DurationMs { get; set; }

    /// <summary>The time until the upstream's first byte; null without one.</summary>
    public double? UpstreamMs { get; set; }

    /// <summary><c>completed</c>, <c>refused</c>, <c>client_gone</c> or <c>broken_off</c>.</summary>
    public string End { get; set; } = "";

    /// <summary>The names in lists of the response: only for counting, not part of the record.</summary>
    public IReadOnlyList<SeenName> Seen { get; set; } = [];

    /// <summary>False for another path than the MCP endpoint's: not counted. Not part of the record.</summary>
    public bool IsCall { get; set; } = true;
}
