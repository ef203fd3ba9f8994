using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Jose.Refusals;
using Culvert.Platform.Issuers;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Federation.Issuers;

/// <summary>The table of <see cref="KeySetTransitions"/>, with a scripted network and store.</summary>
public sealed class KeyCacheTests
{
    private readonly KeyCacheBench bench = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Attack", "A34")]
    public async Task Find_ThousandAtOnceWithoutKeys_FetchOnce()
    {
        var gate = new TaskCompletionSource<FetchedDocument>();
        bench.Network.Answer = _ => gate.Task;
        var keys = await bench.StartAsync();

        var lookups = Enumerable.Range(0, 1000).Select(_ => keys.FindAsync("a", Cancellation).AsTask()).ToList();
        gate.SetResult(FetchedDocument.From(System.Text.Encoding.UTF8.GetBytes(KeyCacheBench.Set(("a", 0)))));

        (await Task.WhenAll(lookups)).ShouldAllBe(lookup => lookup.Outcome == KeyLookupOutcome.Found);
        bench.Network.Requests.ShouldBe(1);
    }

    [Fact]
    [Trait("Attack", "A33")]
    public async Task Find_RandomKids_FetchOnceInThirtySeconds()
    {
        var keys = await FreshAsync(("a", 0));
        bench.Time.Advance(TimeSpan.FromSeconds(29));
        for (var i = 0; i < 10_000; i++)
        {
            (await keys.FindAsync($"random-{i}", Cancellation)).Outcome.ShouldBe(KeyLookupOutcome.Unknown);
        }

        bench.Network.Requests.ShouldBe(1);
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        await keys.FindAsync("random", Cancellation);
        await keys.FindAsync("random", Cancellation);
        bench.Network.Requests.ShouldBe(2);
    }

    [Fact]
    [Trait("Attack", "A33")]
    public async Task Find_UnknownKidAndSlowIssuer_WaitsTwoSecondsAndNotInCrowds()
    {
        var keys = await FreshAsync(("a", 0));
        bench.Time.Advance(TimeSpan.FromSeconds(30));
        var gate = new TaskCompletionSource<FetchedDocument>();
        bench.Network.Answer = _ => gate.Task;

        var lookups = Enumerable.Range(0, 100).Select(i => keys.FindAsync($"r{i}", Cancellation).AsTask()).ToList();
        lookups.Count(lookup => lookup.IsCompleted).ShouldBe(36); // 64 wait, the others are answered at once
        (await keys.FindAsync("a", Cancellation)).Outcome.ShouldBe(KeyLookupOutcome.Found);
        bench.Time.Advance(TimeSpan.FromSeconds(2));

        (await Task.WhenAll(lookups)).ShouldAllBe(lookup => lookup.Outcome == KeyLookupOutcome.Unknown);
        gate.SetResult(FetchedDocument.Failed("issuer.status", ""));
    }

    [Fact]
    [Trait("Attack", "A34")]
    public async Task Outage_OfAnHourWithARestart_FailsNoLookupOfKnownKeys()
    {
        var keys = await FreshAsync(("a", 0), ("b", 1));
        bench.Fail();
        for (var minute = 0; minute < 60; minute++)
        {
            if (minute == 30)
            {
                await keys.RecordingAsync();
                keys = await bench.StartAsync();
            }

            await bench.PollForAsync(keys, TimeSpan.FromMinutes(1));
            (await keys.FindAsync("a", Cancellation)).Outcome.ShouldBe(KeyLookupOutcome.Found);
            (await keys.FindAsync("b", Cancellation)).Outcome.ShouldBe(KeyLookupOutcome.Found);
        }

        keys.State.ShouldBe(KeyState.StaleOk);
        keys.PollStatus()!.ConsecutiveFailures.ShouldBeGreaterThan(5);
        bench.Serve(KeyCacheBench.Set(("a", 0), ("b", 1)));
        await bench.PollForAsync(keys, TimeSpan.FromMinutes(6));
        keys.State.ShouldBe(KeyState.Fresh);
    }

