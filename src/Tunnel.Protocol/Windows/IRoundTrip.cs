namespace Culvert.Tunnel.Protocol.Windows;

/// <summary>The round trip of a connection, as windows need it.</summary>
internal interface IRoundTrip
{
    /// <summary>The shortest so far, which excludes the delay of our own queues; null before the first.</summary>
    TimeSpan? Shortest { get; }
}
