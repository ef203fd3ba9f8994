using System.Diagnostics;
using System.Text.Json;
using Culvert.Documentation.Tests.Samples;
using Culvert.Testing;
using Shouldly;

namespace Culvert.Documentation.Tests.Logging;

/// <summary>Each program as a process of its own: its log's level follows the file.</summary>
public sealed class LevelTests : IDisposable
{
    private const string Marker = "LEVEL";

    private readonly string health = Address();
    private readonly string folder = Directory.CreateTempSubdirectory("culvert-level-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("identity-service")]
    [InlineData("tunnel-agent")]
    [InlineData("tunnel-edge")]
    public async Task Level_FileChangesIt_CountsWithoutARestart(string program)
    {
        var cancel = TestContext.Current.CancellationToken;
        var file = Path.Combine(folder, "program.yaml");
        var text = Configuration(program);
        await File.WriteAllTextAsync(file, text.Replace(Marker, "error", StringComparison.Ordinal), cancel);
        if (program == "identity-service")
        {
            var (status, output) = await BuiltProgram.RunAsync(
                program,
                ["init", "--config", file, "--organization", "acme"],
                cancel
            );
            status.ShouldBe(0, output);
        }

        using var running = BuiltProgram.Start(program, ["run", "--config", file]);
        try
        {
            await UntilItWatchesAsync(running, cancel);
            Lines().ShouldNotContain(line => line.GetProperty("level").GetString() == "info");

            await File.WriteAllTextAsync(file, text.Replace(Marker, "info", StringComparison.Ordinal), cancel);
            await Eventually.UntilAsync(
                () => Lines().Any(line => line.GetProperty("event_id").GetInt32() == 8100),
                cancel
            );

            Lines().ShouldContain(line => line.GetProperty("event").GetString() == "ConfigurationReloaded");
        }
        finally
        {
            running.Kill();
            await running.WaitForExitAsync(CancellationToken.None);
        }
    }

    // The health listener opens after the file's watch has begun.
    private async Task UntilItWatchesAsync(Process running, CancellationToken cancel)
    {
        using var client = new HttpClient();
        await Eventually.UntilAsync(RespondsAsync, cancel);

        async Task<bool> RespondsAsync()
        {
            if (running.HasExited)
            {
                var output =
                    await running.StandardOutput.ReadToEndAsync(cancel)
                    + await running.StandardError.ReadToEndAsync(cancel);
                throw new InvalidOperationException($"It ended with exit code {running.ExitCode}. {output}");
            }

            try
            {
                await client.GetStringAsync(new Uri($"http://{health}/healthz"), cancel);
                return true;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }
    }

    private IEnumerable<JsonElement> Lines()
    {
        var log = Path.Combine(folder, "log");
        return File.Exists(log) ? File.ReadAllLines(log).Select(line => JsonElement.Parse(line)) : [];
    }

    private string Configuration(string program) =>
        $"config_version: 1\nstate_dir: {folder}/state\nlog: {{level: {Marker}, file: {folder}/log}}\n"
        + $"health: {{listen: {(program == "tunnel-agent" ? health : $"[\"{health}\"]")}}}\n"
        + program switch
        {
            "identity-service" => $"public_url: https://localhost:8443\nmachine_url: https://localhost:8444\n"
                + $"api: {{listen: [\"{Address()}\"]}}\nmachine: {{listen: [\"{Address()}\"]}}\n"
                + "keys: {sealing_key: \"file:sealing.key\"}\n",
            "tunnel-agent" =>
                $"tunnel: {{id: tnl_{Id}}}\n{Identity}\nroutes: {{docs: {{upstream: {{url: \"http://docs.test:80\"}}, oauth: {{mode: dangerous_none}}}}}}\n",
            _ =>
                $"edge_id: edge_{Id}\n{Identity}\nagents: {{listen: [\"{Address()}\"], advertise: [\"edge.test:7844\"]}}\n"
                    + $"sni: {{listen: [\"{Address()}\"]}}\nconnect: {{listen: [\"{Address()}\"]}}\n",
        };

    private const string Id = "01ABCDEFGHIJKLMNOPQRSTUV";

    // No service runs: a program that waits for it still follows its file.
    private static string Identity =>
        $"identity: {{url: \"https://{Address()}\", organization_id: 00000000-0000-4000-8000-000000000000, rule_id: fdrl_{Id}, token: {{environment: HOME}}}}";

    private static string Address() => $"127.0.0.1:{LoopbackPort.Free()}";
}
