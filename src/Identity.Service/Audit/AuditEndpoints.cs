using System.Text.Json;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Audit;

/// <summary><c>GET /v1/audit</c>: the organization's own entries, newest first.</summary>
internal sealed class AuditEndpoints(AuditSearch search)
{
    private const string List = "audit";

    public async ValueTask<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (!PageRequest.Read(request, List).TryGet(out var page, out var refusal))
        {
            return refusal;
        }

        if (!AuditQueryReader.Read(request).TryGet(out var query, out var invalid))
        {
            return invalid;
        }

        var (entries, searchedTo) = await search.FindAsync(query, page.Before, page.Count, cancellationToken);
        var answer = page.Cut(entries, entry => entry.Ordinal, searchedTo);
        return ApiAnswer.Written(json => answer.Write(json, WriteEntry));
    }

    // The stored body is sent byte for byte, so that a reader can recompute its digest.
    private static void WriteEntry(Utf8JsonWriter json, AuditEntry entry)
    {
        json.WriteStartObject();
        json.WriteString("type", "audit_entry");
        json.WriteString("node", entry.Node);
        json.WriteNumber("sequence", entry.Sequence);
        WriteSummary(json, entry.Body);
        json.WriteString("hash", Convert.ToHexStringLower(entry.Hash));
        json.WriteString("salt", Convert.ToHexStringLower(entry.Salt));
        json.WriteString("body_digest", Convert.ToHexStringLower(entry.BodyDigest));
        json.WritePropertyName("body");
        if (entry.Body is null)
        {
            json.WriteNullValue();
        }
        else
        {
            json.WriteRawValue(entry.Body);
        }

        json.WriteEndObject();
    }

    // A summary for lists, repeated from the body; null if retention removed it.
    private static void WriteSummary(Utf8JsonWriter json, byte[]? body)
    {
        using var document = body is null ? null : JsonDocument.Parse(body);
        var entry = document?.RootElement;
        json.WriteString("time", entry?.GetProperty("at").GetString());
        json.WriteString("event", entry?.GetProperty("event").GetString());
        json.WriteString("actor", entry?.GetProperty("actor").GetProperty("id").GetString());
        json.WriteString("request_id", entry?.GetProperty("request_id").GetString());
    }
}
