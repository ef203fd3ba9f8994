using System.Buffers.Text;
using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Culvert.Jose.Algorithms;
using Culvert.Jose.Keys;
using Culvert.Platform.Issuers;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Issuers;

/// <summary>The table of <see cref="KeySetTransitions"/>, cell by cell.</summary>
public sealed class KeySetTransitionsTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly Dictionary<KeyState, TimeSpan> Ages = new()
    {
        [KeyState.Fresh] = TimeSpan.FromSeconds(599),
        [KeyState.StaleOk] = TimeSpan.FromMinutes(10),
        [KeyState.Degraded] = TimeSpan.FromHours(24),
        [KeyState.HardExpired] = TimeSpan.FromDays(7),
    };

    private static readonly ECDsa[] Signers =
    [
        .. Enumerable.Range(0, 3).Select(_ => ECDsa.Create(ECCurve.NamedCurves.nistP256)),
    ];

    private static readonly JwkSet Set = Parse(("a", 0), ("b", 1));
    private static readonly KeySetState Given = new()
    {
        Present = CachedKeys.Configured(Set),
        NextPoll = DateTimeOffset.MaxValue,
    };

    internal static KeySetConditions Usual =>
        new()
        {
            Now = Now,
            IsFetched = true,
            Timeout = TimeSpan.FromSeconds(5),
            Refresh = TimeSpan.FromMinutes(10),
            MinRefresh = TimeSpan.FromSeconds(30),
            StaleOk = TimeSpan.FromHours(24),
            HardExpiry = TimeSpan.FromDays(7),
            PauseAfter = 20,
            AllowsMissingKid = true,
        };

    private static KeySetConditions Paused => Usual with { IsPaused = true };

    [Theory]
    [InlineData(KeyState.Empty, KeyLookupOutcome.Unavailable, KeyLookupOutcome.Unavailable)]
    [InlineData(KeyState.Fresh, KeyLookupOutcome.Found, KeyLookupOutcome.Unknown)]
    [InlineData(KeyState.StaleOk, KeyLookupOutcome.Found, KeyLookupOutcome.Unknown)]
    [InlineData(KeyState.Degraded, KeyLookupOutcome.Unproven, KeyLookupOutcome.Unknown)]
    [InlineData(KeyState.HardExpired, KeyLookupOutcome.Unavailable, KeyLookupOutcome.Unavailable)]
    public void Find_ByStatePausedOrNot(KeyState state, KeyLookupOutcome known, KeyLookupOutcome unknown)
    {
        foreach (var at in new[] { Usual, Paused })
        {
            In(state).StateAt(at).ShouldBe(state);
            Find(In(state), "a", at).ShouldBe(known);
            Find(In(state), "unknown", at).ShouldBe(unknown);
        }
    }

    [Fact]
    public void Find_DegradedButProven_IsServed()
    {
        var proven = In(KeyState.Degraded) with { Proven = new HashSet<string> { Set.Keys[0].Thumbprint } };

        Find(proven, "a", Usual).ShouldBe(KeyLookupOutcome.Found);
        Find(proven, "b", Usual).ShouldBe(KeyLookupOutcome.Unproven);
    }

    [Fact]
    public void Find_NoKid_NeedsExactlyOneKeyAndTheSetting()
    {
        var one = Holding(Parse(("a", 0)), Now);

        Find(one, null, Usual).ShouldBe(KeyLookupOutcome.Found);
        Find(one, null, Usual with { AllowsMissingKid = false }).ShouldBe(KeyLookupOutcome.Unknown);
        Find(In(KeyState.Fresh), null, Usual).ShouldBe(KeyLookupOutcome.Unknown);
    }

    [Fact]
    public void Given_IsServedForeverAndNeverFetched()
    {
        var at = Usual with { IsFetched = false, Now = Now + TimeSpan.FromDays(10_000) };

        Find(Given, "a", at).ShouldBe(KeyLookupOutcome.Found);
        Find(Given, "a", at with { Kill = new IssuerKill { SetsBefore = at.Now } }).ShouldBe(KeyLookupOutcome.Found);
        Find(Given, "unknown", at).ShouldBe(KeyLookupOutcome.Unknown);
        KeySetTransitions.Requested(Given, "unknown", at).ShouldBe(new(Given, KeySetEffects.None));
        KeySetTransitions.Polled(Given, isAsked: true, at).Effects.ShouldBe(KeySetEffects.None);
        KeySetTransitions.Ticked(Given, at, 0.5).Effects.ShouldBe(KeySetEffects.None);
        Given.NextPollAt(at).ShouldBeNull();
    }

    [Theory]
    [Trait("Attack", "A36")]
    [InlineData("kid", "a", true)]
    [InlineData("kid", "same", true)] // the same key under its other name
    [InlineData("kid", null, true)] // and for a token without a name
    [InlineData("kid", "b", false)]
    [InlineData("issuer", "b", true)]
    [InlineData("issuer", "unknown", true)]
    [InlineData("key", "same", true)]
    [InlineData("key", null, true)]
    [InlineData("key", "b", false)]
    public void Find_Killed_IsRefused(string kind, string? keyId, bool isKilled)
    {
        var state = Holding(keyId is null ? Parse(("a", 0), ("same", 0)) : Parse(("a", 0), ("same", 0), ("b", 1)), Now);

        (Find(state, keyId, Usual with { Kill = Kill(kind) }) == KeyLookupOutcome.Killed).ShouldBe(isKilled);
    }

    [Fact]
    [Trait("Attack", "A36")]
    public void Kill_OfTheSet_LeavesNoneUntilAFetchThatBeganLater()
    {
        var at = Usual with { Kill = Kill("set") };

        In(KeyState.Fresh).StateAt(at).ShouldBe(KeyState.Empty);
        Holding(Set, Now - TimeSpan.FromTicks(1)).StateAt(at).ShouldBe(KeyState.Empty);
        Holding(Set, Now).StateAt(at).ShouldBe(KeyState.Fresh);
    }

    [Fact]
    [Trait("Attack", "A36")]
    public void Find_KillsThatMayBeMissing_LeaveNoKeyUsable() =>
        Find(In(KeyState.Fresh), "a", Usual with { IsKillUnknown = true }).ShouldBe(KeyLookupOutcome.Unavailable);

    [Theory]
    [Trait("Attack", "A36")]
    [InlineData("kid", true)]
    [InlineData("key", true)]
    [InlineData("set", true)]
    [InlineData("issuer", false)]
    public void Kill_OnlyThatOfTheIssuer_StopsFetching(string kind, bool isPolled)
    {
        var at = Usual with { Kill = Kill(kind) };
        var due = In(KeyState.StaleOk);

        KeySetTransitions.Polled(due, isAsked: false, at).Effects.HasFlag(KeySetEffects.Fetch).ShouldBe(isPolled);
        KeySetTransitions.Polled(due, isAsked: true, at).Effects.HasFlag(KeySetEffects.Fetch).ShouldBe(isPolled);
        KeySetTransitions.Requested(due, "unknown", at).Effects.HasFlag(KeySetEffects.Fetch).ShouldBe(isPolled);
        due.NextPollAt(at).HasValue.ShouldBe(isPolled);
    }

    [Theory]
    [InlineData(KeyState.Empty, 0, 0)]
    [InlineData(KeyState.Empty, 1, 1)]
    [InlineData(KeyState.Empty, 3, 30)]
    [InlineData(KeyState.HardExpired, 0, 0)]
    [InlineData(KeyState.HardExpired, 9, 30)]
    [InlineData(KeyState.Fresh, 0, 30)]
    [InlineData(KeyState.StaleOk, 1, 30)]
    [InlineData(KeyState.Degraded, 9, 30)]
    public void Asked_FetchesNoSoonerThan(KeyState state, int failures, int seconds)
    {
        var began = Now - TimeSpan.FromSeconds(seconds);
        var asked = In(state) with { Failures = failures, LastStart = began };

        var (next, effects) = KeySetTransitions.Requested(asked, "unknown", Usual);
        effects.ShouldBe(KeySetEffects.Fetch | KeySetEffects.Join);
        (next.IsFetching, next.LastStart, next.NextPoll, next.Waiters).ShouldBe(
            (true, Now, DateTimeOffset.MaxValue, 1)
        );
        KeySetTransitions
            .Requested(asked with { LastStart = began + TimeSpan.FromTicks(1) }, "unknown", Usual)
            .Effects.ShouldBe(KeySetEffects.None);
    }

    [Theory]
    [InlineData(KeyState.Empty)]
    [InlineData(KeyState.Fresh)]
    public void Asked_Paused_FetchesOnceInFiveMinutes(KeyState state)
    {
        var began = Now - TimeSpan.FromMinutes(5);

        KeySetTransitions
            .Requested(In(state) with { LastStart = began }, "unknown", Paused)
            .Effects.ShouldBe(KeySetEffects.Fetch | KeySetEffects.Join);
        KeySetTransitions
            .Requested(In(state) with { LastStart = began + Second }, "unknown", Paused)
            .Effects.ShouldBe(KeySetEffects.None);
    }

    [Fact]
    public void Asked_WhileAFetchRuns_JoinsItInALimitedNumber()
    {
        var running = In(KeyState.Fresh) with { IsFetching = true, LastStart = Now };
        var full = running with { Waiters = KeySetTransitions.MaxWaiters };

        KeySetTransitions
            .Requested(running with { Waiters = KeySetTransitions.MaxWaiters - 1 }, "unknown", Usual)
            .ShouldBe(new(full, KeySetEffects.Join));
        KeySetTransitions.Requested(full, "unknown", Usual).Effects.ShouldBe(KeySetEffects.None);
        KeySetTransitions.Requested(full with { Present = null }, "a", Usual).Effects.ShouldBe(KeySetEffects.Join);
        KeySetTransitions.Left(full).State.Waiters.ShouldBe(KeySetTransitions.MaxWaiters - 1);
    }

    [Fact]
    [Trait("Attack", "A33")]
    public void Missed_AfterAFetch_JoinsNoFetchWithinMinRefresh()
    {
        var fetched = In(KeyState.Fresh) with { LastStart = Now };
        var missed = KeySetTransitions.Missed(fetched, "unknown", Usual).State with { IsFetching = true };

        KeySetTransitions.Requested(missed, "unknown", After(29)).Effects.ShouldBe(KeySetEffects.None);
        KeySetTransitions.Requested(missed, "other", After(29)).Effects.ShouldBe(KeySetEffects.Join);
        KeySetTransitions.Requested(missed, "unknown", After(30)).Effects.ShouldBe(KeySetEffects.Join);
        KeySetTransitions.Missed(fetched with { Failures = 1 }, "unknown", Usual).State.Missing.ShouldBeEmpty();
        Fetch(missed, Set).State.Missing.ShouldBeEmpty();
    }

    [Fact]
    public void Missed_Many_AreBoundedAndTheExpiredLeave()
    {
        var state = In(KeyState.Fresh) with { LastStart = Now };
        for (var i = 0; i <= KeySetTransitions.MaxMissing; i++)
        {
            state = KeySetTransitions.Missed(state, $"{i}", Usual).State;
        }

        state.Missing.Count.ShouldBe(KeySetTransitions.MaxMissing);
        state.IsMissing($"{KeySetTransitions.MaxMissing}", Now).ShouldBeFalse();
        KeySetTransitions
            .Missed(state with { LastStart = Now + Second }, "late", After(30))
            .State.Missing.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(KeyState.Empty, KeySetEffects.None)]
    [InlineData(KeyState.Fresh, KeySetEffects.None)]
    [InlineData(KeyState.StaleOk, KeySetEffects.None)]
    [InlineData(KeyState.Degraded, KeySetEffects.Degrade)]
    [InlineData(KeyState.HardExpired, KeySetEffects.Degrade)]
    public void Polled_FetchesWhenDueAndReportsAgeOnce(KeyState state, KeySetEffects reported)
    {
        var due = In(state);
        var early = due with { NextPoll = Now + Second };

        KeySetTransitions.Polled(early, isAsked: false, Usual).Effects.ShouldBe(reported);
        KeySetTransitions.Polled(early, isAsked: true, Usual).Effects.ShouldBe(reported);
        var (next, effects) = KeySetTransitions.Polled(due, isAsked: false, Usual);
        effects.ShouldBe(reported | KeySetEffects.Fetch);
        KeySetTransitions.Polled(next, isAsked: true, Usual).ShouldBe(new(next, KeySetEffects.None));
        KeySetTransitions.Polled(due, isAsked: false, Paused).Effects.ShouldBe(reported);
        KeySetTransitions.Polled(due, isAsked: true, Paused).Effects.ShouldBe(reported | KeySetEffects.Fetch);
        // The poller notices where nothing is polled.
        KeySetTransitions.Ticked(due, Paused, 0.5).Effects.ShouldBe(reported);
        KeySetTransitions.Ticked(due, Usual, 0.5).Effects.ShouldBe(KeySetEffects.None);
    }

    [Theory]
    [InlineData(KeyState.Empty, false)]
    [InlineData(KeyState.Fresh, false)]
    [InlineData(KeyState.StaleOk, false)]
    [InlineData(KeyState.Degraded, true)]
    [InlineData(KeyState.HardExpired, true)]
    public void Fetched_ANewSet_IsFreshAsOfTheFetchsStart(KeyState state, bool wasReported)
    {
        var began = Now - Second;
        var before = Running(state) with { LastStart = began, Reported = wasReported ? state : KeyState.Fresh };

        var (next, effects) = Fetch(before, Set);

        effects.ShouldBe(
            KeySetEffects.Confirm | KeySetEffects.Save | (wasReported ? KeySetEffects.Recover : KeySetEffects.None)
        );
        next.StateAt(Usual).ShouldBe(KeyState.Fresh);
        (
            next.IsFetching,
            next.Failures,
            next.LastFailure,
            next.Present!.FetchedAt,
            next.TouchedAt,
            next.NextPoll
        ).ShouldBe((false, 0, null, began, Now, Now + TimeSpan.FromMinutes(10)));
        Fetch(before, Set, Paused).Effects.ShouldBe(KeySetEffects.Confirm | KeySetEffects.Save | KeySetEffects.Resume);
    }

    [Theory]
    [InlineData(KeyState.Fresh)]
    [InlineData(KeyState.StaleOk)]
    [InlineData(KeyState.Degraded)]
    [InlineData(KeyState.HardExpired)]
    public void Fetched_Unchanged_IsConfirmedAndStoredOnceAnHour(KeyState state)
    {
        var before = Running(state) with { LastStart = Now, TouchedAt = Now - TimeSpan.FromHours(1) };
        var result = new KeySetResult { IsUnchanged = true, EntityTag = "2" };

        var (next, effects) = KeySetTransitions.Fetched(before, result, Usual, 0.5);

        effects.ShouldBe(KeySetEffects.Confirm | KeySetEffects.Touch);
        (next.Present!.Set, next.Present.EntityTag, next.TouchedAt).ShouldBe((Set, "2", Now));
        next.StateAt(Usual).ShouldBe(KeyState.Fresh);
        KeySetTransitions
            .Fetched(before with { TouchedAt = before.TouchedAt + Second }, result, Usual, 0.5)
            .Effects.ShouldBe(KeySetEffects.Confirm);
    }

    [Theory]
    [InlineData(true)] // never fetched
    [InlineData(false)] // killed
    public void Fetched_UnchangedWithoutASet_IsAFailure(bool isEmpty)
    {
        var at = isEmpty ? Usual : Usual with { Kill = Kill("set") };
        var before = Running(isEmpty ? KeyState.Empty : KeyState.Fresh);

        var (next, effects) = KeySetTransitions.Fetched(before, new KeySetResult { IsUnchanged = true }, at, 0.5);

        effects.ShouldBe(KeySetEffects.Fail);
        next.LastFailure.ShouldBe("issuer.status: unchanged, but there is no cached copy");
    }

    [Theory]
    [InlineData(KeyState.Empty)]
    [InlineData(KeyState.Fresh)]
    [InlineData(KeyState.StaleOk)]
    [InlineData(KeyState.Degraded)]
    [InlineData(KeyState.HardExpired)]
    public void Failed_BacksOffAndTheKeysStay(KeyState state)
    {
        var before = Running(state) with { Reported = state };
        foreach (var wait in new[] { 1, 30, 300, 300 })
        {
            var (next, effects) = Fail(before, Usual);
            effects.ShouldBe(KeySetEffects.Fail);
            next.NextPoll.ShouldBe(Now + TimeSpan.FromSeconds(wait));
            next.ShouldBe(
                before with
                {
                    IsFetching = false,
                    Failures = before.Failures + 1,
                    FailureCode = "issuer.status",
                    LastFailure = "issuer.status: 500",
                    NextPoll = next.NextPoll,
                }
            );
            before = next;
        }

        before.StateAt(Usual).ShouldBe(state);
    }

    [Fact]
    public void Failed_TooOften_PausesOnceAndNeverAFile()
    {
        var before = Running(KeyState.Fresh) with { Failures = 19 };
        var file = Usual with { FileInterval = KeySchedule.FileInterval, PauseAfter = null };

        Fail(before with { Failures = 18 }, Usual).Effects.ShouldBe(KeySetEffects.Fail);
        Fail(before, Usual).Effects.ShouldBe(KeySetEffects.Fail | KeySetEffects.Pause);
        Fail(before, Paused).Effects.ShouldBe(KeySetEffects.Fail);
        Fail(before, file).Effects.ShouldBe(KeySetEffects.Fail);
        Fail(before, file).State.NextPoll.ShouldBe(Now + KeySchedule.FileInterval);
    }

    [Theory]
    [InlineData(KeyState.Fresh, false)]
    [InlineData(KeyState.StaleOk, false)]
    [InlineData(KeyState.Degraded, true)]
    [InlineData(KeyState.HardExpired, true)]
    public void Fetched_OlderBundle_IsAcceptedOnlyForLackOfANewerOne(KeyState state, bool isAccepted)
    {
        var before = Running(state);
        before = before with { Present = before.Present! with { Sequence = 2 } };

        var (next, effects) = KeySetTransitions.Fetched(
            before,
            new KeySetResult { Keys = Set, Sequence = 1 },
            Usual,
            0.5
        );

        effects.HasFlag(KeySetEffects.Save).ShouldBe(isAccepted);
        (next.FailureCode == "issuer.sequence").ShouldBe(!isAccepted);
    }

    [Fact]
    public void Proved_KeyOfTheSet_StaysProvenWhileItIsPublished()
    {
        var key = Set.Keys[0];
        var (proven, effects) = KeySetTransitions.Proved(Running(KeyState.Fresh), key);

        effects.ShouldBe(KeySetEffects.Touch);
        KeySetTransitions.Proved(proven, key).ShouldBe(new(proven, KeySetEffects.None));
        KeySetTransitions.Proved(proven, Parse(("c", 2)).Keys[0]).ShouldBe(new(proven, KeySetEffects.None));
        Fetch(proven, Parse(("renamed", 0))).State.Proven.ShouldContain(key.Thumbprint);
        Fetch(proven, Parse(("b", 1))).State.Proven.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Resumed_IsAsIfNothingHadFailed(bool isFetching)
    {
        var later = Now + TimeSpan.FromMinutes(4);
        var failing = In(KeyState.Fresh) with { Failures = 20, NextPoll = later, IsFetching = isFetching };
        var paused = KeySetTransitions.Ticked(failing, Paused, 0.5).State;
        paused.NextPollAt(Paused).ShouldBeNull();

        var resumed = KeySetTransitions.Ticked(paused, Usual, 0.5).State;

        (resumed.Failures, resumed.NextPollAt(Usual)).ShouldBe((0, isFetching ? later : Now));
        KeySetTransitions.Polled(paused, isAsked: false, Usual).State.Failures.ShouldBe(0);
    }

    [Theory]
    [InlineData(300, 0, 300)]
    [InlineData(300, 1, 600)] // the back-off decides
    [InlineData(900, 0, 600)]
    public void Ticked_ShorterInterval_AppliesToThePresentKeys(int seconds, int failures, int expected)
    {
        var state = Holding(Set, Now) with
        {
            Refresh = Usual.Refresh,
            NextPoll = Now + Usual.Refresh,
            Failures = failures,
        };

        var next = KeySetTransitions.Ticked(state, Usual with { Refresh = TimeSpan.FromSeconds(seconds) }, 0.5).State;

        (next.NextPoll, next.Refresh).ShouldBe((Now + TimeSpan.FromSeconds(expected), TimeSpan.FromSeconds(seconds)));
    }

    [Fact]
    public void Requested_FetchesOrJoins()
    {
        var fresh = In(KeyState.Fresh) with { NextPoll = Now + Second };

        KeySetTransitions.Requested(fresh, Usual).Effects.ShouldBe(KeySetEffects.Fetch);
        KeySetTransitions.Requested(Running(KeyState.Fresh), Usual).Effects.ShouldBe(KeySetEffects.Join);
    }

    private static KeySetState In(KeyState state) =>
        state == KeyState.Empty ? new KeySetState { NextPoll = Now } : Holding(Set, Now - Ages[state]);

    private static KeySetState Running(KeyState state) => In(state) with { IsFetching = true };

    private static KeySetState Holding(JwkSet set, DateTimeOffset fetchedAt) =>
        new()
        {
            Present = new CachedKeys(new Lazy<JwkSet>(set), "", fetchedAt, Usual.Refresh),
            NextPoll = Now,
            Refresh = Usual.Refresh,
        };

    private static KeySetConditions After(int seconds) => Usual with { Now = Now + TimeSpan.FromSeconds(seconds) };

    private static KeyLookupOutcome Find(KeySetState state, string? keyId, KeySetConditions at) =>
        state.Find(keyId, JwsAlgorithm.ES256, at).Outcome;

    private static KeySetStep Fetch(KeySetState state, JwkSet set, KeySetConditions? at = null) =>
        KeySetTransitions.Fetched(state, new KeySetResult { Keys = set }, at ?? Usual, 0.5);

    private static KeySetStep Fail(KeySetState state, KeySetConditions at) =>
        KeySetTransitions.Fetched(state, KeySetResult.Failed("issuer.status", "500"), at, 0.5);

    private static IssuerKill Kill(string kind) =>
        kind switch
        {
            "kid" => new IssuerKill { KeyIds = FrozenSet.Create("a") },
            "key" => new IssuerKill { Thumbprints = FrozenSet.Create(Set.Keys[0].Thumbprint) },
            "set" => new IssuerKill { SetsBefore = Now },
            _ => new IssuerKill { Issuer = true },
        };

    internal static JwkSet Parse(params (string KeyId, int Signer)[] keys)
    {
        var members = keys.Select(key =>
        {
            var point = Signers[key.Signer].ExportParameters(includePrivateParameters: false).Q;
            var (x, y) = (Base64Url.EncodeToString(point.X), Base64Url.EncodeToString(point.Y));
            return $$"""{"kty":"EC","crv":"P-256","kid":"{{key.KeyId}}","x":"{{x}}","y":"{{y}}"}""";
        });
        JwkSet.TryParse(Encoding.UTF8.GetBytes($$"""{"keys":[{{string.Join(',', members)}}]}"""), out var set);
        return set!;
    }
}
