using System.Text.Json;
using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Http;

/// <summary>A caller sent a private key where none is allowed. The key itself is not stored.</summary>
internal sealed record SecretDiscarded(string Method, string Path) : AuditEvent
{
    public override string Name => AuditEvents.SecretDiscarded;

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("method", Method);
        json.WriteString("path", Path);
    }
}
