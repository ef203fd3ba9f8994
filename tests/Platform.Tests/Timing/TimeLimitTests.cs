using Culvert.Platform.Timing;
using Culvert.Testing;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Timing;

public sealed class TimeLimitTests
{
    private readonly FakeTimeProvider time = new();

    [Fact]
    public void Token_TimeIsOver_IsCancelledAndTheCallerIsNot()
    {
        using var caller = new CancellationTokenSource();
        using var limit = new TimeLimit(TimeSpan.FromSeconds(5), time, caller.Token);

        time.Advance(TimeSpan.FromSeconds(4.9));
        limit.Token.IsCancellationRequested.ShouldBeFalse();
        time.Advance(TimeSpan.FromSeconds(0.1));

        limit.Token.IsCancellationRequested.ShouldBeTrue();
        limit.IsOver.ShouldBeTrue();
        caller.IsCancellationRequested.ShouldBeFalse();
    }

    [Fact]
    public async Task Token_CallerCancels_IsCancelledBeforeTheTimeIsOver()
    {
        using var caller = new CancellationTokenSource();
        using var limit = new TimeLimit(TimeSpan.FromSeconds(5), time, caller.Token);

        await caller.CancelAsync();

        limit.Token.IsCancellationRequested.ShouldBeTrue();
        limit.IsOver.ShouldBeFalse();
    }
}
