using Culvert.Tunnel.Protocol.Errors;

namespace Culvert.Tunnel.Protocol.Receiving;

internal interface IFrameSink
{
    /// <summary>Handles the complete frames at the front and returns their total length.</summary>
    /// <exception cref="MuxConnectionException">The peer broke the protocol.</exception>
    int Process(ReadOnlySpan<byte> received);

    /// <summary>Wakes the readers with new data or ends since the last call. Never throws.</summary>
    void Wake();

    void OnViolation(MuxConnectionException violation);

    void OnTransportEnd(string detail);
}
