using Culvert.Platform.Certificates;

namespace Culvert.Tunnel.Agent.Pins;

/// <summary>The agent whose key signs approvals.</summary>
/// <param name="Certificate">Its platform certificate with the key.</param>
/// <param name="Node">Its instance id.</param>
internal sealed record PinSigner(KeyAndCertificate Certificate, string Node);
