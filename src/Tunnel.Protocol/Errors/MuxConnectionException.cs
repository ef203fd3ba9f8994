namespace Culvert.Tunnel.Protocol.Errors;

/// <summary>The peer broke the protocol: the whole outer connection ends with <see cref="Code"/>.</summary>
public sealed class MuxConnectionException : IOException
{
    internal MuxConnectionException(ConnectionErrorCode code, string message)
        : base(message) => Code = code;

    /// <summary>What GOAWAY tells the peer.</summary>
    public ConnectionErrorCode Code { get; }
}
