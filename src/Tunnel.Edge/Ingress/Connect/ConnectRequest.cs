namespace Culvert.Tunnel.Edge.Ingress.Connect;

/// <summary>What a client asked the CONNECT ingress for.</summary>
/// <param name="ServerName">Lower case; a name, never an address.</param>
/// <param name="Port">1 to 65535.</param>
internal sealed record ConnectRequest(string ServerName, int Port);
