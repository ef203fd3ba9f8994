using System.Text.Json;
using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Audit;

/// <summary>
/// The whole chain as JSON lines, node by node from its first entry: bodies of the caller's organization, digests of all
/// others (S30). The reader can verify that nothing is missing.
/// </summary>
internal static class AuditExport
{
    private const int Page = 1000;

    public static async Task WriteAsync(
        AuditLog log,
        string organizationId,
        bool withInstallation,
        Stream body,
        CancellationToken cancellationToken
    )
    {
        foreach (var node in await log.NodesAsync(cancellationToken))
        {
            long after = 0;
            while (true)
            {
                var page = await log.ChainAsync(node, after, Page, cancellationToken);
                using var buffer = new MemoryStream();
                foreach (var (entry, owner) in page)
                {
                    using (var json = new Utf8JsonWriter(buffer))
                    {
                        var isOwn = owner == organizationId || (owner is null && withInstallation);
                        Write(json, entry, isOwn);
                    }

                    buffer.WriteByte((byte)'\n');
                    after = entry.Sequence;
                }

                await body.WriteAsync(buffer.GetBuffer().AsMemory(0, (int)buffer.Length), cancellationToken);
                if (page.Count < Page)
                {
                    break;
                }
            }
        }
    }

    private static void Write(Utf8JsonWriter json, AuditEntry entry, bool isOwn)
    {
        json.WriteStartObject();
        WriteChained(json, entry, isOwn);
        json.WriteEndObject();
    }

    /// <summary>Writes the members that prove an entry and its position into the current object.</summary>
    public static void WriteChained(Utf8JsonWriter json, AuditEntry entry, bool withBody)
    {
        json.WriteString("node", entry.Node);
        json.WriteNumber("sequence", entry.Sequence);
        json.WriteString("hash", Convert.ToHexStringLower(entry.Hash));
        json.WriteString("body_digest", Convert.ToHexStringLower(entry.BodyDigest));
        if (withBody && entry.Body is { } body)
        {
            // As text, byte for byte: the digest covers exactly these bytes.
            json.WriteString("salt", Convert.ToHexStringLower(entry.Salt));
            json.WriteString("body", body);
        }
    }
}
