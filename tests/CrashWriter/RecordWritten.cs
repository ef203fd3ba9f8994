using System.Text.Json;
using Culvert.Identity.Service.Events;

namespace Culvert.CrashWriter;

internal sealed record RecordWritten : AuditEvent
{
    public override string Name => "record_written";

    protected override void WriteData(Utf8JsonWriter json) { }
}
