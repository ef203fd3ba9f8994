using System.Text.Json;
using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Backup;

/// <summary>
/// The gap in the chains: this installation continues from a backup. The first entry of the first chain after it, so that
/// the next checkpoint signs it.
/// </summary>
/// <param name="Record">The restore's record, as JSON.</param>
internal sealed record InstallationRestored(string Record) : AuditEvent
{
    public override string Name => AuditEvents.InstallationRestored;

    protected override void WriteData(Utf8JsonWriter json)
    {
        using var record = JsonDocument.Parse(Record);
        foreach (var member in record.RootElement.EnumerateObject())
        {
            member.WriteTo(json);
        }
    }
}
