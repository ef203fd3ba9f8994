using System.CommandLine;
using System.Globalization;
using Culvert.Platform.Configuration;
using Culvert.Platform.Programs;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Upstreams;

namespace Culvert.Tunnel.Agent.Commands;

/// <summary><c>tunnel-agent routes</c>: lists the configured routes, and tests whether an upstream responds.</summary>
internal static class RoutesCommand
{
    private static readonly Argument<string> Name = new("NAME") { Description = "The route's label." };

    public static Command Create()
    {
        var list = new Command("list", "List the routes.");
        list.SetAction((parsed, _) => WithSettingsAsync(parsed, ListAsync));
        var test = new Command("test", "Probe a route's upstream as the running agent does.") { Name };
        test.SetAction((parsed, cancel) => WithSettingsAsync(parsed, (p, s) => TestAsync(p, s, cancel)));
        return new Command("routes", "The routes of the configuration.") { list, test };
    }

    private static async Task<int> ListAsync(ParseResult parsed, AgentSettings settings)
    {
        var width = settings.Routes.Max(r => r.Name.Length);
        foreach (var route in settings.Routes)
        {
            var oauth = OauthText.ToText(route.Oauth.Mode);
            var issuers = route.Oauth.Issuers.Count > 0 ? $" ({string.Join(", ", route.Oauth.Issuers)})" : "";
            var exposed = route.IsExposed ? "" : "  expose: false";
            await parsed.InvocationConfiguration.Output.WriteLineAsync(
                $"{route.Name.PadRight(width)}  {route.Upstream.Address}  oauth: {oauth}{issuers}{exposed}"
            );
        }

        return ExitCodes.Done;
    }

    private static async Task<int> TestAsync(
        ParseResult parsed,
        AgentSettings settings,
        CancellationToken cancellationToken
    )
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        var name = parsed.GetRequiredValue(Name);
        if (settings.Routes.FirstOrDefault(r => r.Name == name) is not { } wanted)
        {
            var near = ConfigText.Nearest(name, settings.Routes.Select(r => r.Name));
            await error.WriteLineAsync(
                near is null
                    ? $"The route {name} does not exist."
                    : $"The route {name} does not exist; did you mean {near}?"
            );
            return ExitCodes.Usage;
        }

        var time = TimeProvider.System;
        var started = time.GetTimestamp();
        var state = await UpstreamTrial.RunAsync(wanted, settings.Issuers, time, cancellationToken);
        var took = time.GetElapsedTime(started).TotalMilliseconds;
        await output.WriteLineAsync(
            state.IsHealthy == true
                ? string.Create(CultureInfo.InvariantCulture, $"{wanted.Upstream.Address} responds ({took:0} ms)")
                : $"{wanted.Upstream.Address} does not respond: {state.Detail}"
        );
        return state.IsHealthy == true ? ExitCodes.Done : ExitCodes.CheckFailed;
    }

    private static async Task<int> WithSettingsAsync(
        ParseResult parsed,
        Func<ParseResult, AgentSettings, Task<int>> run
    )
    {
        var loaded = ConfigCommand.Load(parsed, ConfigLocation.Agent, AgentConfiguration.Read);
        return loaded.IsValid
            ? await run(parsed, loaded.Settings)
            : ProgramHost.Report(loaded.Errors, parsed.InvocationConfiguration.Error);
    }
}
