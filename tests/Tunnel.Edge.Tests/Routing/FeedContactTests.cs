using Culvert.Tunnel.Edge.Routing;

namespace Culvert.Tunnel.Edge.Tests.Routing;

public sealed class FeedContactTests
{
    private static readonly DateTimeOffset Contact = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory] // S10
    [InlineData(0, FeedAge.Fresh)]
    [InlineData(60, FeedAge.Fresh)]
    [InlineData(61, FeedAge.OfflineGrace)]
    [InlineData(86_400, FeedAge.OfflineGrace)]
    [InlineData(86_401, FeedAge.Stale)]
    internal void Age_SecondsOfSilence_GiveTheAge(int seconds, FeedAge age) =>
        FeedContact.Age(Contact, Contact.AddSeconds(seconds), TimeSpan.FromHours(24)).ShouldBe(age);

    [Fact]
    public void Age_NeverHeard_IsStale() =>
        FeedContact.Age(null, Contact, TimeSpan.FromHours(24)).ShouldBe(FeedAge.Stale);
}
