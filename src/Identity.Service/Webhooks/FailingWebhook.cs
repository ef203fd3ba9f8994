namespace Culvert.Identity.Service.Webhooks;

/// <summary>A webhook whose messages are not accepted.</summary>
/// <param name="WebhookId">The webhook.</param>
/// <param name="Retried">Messages that failed and will be sent again.</param>
/// <param name="Failed">Messages that were given up.</param>
internal sealed record FailingWebhook(string WebhookId, long Retried, long Failed);
