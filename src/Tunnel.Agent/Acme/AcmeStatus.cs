namespace Culvert.Tunnel.Agent.Acme;

/// <param name="Serial">The certificate's serial; null while there is none.</param>
/// <param name="Caa">The last check of its CAA set; null before the first.</param>
/// <param name="Failure">Why the last order failed; null when it succeeded.</param>
internal sealed record AcmeStatus(
    string Name,
    string? Serial,
    DateTimeOffset? NotAfter,
    DateTimeOffset? NextAt,
    string? Caa,
    AcmeFailure? Failure
);
