namespace Culvert.Tunnel.Agent.Requests;

/// <summary>
/// The data of <c>UnsupportedProtocolVersionError</c> (MCP 2026-07-28, protocol version negotiation).
/// </summary>
/// <param name="Supported">The versions that the server speaks.</param>
/// <param name="Requested">The version of the request, as the client wrote it.</param>
internal sealed record VersionsOffered(IReadOnlyList<string> Supported, string Requested);