    [Fact]
    public async Task Degraded_ServesOnlyKeysSeenToSign_AlsoAfterARestart()
    {
        var keys = await FreshAsync(("a", 0), ("b", 1));
        keys.MarkProven((await keys.FindAsync("a", Cancellation)).Key!);
        await keys.RecordingAsync();
        bench.Fail();
        bench.Time.Advance(TimeSpan.FromHours(24));
        keys = await bench.StartAsync();
        await bench.PollForAsync(keys, TimeSpan.FromMinutes(1));

        keys.State.ShouldBe(KeyState.Degraded);
        (await keys.FindAsync("a", Cancellation)).Outcome.ShouldBe(KeyLookupOutcome.Found);
        (await keys.FindAsync("b", Cancellation)).Outcome.ShouldBe(KeyLookupOutcome.Unproven);
        bench
            .Events.Select(audited => audited.Name)
            .Single(name => name.StartsWith("issuer.poll.", StringComparison.Ordinal))
            .ShouldBe(AuditEvents.IssuerPollDegraded);

        bench.Time.Advance(TimeSpan.FromDays(6));
        keys.State.ShouldBe(KeyState.HardExpired);
        (await keys.FindAsync("a", Cancellation)).Outcome.ShouldBe(KeyLookupOutcome.Unavailable);

        bench.Serve(KeyCacheBench.Set(("a", 0)));
        await bench.PollForAsync(keys, TimeSpan.FromMinutes(6));
        (await keys.FindAsync("a", Cancellation)).Outcome.ShouldBe(KeyLookupOutcome.Found);
        await keys.RecordingAsync();
        bench.Events.ShouldContain(e => e.Name == AuditEvents.IssuerPollRecovered);
    }

    [Fact]
    public async Task Failures_BackOffThenPause_AndTheKeysStay()
    {
        var keys = await FreshAsync(("a", 0));
        bench.Fail();
        await bench.PollForAsync(keys, TimeSpan.FromHours(3));

        bench.Pauses.Count.ShouldBe(1);
        keys.NextPollAt.ShouldBeNull();
        keys.PollStatus()!.ConsecutiveFailures.ShouldBe(20);
        bench.Network.Requests.ShouldBe(21);
        bench.Events[^1].Name.ShouldBe(AuditEvents.IssuerPollPaused);
        (await keys.FindAsync("a", Cancellation)).Outcome.ShouldBe(KeyLookupOutcome.Found);
    }

    [Fact]
    public async Task Paused_ResumedByHand_PollsAtOnce()
    {
        var keys = await FreshAsync(("a", 0));
        bench.Fail();
        await bench.PollForAsync(keys, TimeSpan.FromHours(3));
        bench.Pauses.Clear();
        await bench.ChangeAsync();
        bench.Serve(KeyCacheBench.Set(("a", 0)));

        keys.NextPollAt.ShouldBe(bench.Time.GetUtcNow());
        await bench.PassAsync(keys, TimeSpan.Zero);

        keys.State.ShouldBe(KeyState.Fresh);
        keys.PollStatus()!.ConsecutiveFailures.ShouldBe(0);
    }

    [Fact]
    public async Task Paused_ButInUseAndTheIssuerIsBack_ResumesByItself()
    {
        var keys = await FreshAsync(("a", 0));
        bench.Fail();
        await bench.PollForAsync(keys, TimeSpan.FromHours(3));
        bench.Serve(KeyCacheBench.Set(("a", 0)));

        await keys.FindAsync("a", Cancellation);
        await keys.FindAsync("unknown", Cancellation); // waits for the fetch that the first began
        await keys.RecordingAsync();

        bench.Pauses.ShouldBeEmpty();
        bench.Events[^1].Name.ShouldBe(AuditEvents.IssuerPollResumed);
        keys.NextPollAt.ShouldNotBeNull();
    }

