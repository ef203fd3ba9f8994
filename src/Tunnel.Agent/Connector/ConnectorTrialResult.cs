namespace Culvert.Tunnel.Agent.Connector;

/// <param name="Works">Whether clients of the tunnel can start TLS with the certificate.</param>
/// <param name="Line">The certificate, or why there is none; for people.</param>
internal sealed record ConnectorTrialResult(bool Works, string Line);
