using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using Culvert.Platform.Net;

namespace Culvert.Tunnel.Agent.Dialing;

/// <summary>An authenticated outer connection, or the failure.</summary>
internal sealed record DialResult
{
    private DialResult() { }

    [MemberNotNullWhen(true, nameof(Transport), nameof(PeerSerial))]
    public bool IsConnected => Transport is not null;

    /// <summary>The TLS stream; the caller disposes of it.</summary>
    public Stream? Transport { get; private init; }

    /// <summary>The serial of the edge's certificate, checked against later revocations.</summary>
    public string? PeerSerial { get; private init; }

    public DateTimeOffset PeerNotAfter { get; private init; }

    /// <summary>The TCP socket; null when the connection uses TLS to a proxy.</summary>
    public Socket? Socket { get; private init; }

    public DialStage Stage { get; private init; }

    public string Detail { get; private init; } = "";

    public ConnectCause Cause { get; private init; }

    public static DialResult Connected(Stream transport, Socket? socket, string peerSerial, DateTimeOffset notAfter) =>
        new()
        {
            Transport = transport,
            Socket = socket,
            PeerSerial = peerSerial,
            PeerNotAfter = notAfter,
        };

    public static DialResult Failed(DialStage stage, string detail, ConnectCause cause = ConnectCause.Other) =>
        new()
        {
            Stage = stage,
            Detail = detail,
            Cause = cause,
        };
}
