using System.CommandLine;
using Culvert.Platform.Configuration;
using Culvert.Platform.Net;
using Culvert.Platform.Programs;
using Culvert.Tunnel.Agent.Configuration;

namespace Culvert.Tunnel.Agent.Commands;

/// <summary><c>tunnel-agent health</c>: queries the health of the running agent.</summary>
internal static class HealthCommand
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private static readonly Option<string?> Url = new("--url") { Description = "Base of the health address." };

    private static readonly Option<bool> Json = new("--json") { Description = "Print the whole response." };

    public static Command Create()
    {
        var command = new Command("health", "Check whether the running agent is ready.") { Url, Json };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        if (!Uri.TryCreate(parsed.GetValue(Url) ?? "", UriKind.Absolute, out var url))
        {
            if (parsed.GetValue(Url) is { } written)
            {
                await error.WriteLineAsync($"--url: {written} is not a URL such as http://127.0.0.1:8081.");
                return ExitCodes.Usage;
            }

            var loaded = ConfigCommand.Load(parsed, ConfigLocation.Agent, AgentConfiguration.Read);
            if (!loaded.IsValid)
            {
                return ProgramHost.Report(loaded.Errors, error);
            }

            url = new Uri($"http://{loaded.Settings.Health.Listen[0]}");
        }

        // Proxy variables do not apply: the request goes to this machine.
        using var handler = OutboundHttp.CreateHandler();
        using var client = new HttpClient(handler) { Timeout = Timeout };
        try
        {
            using var response = await client.GetAsync(new Uri(url, "/readyz"), cancellationToken);
            var body = await response.Content.ReadAsStringAsync(cancellationToken);
            await output.WriteLineAsync(
                parsed.GetValue(Json) ? body
                : response.IsSuccessStatusCode ? "ready"
                : $"not ready: {body}"
            );
            return response.IsSuccessStatusCode ? ExitCodes.Done : ExitCodes.CheckFailed;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            await error.WriteLineAsync($"{url} does not respond: {e.Message}");
            return ExitCodes.Unreachable;
        }
    }
}
