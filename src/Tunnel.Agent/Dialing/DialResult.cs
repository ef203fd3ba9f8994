using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using Culvert.Platform.Net;

namespace Culvert.Tunnel.Agent.Dialing;

/// <summary>An authenticated outer connection, or why there is none.</summary>
internal sealed record DialResult
{
    private DialResult() { }

    [MemberNotNullWhen(true, nameof(Transport), nameof(PeerSerial))]
    public bool IsConnected => Transport is not null;

    /// <summary>The TLS stream; the caller's to dispose.</summary>
    public Stream? Transport { get; private init; }

    /// <summary>Serial of the edge's certificate, watched against later revocation.</summary>
    public string? PeerSerial { get; private init; }

    public DateTimeOffset PeerNotAfter { get; private init; }

    /// <summary>The connection itself; null where a proxy's TLS lies between.</summary>
    public Socket? Socket { get; private init; }

    public DialStage Stage { get; private init; }

    /// <summary>For the log.</summary>
    public string Detail { get; private init; } = "";

    /// <summary>At <see cref="DialStage.Connect"/>: how it failed.</summary>
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
