using System.Net;

namespace Culvert.Platform.Net;

/// <summary>
/// A connection through a vetted address failed. It is an exception only because it must pass through the HTTP client's
/// connect callback.
/// </summary>
public sealed class VettedConnectException(
    ConnectFailure failure,
    string host,
    IPAddress? address,
    string reason,
    Exception? inner = null
) : IOException($"{host}: {reason}", inner)
{
    public ConnectFailure Failure { get; } = failure;

    public string Host { get; } = host;

    /// <summary>The address that was refused or tried last; null when the name has none.</summary>
    public IPAddress? Address { get; } = address;

    /// <summary>Why the vetting refused that address, or why it could not be reached.</summary>
    public string Reason { get; } = reason;
}
