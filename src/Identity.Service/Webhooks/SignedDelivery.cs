namespace Culvert.Identity.Service.Webhooks;

internal sealed record SignedDelivery(IReadOnlyList<KeyValuePair<string, string>> Headers, ReadOnlyMemory<byte> Body);
