using Shouldly;

namespace Culvert.Documentation.Tests.Samples;

/// <summary>Every sample in <c>deploy/</c> is loaded by the program that it is written for.</summary>
public sealed class SampleTests
{
    private const int ConfigurationError = 78;

    internal static readonly Dictionary<string, string> ProgramOf = new()
    {
        ["identity-service.yaml"] = "identity-service",
        ["edge.yaml"] = "tunnel-edge",
        ["agent.yaml"] = "tunnel-agent",
        ["agent-manual.yaml"] = "tunnel-agent",
        ["agent-routes.yaml"] = "tunnel-agent",
    };

    public static TheoryData<string> Samples =>
        [
            .. Directory
                .EnumerateFiles(Repository.PathOf("deploy"), "*.yaml", SearchOption.TopDirectoryOnly)
                .Select(file => Path.GetRelativePath(Repository.PathOf("deploy"), file)),
        ];

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task Sample_AsItIs_IsValid(string sample)
    {
        using var host = new SampleHost(sample);

        var (exitCode, output) = await CheckAsync(ProgramOf[sample], host.File);

        exitCode.ShouldBe(0, output);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task Sample_WithUnknownKeys_ReportsEachWithItsLine(string sample)
    {
        using var host = new SampleHost(sample);
        var lines = await File.ReadAllLinesAsync(host.File, Cancel);
        await File.WriteAllLinesAsync(host.File, [.. lines, "no_such_key: 1", "another_such_key: 2"], Cancel);

        var (exitCode, output) = await CheckAsync(ProgramOf[sample], host.File);

        exitCode.ShouldBe(ConfigurationError, output);
        output.ShouldContain($"{host.File}:{lines.Length + 1}: no_such_key");
        output.ShouldContain($"{host.File}:{lines.Length + 2}: another_such_key");
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static Task<(int ExitCode, string Output)> CheckAsync(string program, string file) =>
        BuiltProgram.RunAsync(program, ["config", "check", "--config", file], Cancel);
}
