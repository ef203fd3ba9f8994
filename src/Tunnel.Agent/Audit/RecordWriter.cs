using System.Security.Cryptography;
using System.Text;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Audit;

/// <summary>Writes records as members of a line, and cuts clients' texts. The output is valid until the next.</summary>
internal sealed class RecordWriter : IDisposable
{
    private const int MaxCharacters = 512;

    /// <summary>The number of a caller's scopes that are written.</summary>
    public const int MaxScopes = 32;

    private const int MaxGroups = 32;
    private const int HashBytes = 16;

    private readonly JsonMembers json = new();
    private readonly byte[] agent;
    private readonly byte[] version;

    // Reused: preparing the key costs more than hashing a call's arguments.
    private readonly IncrementalHash keyed;

    /// <param name="key">The key of the hashes of sessions and arguments.</param>
    public RecordWriter(string instance, string version, ReadOnlySpan<byte> key)
    {
        keyed = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        json.Text("agent"u8, instance);
        agent = json.Written.ToArray();
        json.CutTo(0);
        json.Text("version"u8, version);
        this.version = json.Written.ToArray();
    }

    public ReadOnlySpan<byte> Write(AuditRecord record, bool keepsShapes)
    {
        switch (record)
        {
            case AcmeRecord order:
                WriteOrder(order);
                break;
            case PinRecord pin:
                WritePin(pin);
                break;
            default:
                WriteCall((CallRecord)record, keepsShapes);
                break;
        }

        return json.Written;
    }

    public ReadOnlySpan<byte> Write(
        ReadOnlySpan<byte> type,
        DateTimeOffset time,
        ReadOnlySpan<byte> member,
        long number
    )
    {
        Begin(type, time);
        json.Raw(agent);
        json.Number(member, number);
        return json.Written;
    }

    /// <summary>Writes the shape and the hash of the arguments, as members.</summary>
    public byte[] Describe(CallRecord record, bool keepsShapes)
    {
        json.CutTo(0);
        WriteArguments(record, keepsShapes);
        return json.Written.ToArray();
    }

    public void Dispose()
    {
        keyed.Dispose();
        json.Dispose();
    }

    private void WriteOrder(AcmeRecord record)
    {
        Begin("acme"u8, record.Time);
        json.Raw(agent);
        json.Raw(version);
        json.Text("event"u8, record.Event);
        Text("host"u8, record.Name);
        Text("directory"u8, record.Directory);
        Text("account"u8, record.Account);
        Text("replaces"u8, record.Replaces);
        Text("key_authorization_sha256"u8, record.Digest);
        Text("serial"u8, record.Serial);
        if (record.NotAfter is { } end)
        {
            json.Time("not_after"u8, end);
        }

        Text("reason"u8, record.Reason);
        Text("detail"u8, record.Detail);
    }

    private void WritePin(PinRecord record)
    {
        Begin(record.IsDrift ? "drift"u8 : "pin"u8, record.Time);
        json.Raw(agent);
        json.Raw(version);
        json.Text("event"u8, record.Event);
        Text("route"u8, record.Route);
        Text("kind"u8, record.Kind);
        Text("name"u8, record.Name);
        Text("class"u8, record.Classes);
        Text("action"u8, record.Action);
        Text("pin"u8, record.Pinned);
        Text("observed"u8, record.Observed);
        Text("by"u8, record.By);
    }

    private void WriteCall(CallRecord record, bool keepsShapes)
    {
        Begin("call"u8, record.Time);
        json.Raw(agent);
        json.Raw(version);
        Text("route"u8, record.Route);
        Text("host"u8, record.Host);
        Text("connection"u8, record.Connection);
        Text("trace"u8, record.Trace);
        Text("era"u8, record.Era);
        Text("protocol"u8, record.Protocol);
        if (record.Session.Length > 0)
        {
            WriteHash("session"u8, Encoding.UTF8.GetBytes(record.Session));
        }

        if (!record.Id.IsEmpty)
        {
            json.Name("id"u8);
            json.Raw(record.Id.Span);
        }

        Text("method"u8, record.Method);
        Text("kind"u8, record.Kind);
        Text("name"u8, record.Name);
        Text("pin"u8, record.Pin);
        Text("drift"u8, record.Drift);
        json.Text("mode"u8, record.Mode);
        json.Text("policy"u8, record.PolicyVersion);
        Text("rule"u8, record.Rule);
        json.Text("decision"u8, record.Decision);
        Text("reason"u8, record.Reason);
        Text("approval"u8, record.Approval);
        Text("argument"u8, record.Argument);
        Text("condition"u8, record.Condition);
        WritePrincipal(record);
        json.Text("auth"u8, record.Auth);
        Text("upstream"u8, record.Upstream);
        json.Text("credential"u8, record.Credential);
        Text("credential_subject"u8, record.CredentialUse?.Subject ?? "");
        if (record.CredentialUse?.ExpiresAt is { } end)
        {
            json.Time("credential_expires_at"u8, end);
        }

        if (record.Described is { } described)
        {
            json.Raw(described);
        }
        else if (!record.Arguments.IsEmpty)
        {
            WriteArguments(record, keepsShapes);
        }

        WriteOutcome(record);
    }

