using System.Text.Json;
using Culvert.Platform.Programs;
using Culvert.Tunnel.Agent.Commands;
using Culvert.Tunnel.Agent.Tests.Audit;

namespace Culvert.Tunnel.Agent.Tests.Commands;

public sealed class AuditExportCommandTests : IDisposable
{
    private readonly AuditScene scene = new();

    public void Dispose() => scene.Dispose();

    [Fact]
    public async Task Export_Jsonl_IsTheFile()
    {
        scene.Write(3);

        var (status, output, _) = await RunAsync("export");

        status.ShouldBe(0);
        output.ShouldBe(scene.Text);
    }

    [Fact]
    public async Task Export_After_LeavesOutEarlierRecords()
    {
        scene.Write(3);

        var (_, output, _) = await RunAsync("export", "--after", "2");

        output.TrimEnd('\n').ShouldBe(scene.Lines[2]);
    }

    [Fact]
    public async Task Export_Since_LeavesOutOlderRecords()
    {
        scene.Write(3); // of 1970

        (await RunAsync("export", "--since", "1h")).Output.ShouldBeEmpty();
        (await RunAsync("export", "--since", "never")).ExitCode.ShouldNotBe(0);
    }

    [Fact]
    public async Task Export_Ocsf_IsOneEventPerRecord()
    {
        scene.Write(2);

        var (_, output, _) = await RunAsync("export", "--format", "ocsf");

        foreach (var line in output.TrimEnd('\n').Split('\n'))
        {
            using var document = JsonDocument.Parse(line);
            document.RootElement.GetProperty("class_uid").GetInt32().ShouldBe(6003);
        }

        output.TrimEnd('\n').Split('\n').Length.ShouldBe(2);
    }

    [Fact]
    public async Task Export_Otlp_IsARequestOfACollector()
    {
        scene.Write(2);

        var (_, output, _) = await RunAsync("export", "--format", "otlp");

        using var document = JsonDocument.Parse(output);
        document
            .RootElement.GetProperty("resourceLogs")[0]
            .GetProperty("scopeLogs")[0]
            .GetProperty("logRecords")
            .EnumerateArray()
            .Select(record => record.GetProperty("body").GetProperty("stringValue").GetString())
            .ShouldBe(scene.Lines);
    }

    [Theory]
    [InlineData("export", "--after", "1")]
    [InlineData("tail", "--lines", "1")]
    public async Task Follow_RecordsAreAdded_PrintsThemUntilItIsStopped(string verb, string flag, string value)
    {
        scene.Write(2);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        await using var printed = new PrintedLines();
        var running = AgentCli.RunAsync(
            printed,
            AuditCommand.Create(),
            [verb, "--follow", flag, value, "--config", await WriteConfigurationAsync()],
            stop.Token
        );

        (await printed.NextAsync(stop.Token)).ShouldBe(scene.Lines[1]);
        scene.Write(2, "later");
        (await printed.NextAsync(stop.Token)).ShouldBe(scene.Lines[2]);
        (await printed.NextAsync(stop.Token)).ShouldBe(scene.Lines[3]);
        running.IsCompleted.ShouldBeFalse();
        await stop.CancelAsync();

        (await running).ShouldBe((ExitCodes.Interrupted, ""));
    }

    private async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments) =>
        await AgentCli.RunAsync(AuditCommand.Create(), [.. arguments, "--config", await WriteConfigurationAsync()]);

    private async Task<string> WriteConfigurationAsync()
    {
        var state = Path.GetDirectoryName(scene.Folder.Folder)!;
        var file = Path.Combine(state, "agent.yaml");
        await File.WriteAllTextAsync(
            file,
            $"""
            config_version: 1
            state_dir: {state}
            identity:
              url: "https://identity.example.com:8443"
              organization_id: 11111111-1111-1111-1111-111111111111
              rule_id: fdrl_010000000000000000000000
            tunnel:
              id: tnl_010000000000000000000000
            routes:
              docs:
                upstream:
                  url: "http://127.0.0.1:9"
                  allowed_ranges: [127.0.0.0/8]
                oauth:
                  mode: passthrough
            """
        );
        return file;
    }
}
