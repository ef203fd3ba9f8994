using System.Text.Json;
using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Webhooks;

/// <summary>A webhook was registered or archived, or failed permanently. Never contains its secret.</summary>
internal sealed record WebhookAudited(string EventName, Webhook Webhook) : AuditEvent
{
    public override string Name => EventName;

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("webhook_id", Webhook.Id.Value);
        json.WriteString("url", Webhook.Url);
        json.WriteBoolean("can_decide", Webhook.CanDecide);
    }
}