    private void WriteArguments(CallRecord record, bool keepsShapes)
    {
        var arguments = record.Arguments.Span;
        if (keepsShapes)
        {
            ArgumentShape.Write(json, "arguments"u8, arguments, record.Masked);
        }

        // Masked values are null in the hash: even a keyed hash shows whether two calls had the same value.
        var from = 0;
        IEnumerable<Range> inOrder =
            record.Masked.Count < 2 ? record.Masked : record.Masked.OrderBy(m => m.Start.Value);
        foreach (var masked in inOrder)
        {
            if (masked.Start.Value >= from)
            {
                keyed.AppendData(arguments[from..masked.Start.Value]);
                keyed.AppendData("null"u8);
                from = masked.End.Value;
            }
        }

        WriteHash("arguments_hash"u8, arguments[from..]);
    }

    // Keyed: without the agent's key, guesses of a value cannot be tested against the hash.
    private void WriteHash(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        keyed.AppendData(value);
        keyed.GetHashAndReset(hash);
        json.Hex(name, hash[..HashBytes]);
    }

    private void WritePrincipal(CallRecord record)
    {
        if (record.Subject.Length == 0)
        {
            return;
        }

        json.Name("principal"u8);
        var start = json.Length;
        Text("iss"u8, record.Issuer);
        Text("sub"u8, record.Subject);
        Text("client_id"u8, record.ClientId);
        json.OpenAt(start);
        json.Name("scopes"u8);
        WriteTexts(record.Scopes, MaxScopes);
        if (record.Groups.Count > 0)
        {
            json.Name("groups"u8);
            WriteTexts(record.Groups, MaxGroups);
        }

        if (record.Groups.Count > MaxGroups)
        {
            json.Number("groups_more"u8, record.Groups.Count - MaxGroups);
        }

        json.Raw("}"u8);
    }

    private void WriteTexts(IReadOnlyCollection<string> texts, int max)
    {
        json.Raw("["u8);
        var written = 0;
        foreach (var text in texts)
        {
            if (written == max)
            {
                break;
            }

            json.Raw(written++ == 0 ? ""u8 : ","u8);
            json.Text(Cut(text));
        }

        json.Raw("]"u8);
    }

    private void WriteOutcome(CallRecord record)
    {
        if (record.RequestBytes is { } requestBytes)
        {
            json.Number("request_bytes"u8, requestBytes);
        }

        json.Number("response_bytes"u8, record.ResponseBytes);
        json.Number("status"u8, record.Status);
        if (record.IsError is { } isError)
        {
            json.Name("is_error"u8);
            json.Raw(isError ? "true"u8 : "false"u8);
        }

        if (record.Hidden > 0)
        {
            json.Number("hidden"u8, record.Hidden);
        }

        if (record.Answer is { } answer)
        {
            WriteAnswer(answer);
        }

        if (record.Compose is { } compose)
        {
            WriteComposition(compose);
        }

        if (!record.AnswerShape.IsEmpty)
        {
            json.Name("answer_shape"u8);
            json.Raw(record.AnswerShape.Span);
        }

        Text("failure"u8, record.Failure);
        json.Milliseconds("duration_ms"u8, record.DurationMs);
        if (record.UpstreamMs is { } upstream)
        {
            json.Milliseconds("upstream_ms"u8, upstream);
        }

        json.Text("end"u8, record.End);
    }

    private void WriteComposition(Composition compose)
    {
        json.Name("compose"u8);
        var start = json.Length;
        json.Text("id"u8, compose.Id);
        Text("route"u8, compose.Route);
        Text("tool"u8, compose.Tool);
        Text("step"u8, compose.Step);
        if (compose.Route.Length == 0)
        {
            json.Number("calls"u8, compose.Calls);
        }

        json.OpenAt(start);
        json.Raw("}"u8);
    }

    private void WriteAnswer(CallAnswer answer)
    {
        json.Name("answer"u8);
        var start = json.Length;
        json.Number("rows"u8, answer.Rows);
        json.Number("rows_removed"u8, answer.RowsRemoved);
        json.Number("fields_removed"u8, answer.FieldsRemoved);
        json.Number("masked"u8, answer.Masked);
        if (!answer.Digest.IsEmpty)
        {
            json.Hex("digest"u8, answer.Digest.Span);
        }

        Text("problem"u8, answer.Problem);
        json.OpenAt(start);
        json.Raw("}"u8);
    }

    private void Begin(ReadOnlySpan<byte> type, DateTimeOffset time)
    {
        json.CutTo(0);
        json.Time("time"u8, time);
        json.Name("type"u8);
        json.Raw("\""u8);
        json.Raw(type);
        json.Raw("\""u8);
    }

    private void Text(ReadOnlySpan<byte> name, string value)
    {
        if (value.Length > 0)
        {
            json.Text(name, Cut(value));
        }
    }

    private static ReadOnlySpan<char> Cut(string value) =>
        value.Length <= MaxCharacters ? value : string.Concat(value.AsSpan(0, MaxCharacters - 1), "…");
}
