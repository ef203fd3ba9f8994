using Culvert.Platform.Wire;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Tests.Support;

namespace Culvert.Tunnel.Agent.Tests.Audit;

public sealed class CallCountsTests
{
    private readonly FakeTimeProvider time = new(DateTimeOffset.UnixEpoch);
    private readonly CallCounts counts;

    public CallCountsTests() => counts = new CallCounts(time);

    [Fact]
    public void Next_CallsOfOneName_AreOneEntryWithTheLastCaller()
    {
        counts.Add(AuditScene.Record());
        counts.Add(AuditScene.Record());
        var denied = AuditScene.Record();
        (denied.Decision, denied.Rule) = ("deny", "r1");
        counts.Add(denied);

        var usage = counts.Next()!;

        var entry = usage.Entries.Single();
        (entry.Route, entry.Kind, entry.Name).ShouldBe(("docs", "tool", "get"));
        entry.Decisions.ShouldBe(new Dictionary<string, long> { ["allow"] = 2, ["deny"] = 1 });
        entry.LastCaller!.Subject.ShouldBe("alice");
        usage.Sequence.ShouldBe(1);
    }

    [Fact]
    public void Next_JudgedAnswers_AreAddedUpWhereTheRulesAreEnforced()
    {
        Add("enforce", new CallAnswer(2, 40, 5, 6, default, ""));
        Add("enforce", new CallAnswer(0, 3, 1, 0, default, "too_large"));
        Add("enforce", new CallAnswer(0, 0, 0, 0, default, "error"));
        Add("enforce", null);
        Add("observe", new CallAnswer(7, 7, 7, 7, default, "too_large"));

        counts
            .Next()!
            .Entries.Single()
            .Answers.ShouldBe(
                new AgentReportAnswers(
                    Judged: 3,
                    RowsCrossed: 2,
                    RowsKeptInside: 43,
                    ValuesRemoved: 6,
                    Withheld: 2,
                    Unfit: 1
                )
            );

        void Add(string mode, CallAnswer? answer)
        {
            var record = AuditScene.Record(mode: mode);
            record.Answer = answer;
            counts.Add(record);
        }
    }

    [Fact]
    public void Next_CallsThatNoAnswerRuleJudged_SayNothingAboutAnswers()
    {
        counts.Add(AuditScene.Record());

        counts.Next()!.Entries.Single().Answers.ShouldBeNull();
    }

    [Fact]
    public void Next_UntilDelivered_IsTheSamePart()
    {
        counts.Add(AuditScene.Record());
        var first = counts.Next()!;
        counts.Add(AuditScene.Record("other"));

        counts.Next().ShouldBeSameAs(first);
        counts.Delivered(first);

        counts.Next()!.Sequence.ShouldBe(2);
        counts.HasNews.ShouldBeTrue();
    }

