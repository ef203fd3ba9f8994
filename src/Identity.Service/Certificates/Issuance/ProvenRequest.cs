using Culvert.Ca.Requests;

namespace Culvert.Identity.Service.Certificates.Issuance;

internal sealed record ProvenRequest(ParsedRequest Csr, string Text, string? IdempotencyHeader)
{
    /// <summary>The idempotency key of this request; null without the header.</summary>
    /// <param name="requester">Stable for as long as the requester may retry.</param>
    /// <param name="wishes">All other inputs that decide the certificate.</param>
    public IdempotencyKey? KeyFor(string requester, params string[] wishes) =>
        IdempotencyKey.From(IdempotencyHeader, requester, [Text, .. wishes]);
}
