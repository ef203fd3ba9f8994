using Culvert.Tunnel.Protocol.Windows;

namespace Culvert.Tunnel.Protocol.Tests.Windows;

internal sealed class FixedRoundTrip(TimeSpan? shortest) : IRoundTrip
{
    public TimeSpan? Shortest { get; set; } = shortest;
}
