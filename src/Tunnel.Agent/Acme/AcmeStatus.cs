namespace Culvert.Tunnel.Agent.Acme;

/// <summary>The status of a name, for pages, metrics and the doctor.</summary>
/// <param name="Name">The host name.</param>
/// <param name="Serial">Of the certificate; null while there is none.</param>
/// <param name="NotAfter">Of the certificate.</param>
/// <param name="NextAt">When the next order is due.</param>
/// <param name="Caa">The last check of its CAA set; null before the first.</param>
/// <param name="Failure">Why the last order gave nothing; null when it gave something.</param>
internal sealed record AcmeStatus(
    string Name,
    string? Serial,
    DateTimeOffset? NotAfter,
    DateTimeOffset? NextAt,
    string? Caa,
    AcmeFailure? Failure
);