    [Theory]
    [InlineData(null, 600)]
    [InlineData(10, 60)]
    [InlineData(3600, 3600)]
    [InlineData(1_000_000, 86_400)]
    public async Task NextPoll_FollowsCacheControlWithJitter(int? maxAge, int expected)
    {
        bench.Serve(KeyCacheBench.Set(("a", 0)), maxAge: maxAge is { } s ? TimeSpan.FromSeconds(s) : null);
        var keys = await bench.StartAsync();
        await keys.FindAsync("a", Cancellation);

        var wait = keys.NextPollAt!.Value - bench.Time.GetUtcNow();

        wait.TotalSeconds.ShouldBeInRange(expected * 0.9, expected * 1.1);
    }

    [Fact]
    public async Task Poll_SendsTheTagAndTakesUnchangedAsConfirmed()
    {
        bench.Serve(KeyCacheBench.Set(("a", 0)), entityTag: "\"1\"");
        var keys = await bench.StartAsync();
        await keys.FindAsync("a", Cancellation);
        string? sent = null;
        bench.Network.Answer = fetch =>
        {
            sent = fetch.EntityTag;
            return Task.FromResult(FetchedDocument.Unchanged(fetch.EntityTag));
        };

        await bench.PollForAsync(keys, TimeSpan.FromMinutes(12));

        sent.ShouldBe("\"1\"");
        keys.State.ShouldBe(KeyState.Fresh);
        bench.Events.OfType<IssuerKeysChanged>().Count().ShouldBe(1);
    }

    [Fact]
    [Trait("Attack", "A35")]
    public async Task Rotation_RemovedKeyIsRefusedAfterTheRefresh_AndTheDifferenceIsAnEvent()
    {
        var keys = await FreshAsync(("a", 0), ("b", 1));
        bench.Serve(KeyCacheBench.Set(("b", 2), ("c", 3)));
        await bench.PollForAsync(keys, TimeSpan.FromMinutes(12));

        (await keys.FindAsync("a", Cancellation)).Outcome.ShouldBe(KeyLookupOutcome.Unknown);
        var change = bench.Events.OfType<IssuerKeysChanged>().Last().Change;
        change.Added.Single().KeyId.ShouldBe("c");
        change.Removed.Single().KeyId.ShouldBe("a");
        change.Replaced.Single().KeyId.ShouldBe("b");
    }

    [Fact]
    [Trait("Attack", "A35")]
    public async Task Replacement_SameKidNewKey_IsFetchedOnceInThirtySeconds()
    {
        var keys = await FreshAsync(("a", 0));
        var old = (await keys.FindAsync("a", Cancellation)).Key!;
        bench.Serve(KeyCacheBench.Set(("a", 1)));

        // Forged signatures cause no more fetches than unknown kids do.
        (await keys.ReplacementAsync(old, Cancellation)).ShouldBeNull();
        bench.Network.Requests.ShouldBe(1);
        bench.Time.Advance(TimeSpan.FromSeconds(30));

        var replaced = await keys.ReplacementAsync(old, Cancellation);
        replaced!.Thumbprint.ShouldBe(KeyCacheBench.Thumbprint("a", 1));
        (await keys.ReplacementAsync(replaced, Cancellation)).ShouldBeNull();
        bench.Network.Requests.ShouldBe(2);
    }

    [Fact]
    public async Task Replacement_SwitchedOff_FetchesNothing()
    {
        var own = new KeyCacheBench(new FetchOptions { RefetchOnBadSignature = false });
        own.Serve(KeyCacheBench.Set(("a", 0)));
        var keys = await own.StartAsync();
        var key = (await keys.FindAsync("a", Cancellation)).Key!;
        own.Time.Advance(TimeSpan.FromSeconds(30));

        (await keys.ReplacementAsync(key, Cancellation)).ShouldBeNull();
        own.Network.Requests.ShouldBe(1);
    }

