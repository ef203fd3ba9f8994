using System.Text.Json;
using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Tests.Fixtures;

internal sealed record ThingHappened : AuditEvent
{
    public override string Name => "thing_happened";

    protected override void WriteData(Utf8JsonWriter json) => json.WriteString("thing", "it");
}
