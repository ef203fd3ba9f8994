using Culvert.Tunnel.Protocol.Errors;

namespace Culvert.Tunnel.Protocol.Lifetime;

/// <summary>Why an outer connection is closed.</summary>
/// <param name="By">Which side, or the transport, closed it.</param>
/// <param name="Code">The code sent or received in GOAWAY; null if the transport closed without one.</param>
/// <param name="Detail">For the log; never contains payload bytes.</param>
public sealed record MuxOutcome(MuxEndedBy By, ConnectionErrorCode? Code, string Detail);