    [Theory]
    [InlineData("Kid", "a")]
    [InlineData("Issuer", "")]
    [Trait("Attack", "A36")]
    public async Task Kill_OverridesFreshKeysAndFetchesNothing(string kind, string value)
    {
        var keys = await FreshAsync(("a", 0));
        await KillAsync(Enum.Parse<KillKind>(kind), value);
        bench.Time.Advance(TimeSpan.FromMinutes(1));

        (await keys.FindAsync("a", Cancellation)).Outcome.ShouldBe(KeyLookupOutcome.Killed);
        bench.Network.Requests.ShouldBe(1);
        (await (await bench.StartAsync()).FindAsync("a", Cancellation)).Outcome.ShouldBe(KeyLookupOutcome.Killed);
        (keys.NextPollAt is null).ShouldBe(kind == "Issuer");

        bench.Kills.Clear();
        await bench.ChangeAsync();
        (await keys.FindAsync("a", Cancellation)).Outcome.ShouldBe(KeyLookupOutcome.Found);
    }

    [Fact]
    [Trait("Attack", "A36")]
    public async Task Kill_OfAKey_HoldsUnderAnotherName()
    {
        var keys = await FreshAsync(("a", 0));
        await KillAsync(KillKind.Key, KeyCacheBench.Thumbprint("a", 0));
        bench.Serve(KeyCacheBench.Set(("renamed", 0), ("b", 1)));
        await bench.PollForAsync(keys, TimeSpan.FromMinutes(12));

        (await keys.FindAsync("renamed", Cancellation)).Outcome.ShouldBe(KeyLookupOutcome.Killed);
        (await keys.FindAsync("b", Cancellation)).Outcome.ShouldBe(KeyLookupOutcome.Found);
    }

    [Fact]
    [Trait("Attack", "A36")]
    public async Task Kill_OfAName_HoldsForTokensThatNameNone()
    {
        var keys = await FreshAsync(("a", 0));
        (await keys.FindAsync(null, Cancellation)).Outcome.ShouldBe(KeyLookupOutcome.Found);
        await KillAsync(KillKind.Kid, "a");

        (await keys.FindAsync(null, Cancellation)).Outcome.ShouldBe(KeyLookupOutcome.Killed);
        bench.Network.Requests.ShouldBe(1);
    }

    [Fact]
    [Trait("Attack", "A36")]
    public async Task Kill_OfAName_HoldsForTheSameKeyUnderItsOtherName()
    {
        var keys = await FreshAsync(("a", 0), ("b", 0));
        await KillAsync(KillKind.Kid, "a");

        (await keys.FindAsync(null, Cancellation)).Outcome.ShouldBe(KeyLookupOutcome.Killed);
        (await keys.FindAsync("b", Cancellation)).Outcome.ShouldBe(KeyLookupOutcome.Killed);
    }

    [Fact]
    public async Task Find_KeyPublishedTwice_IsFoundAndIsNoChange()
    {
        var keys = await FreshAsync(("a", 0));
        bench.Serve(KeyCacheBench.Set(("a", 0), ("a", 0)));
        await bench.PollForAsync(keys, TimeSpan.FromMinutes(12));

        (await keys.FindAsync("a", Cancellation)).Outcome.ShouldBe(KeyLookupOutcome.Found);
        bench.Events.OfType<IssuerKeysChanged>().ShouldNotContain(change => change.Change.Replaced.Count > 0);
    }

    [Fact]
    public async Task Find_KeyThatIsLeftOut_SaysWhy()
    {
        var keys = await FreshAsync(("a", 0));
        bench.Serve(KeyCacheBench.Set(("a", 0), ("b", 1), ("b", 2)));
        await bench.PollForAsync(keys, TimeSpan.FromMinutes(12));

        var lookup = await keys.FindAsync("b", Cancellation);
        lookup.Outcome.ShouldBe(KeyLookupOutcome.Unknown);
        lookup.Refusal.ShouldBe(JoseRefusal.KeyIdDuplicate);
    }

    [Fact]
    public async Task Fetch_NoUsableKey_NamesWhyEachIsLeftOut()
    {
        bench.Serve(KeyCacheBench.Set(("b", 1), ("b", 2)));
        var keys = await bench.StartAsync();

        (await keys.FindAsync("b", Cancellation)).Outcome.ShouldBe(KeyLookupOutcome.Unavailable);
        keys.PollStatus()!
            .LastFailure.ShouldBe(
                "issuer.key_set: key set: no usable key with a kid (keys[0]: KeyIdDuplicate, keys[1]: KeyIdDuplicate)"
            );
    }

