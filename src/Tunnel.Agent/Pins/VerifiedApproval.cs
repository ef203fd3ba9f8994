namespace Culvert.Tunnel.Agent.Pins;

/// <summary>An approval whose signature is valid.</summary>
/// <param name="Node">The agent that signed it.</param>
/// <param name="ChangesDigest">The SHA-256 of the changes, in hex.</param>
internal sealed record VerifiedApproval(
    string Node,
    string Route,
    string By,
    DateTimeOffset Time,
    string ChangesDigest
);
