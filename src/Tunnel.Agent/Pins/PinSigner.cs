using Culvert.Platform.Certificates;

namespace Culvert.Tunnel.Agent.Pins;

/// <summary>The agent whose key signs approvals.</summary>
internal sealed record PinSigner(KeyAndCertificate Certificate, string Node);
