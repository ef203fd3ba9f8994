using Shouldly;

namespace Culvert.Documentation.Tests.Samples;

/// <summary>The first file that a page prints is the agent's, as it is: the program loads it.</summary>
public sealed class PageFileTests : IDisposable
{
    private const string Joined = "docs/joined-servers.md";

    private readonly SampleHost host = new("agent.yaml");

    [Theory]
    [InlineData("docs/answers.md")]
    [InlineData(Joined)]
    [InlineData("docs/upstream-credentials-clouds.md")]
    [InlineData("docs/upstream-credentials.md")]
    public async Task File_OfThePage_IsValid(string page)
    {
        Write(page);

        var (exitCode, output) = await BuiltProgram.RunAsync(
            "tunnel-agent",
            ["config", "check", "--config", host.File],
            Cancel
        );

        exitCode.ShouldBe(0, output);
    }

    [Fact]
    public async Task RecordedAnswers_OfThePage_GiveWhatItPrints()
    {
        var text = Write(Joined);
        var fixtures = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(host.File)!, "fixtures")).FullName;
        await File.WriteAllTextAsync(Path.Combine(fixtures, "company.json"), Block(text, "json"), Cancel);

        var (_, output) = await BuiltProgram.RunAsync(
            "tunnel-agent",
            [
                "compose",
                "run",
                "late_orders",
                "--config",
                host.File,
                "--fixtures",
                fixtures,
                "--now",
                "2026-11-28T12:00:00Z",
            ],
            Cancel
        );

        output.ShouldBe(Block(text, "jsonl"));
    }

    public void Dispose() => host.Dispose();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    // The page shows issuers and routes; the rest of the file is the sample's.
    private string Write(string page)
    {
        var text = File.ReadAllText(Repository.PathOf(page));
        File.WriteAllText(host.File, File.ReadAllText(host.File).Split("\nissuers:")[0] + "\n" + Block(text, "yaml"));
        return text;
    }

    private static string Block(string page, string language) => page.Split($"```{language}\n")[1].Split("```")[0];
}
