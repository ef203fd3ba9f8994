using Culvert.Identity.Service.Storage;
using Culvert.Testing;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Storage;

public sealed class InstantsTests
{
    [Fact]
    public void GetStoreNow_BetweenMilliseconds_IsWhatTheStoreGivesBack()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddTicks(12_345_678));

        var now = time.GetStoreNow();

        now.ShouldBe(Instants.FromStore(now.ToStore()));
        now.ShouldBe(new DateTimeOffset(2026, 1, 1, 0, 0, 1, 234, TimeSpan.Zero));
    }
}
