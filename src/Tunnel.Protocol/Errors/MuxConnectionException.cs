namespace Culvert.Tunnel.Protocol.Errors;

/// <summary>The peer broke the protocol: the outer connection closes with <see cref="Code"/>.</summary>
public sealed class MuxConnectionException : IOException
{
    internal MuxConnectionException(ConnectionErrorCode code, string message)
        : base(message) => Code = code;

    /// <summary>The code that GOAWAY carries.</summary>
    public ConnectionErrorCode Code { get; }
}
