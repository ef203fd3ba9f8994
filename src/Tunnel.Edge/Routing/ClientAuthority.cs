using System.Security.Cryptography.X509Certificates;
using Culvert.Platform.Certificates;

namespace Culvert.Tunnel.Edge.Routing;

/// <summary>A CA whose certificates authenticate clients of a tunnel, and the names it may use (S22).</summary>
/// <param name="Id">The ID of the registration, which is sent to agents.</param>
/// <param name="Certificate">The anchor, self-signed or not.</param>
/// <param name="Identities">At least one.</param>
internal sealed record ClientAuthority(
    string Id,
    X509Certificate2 Certificate,
    IReadOnlyList<ClientIdentityPattern> Identities
);
