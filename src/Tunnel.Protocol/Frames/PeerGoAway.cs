using Culvert.Tunnel.Protocol.Errors;

namespace Culvert.Tunnel.Protocol.Frames;

/// <summary>The peer's GOAWAY: it accepts or opens no new streams (W12).</summary>
/// <param name="Code">The reason.</param>
/// <param name="LastStream">From an agent: the last stream handed to a handler. From an edge: 0.</param>
/// <param name="Drain">How long open streams may continue before the peer resets them.</param>
/// <param name="Text">A message for the log, at most 256 bytes.</param>
public sealed record PeerGoAway(ConnectionErrorCode Code, uint LastStream, TimeSpan Drain, string Text);
