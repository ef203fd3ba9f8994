namespace Culvert.Tunnel.Protocol.Windows;

internal interface IRoundTrip
{
    /// <summary>The shortest so far, which excludes the delay of our own queues; null before the first.</summary>
    TimeSpan? Shortest { get; }
}
