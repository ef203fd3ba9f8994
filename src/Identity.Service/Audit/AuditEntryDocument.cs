using System.Text.Json;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Audit;

/// <summary>An entry of the audit.</summary>
/// <param name="Sequence">Numbers the node's entries without gaps.</param>
/// <param name="Time">Null if retention removed the body.</param>
/// <param name="Hash">The hash of the chain up to and including this entry.</param>
/// <param name="Body">The entry as it was stored; null if retention removed it.</param>
internal sealed record AuditEntryDocument(
    string Type,
    string Node,
    long Sequence,
    string? Time,
    string? Event,
    string? Actor,
    string? RequestId,
    string Hash,
    string Salt,
    string BodyDigest,
    RawJson? Body
)
{
    public static AuditEntryDocument From(AuditEntry entry)
    {
        using var document = entry.Body is null ? null : JsonDocument.Parse(entry.Body);
        var body = document?.RootElement;
        return new(
            Type: "audit_entry",
            Node: entry.Node,
            Sequence: entry.Sequence,
            Time: body?.GetProperty("at").GetString(),
            Event: body?.GetProperty("event").GetString(),
            Actor: body?.GetProperty("actor").GetProperty("id").GetString(),
            RequestId: body?.GetProperty("request_id").GetString(),
            Hash: Convert.ToHexStringLower(entry.Hash),
            Salt: Convert.ToHexStringLower(entry.Salt),
            BodyDigest: Convert.ToHexStringLower(entry.BodyDigest),
            Body: entry.Body is null ? null : new RawJson(entry.Body)
        );
    }
}
