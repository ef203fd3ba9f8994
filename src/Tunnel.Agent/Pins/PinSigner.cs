using Culvert.Platform.Certificates;

namespace Culvert.Tunnel.Agent.Pins;

/// <summary>The agent whose key signs approvals.</summary>
/// <param name="Certificate">The platform certificate with its key.</param>
/// <param name="Node">The agent's instance id.</param>
internal sealed record PinSigner(KeyAndCertificate Certificate, string Node);
