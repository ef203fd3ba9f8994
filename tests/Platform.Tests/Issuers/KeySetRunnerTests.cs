using Culvert.Jose.Algorithms;
using Culvert.Platform.Issuers;
using Culvert.Testing;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Issuers;

public sealed class KeySetRunnerTests
{
    private readonly FakeTimeProvider time = new();
    private readonly ScriptedKeys keys;

    public KeySetRunnerTests() => keys = new ScriptedKeys(time);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Find_ManyWithoutKeys_JoinOneFetch()
    {
        var lookups = Enumerable.Range(0, 100).Select(_ => FindAsync("a")).ToList();
        keys.Answer.SetResult(new KeySetResult { Keys = KeySetTransitionsTests.Parse(("a", 0)) });

        (await Task.WhenAll(lookups)).ShouldAllBe(lookup => lookup.Outcome == KeyLookupOutcome.Found);
        keys.Fetches.ShouldBe(1);
        keys.Performed.ShouldBe([KeySetEffects.Confirm | KeySetEffects.Save]);
    }

    [Fact]
    public async Task Find_SlowSource_WaitsForTheDeadlineWithoutKeysAndElseTwoSeconds()
    {
        var first = FindAsync("a");
        await Eventually.UntilAsync(() => keys.Fetches == 1, Cancellation);
        time.Advance(KeySetTransitionsTests.Usual.Timeout);
        (await first).Outcome.ShouldBe(KeyLookupOutcome.Unavailable);
        await Eventually.UntilAsync(() => keys.LastFailure is not null, Cancellation);

        await FetchAsync();
        keys.Answer = new TaskCompletionSource<KeySetResult>();
        time.Advance(KeySetTransitionsTests.Usual.MinRefresh);
        var unknown = FindAsync("unknown");
        time.Advance(TimeSpan.FromSeconds(2));
        (await unknown).Outcome.ShouldBe(KeyLookupOutcome.Unknown);
        keys.Answer.Task.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task Fetch_ThatThrows_IsAFailureOfTheSource()
    {
        keys.Answer.SetException(new InvalidOperationException("secret"));

        (await FindAsync("a")).Outcome.ShouldBe(KeyLookupOutcome.Unavailable);
        keys.LastFailure.ShouldBe("issuer.fault: InvalidOperationException");
    }

    // Each token of an exchange and of a request passes here. The first round marks the key as proven.
    [Fact]
    public async Task Find_KnownAndProvenKey_AllocatesNothing()
    {
        await FetchAsync();
        long allocated = -1;
        var cancellation = Cancellation;
        for (var round = 0; round < 2; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 100; i++)
            {
                keys.MarkProven((await keys.FindAsync("a", JwsAlgorithm.ES256, cancellation)).Key!);
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        allocated.ShouldBe(0);
    }

    private Task<KeyLookup> FindAsync(string keyId) => keys.FindAsync(keyId, JwsAlgorithm.ES256, Cancellation).AsTask();

    private async Task FetchAsync()
    {
        keys.Answer = new TaskCompletionSource<KeySetResult>();
        keys.Answer.SetResult(new KeySetResult { Keys = KeySetTransitionsTests.Parse(("a", 0)) });
        time.Advance(KeySetTransitionsTests.Usual.MinRefresh);
        await FindAsync("a");
    }

    /// <summary>A cache whose fetches wait for the test.</summary>
    private sealed class ScriptedKeys(TimeProvider time) : KeySetRunner(time, new KeySetState())
    {
        public TaskCompletionSource<KeySetResult> Answer { get; set; } = new();

        public int Fetches { get; private set; }

        public List<KeySetEffects> Performed { get; } = [];

        public string? LastFailure => Current.LastFailure;

        protected override KeySetConditions GetConditions(DateTimeOffset now) =>
            KeySetTransitionsTests.Usual with
            {
                Now = now,
            };

        protected override Task<KeySetResult> FetchAsync(CachedKeys? known, CancellationToken cancellationToken)
        {
            Fetches++;
            return Answer.Task.WaitAsync(cancellationToken);
        }

        protected override Task PerformAsync(
            KeySetState before,
            KeySetState after,
            KeySetEffects effects,
            KeySetResult? result
        )
        {
            Performed.Add(effects);
            return Task.CompletedTask;
        }
    }
}
