namespace Culvert.Tunnel.Agent.Acme;

/// <summary>An order at one moment (RFC 8555 §7.1.3).</summary>
/// <param name="Status"><c>pending</c>, <c>ready</c>, <c>processing</c>, <c>valid</c> or <c>invalid</c>.</param>
/// <param name="Certificate">The certificate's URL; null before it is issued.</param>
internal sealed record AcmeOrder(
    string Url,
    string Status,
    IReadOnlyList<string> Authorizations,
    string Finalize,
    string? Certificate
);
