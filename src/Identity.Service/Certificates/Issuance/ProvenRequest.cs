using Culvert.Ca.Requests;

namespace Culvert.Identity.Service.Certificates.Issuance;

/// <summary>A signing request whose sender has proved to hold its key.</summary>
/// <param name="Csr">As parsed.</param>
/// <param name="Text">As it was sent.</param>
/// <param name="IdempotencyHeader">The request's <c>Idempotency-Key</c>; null when it has none.</param>
internal sealed record ProvenRequest(ParsedRequest Csr, string Text, string? IdempotencyHeader)
{
    /// <summary>What makes a repeat of this request one with it; null without the header.</summary>
    /// <param name="requester">Who asks, stable for as long as it may repeat itself.</param>
    /// <param name="wishes">What else decides the certificate.</param>
    public IdempotencyKey? KeyFor(string requester, params string[] wishes) =>
        IdempotencyKey.Of(IdempotencyHeader, requester, [Text, .. wishes]);
}
