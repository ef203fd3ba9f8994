using System.Text.Json;
using Culvert.Identity.Service.Events;
using Culvert.Platform.Transparency;

namespace Culvert.Identity.Service.Transparency;

internal sealed record TransparencyKeyCreated(NoteKey Key) : AuditEvent
{
    public override string Name => AuditEvents.TransparencyKeyCreated;

    protected override void WriteData(Utf8JsonWriter json) => json.WriteString("key", Key.ToString());
}