    [Fact]
    [Trait("Attack", "A36")]
    public async Task Kill_OfTheSet_PurgesAndBelievesWhatIsPublishedAfterwards()
    {
        var keys = await FreshAsync(("a", 0), ("b", 1));
        bench.Time.Advance(TimeSpan.FromMinutes(1));
        await KillAsync(KillKind.KeySet, "");
        keys.State.ShouldBe(KeyState.Empty);
        bench.Fail();
        (await keys.FindAsync("b", Cancellation)).Outcome.ShouldBe(KeyLookupOutcome.Unavailable);

        bench.Serve(KeyCacheBench.Set(("c", 2)));
        bench.Time.Advance(TimeSpan.FromSeconds(2));

        (await keys.FindAsync("c", Cancellation)).Outcome.ShouldBe(KeyLookupOutcome.Found);
    }

    [Fact]
    [Trait("Attack", "A36")]
    public async Task Kill_OfTheSetDuringAFetch_KillsWhatThatFetchBrings()
    {
        var keys = await FreshAsync(("a", 0));
        var gate = new TaskCompletionSource<FetchedDocument>();
        bench.Network.Answer = _ => gate.Task;
        bench.Time.Advance(TimeSpan.FromMinutes(12));
        var fetching = keys.PollIfDue(isAsked: true);
        bench.Time.Advance(TimeSpan.FromMilliseconds(1));
        await KillAsync(KillKind.KeySet, "");

        gate.SetResult(FetchedDocument.From(System.Text.Encoding.UTF8.GetBytes(KeyCacheBench.Set(("stolen", 1)))));
        await fetching!;

        keys.State.ShouldBe(KeyState.Empty);
        bench.Serve(KeyCacheBench.Set(("c", 2)));
        bench.Time.Advance(TimeSpan.FromSeconds(2));
        (await keys.FindAsync("stolen", Cancellation)).Outcome.ShouldBe(KeyLookupOutcome.Unknown);
        (await keys.FindAsync("c", Cancellation)).Outcome.ShouldBe(KeyLookupOutcome.Found);
    }

    [Fact]
    [Trait("Attack", "A36")]
    public async Task Kill_ThatCannotBeRead_LeavesNoKeyUsable()
    {
        var keys = await FreshAsync(("a", 0));
        bench.IsBlind = true;

        (await keys.FindAsync("a", Cancellation)).Outcome.ShouldBe(KeyLookupOutcome.Unavailable);
    }

    [Fact]
    [Trait("Attack", "A36")]
    public async Task Source_Changed_PurgesAndStoredKeysOfTheOldOneAreWorthless()
    {
        var before = await FreshAsync(("a", 0));
        await before.RecordingAsync();
        bench.Fail();
        bench.Issuer = bench.Issuer with { KeySource = new UrlKeySource("https://idp.test/other", null) };

        var after = await bench.StartAsync();
        after.Adopt(before);

        (await after.FindAsync("a", Cancellation)).Outcome.ShouldBe(KeyLookupOutcome.Unavailable);
        before.IsFor(bench.Issuer).ShouldBeFalse();
    }

    [Fact]
    [Trait("Attack", "A37")]
    public async Task Source_OtherRootsSameUrl_IsAnotherSource()
    {
        var before = await FreshAsync(("a", 0));
        bench.Issuer = bench.Issuer with { KeySource = new UrlKeySource("https://idp.test/jwks", "other roots") };
        bench.Fail();

        var after = await bench.StartAsync();
        after.Adopt(before);

        after.Source.ShouldNotBe(before.Source);
        (await after.FindAsync("a", Cancellation)).Outcome.ShouldBe(KeyLookupOutcome.Unavailable);
    }

    [Fact]
    public async Task Find_NoKidGiven_NeedsExactlyOneKey()
    {
        var keys = await FreshAsync(("a", 0));
        (await keys.FindAsync(null, Cancellation)).Outcome.ShouldBe(KeyLookupOutcome.Found);
        bench.Serve(KeyCacheBench.Set(("a", 0), ("b", 1)));
        await bench.PollForAsync(keys, TimeSpan.FromMinutes(12));

        (await keys.FindAsync(null, Cancellation)).Outcome.ShouldBe(KeyLookupOutcome.Unknown);
    }

