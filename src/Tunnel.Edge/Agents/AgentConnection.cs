using System.Diagnostics.CodeAnalysis;
using System.Net;
using Culvert.Platform.Certificates;
using Culvert.Tunnel.Protocol;
using Culvert.Tunnel.Protocol.Errors;
using Culvert.Tunnel.Protocol.Frames;
using Culvert.Tunnel.Protocol.Streams;

namespace Culvert.Tunnel.Edge.Agents;

internal sealed class AgentConnection(
    MuxConnection mux,
    SpiffeId id,
    string serial,
    DateTimeOffset notBefore,
    DateTimeOffset notAfter,
    IPEndPoint remote
)
{
    public SpiffeId Id { get; } = id;

    public string TunnelId { get; } = id.TunnelId!;

    public string InstanceId { get; } = id.Name;

    /// <summary>The serial of the agent's certificate, as in the feed's revocations.</summary>
    public string Serial { get; } = serial;

    /// <summary>The certificate's first second. A renewed certificate has a later one, whatever its lifetime.</summary>
    public DateTimeOffset NotBefore { get; } = notBefore;

    public DateTimeOffset NotAfter { get; } = notAfter;

    public IPEndPoint Remote { get; } = remote;

    /// <summary>The instance's hash for rendezvous hashing, the same at every edge.</summary>
    public ulong InstanceHash { get; } = Affinity.Hash(id.Name);

    /// <summary>How often an operator had disconnected the instance when this connection was made.</summary>
    public long DisconnectsBefore { get; set; }

    public int OpenStreams => mux.OpenStreams;

    /// <summary>Order of registration; later is newer. Set by the registry.</summary>
    public long Sequence { get; set; }

    /// <summary>False once the instance has a newer certificate: no new streams here (S10). Set by the registry.</summary>
    public bool IsCurrent { get; set; } = true;

    /// <summary>When <see cref="IsCurrent"/> became false; null while it is true. Set by the registry.</summary>
    public DateTimeOffset? RetiredAt { get; set; }

    /// <summary>True when so few stream ids are left that the agent should open a replacement (W9).</summary>
    public bool IsNearlyUsedUp => mux.StreamIdsLeft < 1 << 20;

    public bool AcceptsStreams => mux.AcceptsStreams;

    /// <summary>True when the peer is late with an answer: the edge prefers other connections.</summary>
    public bool IsOverdue => mux.IsOverdue;

    public bool TryOpen(OpenPayload open, ReadOnlySpan<byte> firstBytes, [NotNullWhen(true)] out MuxStream? stream) =>
        mux.TryOpen(open, firstBytes, out stream);

    public void End(ConnectionErrorCode code, TimeSpan drain, string text) => mux.GoAway(code, drain, text);
}
