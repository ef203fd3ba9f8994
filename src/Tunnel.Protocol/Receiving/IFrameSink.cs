using Culvert.Tunnel.Protocol.Errors;

namespace Culvert.Tunnel.Protocol.Receiving;

/// <summary>What the read loop feeds.</summary>
internal interface IFrameSink
{
    /// <summary>Handles the complete frames at the front; returns how many bytes they were.</summary>
    /// <exception cref="MuxConnectionException">The peer broke the protocol.</exception>
    int Take(ReadOnlySpan<byte> received);

    /// <summary>Wakes the readers that the frames taken since the last time concern. Never throws.</summary>
    void Wake();

    void OnViolation(MuxConnectionException violation);

    void OnTransportEnd(string detail);
}
