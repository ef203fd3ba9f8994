using System.Globalization;
using Culvert.Platform.Net;
using Culvert.Platform.Telemetry;

namespace Culvert.Identity.Service.Audit.Export;

/// <summary>
/// Sends log records to a collector. The body is the entry's, byte for byte; attributes prove its position.
/// </summary>
internal sealed class CollectorSink(CollectorTarget target, NetworkOptions network) : IAuditSink, IDisposable
{
    private readonly CollectorClient client = new(
        target.Collector,
        new NetworkSource(network),
        "identity-service",
        "Culvert.Audit"
    );

    public async ValueTask<AuditSent> SendAsync(
        IReadOnlyList<ExportedEntry> entries,
        CancellationToken cancellationToken
    )
    {
        var (error, rejected) = await client.SendAsync(entries.Select(ToRecord), cancellationToken);
        return new AuditSent(error, rejected);
    }

    public void Dispose() => client.Dispose();

    private static CollectorRecord ToRecord(ExportedEntry exported)
    {
        var entry = exported.Entry;
        List<KeyValuePair<string, string>> attributes =
        [
            new("culvert.audit.event", exported.Event),
            new("culvert.audit.node", entry.Node),
            new("culvert.audit.sequence", entry.Sequence.ToString(CultureInfo.InvariantCulture)),
            new("culvert.audit.hash", Convert.ToHexStringLower(entry.Hash)),
            new("culvert.audit.body_digest", Convert.ToHexStringLower(entry.BodyDigest)),
            new("culvert.audit.salt", Convert.ToHexStringLower(entry.Salt)),
        ];
        if (exported.OrganizationId is { } organization)
        {
            attributes.Add(new("culvert.organization.id", organization));
        }

        return new CollectorRecord
        {
            At = exported.At,
            EventName = exported.Event,
            Body = entry.Body,
            Attributes = attributes,
        };
    }
}
