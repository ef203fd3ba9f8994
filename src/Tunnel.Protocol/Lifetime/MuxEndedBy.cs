namespace Culvert.Tunnel.Protocol.Lifetime;

/// <summary>Who ended an outer connection.</summary>
public enum MuxEndedBy
{
    /// <summary>This process: an error that it found, or an orderly close that it requested.</summary>
    Local,

    /// <summary>The peer, by GOAWAY.</summary>
    Peer,

    /// <summary>The transport: end of stream or an error without a GOAWAY.</summary>
    Transport,
}
