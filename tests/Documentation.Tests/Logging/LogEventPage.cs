using System.Globalization;
using System.Text;

namespace Culvert.Documentation.Tests.Logging;

/// <summary>Writes <c>docs/log-events.md</c> from the programs.</summary>
internal static class LogEventPage
{
    /// <summary>Assemblies with the heading of what they log.</summary>
    public static readonly (string Assembly, string Heading)[] Parts =
    [
        ("identity-service", "Identity service"),
        ("tunnel-agent", "Agent"),
        ("tunnel-edge", "Edge"),
        ("Machine.Client", "Agent and edge"),
        ("Platform", "Shared"),
    ];

    public static string Write()
    {
        var page = new StringBuilder(
            """
            # Log events

            Generated from the programs; a test fails when it is out of date and prints how to renew it. Numbers and names are stable:
            no number or name is reused, and within a program each is unique.

            Each line is one JSON object (on a terminal, text for people; `log.format` decides otherwise):

            | Field | Meaning |
            |---|---|
            | `ts` | when, UTC |
            | `level` | `trace` `debug` `info` `warning` `error` `critical`; those below `log.level` are not written |
            | `event_id`, `event` | the event's number and name, as below; 0 and empty for what a library logs |
            | `msg` | the message below, filled in |
            | `request_id` | the request that was being answered, as its caller received it, if one exists |
            | `tunnel_id` | the tunnel; on every line of an agent |
            | `agent_id` | the agent's enrolment (`agt_…`); on every line of an agent that is enrolled |
            | `trace_id` | the trace that the line belongs to, where the request is traced |
            | … | the message's own fields, as below |
            | `category` | the part of the program |
            | `repeated` | of an error that comes again with the same cause: how often since its last line. There is one line each minute |
            | `exception` | of an error: type, message and stack; without the stack if it is `repeated` |

            `log.level`, `log.format` and `log.file` may change while the program runs: when the configuration file changes, or on SIGHUP.

            """
        );
        foreach (var (assembly, heading) in Parts)
        {
            page.AppendLine().Append("## ").AppendLine(heading).AppendLine();
            if (assembly == "Platform")
            {
                page.AppendLine("All three programs write these.").AppendLine();
            }

            page.AppendLine("| Id | Event | Level | Message | Fields |").AppendLine("|---|---|---|---|---|");
            foreach (var one in LogEvents.Of(assembly))
            {
                var fields = string.Join(' ', one.Fields.Select(field => $"`{field}`"));
                page.AppendLine(
                    CultureInfo.InvariantCulture,
                    $"| {one.Id} | `{one.Name}` | {one.Level} | {one.Message.Replace("|", "\\|", StringComparison.Ordinal)} | {fields} |"
                );
            }
        }

        return page.ToString();
    }
}
