namespace Culvert.Tunnel.Agent.Connector;

/// <summary>What a connection to an agent's own listener showed.</summary>
/// <param name="Works">Whether clients of the tunnel can begin TLS with the certificate.</param>
/// <param name="Line">The certificate, or why there is none; for people.</param>
internal sealed record ConnectorTrialResult(bool Works, string Line);
