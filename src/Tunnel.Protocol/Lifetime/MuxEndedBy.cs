namespace Culvert.Tunnel.Protocol.Lifetime;

public enum MuxEndedBy
{
    /// <summary>This process: it found an error, or requested an orderly close.</summary>
    Local,

    /// <summary>The peer, by GOAWAY.</summary>
    Peer,

    /// <summary>The transport: end of stream or an error without a GOAWAY.</summary>
    Transport,
}
