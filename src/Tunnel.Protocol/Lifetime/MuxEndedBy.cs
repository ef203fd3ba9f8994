namespace Culvert.Tunnel.Protocol.Lifetime;

/// <summary>Who ended an outer connection.</summary>
public enum MuxEndedBy
{
    /// <summary>This process: an error that it found, or an orderly end that it asked for.</summary>
    Local,

    /// <summary>The peer, by GOAWAY.</summary>
    Peer,

    /// <summary>The transport: end of stream or a fault without a GOAWAY.</summary>
    Transport,
}
