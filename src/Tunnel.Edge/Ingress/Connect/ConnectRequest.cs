namespace Culvert.Tunnel.Edge.Ingress.Connect;

/// <summary>A client's CONNECT request.</summary>
/// <param name="ServerName">Lower case; a name, never an address.</param>
/// <param name="Port">1 to 65535.</param>
internal sealed record ConnectRequest(string ServerName, int Port);
