using System.Runtime.InteropServices;
using System.Text.Json;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Pins;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Replay;

/// <summary>A call from a line of the record, or a test case that an operator wrote in the same form.</summary>
internal sealed record RecordedCall
{
    /// <summary>The end of texts that the record has cut.</summary>
    private const char Cut = '…';

    private static readonly JsonElement Empty = JsonElement.Parse("{}");

    /// <summary>0 for a test case.</summary>
    public long Sequence { get; private init; }

    public DateTimeOffset Time { get; private init; }

    public required string Route { get; init; }

    public required string Method { get; init; }

    public TargetKind? Kind { get; private init; }

    public string Name { get; private init; } = "";

    public string PolicyVersion { get; private init; } = "";

    public string Rule { get; private init; } = "";

    /// <summary>As recorded, with <c>would_</c> if the call passed all the same; <c>expect</c> of a test case.</summary>
    public required string Decision { get; init; }

    public string Reason { get; private init; } = "";

    /// <summary>The composed route whose tool made the call; empty for a call of a client.</summary>
    public string Via { get; private init; } = "";

    /// <summary>Null on routes without authentication.</summary>
    public Principal? Principal { get; private init; }

    /// <summary>The arguments of a test case, an object in JSON; null without them. Records have no values.</summary>
    public byte[]? Arguments { get; private init; }

    /// <summary>The answer of a test case; null: the case is only about the call.</summary>
    public CaseAnswer? Answer { get; private init; }

    /// <summary>What the record has of the answer; null for a test case, or if it has nothing.</summary>
    public RecordedAnswer? Recorded { get; private init; }

    /// <summary>Whether the server responded without an error; unknown counts as success.</summary>
    public bool HasSucceeded { get; private init; }

    /// <summary>Why the line has not enough data for a decision; empty = it has.</summary>
    public string Gap { get; private init; } = "";

    /// <summary>Whether the call reached the server, or would have.</summary>
    public bool HasPassed => Decision is "allow" or "would_deny" or "would_refuse";

    /// <summary>False if the message could not be judged, or a limit or a pin refused the call.</summary>
    public bool IsJudged =>
        Decision is "allow" or "deny" or "would_deny"
        && Reason is not (RoutePins.Drifted or RoutePins.Unpinned or RoutePins.Quarantined);

    /// <param name="call">The call; null = a line about something else, such as the file itself.</param>
    /// <returns>What is wrong with the line; null = it was read.</returns>
    public static string? TryRead(string line, out RecordedCall? call)
    {
        call = null;
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                return "The line is not a JSON object.";
            }

            if (Text(root, "type") is { Length: > 0 } type && type != "call")
            {
                return null;
            }

            var expected = Text(root, "expect");
            if (expected is not ("" or "allow" or "deny"))
            {
                return "expect must be allow or deny.";
            }

            var method = Text(root, "method");
            var kind = ReadKind(Text(root, "kind")) ?? McpMethods.FindTarget(method, out _);
            var read = new RecordedCall
            {
                Sequence = root.TryGetProperty("seq", out var sequence) ? sequence.GetInt64() : 0,
                Time = root.TryGetProperty("time", out var time) ? time.GetDateTimeOffset() : default,
                Route = Text(root, "route"),
                Method = method.Length == 0 && kind is { } of ? McpMethods.GetUseMethod(of) : method,
                Kind = kind,
                Name = Text(root, "name"),
                PolicyVersion = Text(root, "policy"),
                Rule = Text(root, "rule"),
                Decision = expected.Length > 0 ? expected : Text(root, "decision"),
                Reason = Text(root, "reason"),
                Via = FindObject(root, "compose") is { } compose ? Text(compose, "route") : Text(root, "via"),
                Principal = ReadPrincipal(root, out var gap),
                Arguments = ReadArguments(root),
                HasSucceeded =
                    !(root.TryGetProperty("is_error", out var isError) && isError.ValueKind == JsonValueKind.True)
                    && (!root.TryGetProperty("status", out var status) || status.GetInt32() is >= 200 and < 300),
                Gap = gap,
            };
            if (read.Route.Length == 0 || read.Method.Length == 0 || read.Decision.Length == 0)
            {
                return "The line needs route, method (or kind and name), and expect (or decision).";
            }

            // The record has what was removed from the answer under the same key.
            CaseAnswer? answer = null;
            if (read.Sequence > 0)
            {
                read = read with { Recorded = RecordedAnswer.Read(root) };
            }
            else if (CaseAnswer.TryRead(root, read, out answer) is { } problem)
            {
                return problem;
            }

            read = read with { Answer = answer };
            call = read.Name.EndsWith(Cut) ? read with { Gap = "the record has only the beginning of the name" } : read;
            return null;
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            return "The line is not a record of a call: " + e.Message;
        }
    }

    public string Caller =>
        Principal is not { } principal ? "anyone"
        : principal.ClientId.Length > 0 && principal.ClientId != principal.Subject
            ? $"{principal.Subject} by {principal.ClientId}"
        : principal.Subject;

    private static Principal? ReadPrincipal(JsonElement root, out string gap)
    {
        gap = "";
        if (!root.TryGetProperty("principal", out var principal))
        {
            return null;
        }

        var (scopes, groups) = (Texts(principal, "scopes"), Texts(principal, "groups"));
        gap =
            principal.TryGetProperty("groups_more", out _) ? "the record has only the first of the caller's groups"
            : scopes.Length == Audit.RecordWriter.MaxScopes ? "the record may have only the first of the token's scopes"
            : "";
        var (subject, client) = (Text(principal, "sub"), Text(principal, "client_id"));
        return new Principal
        {
            Issuer = Text(principal, "iss"),
            Subject = subject,
            ClientId = client,
            Scopes = [.. scopes],
            Groups = [.. groups],
            Claims = PrincipalClaims.Create(subject, client, FindObject(principal, "claims") ?? Empty),
            EndsAt = DateTimeOffset.MaxValue,
            KeyThumbprint = null,
        };
    }

    // The record describes the types and lengths of arguments under the same key.
    private static byte[]? ReadArguments(JsonElement root) =>
        !root.TryGetProperty("seq", out _) && FindObject(root, "arguments") is { } arguments
            ? JsonMarshal.GetRawUtf8Value(arguments).ToArray()
            : null;

    private static JsonElement? FindObject(JsonElement element, string name) =>
        !element.TryGetProperty(name, out var value) ? null
        : value.ValueKind == JsonValueKind.Object ? value
        : throw new FormatException($"{name} is not an object.");

    // Records have no kind for methods.
    private static TargetKind? ReadKind(string word) =>
        word.Length == 0 ? null
        : TargetKinds.Find(word) is { } kind and not TargetKind.Method ? kind
        : throw new FormatException($"{word} is not a kind.");

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : "";

    private static string[] Texts(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select(item => item.GetString() ?? "")]
            : [];
}
