using Culvert.Tunnel.Protocol.Liveness;

namespace Culvert.Tunnel.Protocol.Tests.Liveness;

public sealed class SilenceTests
{
    [Theory] // W4: PING after 5 s, dead when 10 s more bring no byte
    [InlineData(4_999, null, SilenceAction.None)]
    [InlineData(5_000, null, SilenceAction.Ping)]
    [InlineData(5_001, null, SilenceAction.Ping)]
    [InlineData(5_001, 1, SilenceAction.None)]
    [InlineData(14_999, 9_999, SilenceAction.None)]
    [InlineData(15_000, 10_000, SilenceAction.Dead)]
    [InlineData(11_000, 10_000, SilenceAction.None)] // asked early, as for an unanswered OPEN
    [InlineData(14_999, 14_999, SilenceAction.None)]
    [InlineData(15_000, 15_000, SilenceAction.Dead)]
    internal void Decide_Times_GiveTheAction(int sinceByteMs, int? sincePingMs, SilenceAction action) =>
        Silence
            .Decide(
                TimeSpan.FromMilliseconds(sinceByteMs),
                sincePingMs is { } ms ? TimeSpan.FromMilliseconds(ms) : null,
                TimeSpan.FromSeconds(5),
                TimeSpan.FromSeconds(10)
            )
            .ShouldBe(action);
}