    [Fact]
    public void Next_CallsOfTwoMinutes_CountInTheMinuteInWhichTheyEnded()
    {
        Add("allow", 5, upstream: 1);
        Add("allow", 5.1, upstream: 1);
        Add("allow", 5000.1, upstream: 1);
        Add("deny", 1, upstream: null);
        time.Advance(TimeSpan.FromMinutes(1));
        Add("refuse", 1, upstream: null);
        Add("allow", 60_000, upstream: 1, "GET");
        Add("allow", 60_000, upstream: 1, "subscriptions/listen");

        var minutes = counts.Next()!.Minutes!;

        minutes.Select(m => m.At).ShouldBe([DateTime.UnixEpoch, DateTime.UnixEpoch.AddMinutes(1)]);
        minutes.Select(m => (m.Calls, m.Denied)).ShouldBe([(4, 1), (3, 1)]);
        minutes.Select(m => (m.RequestBytes, m.ResponseBytes)).ShouldBe([(40, 400), (30, 300)]);
        minutes[0].Durations.ShouldBe([1, 1, 0, 0, 0, 0, 0, 0, 0, 1]);
        minutes[1].Durations.ShouldBe([0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        Add("allow", 1, upstream: 1);
        counts.Delivered(counts.Next()!);
        counts.Next()!.Minutes!.Single().Calls.ShouldBe(1);
    }

    [Fact]
    public void Next_AfterHoursWithoutAReport_HasTheNewestMinutes()
    {
        for (var minute = 0; minute < AgentReportMinute.MaxPerReport + 5; minute++)
        {
            Add("allow", 1, upstream: 1);
            time.Advance(TimeSpan.FromMinutes(1));
        }

        var minutes = counts.Next()!.Minutes!;

        minutes.Count.ShouldBe(AgentReportMinute.MaxPerReport);
        minutes.Min(m => m.At).ShouldBe(DateTime.UnixEpoch.AddMinutes(5));
    }

    [Theory]
    [InlineData("tool", "secret-value", "deny", "", "(unlisted)")]
    [InlineData("tool", "get", "deny", "r1", "get")]
    [InlineData("tool", "a\nb", "allow", "r1", "(other)")]
    [InlineData("resource", "file:///home/alice/diary?page=7", "allow", "r1", "file:")]
    [InlineData("resource", "https://docs.corp/alice", "allow", "r1", "https://docs.corp")]
    [InlineData("resource", "no uri", "allow", "r1", "(other)")]
    public void Add_Name_SaysNoMoreThanItMay(string kind, string name, string decision, string rule, string counted)
    {
        var record = AuditScene.Record(name);
        (record.Kind, record.Decision, record.Rule) = (kind, decision, rule);

        counts.Add(record);

        counts.Next()!.Entries.Single().Name.ShouldBe(counted);
    }

    // The call was made and no rule was enforced: what it named is what the counts are for.
    [Theory]
    [InlineData("record", "allow", "tool", "echo", "echo")]
    [InlineData("observe", "would_deny", "tool", "echo", "echo")]
    [InlineData("observe", "would_deny", "tool", "a\nb", "(other)")]
    [InlineData("observe", "would_refuse", "", "", "tools/call")]
    [InlineData("observe", "would_deny", "resource", "https://docs.corp/alice", "https://docs.corp")]
    public void Add_NameThatNoRuleKnows_CountsWhereNoneIsEnforced(
        string mode,
        string decision,
        string kind,
        string name,
        string counted
    )
    {
        var record = AuditScene.Record(name, mode);
        (record.Kind, record.Decision) = (kind, decision);

        counts.Add(record);

        var entry = counts.Next()!.Entries.Single();
        entry.Name.ShouldBe(counted);
        entry.Decisions.ShouldBe(new Dictionary<string, long> { [decision] = 1 });
        entry.LastCaller!.Subject.ShouldBe("alice");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Trail_CountsCalls_RecordedOrLost(bool isCall)
    {
        var trail = new CountedTrail(NoTrail.Instance, counts);
        var (kept, lost) = (AuditScene.Record("kept", "record"), AuditScene.Record("lost", "record"));
        kept.IsCall = lost.IsCall = isCall;

        trail.Add(kept);
        trail.CountLost(lost);

        (counts.Next()?.Entries.Select(e => e.Name) ?? []).ShouldBe(isCall ? ["kept", "lost"] : []);
    }

    [Theory]
    [InlineData(0, "enforce", "n")]
    [InlineData(1, "enforce", "(other)")]
    [InlineData(0, "record", "n")]
    [InlineData(1, "record", "(other)")]
    public void Add_ManyNames_CountTogetherBeyondTheLimit(int more, string mode, string last)
    {
        for (var i = 1; i < CallCounts.MaxNames + more; i++)
        {
            counts.Add(AuditScene.Record($"{i}", mode));
        }

        counts.Add(AuditScene.Record("n", mode));

        var entries = new List<string>();
        while (counts.Next() is { } usage)
        {
            usage.Entries.Count.ShouldBeLessThanOrEqualTo(CallCounts.MaxEntries);
            entries.AddRange(usage.Entries.Select(e => e.Name));
            counts.Delivered(usage);
        }

        entries[^1].ShouldBe(last);
    }

    [Fact]
    public void Add_NamesOfAList_AreSeenWithoutACall()
    {
        var record = AuditScene.Record("");
        (record.Kind, record.Method, record.Seen) = ("", "tools/list", [new(TargetKind.Tool, "get", IsVisible: true)]);

        counts.Add(record);

        var entries = counts.Next()!.Entries;
        entries
            .Select(e => (e.Kind, e.Name, e.LastCalledAt is null))
            .ShouldBe([("method", "tools/list", false), ("tool", "get", true)]);
    }

    [Theory]
    [InlineData("enforce", false)]
    [InlineData("observe", true)]
    public void Add_NameThatThePolicyHides_IsShownOnlyWhereItIsNotEnforced(string mode, bool isShown)
    {
        time.Advance(TimeSpan.FromMinutes(1));
        var record = AuditScene.Record("", mode: mode);
        (record.Kind, record.Method, record.Seen) = (
            "",
            "tools/list",
            [new(TargetKind.Tool, "get", IsVisible: true), new(TargetKind.Tool, "drop", IsVisible: false)]
        );

        counts.Add(record);

        var now = time.GetUtcNow().UtcDateTime;
        var shown = counts.Next()!.Entries.ToDictionary(e => e.Name, e => e.LastShownAt);
        shown["get"].ShouldBe(now);
        shown["drop"].ShouldBe(isShown ? now : null);
    }

    [Fact]
    public void Next_Callers_AreCountedEach()
    {
        var denied = AuditScene.Record();
        (denied.Decision, denied.Rule) = ("deny", "r1");
        counts.Add(AuditScene.Record());
        counts.Add(From("bob"));
        counts.Add(denied);

        var callers = counts.Next()!.Entries.Single().Callers!;

        callers.Select(c => (c.Subject, c.Calls, c.Denied)).ShouldBe([("alice", 2, 1), ("bob", 1, 0)]);
    }

    [Fact]
    public void Next_AfterDelivery_CountsCallersFromZero()
    {
        counts.Add(AuditScene.Record());
        counts.Delivered(counts.Next()!);
        counts.Add(AuditScene.Record());

        counts.Next()!.Entries.Single().Callers!.Single().Calls.ShouldBe(1);
    }

    [Theory]
    [InlineData(0, "last")]
    [InlineData(1, "(other)")]
    public void Add_ManyCallersOfOneName_CountTogetherBeyondTheLimit(int more, string last)
    {
        for (var i = 1; i < AgentReportUseCaller.MaxPerName + more; i++)
        {
            counts.Add(From($"{i}"));
        }

        counts.Add(From("last"));
        counts.Add(From("last"));

        var callers = counts.Next()!.Entries.Single().Callers!;
        callers.Count.ShouldBe(AgentReportUseCaller.MaxPerName + more);
        (callers[^1].Subject, callers[^1].Calls).ShouldBe((last, 2));
    }

    [Theory]
    [InlineData(AgentReportUseCaller.MaxTextLength, false)]
    [InlineData(AgentReportUseCaller.MaxTextLength + 1, true)]
    public void Add_CallerWithALongName_IsOneOfTheOthers(int length, bool isOther)
    {
        counts.Add(From(new string('a', length)));
        counts.Add(From(new string('a', length - 1) + "\n"));

        var callers = counts.Next()!.Entries.Single().Callers!;
        callers.Count(c => c.Subject == AgentReportUseCaller.Other).ShouldBe(1);
        callers.Count.ShouldBe(isOther ? 1 : 2);
    }

    [Fact]
    public void Next_MoreCallersThanAReportTakes_AreInTheNextReport()
    {
        const int Names = 30;
        for (var name = 0; name < Names; name++)
        {
            for (var caller = 0; caller < AgentReportUseCaller.MaxPerName; caller++)
            {
                counts.Add(AuditScene.Record($"{name}", subject: $"{caller}"));
            }
        }

        long calls = 0;
        while (counts.Next() is { } usage)
        {
            usage.Entries.Sum(e => e.Callers!.Count).ShouldBeLessThanOrEqualTo(AgentReportUseCaller.MaxPerReport);
            calls += usage.Entries.Sum(e => e.Callers!.Sum(c => c.Calls));
            counts.Delivered(usage);
        }

        calls.ShouldBe(Names * AgentReportUseCaller.MaxPerName);
    }

    private static CallRecord From(string subject) => AuditScene.Record(subject: subject);

    private void Add(string decision, double took, double? upstream, string method = "tools/call")
    {
        var record = AuditScene.Record();
        (record.Decision, record.DurationMs, record.UpstreamMs, record.Method) = (decision, took, upstream, method);
        (record.RequestBytes, record.ResponseBytes) = (10, 100);
        counts.Add(record);
    }
}
