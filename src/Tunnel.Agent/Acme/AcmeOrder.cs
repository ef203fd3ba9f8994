namespace Culvert.Tunnel.Agent.Acme;

/// <summary>An order at one moment (RFC 8555 §7.1.3).</summary>
/// <param name="Url">Where it lives.</param>
/// <param name="Status"><c>pending</c>, <c>ready</c>, <c>processing</c>, <c>valid</c> or <c>invalid</c>.</param>
/// <param name="Authorizations">Where its authorizations live.</param>
/// <param name="Finalize">Where the request goes.</param>
/// <param name="Certificate">Where the certificate lies; null before.</param>
internal sealed record AcmeOrder(
    string Url,
    string Status,
    IReadOnlyList<string> Authorizations,
    string Finalize,
    string? Certificate
);
