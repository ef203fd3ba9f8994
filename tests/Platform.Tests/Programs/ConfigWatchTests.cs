using Culvert.Platform.Configuration;
using Culvert.Platform.Programs;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Programs;

public sealed class ConfigWatchTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("culvert-watch-").FullName;
    private readonly List<string> applied = [];
    private readonly ConfigWatch<string> watch;

    public ConfigWatchTests()
    {
        Write("fixed: a\nroutes: {docs: {to: one}}");
        watch = new ConfigWatch<string>(
            Target,
            Load,
            Load(),
            key => key.StartsWith("routes.", StringComparison.Ordinal),
            TimeProvider.System,
            NullLogger.Instance
        );
    }

    private string Target => Path.Combine(folder, "test.yaml");

    [Fact]
    public async Task Look_SameText_DoesNothingUnlessAsked()
    {
        await LookAsync();
        applied.ShouldBeEmpty();

        await LookAsync(evenIfUnchanged: true);
        applied.ShouldBe(["one"]);
    }

    [Fact] // a program may take its time between reading its file and watching it
    public async Task Look_FileChangedBeforeTheWatchBegan_IsApplied()
    {
        var read = Load();
        Write("fixed: a\nroutes: {docs: {to: two}}");
        var late = new ConfigWatch<string>(
            Target,
            Load,
            read,
            key => key.StartsWith("routes.", StringComparison.Ordinal),
            TimeProvider.System,
            NullLogger.Instance
        );

        await late.CheckAsync(Apply, evenIfUnchanged: false);
        await late.CheckAsync(Apply, evenIfUnchanged: false);

        applied.ShouldBe(["two"]);

        ValueTask Apply(string next)
        {
            applied.Add(next);
            return ValueTask.CompletedTask;
        }
    }

    [Fact]
    public async Task Look_ReloadableChange_IsApplied()
    {
        Write("fixed: a\nroutes: {docs: {to: two}, wiki: {to: three}}");
        await LookAsync();

        applied.ShouldBe(["two, three"]);
        watch.Problem.ShouldBeEmpty();
    }

    [Fact]
    public async Task Look_BadFile_LeavesTheOldInForceAndSaysSoUntilMended()
    {
        Write("fixed: a\nroutes: {docs: {too: two}}");
        await LookAsync();
        await LookAsync();

        applied.ShouldBeEmpty();
        watch.Refused.ShouldBe(1);
        watch.Problem.ShouldContain("Did you mean to?");

        Write("fixed: a\nroutes: {docs: {to: two}}");
        await LookAsync();
        (applied.Single(), watch.Problem).ShouldBe(("two", ""));
    }

    [Fact]
    public async Task Look_KeyThatNeedsARestart_RefusesTheWholeFileByName()
    {
        Write("fixed: b\nroutes: {docs: {to: two}}");
        await LookAsync();

        applied.ShouldBeEmpty();
        watch.Problem.ShouldBe("Only a restart can change fixed.");
        watch.RestartKeys.ShouldBe(["fixed"]);

        Write("fixed: a\nroutes: {docs: {to: two}}");
        await LookAsync();
        watch.RestartKeys.ShouldBeEmpty();
    }

    [Fact] // the log's new file cannot be opened, as it turns out
    public async Task Look_WhatIsAppliedFails_LeavesTheOldInForceAndIsTriedAgain()
    {
        Write("fixed: a\nroutes: {docs: {to: two}}");
        await LookOnceAsync(false);
        await watch.CheckAsync(_ => throw new IOException("log.file: no."), false);
        (watch.Problem, watch.Refused, watch.Reloads).ShouldBe(("log.file: no.", 1, 0));
        (await Failing()).ShouldBe(["configuration"]);

        await LookAsync(evenIfUnchanged: true);
        applied.ShouldBe(["two"]);
        (await Failing()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Look_FileThatIsBeingWritten_IsNotTakenUp()
    {
        Write("fixed: a\nroutes: {docs: {to: half}}");
        await LookOnceAsync(false);
        Write("fixed: a\nroutes: {docs: {to: whole}}");
        await LookAsync();

        applied.ShouldBe(["whole"]);
    }

    [Fact]
    public async Task Look_FileGone_LeavesTheOldInForce()
    {
        File.Delete(Target);
        await LookAsync();

        applied.ShouldBeEmpty();
        watch.Problem.ShouldContain("does not exist");
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private void Write(string yaml) => File.WriteAllText(Target, "config_version: 1\n" + yaml);

    private ConfigResult<string> Load() =>
        ConfigLoader.Load(
            new ConfigLocation("test", "test", "/nonexistent.yaml", "CULVERT_TEST__"),
            Target,
            root =>
            {
                root.String("fixed");
                return string.Join(", ", root.Map("routes").Select(r => r.Section.String("to")));
            },
            new Dictionary<string, string>()
        );

    // Twice: a new content counts once it has stayed.
    private async Task LookAsync(bool evenIfUnchanged = false)
    {
        if (!evenIfUnchanged)
        {
            await LookOnceAsync(false);
        }

        await LookOnceAsync(evenIfUnchanged);
    }

    private async Task<List<string>> Failing()
    {
        var failing = new List<string>();
        foreach (var check in watch.Checks)
        {
            check.IsAdvisory.ShouldBeTrue();
            if (await check.Evaluate(CancellationToken.None) is not null)
            {
                failing.Add(check.Name);
            }
        }

        return failing;
    }

    private Task LookOnceAsync(bool evenIfUnchanged) =>
        watch.CheckAsync(
            settings =>
            {
                applied.Add(settings);
                return ValueTask.CompletedTask;
            },
            evenIfUnchanged
        );
}
