namespace Culvert.Identity.Service.Webhooks;

/// <summary>What a receiver sent with the signature of its webhook's secret.</summary>
internal sealed record SignedMessage(Webhook Webhook, string Id, DateTimeOffset SignedAt, byte[] Body);
