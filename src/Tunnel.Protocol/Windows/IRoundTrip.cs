namespace Culvert.Tunnel.Protocol.Windows;

/// <summary>The round trip of a connection, as windows need it. The multiplexer's pings, or a test's number.</summary>
internal interface IRoundTrip
{
    /// <summary>The shortest so far, so that queues of our own making are not taken for distance; null before the first.</summary>
    TimeSpan? Shortest { get; }
}
