using System.Diagnostics.CodeAnalysis;
using System.Net;
using Culvert.Platform.Certificates;
using Culvert.Tunnel.Protocol;
using Culvert.Tunnel.Protocol.Errors;
using Culvert.Tunnel.Protocol.Frames;
using Culvert.Tunnel.Protocol.Streams;

namespace Culvert.Tunnel.Edge.Agents;

/// <summary>An authenticated outer connection of an agent.</summary>
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

    /// <summary>Of the agent's certificate, as on the wire.</summary>
    public string Serial { get; } = serial;

    /// <summary>The certificate's first second; a renewal begins later, however long it lives.</summary>
    public DateTimeOffset NotBefore { get; } = notBefore;

    /// <summary>The certificate's last second.</summary>
    public DateTimeOffset NotAfter { get; } = notAfter;

    public IPEndPoint Remote { get; } = remote;

    /// <summary>Place of the instance in rendezvous hashing; the same at every edge.</summary>
    public ulong InstanceHash { get; } = Affinity.Hash(id.Name);

    /// <summary>How often the instance had been disconnected by an operator when this connection was made.</summary>
    public long DisconnectsBefore { get; set; }

    public int OpenStreams => mux.OpenStreams;

    /// <summary>Order of registration; later is newer. Set by the registry.</summary>
    public long Sequence { get; set; }

    /// <summary>
    /// False once the same instance has a connection with a newer certificate: no new streams here (S10). Set by the
    /// registry.
    /// </summary>
    public bool IsCurrent { get; set; } = true;

    /// <summary>When <see cref="IsCurrent"/> became false; the remaining streams may continue for a while. Set by the registry.</summary>
    public DateTimeOffset? RetiredAt { get; set; }

    /// <summary>So few stream ids are left that the agent should dial a replacement (W9).</summary>
    public bool IsNearlyUsedUp => mux.StreamIdsLeft < 1 << 20;

    public bool AcceptsStreams => mux.AcceptsStreams;

    /// <summary>Something may be wrong with the way to the agent; other connections come first.</summary>
    public bool IsOverdue => mux.IsOverdue;

    public bool TryOpen(OpenPayload open, ReadOnlySpan<byte> firstBytes, [NotNullWhen(true)] out MuxStream? stream) =>
        mux.TryOpen(open, firstBytes, out stream);

    public void End(ConnectionErrorCode code, TimeSpan drain, string text) => mux.GoAway(code, drain, text);
}