    [Fact]
    public async Task SpiffeBundle_RefreshHintAndSequenceCount()
    {
        bench.Issuer = bench.Issuer with
        {
            KeySource = new SpiffeBundleKeySource("acme.test", "https://idp.test/bundle", null, null, null),
        };
        bench.Serve(Bundle(2, ("a", 0), ("b", 1)));
        var keys = await bench.StartAsync();
        (await keys.FindAsync("a", Cancellation)).Outcome.ShouldBe(KeyLookupOutcome.Found);
        (keys.NextPollAt!.Value - bench.Time.GetUtcNow()).TotalSeconds.ShouldBeInRange(270, 330);

        // A server that lags behind the others takes nothing away.
        bench.Serve(Bundle(1, ("a", 0)));
        await bench.PollForAsync(keys, TimeSpan.FromMinutes(6));
        (await keys.FindAsync("b", Cancellation)).Outcome.ShouldBe(KeyLookupOutcome.Found);
        keys.PollStatus()!.LastFailure!.ShouldContain("spiffe_sequence");

        bench.Serve(Bundle(3, ("c", 2)));
        await bench.PollForAsync(keys, TimeSpan.FromMinutes(6));
        (await keys.FindAsync("c", Cancellation)).Outcome.ShouldBe(KeyLookupOutcome.Found);
    }

    [Fact]
    public async Task File_Replaced_IsNoticedWithinSeconds()
    {
        var directory = Directory.CreateTempSubdirectory("culvert-jwks-");
        try
        {
            var file = Path.Combine(directory.FullName, "a.json");
            await File.WriteAllTextAsync(file, KeyCacheBench.Set(("a", 0)), Cancellation);
            var own = new KeyCacheBench(jwksDirectory: directory.FullName);
            own.Issuer = own.Issuer with { KeySource = new FileKeySource("a.json") };
            var keys = await own.StartAsync();
            (await keys.FindAsync("a", Cancellation)).Outcome.ShouldBe(KeyLookupOutcome.Found);

            await File.WriteAllTextAsync(file, KeyCacheBench.Set(("bb", 1)), Cancellation);
            await own.PollForAsync(keys, TimeSpan.FromSeconds(6));
            (await keys.FindAsync("bb", Cancellation)).Outcome.ShouldBe(KeyLookupOutcome.Found);

            // A file that is gone is an outage, never a pause.
            File.Delete(file);
            await own.PollForAsync(keys, TimeSpan.FromMinutes(10));
            (await keys.FindAsync("bb", Cancellation)).Outcome.ShouldBe(KeyLookupOutcome.Found);
            own.Pauses.ShouldBeEmpty();
            keys.PollStatus()!.LastFailure!.ShouldStartWith("issuer.file_unreadable");
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static string Bundle(int sequence, params (string, int)[] keys) =>
        KeyCacheBench
            .Set(keys)
            .Replace("\"kty\"", "\"use\":\"jwt-svid\",\"kty\"", StringComparison.Ordinal)
            .Replace(
                "{\"keys\"",
                $"{{\"spiffe_sequence\":{sequence},\"spiffe_refresh_hint\":300,\"keys\"",
                StringComparison.Ordinal
            );

    private async Task<IssuerKeys> FreshAsync(params (string, int)[] set)
    {
        bench.Serve(KeyCacheBench.Set(set));
        var keys = await bench.StartAsync();
        (await keys.FindAsync(set[0].Item1, Cancellation)).Outcome.ShouldBe(KeyLookupOutcome.Found);
        keys.State.ShouldBe(KeyState.Fresh);
        await keys.RecordingAsync();
        return keys;
    }

    private Task KillAsync(KillKind kind, string value)
    {
        bench.Kills.Add(
            new StoredKill(bench.Issuer.Id.Value, "x", kind, value, "stolen", bench.Time.GetUtcNow(), "key")
        );
        return bench.ChangeAsync();
    }
}
