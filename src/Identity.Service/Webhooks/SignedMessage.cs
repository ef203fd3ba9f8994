namespace Culvert.Identity.Service.Webhooks;

/// <summary>A receiver's message, whose signature is verified.</summary>
internal sealed record SignedMessage(Webhook Webhook, string Id, DateTimeOffset SignedAt, byte[] Body);
