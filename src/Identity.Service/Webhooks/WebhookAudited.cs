using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Webhooks;

/// <summary>A webhook was registered or archived, or failed permanently. Never contains its secret.</summary>
internal sealed record WebhookAudited(string Name, AuditOrigin Origin, Webhook Webhook)
    : AuditEvent(
        Name,
        Origin,
        Webhook.OrganizationId,
        [new("webhook", Webhook.Id.Value)],
        [
            ("webhook_id", Webhook.Id.Value),
            ("url", Webhook.Url),
            ("can_decide", Webhook.CanDecide),
            ("format", WireNames.Get(Webhook.Format)),
            ("audience", Webhook.Audience),
        ]
    );
