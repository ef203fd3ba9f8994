namespace Culvert.Identity.Service.Webhooks;

/// <param name="Retried">Failed messages that will be retried.</param>
/// <param name="Failed">Messages that were abandoned.</param>
internal sealed record FailingWebhook(string WebhookId, long Retried, long Failed);
