using Culvert.Identity.Service.Storage;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Storage;

public sealed class LastReadTests
{
    private readonly CountedRevisions revisions = new();
    private readonly LastRead<string> last;
    private int reads;

    public LastReadTests() => last = new LastRead<string>(revisions);

    [Fact]
    public async Task Find_NothingChanged_ReadsOnce()
    {
        await FindAsync("a");

        (await FindAsync("a")).ShouldBe("a1");
    }

    [Fact]
    public async Task Find_AfterAChange_ReadsAgain()
    {
        await FindAsync("a");
        revisions.Current++;

        (await FindAsync("a")).ShouldBe("a2");
    }

    [Fact]
    public async Task Find_ChangesOfOtherNodesMayBeMissing_ReadsAgain()
    {
        await FindAsync("a");
        revisions.IsCurrent = false;

        (await FindAsync("a")).ShouldBe("a2");
    }

    [Fact]
    public async Task Find_ChangedDuringTheReading_ReadsAgain()
    {
        await FindAsync("a", () => revisions.Current++);

        (await FindAsync("a")).ShouldBe("a2");
    }

    [Fact]
    public async Task Find_WhatWasNotThere_ReadsAgain()
    {
        (
            await last.FindAsync(
                "a",
                (_, _) => new ValueTask<string?>((string?)null),
                TestContext.Current.CancellationToken
            )
        ).ShouldBeNull();

        (await FindAsync("a")).ShouldBe("a1");
    }

    [Fact]
    public async Task Forget_ReadsAgain()
    {
        await FindAsync("a");
        last.Forget("a");

        (await FindAsync("a")).ShouldBe("a2");
    }

    [Fact]
    public async Task Find_MoreThanAreKept_StillFindsEach()
    {
        for (var i = 0; i <= LastRead<string>.MaxCached; i++)
        {
            await FindAsync($"a{i}-");
        }

        (await FindAsync("a0-")).ShouldBe($"a0-{LastRead<string>.MaxCached + 2}");
    }

    private ValueTask<string?> FindAsync(string id, Action? meanwhile = null) =>
        last.FindAsync(
            id,
            (key, _) =>
            {
                meanwhile?.Invoke();
                return new ValueTask<string?>($"{key}{++reads}");
            },
            TestContext.Current.CancellationToken
        );

    private sealed class CountedRevisions : IRevisions
    {
        public long Current { get; set; }

        public bool IsCurrent { get; set; } = true;

        public ValueTask<bool> WaitBeyondAsync(long since, TimeSpan wait, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}
